"""What the trail of changes says of tables, columns and stored keys."""

from collections.abc import Iterable
from datetime import date

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from qiao.core.registry import registry
from qiao.core.transactions import acting
from qiao.customers.models import Card, Customer, Preference, Segment
from qiao.customers.operations import merge_customers, undo_merge
from qiao.customers.operations.cards import add_card, end_card
from qiao.customers.operations.care import add_note, pin_note, set_preferences
from qiao.customers.tests.factories import make_customer
from qiao.desk.administration import trail
from qiao.staff.models import DutyRoster, DutyShift
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_stored_key_is_told_in_the_words_of_its_model(company: Company) -> None:
    now = timezone.now()
    with acting(company.chief):
        Segment.objects.create(
            organisation=company.river,
            name="重点客户",
            rule={"groups": []},
            created_at=now,
            created_by_id=company.chief.staff_id,
            changed_at=now,
            changed_by_id=company.chief.staff_id,
        )
    with translation.override("en"):
        entries, _next = trail.entries(trail.Wanted(table="customers_segment"))
        told = {str(field.label): field.after for field in entries[0].fields}
    assert told["Name"] == "重点客户"
    assert told["State"] == "Being built"
    assert "groups" not in told["Rule"]


def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}  # noqa: SLF001


def _columns(table: str) -> dict[str, models.Field]:  # type: ignore[type-arg]
    return {str(each.column): each for each in _models()[table]._meta.fields}  # noqa: SLF001


def test_every_audited_table_has_words() -> None:
    assert sorted(set(registry.audited()) - registry.audit_words().keys()) == []


def test_words_are_of_columns_that_there_are() -> None:
    unknown = {
        f"{table}.{column}"
        for table, words in registry.audit_words().items()
        for column in (*words.fields, *words.values, *words.phones, *words.hidden)
        if column not in _columns(table)
    }
    unnamed = {
        f"{table}.{column}"
        for table, words in registry.audit_words().items()
        for column in (*words.values, *words.phones)
        if column not in words.fields
    }
    assert (sorted(unknown), sorted(unnamed)) == ([], [])


def test_what_is_kept_encrypted_is_hidden() -> None:
    shown = {
        f"{table}.{column}"
        for table, words in registry.audit_words().items()
        for column in words.fields.keys() - words.hidden
        if isinstance(_columns(table)[column], models.BinaryField)
    }
    assert sorted(shown) == []


def test_rows_that_name_a_customer_are_in_the_customers_own_trail() -> None:
    lost = {
        table
        for table, words in registry.audit_words().items()
        for each in _columns(table).values()
        if each.related_model is Customer and not words.of_customer
    }
    assert sorted(lost) == []


def _told(entries: Iterable[trail.Entry], table: str) -> list[dict[str, str]]:
    """The fields of the entries of a table as they stand afterwards, the oldest entry first."""
    return [
        {str(field.label): field.after for field in each.fields}
        for each in entries
        if each.table == table
    ][::-1]


def test_a_shift_is_told_by_weekday_and_clock(company: Company) -> None:
    with acting(company.chief):
        roster = DutyRoster.objects.create(
            unit=company.river, name="值班表", anchor=date(2026, 11, 2)
        )
        DutyShift.objects.create(
            roster=roster, week=0, weekday=0, start=0, end=450, staff=company.agent_staff
        )
    with translation.override("en"):
        entries, _next = trail.entries(trail.Wanted(table="staff_dutyshift"))
        (told,) = _told(entries, "staff_dutyshift")
    assert told["Week of the cycle"] == "1"
    assert told["Weekday"] == "Monday"
    assert (told["From"], told["Until"]) == ("00:00", "07:30")


def test_a_card_is_told_by_its_days_and_not_by_its_number(company: Company) -> None:
    actor, now = company.agent, timezone.now()
    with acting(actor):
        customer = make_customer(actor, name="陈慧敏")
        card = add_card(
            actor=actor,
            now=now,
            customer_id=customer.pk,
            kind=Card.Kind.HEALTH,
            number="33010655512",
            since=date(2026, 11, 2),
        )
        end_card(
            actor=actor,
            now=now,
            customer_id=customer.pk,
            card_id=card.pk,
            end_date=date(2027, 1, 1),
        )
    with translation.override("en"):
        entries, _next = trail.entries(trail.Wanted(customer_ids=(customer.pk,)))
        given, ended = _told(entries, "customers_card")
    assert given["Card"] == "Health insurance card"
    assert given["Entered at"] == timezone.localtime(now).strftime("%Y-%m-%d %H:%M:%S")
    assert (given["Days"], ended["Days"]) == ("2026-11-02 –", "2026-11-02 – 2026-12-31")
    assert "33010655512" not in repr(entries)


def test_notes_wishes_and_merges_are_in_the_customers_own_trail(company: Company) -> None:
    actor, now = company.agent, timezone.now()
    with acting(actor):
        kept, gone = make_customer(actor, name="陈慧敏"), make_customer(actor, name="陈惠敏")
        note = add_note(actor=actor, now=now, customer_id=kept.pk, text="门铃已坏")
        pin_note(actor=actor, customer_id=kept.pk, note_id=note.pk, is_pinned=True)
        set_preferences(
            actor=actor,
            now=now,
            customer_id=kept.pk,
            channels=(Preference.Channel.SMS, Preference.Channel.PHONE),
            needs=(Preference.Need.LARGE_PRINT,),
        )
    with acting(company.chief):
        merge_customers(actor=company.chief, now=now, customer_id=kept.pk, merged_id=gone.pk)
        undo_merge(actor=company.chief, now=now, merged_id=gone.pk)
    with translation.override("en"):
        entries, _next = trail.entries(trail.Wanted(customer_ids=(kept.pk,)))
        written, pinned = _told(entries, "customers_note")
        (wishes,) = _told(entries, "customers_preference")
        _merged, undone = _told(entries, "customers_merge")
    assert written["Note"] == "门铃已坏"
    assert pinned == {"Keep on top": "Yes"}
    assert wishes["Best reached by, in this order"] == "Text message, Phone"
    assert wishes["Needs"] == "Large print"
    assert "Taken back at" in undone
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = browser.get(f"/administration/changes/customers/{kept.pk}/").content.decode()
    assert "客户备注" in page
    assert "customers_" not in page
