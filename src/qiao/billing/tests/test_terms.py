"""How an account is billed: begun, changed, agreed to by a second person, ended."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from qiao.billing import operations as ops
from qiao.billing.decisions import tell_terms
from qiao.billing.models import Bill, BillingAccount, BillingTerms, Tariff
from qiao.billing.operations import accounts as births
from qiao.billing.operations import billing
from qiao.billing.operations import terms as own
from qiao.billing.operations.accounts import go_on_billing
from qiao.billing.operations.running import run_bills
from qiao.billing.operations.terms_asking import (
    TermsMoved,
    begin_or_ask,
    change_or_ask_terms,
    go_on_or_ask,
    terms_agreed,
)
from qiao.billing.queries.terms_shown import terms_on
from qiao.billing.queries.terms_trial import year_under
from qiao.billing.rules.tariffs.asked import Said
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_billed_year,
    a_free_tariff,
    a_tariff,
    assert_reckons_again,
    audit,
    issue,
)
from qiao.billing.tests.reading import READINGS, UNTIL, a_read_account, read_again
from qiao.core.actor import Forbidden
from qiao.core.models import Approval, AuditEntry
from qiao.core.rules.text import BadText
from qiao.customers.queries import NotVisible
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.metering.operations import ensure_registers
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
NEW_YEAR = date(2026, 11, 1)


def wanted(account: int, since: date = NEW_YEAR, **changes: Any) -> ops.NewTerms:
    """Six people, from a day on, under the tariff that holds."""
    held = terms_on(account, since)
    tariff = held.tariff_id if held else a_tariff().pk
    new = ops.NewTerms(account, since, tariff, {"people": "6"}, "household register")
    return replace(new, **changes)


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills, up to 1 November 2026, and four people."""
    return a_billed_year(company)


def test_billing_begins_and_the_first_reading_of_then_is_billed_from(company: Company) -> None:
    point = make_service_point(company.agent)
    row = make_account(company.agent, service_point=point, opened_date=date(2026, 1, 1))
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    read_again(company.agent, point.pk, point.meter_number, READINGS)
    new = ops.NewTerms(row.pk, date(2026, 6, 1), a_tariff().pk, {}, "contract 7")
    begun = ops.begin_billing(new, months=2, actor=company.agent, now=NOW)
    assert (begun.currency, begun.months, begun.billed_until) == ("CNY", 2, date(2026, 6, 1))
    held = BillingTerms.objects.get(account=row.pk)
    assert (held.reason, held.created_by_id) == ("contract 7", company.agent.staff_id)
    result = run_bills(
        account_ids=[row.pk], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    bill = Bill.objects.get(pk=result.bills[row.pk])
    assert (bill.start_date, bill.usage) == (date(2026, 6, 1), Decimal(30))
    with pytest.raises(births.BilledAlready):
        ops.begin_billing(new, months=2, actor=company.agent, now=NOW)


@pytest.mark.parametrize(
    ("changes", "months", "refusal"),
    [
        ({"reason": " "}, 1, BadText),
        ({"since": date(2019, 1, 1)}, 1, births.BeforeOpened),
        ({}, 5, births.BadMonths),
        ({"given": {"people": "many"}}, 1, own.BadTerms),
        ({"given": {"people": "-1"}}, 1, own.BadTerms),
        ({"given": {"people": "1e9"}}, 1, own.BadTerms),
        ({"given": {"size": "15"}}, 1, own.BadTerms),
        ({"tariff_id": 0}, 1, own.TariffUnfit),
    ],
)
def test_what_cannot_hold_is_refused_and_nothing_is_begun(
    company: Company, changes: dict[str, Any], months: int, refusal: type[Exception]
) -> None:
    row = make_account(company.agent, opened_date=date(2020, 1, 1))
    new = ops.NewTerms(row.pk, NEW_YEAR, a_tariff().pk, {"people": "3"}, "contract")
    with pytest.raises(refusal):
        ops.begin_billing(replace(new, **changes), months=months, actor=company.agent, now=NOW)
    assert not BillingAccount.objects.filter(pk=row.pk).exists()


def test_a_tariff_of_another_service_or_without_a_price_is_refused(company: Company) -> None:
    row = make_account(company.agent, opened_date=date(2010, 1, 1))
    power = Tariff.objects.get(pack="power", key="household")
    new = ops.NewTerms(row.pk, NEW_YEAR, power.pk, {}, "contract")
    with pytest.raises(own.TariffUnfit):
        ops.begin_billing(new, months=1, actor=company.agent, now=NOW)
    early = replace(new, tariff_id=a_tariff().pk, since=date(2015, 1, 1))
    with pytest.raises(own.NoPriceYet) as refused:
        ops.begin_billing(early, months=1, actor=company.agent, now=NOW)
    assert refused.value.begins == date(2020, 1, 1)


def test_rights_and_rooms_hold(company: Company, account: int) -> None:
    row = make_account(company.agent)
    new = ops.NewTerms(row.pk, NEW_YEAR, a_tariff().pk, {}, "contract")
    with pytest.raises(NotVisible):
        ops.begin_billing(new, months=1, actor=company.outsider, now=NOW)
    with pytest.raises(Forbidden):
        change_or_ask_terms(wanted(account), actor=company.outsider, now=NOW)
    with pytest.raises(Forbidden):
        ops.end_billing(
            account_id=account, until=NEW_YEAR, reason="x", actor=company.outsider, now=NOW
        )


def test_what_another_system_bills_is_left_alone(company: Company) -> None:
    row = make_account(company.agent)
    BillingAccount.objects.create(
        account_id=row.pk, organisation_id=company.lake.pk, currency="CNY",
        opened_date=NEW_YEAR, billed_until=NEW_YEAR, feed=a_feed(company),
    )  # fmt: skip
    new = ops.NewTerms(row.pk, NEW_YEAR, a_tariff().pk, {}, "contract")
    with pytest.raises(ops.AccountFed):
        ops.begin_billing(new, months=1, actor=company.agent, now=NOW)
    with pytest.raises(ops.AccountFed):
        ops.change_terms(new, actor=company.agent, now=NOW)


def test_more_for_the_year_holds_at_once_and_less_waits(company: Company, account: int) -> None:
    fewer = wanted(account, given={"people": "1"})
    assert isinstance(change_or_ask_terms(fewer, actor=company.agent, now=NOW), BillingTerms), (
        "the tiers are as for four: the same is not less"
    )
    asked = change_or_ask_terms(wanted(account), actor=company.agent, now=NOW)
    assert isinstance(asked, Approval)
    held = terms_on(account, NEW_YEAR)
    assert held is not None
    assert held.numbers == {"people": "1"}, "nothing holds before somebody agrees"
    (told,) = tell_terms(asked).differences
    assert str(told.before).endswith("people 1")
    assert str(told.after).endswith("people 6")
    terms_agreed(approval=asked, actor=company.chief, now=NOW)
    now_held = terms_on(account, NEW_YEAR)
    assert now_held is not None
    assert (now_held.numbers, now_held.created_by_id) == ({"people": "6"}, company.agent.staff_id)
    assert BillingTerms.objects.filter(account=account).count() == 2
    with pytest.raises(TermsMoved):
        terms_agreed(approval=asked, actor=company.chief, now=NOW)
    with pytest.raises(own.NothingChanged):
        change_or_ask_terms(wanted(account), actor=company.agent, now=NOW)


def test_what_is_billed_is_not_changed_and_the_next_bill_goes_by_the_new_terms(
    company: Company, account: int
) -> None:
    with pytest.raises(ops.TermsBilled) as refused:
        change_or_ask_terms(
            wanted(account, NEW_YEAR - timedelta(days=1)), actor=company.agent, now=NOW
        )
    assert refused.value.until == NEW_YEAR
    before = list(Bill.objects.filter(account=account).values_list("pk", "total_minor"))
    free = wanted(account, tariff_id=a_free_tariff().pk, given={})
    asked = change_or_ask_terms(free, actor=company.agent, now=NOW)
    assert isinstance(asked, Approval)
    terms_agreed(approval=asked, actor=company.chief, now=NOW)
    (bill,) = issue(a_bill(account, 12, "10"))
    assert bill.total_minor == 2_000
    assert before == list(
        Bill.objects.filter(account=account).exclude(pk=bill.pk).values_list("pk", "total_minor")
    )
    assert_reckons_again([account])


def test_a_year_under_its_own_terms_is_the_year(company: Company, account: int) -> None:
    row = BillingAccount.objects.get(pk=account)
    held = terms_on(account, NEW_YEAR)
    assert held is not None
    year = year_under(row, tariff_id=held.tariff_id, said=Said({}, {"people": "4"}))
    assert len(year.rows) == 12
    assert [each.would for each in year.rows] == [each.minor for each in year.rows]
    assert not year.is_lower
    eight = year_under(row, tariff_id=held.tariff_id, said=Said({}, {"people": "8"}))
    assert eight.is_lower
    assert eight.was == year.was
    missing = year_under(row, tariff_id=0, said=Said({}, {}))
    assert missing.is_lower, "nothing tells: people look at it"
    assert {each.would for each in missing.rows} == {None}


def test_billing_ends_with_a_last_bill_and_begins_again(company: Company) -> None:
    account, point, meter = a_read_account(company.agent)
    day = date(2026, 7, 1)
    with pytest.raises(births.NothingBilled):
        ops.end_billing(
            account_id=account, until=date(2026, 6, 1), reason="x", actor=company.agent, now=NOW
        )
    ops.end_billing(
        account_id=account, until=day, reason="house torn down", actor=company.agent, now=NOW
    )
    go_on_billing(account_id=account, actor=company.agent, now=NOW)
    assert BillingTerms.objects.get(account=account).period.upper is None
    ops.end_billing(
        account_id=account, until=day, reason="house torn down", actor=company.agent, now=NOW
    )
    run = {"issued_date": UNTIL, "due_days": 20, "actor": None, "now": NOW}
    result = run_bills(account_ids=[account], until=UNTIL, **run)  # type: ignore[arg-type]
    bill = Bill.objects.get(pk=result.bills[account])
    assert (bill.kind, bill.end_date, bill.usage) == (Bill.Kind.FINAL, day, Decimal(12))
    with pytest.raises(births.NotEnding):
        go_on_billing(account_id=account, actor=company.agent, now=NOW)
    with pytest.raises(own.BillingEnded):
        change_or_ask_terms(wanted(account, UNTIL), actor=company.agent, now=NOW)
    again = ops.NewTerms(account, day - timedelta(days=1), a_tariff().pk, {}, "new house")
    with pytest.raises(ops.TermsBilled):
        ops.begin_billing(again, months=1, actor=company.agent, now=NOW)
    ops.begin_billing(
        replace(again, since=date(2026, 8, 1)), months=1, actor=company.agent, now=NOW
    )
    read_again(company.agent, point, meter, {date(2026, 9, 1): "150"})
    result = run_bills(account_ids=[account], until=date(2026, 9, 1), **run)  # type: ignore[arg-type]
    later = Bill.objects.get(pk=result.bills[account])
    assert (later.start_date, later.usage, later.kind) == (
        date(2026, 8, 1),
        Decimal(20),
        "regular",
    )
    assert_reckons_again([account])
    assert audit() == []


def test_a_last_bill_stays_once_billing_began_anew(company: Company) -> None:
    account, _point, _meter = a_read_account(company.agent)
    day = date(2026, 7, 1)
    ops.end_billing(account_id=account, until=day, reason="x", actor=company.agent, now=NOW)
    result = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    new = ops.NewTerms(account, date(2026, 8, 1), a_tariff().pk, {}, "new house")
    again = ops.begin_billing(new, months=1, actor=company.agent, now=NOW)
    assert again.end_reason == ""
    with pytest.raises(billing.BegunAnew) as refused:
        ops.reverse_bill(bill_id=result.bills[account], day=UNTIL, reason="x", actor=None, now=NOW)
    assert refused.value.opened == date(2026, 8, 1)


def test_beginning_anew_for_less_waits_for_a_second_person(company: Company, account: int) -> None:
    ops.end_billing(
        account_id=account, until=NEW_YEAR, reason="moved out", actor=company.agent, now=NOW
    )
    day = date(2026, 12, 1)
    six, same = wanted(account, day), wanted(account, day, given={"people": "4"})
    asked = begin_or_ask(six, months=2, actor=company.agent, now=NOW)
    assert isinstance(asked, Approval)
    assert BillingAccount.objects.get(pk=account).closed_date == NEW_YEAR, "nothing begins before"
    (told,) = tell_terms(asked).differences
    assert (told.before, str(told.after).endswith("people 6")) == ("–", True)
    terms_agreed(approval=asked, actor=company.chief, now=NOW)
    begun = BillingAccount.objects.get(pk=account)
    assert (begun.closed_date, begun.billed_until, begun.months) == (None, day, 2)
    held = terms_on(account, day)
    assert held is not None
    assert (held.numbers, held.created_by_id) == ({"people": "6"}, company.agent.staff_id)
    with pytest.raises(TermsMoved):
        terms_agreed(approval=asked, actor=company.chief, now=NOW)
    with pytest.raises(births.BilledAlready):
        begin_or_ask(same, months=2, actor=company.agent, now=NOW)


def test_beginning_anew_for_the_same_or_for_the_first_time_asks_nobody(
    company: Company, account: int
) -> None:
    ops.end_billing(
        account_id=account, until=NEW_YEAR, reason="moved out", actor=company.agent, now=NOW
    )
    same = wanted(account, date(2026, 12, 1), given={"people": "4"})
    assert isinstance(begin_or_ask(same, months=1, actor=company.agent, now=NOW), BillingAccount)
    fresh = make_account(company.agent)
    first = wanted(fresh.pk, date(2026, 12, 1))
    assert isinstance(begin_or_ask(first, months=1, actor=company.agent, now=NOW), BillingAccount)


def test_going_on_without_the_terms_that_were_to_come_is_held_to_the_same_rule(
    company: Company, account: int
) -> None:
    ops.change_terms(wanted(account, given={"people": "9"}), actor=None, now=NOW)
    ops.change_terms(
        wanted(account, date(2026, 12, 1), given={"people": "4"}), actor=None, now=NOW
    )
    ops.end_billing(
        account_id=account, until=date(2026, 11, 20), reason="moves", actor=company.agent, now=NOW
    )
    asked = go_on_or_ask(account_id=account, actor=company.agent, now=NOW)
    assert isinstance(asked, Approval)
    assert BillingAccount.objects.get(pk=account).closed_date == date(2026, 11, 20)
    terms_agreed(approval=asked, actor=company.chief, now=NOW)
    assert BillingAccount.objects.get(pk=account).closed_date is None
    with pytest.raises(TermsMoved):
        terms_agreed(approval=asked, actor=company.chief, now=NOW)


def test_the_same_number_typed_otherwise_changes_nothing(company: Company, account: int) -> None:
    ops.change_terms(wanted(account, given={"people": "6"}), actor=company.agent, now=NOW)
    with pytest.raises(own.NothingChanged):
        ops.change_terms(wanted(account, given={"people": "06.0"}), actor=company.agent, now=NOW)
    ops.change_terms(wanted(account, given={"people": "100"}), actor=company.agent, now=NOW)
    held = terms_on(account, NEW_YEAR)
    assert held is not None
    assert held.numbers == {"people": "100"}


def test_who_changed_what_is_kept(company: Company, account: int) -> None:
    ops.change_terms(wanted(account), actor=company.agent, now=timezone.now())
    kept = AuditEntry.objects.filter(table_name="billing_billingterms", operation="U")
    assert kept.exists()
