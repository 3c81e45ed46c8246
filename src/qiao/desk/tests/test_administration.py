"""Parameters by date, corrections by two people, the trail of changes, and who may see what."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qiao.core import corrections, disclosure, parameters, settings
from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import AlreadyPending, SamePerson, decide
from qiao.core.models import Approval, Disclosure, Setting
from qiao.core.rules.parameters import BadValue, check_value, read_number
from qiao.core.transactions import acting
from qiao.customers.models import Account, Customer, Premises
from qiao.customers.operations import change_name
from qiao.customers.tests.factories import make_account, make_customer
from qiao.desk.administration import decisions, trail
from qiao.feedback.queries.following import patience_for
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
GAP, NEEDED = "feedback.attempt_gap_minutes", "feedback.attempts_needed"
HTMX = {"HX-Request": "true"}


def change(key: str, value: object, days: int = 40, **more: object) -> parameters.Change:
    first = timezone.localdate() + timedelta(days=days)
    return parameters.Change(key, value, first, "Decision 12/2026", **more)  # type: ignore[arg-type]


def set_it(change: parameters.Change, actor: Actor, company: Company) -> Approval | None:
    return parameters.change_parameter(
        change=change, company_id=company.company.pk, actor=actor, now=timezone.now()
    )


def test_a_value_holds_from_its_day_on_and_the_days_before_keep_theirs(company: Company) -> None:
    wanted = change(GAP, "45")
    assert set_it(wanted, company.chief, company) is None
    day = wanted.valid_from
    assert parameters.find(GAP, day=day - timedelta(days=1)).value == 30
    assert parameters.find(GAP, day=day).value == 45
    unit = company.lake.pk
    later = timezone.now() + timedelta(days=60)
    assert patience_for(organisation_id=unit, now=later).gap == timedelta(minutes=45)


def test_a_branch_sets_its_own_value_and_no_other_branch_hears_of_it(company: Company) -> None:
    set_it(change(GAP, 50, organisation_id=company.lake.pk), company.agent, company)
    later = timezone.now() + timedelta(days=60)
    assert patience_for(organisation_id=company.lake.pk, now=later).gap.seconds == 3_000
    assert patience_for(organisation_id=company.river.pk, now=later).gap.seconds == 1_800
    with pytest.raises(Forbidden):
        set_it(change(GAP, 50, organisation_id=company.river.pk), company.agent, company)
    with pytest.raises(Forbidden):
        set_it(change(GAP, 50), company.agent, company)


def test_what_needs_two_people_holds_only_when_the_second_agrees(company: Company) -> None:
    unit = company.lake.pk
    waiting = set_it(change(NEEDED, 5, organisation_id=unit), company.agent, company)
    assert waiting is not None
    day = date.fromisoformat(waiting.payload["valid_from"])
    assert parameters.find(NEEDED, day=day, organisation_ids=(unit,)).value == 3
    with pytest.raises(AlreadyPending):
        set_it(change(NEEDED, 4, organisation_id=unit), company.colleague, company)
    now = timezone.now()
    with pytest.raises(SamePerson), transaction.atomic():
        decide(approval_id=waiting.pk, approve=True, note="", actor=company.agent, now=now)
    agreed = decide(
        approval_id=waiting.pk, approve=True, note="", actor=company.colleague, now=now
    )
    parameters.carry_out(approval=agreed, actor=company.colleague, now=now)
    assert parameters.find(NEEDED, day=day, organisation_ids=(unit,)).value == 5
    assert parameters.find(NEEDED, day=day).value == 3


def test_a_request_is_stale_when_another_value_came_to_hold(company: Company) -> None:
    waiting = set_it(change(NEEDED, 5), company.chief, company)
    assert waiting is not None
    settings.put(
        NEEDED,
        4,
        valid_from=timezone.localdate(),
        source="an order of the regulator",
        actor=None,
        now=timezone.now(),
    )
    with pytest.raises(parameters.Stale):
        parameters.carry_out(approval=waiting, actor=company.chief, now=timezone.now())


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (change(GAP, "0"), BadValue),
        (change(GAP, "many"), BadValue),
        (change(GAP, "1.5"), BadValue),
        (change(GAP, "30"), parameters.NothingChanges),
        (change(GAP, "31", days=-1), parameters.BeforeToday),
        (change("no.such", 1), parameters.UnknownParameter),
        (change("feedback.other_person_groups", ["gossip"]), BadValue),
    ],
)
def test_what_cannot_stand_is_refused(
    company: Company, given: parameters.Change, raised: type[Exception]
) -> None:
    before = Setting.objects.count()
    with pytest.raises(raised):
        set_it(given, company.chief, company)
    assert Setting.objects.count() == before


def test_numbers_are_read_as_people_type_them() -> None:
    assert read_number(" 1,200 ", whole=True) == 1200
    assert read_number("3.0", whole=True) == 3
    assert read_number("2.5", whole=False) == 2.5
    for bad in ("", "NaN", "1e99", "x", "--1"):
        with pytest.raises(BadValue):
            read_number(bad, whole=False)
    assert check_value(["b", "a"], kind="choices", choices=["a", "b", "c"]) == ["a", "b"]
    assert check_value("false", kind="boolean") is False


def test_the_housekeeping_keeps_finished_jobs_as_long_as_the_parameter_says() -> None:
    assert parameters.find("core.keep_finished_jobs_hours", day=date(2026, 1, 1)).value == 72


def ask(company: Company, account: Account, **values: str) -> Approval:
    kind = corrections.correction("customers.account")
    record = corrections.find_record(kind=kind, number=account.number, actor=company.agent)
    return corrections.request_correction(
        kind=kind,
        record=record,
        values=values,
        reason="Two digits were swapped on the contract",
        evidence="contract seen",
        actor=company.agent,
        now=timezone.now(),
    )


def test_an_account_number_is_corrected_by_two_people(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    customer = make_customer(company.agent)
    account = make_account(company.agent, owner=customer, number="30114408271")
    waiting = ask(company, account, number="30114408217")
    assert Account.objects.get(pk=account.pk).number == "30114408271"
    browser = client_of(company.colleague_staff)
    address = f"/administration/decisions/{waiting.pk}/"
    assert "30114408217" in browser.get(address).content.decode()
    assert browser.post(address, {"word": "agree", "note": "seen too"}).status_code == 302
    assert Account.objects.get(pk=account.pk).number == "30114408217"
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decision_note) == ("approved", "seen too")
    assert waiting.payload["fields"] == {
        "number": {"before": "30114408271", "after": "30114408217"}
    }


def test_who_asked_may_not_agree_and_the_neighbour_does_not_see_it(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    account = make_account(company.agent)
    waiting = ask(company, account, use="public")
    address = f"/administration/decisions/{waiting.pk}/"
    own = client_of(company.agent_staff).post(address, {"word": "agree"})
    assert own.status_code == 422
    other = client_of(company.outsider_staff)
    assert other.post(address, {"word": "agree"}).status_code == 404
    assert account.number not in other.get("/administration/decisions/?state=all").content.decode()
    assert Account.objects.get(pk=account.pk).use == "household"


def test_a_correction_is_refused_when_the_record_changed_meanwhile(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    customer = make_customer(company.agent, name="陈惠敏")
    kind = corrections.correction("customers.customer")
    record = corrections.find_record(kind=kind, number=customer.number, actor=company.agent)
    waiting = corrections.request_correction(
        kind=kind,
        record=record,
        values={"name": "陈慧敏"},
        reason="wrong character",
        evidence="",
        actor=company.agent,
        now=timezone.now(),
    )
    change_name(actor=company.agent, now=timezone.now(), customer_id=customer.pk, name="陈蕙敏")
    browser = client_of(company.colleague_staff)
    answer = browser.post(f"/administration/decisions/{waiting.pk}/", {"word": "agree"})
    assert answer.status_code == 422
    assert "陈蕙敏" in answer.content.decode()
    assert Customer.objects.get(pk=customer.pk).name == "陈蕙敏"
    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_a_number_that_another_account_has_is_refused(company: Company) -> None:
    customer = make_customer(company.agent)
    first = make_account(company.agent, owner=customer, number="30110000001")
    make_account(company.agent, owner=customer, number="30110000002")
    waiting = ask(company, first, number="30110000002")
    with pytest.raises(corrections.BadField) as refused:
        corrections.carry_out(approval=waiting, actor=company.colleague, now=timezone.now())
    assert (refused.value.field, refused.value.why) == ("number", "taken")


def test_a_corrected_address_is_found_by_its_new_words(company: Company) -> None:
    account = make_account(company.agent)
    kind = corrections.correction("customers.premises")
    record = corrections.find_record(kind=kind, number=account.number, actor=company.agent)
    waiting = corrections.request_correction(
        kind=kind,
        record=record,
        values=dict(record.values) | {"road": "柳营路"},
        reason="wrong character",
        evidence="",
        actor=company.agent,
        now=timezone.now(),
    )
    corrections.carry_out(approval=waiting, actor=company.colleague, now=timezone.now())
    premises = Premises.objects.get(pk=record.record_id)
    assert "柳营路" in premises.full_text
    assert "柳营路" in premises.search


def test_nothing_to_correct_is_no_request(company: Company) -> None:
    account = make_account(company.agent)
    with pytest.raises(corrections.NothingCorrected):
        ask(company, account, number=account.number)


def test_the_trail_tells_before_and_after_and_hides_what_is_secret(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    with acting(company.agent):
        customer = make_customer(
            company.agent,
            name="陈惠敏",
            phones=["13805712264"],
            identities=[("id_card", "11010519491231002X")],
        )
        change_name(
            actor=company.agent, now=timezone.now(), customer_id=customer.pk, name="陈慧敏"
        )
    entries, _next = trail.entries(trail.Wanted(customer_ids=(customer.pk,)))
    said = {(each.table, field.before, field.after) for each in entries for field in each.fields}
    assert ("customers_customer", "陈惠敏", "陈慧敏") in said
    everything = repr(said)
    assert "13805712264" not in everything
    assert "0571" not in everything or "138****2264" in everything
    assert any("••" in after for _table, _before, after in said)
    browser = client_of(company.agent_staff)
    page = browser.get(f"/administration/changes/customers/{customer.pk}/")
    assert "陈惠敏" in page.content.decode()
    other = client_of(company.outsider_staff)
    assert other.get(f"/administration/changes/customers/{customer.pk}/").status_code == 404
    assert browser.get("/administration/changes/").status_code == 403


def test_disclosures_are_listed_for_ones_own_units_and_their_export_is_one(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    disclosure.record(
        kind="reveal",
        subject="customers.customer",
        subject_id=7,
        fields=("addresses", "document"),
        organisation_id=company.lake.pk,
        actor=company.agent,
        now=timezone.now(),
        reason="calls back about the leak",
    )
    browser = client_of(company.colleague_staff)
    other = client_of(company.outsider_staff)
    address = "/administration/disclosures/"
    page = browser.get(address).content.decode()
    assert "about the leak" in page
    assert "customers.customer" not in page  # told in words
    assert "addresses" not in page
    assert "about the leak" not in other.get(address).content.decode()
    assert browser.post(f"{address}export/", {"form": "csv"}).status_code == 200
    assert Disclosure.objects.filter(kind="export", actor_id=company.colleague.person_id).exists()


def test_the_health_page_says_what_is_wrong_first(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    page = client_of(company.chief_staff).get("/administration/")
    findings = page.context["health"].findings
    tones = [one.tone for one in findings]
    assert tones == sorted(tones, key=("bad", "warn", "ok").index)
    assert all(one.todo for one in findings if one.tone != "ok")


def test_settings_themselves_are_audited(company: Company) -> None:
    with acting(company.chief):
        set_it(change(GAP, 44), company.chief, company)
    entries, _next = trail.entries(trail.Wanted(table="core_setting"))
    assert entries[0].who == "郑岩"
    assert any("Decision 12/2026" in field.after for field in entries[0].fields)


def test_every_decision_of_ours_is_carried_out_by_its_own_module() -> None:
    assert {prefix.removesuffix(".") for prefix in decisions.prefixes()} == {
        "parameter",
        "code",
        "correction",
        "protection",
        "article",
        "billing",
        "notice",
        "process",
        "cases",
        "staff",
        "rollout",
        "suggestion",
        "bill",
        "late_fee",
        "budget",
        "tariff",
    }
