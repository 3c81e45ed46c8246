"""Changing a tariff: a draft, what stands against it, two people, a version, the day it begins."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from qiao.billing.models import BillLine, Tariff
from qiao.billing.operations import install_tariffs
from qiao.billing.operations import tariff_changing as ops
from qiao.billing.queries import TariffMissing, tariff_on
from qiao.billing.queries.pack_tariffs import tariffs_of_packs
from qiao.billing.queries.tariff_changes import billed_beyond
from qiao.billing.queries.tariff_history import version_lines
from qiao.billing.queries.tariff_trials import trial
from qiao.billing.rules.tariffs.cells import cells
from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.toml_text import write_text
from qiao.billing.tests.lives import NOW, a_bill, a_tariff, an_account, audit, issue
from qiao.billing.tests.tariff_changes import (
    DAY,
    SOURCE,
    agree,
    ask,
    begun,
    dearer,
    keys,
    named,
    publish,
    save,
    second_person,
)
from qiao.core.actor import Forbidden
from qiao.core.approvals import SamePerson, decide
from qiao.core.models import AuditEntry
from qiao.core.rules.text import BadText
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

pytestmark = pytest.mark.django_db


def test_a_change_is_published_by_two_and_holds_from_its_day(company: Company) -> None:
    draft = dearer(company)
    assert draft.definition["charges"][0]["prices"] == ["2.56", "3.47"]
    asked = ask(draft, company.chief)
    with pytest.raises(SamePerson):
        decide(approval_id=asked.pk, approve=True, note="", actor=company.chief, now=NOW)
    second = second_person(company)
    agree(asked, second)
    draft.refresh_from_db()
    version = draft.published
    assert version is not None
    assert (draft.state, version.published_by_id) == ("published", company.chief.staff_id)
    assert set(version.source.values()) == {SOURCE}
    before = tariff_on(tariff_id=draft.tariff_id, day=DAY - timedelta(days=1))
    assert before.until == DAY
    assert before.version is not None
    assert before.version.pk == draft.based_on_id
    now = tariff_on(tariff_id=draft.tariff_id, day=DAY)
    assert now.version is not None
    assert now.version.pk == version.pk
    line = version_lines(tariff_id=draft.tariff_id, today=TODAY)[0]
    assert (line.state, line.agreed_by, line.source) == ("planned", second.name, SOURCE)
    assert [(each.before, each.after, each.share) for each in line.changes] == [
        ("2.33", "2.56", "+9.9 %")
    ]


def test_who_wrote_in_a_draft_does_not_agree_to_it_whoever_asked(company: Company) -> None:
    draft, second = begun(company), second_person(company)
    save(draft, second, values={named(draft, "water", "price", 1): "2.56"})
    with pytest.raises(ops.WroteIt), transaction.atomic():
        agree(ask(draft, company.chief), second)
    agree(ask(draft, company.chief), second_person(company, "9003"))


def test_everything_stands_in_the_trail(company: Company) -> None:
    version = publish(dearer(company), company, second_person(company))
    ops.withdraw_version(version_id=version.pk, actor=company.chief, now=NOW)
    trail = AuditEntry.objects.filter(table_name="billing_tariffversion", row_id=version.pk)
    assert sorted(trail.values_list("operation", flat=True)) == ["I", "U"]
    drafts = AuditEntry.objects.filter(table_name="billing_tariffdraft")
    assert drafts.count() >= 4, "begun, saved, asked, published"


def test_a_bill_across_the_day_is_worked_through_by_hand(company: Company) -> None:
    """Two months, 62 m3, 50 used before in the year. December: 31, of which 10 at 2.33 and 21 at
    3.47; January begins a new year: 31 at 2.56. Sewage 31 x 0.95, half of 3.20 each."""
    draft = dearer(company)
    tried = trial(draft, {"usage": "62", "used_before": "50"})
    one, two = tried.parts
    assert (one.start, one.last, one.is_new) == (date(2026, 12, 1), date(2026, 12, 31), False)
    assert (two.start, two.last, two.is_new) == (date(2027, 1, 1), date(2027, 1, 31), True)
    amounts = [line.amount.removeprefix("CNY ") for line in one.lines]
    assert [each.split()[0] for each in amounts] == ["96.17", "29.45", "1.60"]
    steps = [(step.quantity, step.price) for step in one.lines[0].steps]
    assert steps == [("10", "2.33"), ("21", "3.47")]
    assert [(step.quantity, step.price) for step in two.lines[0].steps] == [("31", "2.56")]
    assert "237.63" in tried.total
    whole = tried.whole
    assert whole is not None
    # 62 after 50: 10 at 2.33 or 2.56, 52 at 3.47; sewage 58.90; meter 3.20.
    assert "265.84" in whole.old
    assert "268.14" in whole.new
    assert "2.30" in whole.difference
    assert len(tried.examples) >= 3
    assert all(each.share.startswith("+") for each in tried.examples)


def test_parts_of_the_use_are_shared_by_days_and_others_are_not(company: Company) -> None:
    two_part = Tariff.objects.get(pack="power", key="two_part")
    draft = begun(company, two_part)
    tried = trial(
        draft,
        {"usage": "6200", "peak_kwh": "620", "capacity_kva": "100", "power_factor": "0.90"},
    )
    peak = [line for part in tried.parts for line in part.lines if line.price == "0.95"]
    assert [line.quantity for line in peak] == ["310", "310"]


@pytest.mark.parametrize("day", [date(2026, 3, 15), date(2020, 1, 1)])
def test_a_day_has_one_version(company: Company, day: date) -> None:
    with pytest.raises(ops.DayTaken):
        begun(company, day=day)


def test_a_change_needs_prices_to_change(company: Company) -> None:
    with pytest.raises(ops.NothingHolds):
        begun(company, day=date(2019, 12, 31))
    with pytest.raises(TariffMissing):
        ops.begin_change(tariff_id=10**9, valid_from=DAY, actor=company.chief, now=NOW)


def test_what_cannot_stand_is_not_saved(company: Company) -> None:
    draft = begun(company)
    price = named(draft, "water", "price", 1)
    with pytest.raises(ops.BadCells) as refused:
        save(draft, company.chief, values={price: "x"})
    assert list(refused.value.faults) == [price]
    with pytest.raises(BadText):
        save(draft, company.chief, source="one\ntwo")
    with pytest.raises(ops.DayTaken):
        save(draft, company.chief, valid_from=date(2026, 3, 15))
    with pytest.raises(BadTariff):
        ops.save_text(draft_id=draft.pk, seen=1, text="no", actor=company.chief, now=NOW)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_text_and_tables_are_one_draft(company: Company) -> None:
    draft = dearer(company)
    text = write_text(draft.definition).replace('"0.95"', '"1.05"')
    ops.save_text(draft_id=draft.pk, seen=draft.revision, text=text, actor=company.chief, now=NOW)
    draft.refresh_from_db()
    assert draft.definition["charges"][0]["prices"][0] == "2.56"
    assert draft.definition["charges"][1]["price"] == "1.05"
    shown = {cell.name: cell.written for cell in cells(draft.definition)}
    assert shown[named(draft, "sewage", "price")] == "1.05"


def test_what_stands_against_publishing_is_told_and_refused(company: Company) -> None:
    draft = begun(company)
    assert sorted(keys(draft, "stop")) == ["same", "source"]
    with pytest.raises(ops.NotReady):
        ask(draft, company.chief)
    text = write_text(draft.definition).replace('currency = "CNY"', 'currency = "USD"')
    text += """
[[charges]]
key = "fee"
kind = "per_unit"
quantity = "dogs"
price = "1"
owner = "x"
"""
    draft = ops.save_text(draft_id=draft.pk, seen=1, text=text, actor=company.chief, now=NOW)
    assert sorted(keys(draft, "stop")) == ["currency", "input", "owner", "source"]


def test_large_changes_have_to_be_confirmed(company: Company) -> None:
    draft = begun(company)
    price = named(draft, "water", "price", 1)
    save(draft, company.chief, values={price: "3.10"})
    assert keys(draft, "ask") == ["jump"]
    with pytest.raises(ops.NotReady) as refused:
        ask(draft, company.chief)
    assert "+33" in refused.value.findings[0].words
    draft.refresh_from_db()
    assert draft.state == "open"
    asked = ask(draft, company.chief, confirm=True)
    agree(asked, second_person(company))


def test_what_was_confirmed_counts_for_that_number_alone(company: Company) -> None:
    draft = begun(company)
    price = named(draft, "water", "price", 1)
    save(draft, company.chief, values={price: "3.10"})
    confirmed = [f"jump:{price}:2.33:3.10"]
    save(draft, company.chief, values={price: "3.20"})
    draft.refresh_from_db()
    with pytest.raises(ops.NotReady):
        ops.ask_to_publish(
            draft_id=draft.pk, seen=draft.revision, confirmed=confirmed, actor=company.chief,
            now=NOW,
        )  # fmt: skip


def test_days_that_are_billed_are_told_with_their_bills(company: Company) -> None:
    tariff = a_tariff()
    account = an_account(company, tariff)
    for month in range(8):  # November 2025 to June 2026
        issue(a_bill(account, month, "10"))
    billed = billed_beyond(tariff_id=tariff.pk, day=date(2026, 5, 16))
    assert (billed.straddling, billed.bills, billed.free_from) == (1, 2, date(2026, 7, 1))
    assert billed_beyond(tariff_id=a_tariff().pk, day=date(2026, 5, 16)).bills == 0
    draft = dearer(company, tariff, date(2026, 5, 16))
    assert sorted(keys(draft, "ask")) == ["billed", "past"]
    with pytest.raises(ops.NotReady):
        ask(draft, company.chief)
    save(draft, company.chief, valid_from=date(2026, 7, 1))
    assert keys(draft, "ask") == ["past"], "a day after the last billed one asks no more"
    save(draft, company.chief, valid_from=date(2026, 5, 16))
    published = publish(draft, company, second_person(company))
    (bill,) = issue(a_bill(account, 8, "10"))
    # July 2026: 60 of the year were used, so all of it lies above the first tier.
    water = BillLine.objects.get(bill=bill, charge="water")
    assert (water.version_id, water.minor) == (published.pk, 3_470)
    assert not audit(), "issued bills stand as they were, and are reckoned again alike"


def test_bills_issued_while_a_request_waits_are_found_when_it_is_decided(
    company: Company,
) -> None:
    tariff = a_tariff()
    account = an_account(company, tariff)
    draft = dearer(company, tariff, date(2025, 12, 15))
    assert keys(draft, "stop") == ["over"]
    draft = dearer(company, tariff, date(2026, 4, 15))
    asked = ask(draft, company.chief, confirm=True)
    for month in range(7):
        issue(a_bill(account, month, "10"))
    with pytest.raises(ops.NotReady) as refused:
        agree(asked, second_person(company))
    assert [each.key for each in refused.value.findings] == ["billed:2026-04-15"]


def test_of_two_drafts_for_one_day_one_is_published(company: Company) -> None:
    tariff, second = a_tariff(), second_person(company)
    one, two = dearer(company, tariff), dearer(company, tariff)
    first, other = ask(one, company.chief), ask(two, company.chief)
    agree(first, second)
    with pytest.raises(ops.NotReady) as refused:
        agree(other, second)
    assert "taken" in [each.key for each in refused.value.findings]
    assert tariff.versions.count() == 4


def test_a_draft_that_was_overtaken_takes_its_numbers_along(company: Company) -> None:
    tariff, second = a_tariff(), second_person(company)
    mine = dearer(company, tariff, date(2027, 4, 1))
    other = begun(company, tariff)
    save(other, company.chief, values={named(other, "sewage", "price"): "1.05"})
    publish(other, company, second)
    assert keys(mine, "stop") == ["base"]
    mine.refresh_from_db()
    moved = ops.carry_over(draft_id=mine.pk, seen=mine.revision, actor=company.chief, now=NOW)
    assert moved.definition["charges"][0]["prices"][0] == "2.56", "mine"
    assert moved.definition["charges"][1]["price"] == "1.05", "of the version meanwhile"
    assert keys(moved, "stop") == []
    publish(moved, company, second)


def test_numbers_are_not_carried_into_other_charges(company: Company) -> None:
    tariff, second = a_tariff(), second_person(company)
    mine = dearer(company, tariff, date(2027, 4, 1))
    other = begun(company, tariff)
    text = write_text(other.definition) + (
        '\n[[charges]]\nkey = "fee"\nkind = "fixed"\namount = "1"\n'
    )
    other = ops.save_text(draft_id=other.pk, seen=1, text=text, actor=company.chief, now=NOW)
    save(other, company.chief)
    publish(other, company, second)
    mine.refresh_from_db()
    with pytest.raises(ops.MakeDiffers):
        ops.carry_over(draft_id=mine.pk, seen=mine.revision, actor=company.chief, now=NOW)


def test_who_saves_later_is_told_who_saved_before(company: Company) -> None:
    draft = dearer(company)
    with pytest.raises(ops.DraftMoved) as refused:
        save(draft, company.chief, seen=1)
    assert refused.value.draft.changed_by_id == company.chief.staff_id


def test_a_draft_that_waits_stands_still(company: Company) -> None:
    draft = dearer(company)
    ask(draft, company.chief)
    with pytest.raises(ops.DraftStands):
        save(draft, company.chief)
    with pytest.raises(ops.DraftStands):
        ops.drop_change(draft_id=draft.pk, actor=company.chief, now=NOW)
    ops.take_back_request(draft_id=draft.pk, actor=company.chief, now=NOW)
    with pytest.raises(ops.DraftStands):
        ops.take_back_request(draft_id=draft.pk, actor=company.chief, now=NOW)
    ops.drop_change(draft_id=draft.pk, actor=company.chief, now=NOW)
    with pytest.raises(ops.DraftStands):
        save(draft, company.chief)
    ops.restore_change(draft_id=draft.pk, actor=company.chief, now=NOW)
    with pytest.raises(ops.DraftStands):
        ops.restore_change(draft_id=draft.pk, actor=company.chief, now=NOW)
    asked = ask(draft, company.chief)
    refused = decide(
        approval_id=asked.pk, approve=False, note="not yet", actor=second_person(company), now=NOW
    )
    ops.publish_refused(approval=refused, actor=company.chief, now=NOW)
    draft.refresh_from_db()
    assert draft.state == "open"


def test_a_version_is_called_off_before_its_day_alone(company: Company) -> None:
    draft = dearer(company)
    version = publish(draft, company, second_person(company))
    with pytest.raises(ops.HoldsAlready):
        ops.withdraw_version(version_id=draft.based_on_id, actor=company.chief, now=NOW)
    ops.withdraw_version(version_id=version.pk, actor=company.chief, now=NOW)
    with pytest.raises(ops.HoldsAlready):
        ops.withdraw_version(version_id=version.pk, actor=company.chief, now=NOW)
    now = tariff_on(tariff_id=draft.tariff_id, day=DAY)
    assert now.version is not None
    assert now.version.pk == draft.based_on_id
    assert begun(company, Tariff.objects.get(pk=draft.tariff_id)).valid_from == DAY


def test_a_version_that_was_billed_by_is_not_called_off(company: Company) -> None:
    tariff = a_tariff()
    account = an_account(company, tariff)
    version = publish(dearer(company, tariff), company, second_person(company))
    for month in range(15):  # up to January 2027
        issue(a_bill(account, month, "1"))
    with pytest.raises(ops.HoldsAlready):
        ops.withdraw_version(version_id=version.pk, actor=company.chief, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_tariffversion SET valid_from = valid_from + 1 WHERE id = %s",
        "UPDATE billing_tariffversion SET definition = '{}' WHERE id = %s",
        "UPDATE billing_tariffversion SET withdrawn_at = now(), source = '[]' WHERE id = %s",
        "DELETE FROM billing_tariffversion WHERE id = %s",
    ],
)
def test_the_database_lets_nobody_change_a_version(company: Company, statement: str) -> None:
    del company
    version = a_tariff().versions.first()
    assert version is not None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])


def test_only_who_may_change_prices_in_the_company_does(company: Company) -> None:
    tariff = a_tariff()
    with pytest.raises(Forbidden):  # all rights, but those of a branch
        ops.begin_change(tariff_id=tariff.pk, valid_from=DAY, actor=company.agent, now=NOW)
    viewer = actor_for(
        person(number="4712", name="乙", branch=company.company, permissions=("tariffs.view",)),
        day=TODAY,
    )
    draft = dearer(company, tariff)
    version = publish(dearer(company, a_tariff()), company, second_person(company))
    for actor in (company.agent, viewer):
        with pytest.raises(Forbidden):
            save(draft, actor)
        with pytest.raises(Forbidden):
            ask(draft, actor)
        with pytest.raises(Forbidden):
            ops.withdraw_version(version_id=version.pk, actor=actor, now=NOW)
    asked = ask(draft, company.chief)
    with pytest.raises(Forbidden):
        decide(approval_id=asked.pk, approve=True, note="", actor=company.agent, now=NOW)


def test_what_the_company_published_is_not_overtaken_by_a_pack(company: Company) -> None:
    tariff = Tariff.objects.get(pack="water", key="household")
    own = begun(company, tariff, date(2026, 12, 1))
    save(own, company.chief, values={named(own, "water", "price", 1): "2.20"})
    version = publish(own, company, second_person(company))
    assert version.valid_from == date(2026, 12, 1)
    (brought,) = [
        each for each in tariffs_of_packs() if (each.pack, each.key) == ("water", "household")
    ]
    assert install_tariffs(tariffs=[brought], now=NOW) == 0
    later = replace(brought.versions[-1], valid_from=date(2027, 6, 1))
    newer = [replace(brought, versions=(*brought.versions, later))]
    assert install_tariffs(tariffs=newer, now=NOW) == 0, "sample prices do not follow real ones"
