"""Bills issued, taken back and issued anew; what is paid ahead; amounts by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillingAccount, BillLine, Entry, Payment
from qiao.billing.queries.day_totals import day_totals
from qiao.billing.rules.bills.facts import read_facts
from qiao.billing.rules.bills.lines import lines_of
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    an_account,
    assert_reckons_again,
    audit,
    balance,
    issue,
    pay,
    say_terms,
    standing,
)
from qiao.staff.tests.cast import Company

DAY = date(2026, 11, 22)


def _lines(bill: Bill) -> list[tuple[int, str, Decimal | None, int]]:
    rows = BillLine.objects.filter(bill=bill).order_by("place")
    return list(rows.values_list("part", "charge", "quantity", "minor"))


def test_a_month_by_hand(company: Company) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "10"))
    # November 2025: 10 x 2.00 + 10 x 0.95 + 3.20; of the water 20.00 x 0.03 / 1.03 is tax.
    assert _lines(bill) == [
        (0, "water", Decimal(10), 2_000),
        (0, "sewage", Decimal(10), 950),
        (0, "meter", None, 320),
        (0, "tax", None, 58),
    ]
    assert bill.total_minor == 3_270
    entries = Entry.objects.filter(bill=bill, posting__event="bill_issued")
    assert {(e.ledger, e.owner, e.charge): e.minor for e in entries} == {
        ("receivable", "company", ""): 2_320,
        ("receivable", "sewage", ""): 950,
        ("revenue", "company", "water"): -1_942,
        ("tax", "company", "water"): -58,
        ("revenue", "company", "meter"): -320,
        ("owed_to_owner", "sewage", "sewage"): -950,
    }


def test_a_price_that_changes_amid_a_bill_cuts_it_by_days(company: Company) -> None:
    account = an_account(company)
    issue(a_bill(account, 0, "0"))
    issue(a_bill(account, 1, "0"))
    issue(a_bill(account, 2, "10"))
    issue(a_bill(account, 3, "10"))
    (bill,) = issue(a_bill(account, 4, "62"))
    # March 2026, 2 a day: 14 days at the old prices, 17 at the new; 20 used since New Year.
    # The year's first tier holds 60: 28 more at 2.10, then 12 at 2.33 and 22 at 3.47.
    assert _lines(bill) == [
        (0, "water", Decimal(28), 5_880),
        (0, "sewage", Decimal(28), 2_660),
        (0, "meter", None, 145),
        (0, "tax", None, 171),
        (1, "water", Decimal(34), 2_796 + 7_634),
        (1, "sewage", Decimal(34), 3_230),
        (1, "meter", None, 175),
        (1, "tax", None, 304),
    ]
    assert bill.total_minor == 5_880 + 2_660 + 145 + 10_430 + 3_230 + 175
    assert not audit()


def test_lines_are_those_that_a_walk_through_shows(company: Company) -> None:
    account = an_account(company)
    for month, use in enumerate(("31", "22.5", "18.125", "0", "70", "12")):
        issue(a_bill(account, month, use))
    bills = list(Bill.objects.filter(account=account))
    for parts in ops.reckon_again(bills):
        shown = [
            (place, line.charge.key, line.minor, line.adds)
            for place, rated in enumerate(parts)
            for line in explain(rated.tariff, rated.rated, rated.row).lines
        ]
        assert shown == [(ln.part, ln.charge, ln.minor, ln.adds) for ln in lines_of(parts)]


def test_a_bill_taken_back_is_issued_anew_and_what_was_paid_pays_it(company: Company) -> None:
    account = an_account(company)
    (wrong,) = issue(a_bill(account, 0, "100"))
    pay(account, wrong.total_minor)
    assert balance(account) == 0
    ops.reverse_bill(bill_id=wrong.pk, day=DAY, reason="misread", actor=None, now=NOW)
    assert standing(account, Ledger.PREPAID) == {(0, "company"): -wrong.total_minor}
    new = a_bill(account, 0, "10", day=DAY)
    (right,) = issue(
        ops.NewBill(
            new.account_id, new.period, new.uses, new.issued_date, new.due_date,
            before_id=wrong.pk,
        )
    )  # fmt: skip
    assert right.before_id == wrong.pk
    assert not standing(account)
    assert balance(account) == right.total_minor - wrong.total_minor
    assert not audit()


def test_bills_come_one_after_the_other(company: Company) -> None:
    account = an_account(company)
    with pytest.raises(ops.NotNext) as refused:
        issue(a_bill(account, 1, "10"))
    assert refused.value.day == date(2025, 11, 1)
    first, second = issue(a_bill(account, 0, "10"))[0], issue(a_bill(account, 1, "10"))[0]
    with pytest.raises(ops.NotLatest) as latest:
        ops.reverse_bill(bill_id=first.pk, day=DAY, reason="x", actor=None, now=NOW)
    assert latest.value.numbers == (second.number,)
    ops.reverse_bill(bill_id=second.pk, day=DAY, reason="x", actor=None, now=NOW)
    assert BillingAccount.objects.get(pk=account).billed_until == date(2025, 12, 1)
    with pytest.raises(ops.BillReversed):
        ops.reverse_bill(bill_id=second.pk, day=DAY, reason="x", actor=None, now=NOW)


def test_a_household_that_grows_has_its_days_of_the_year(company: Company) -> None:
    account = an_account(company)
    for month in range(2):
        issue(a_bill(account, month, "0"))
    say_terms(account, date(2026, 7, 2), people=8, reason="twins")
    issue(a_bill(account, 2, "0"))
    bill = Bill.objects.get(account=account, start_date=date(2026, 1, 1))
    (part,) = read_facts(bill.facts).parts()
    days = [room.weight * 365 for room in part.year_rooms]
    assert days == [73, 109, 183], "until the price changed, until the twins came, and after"
    with pytest.raises(ops.TermsBilled) as refused:
        say_terms(account, date(2026, 1, 15), people=9)
    assert refused.value.until == date(2026, 2, 1)


def test_a_payment_pays_what_the_payer_says_then_the_oldest(company: Company) -> None:
    account = an_account(company)
    bills = [issue(a_bill(account, n, "10"))[0] for n in range(3)]
    pay(account, bills[2].total_minor + 100, named=(bills[2].pk,))
    left = standing(account)
    assert not any(bill_id == bills[2].pk for bill_id, _owner in left)
    assert sum(left.values()) == bills[0].total_minor + bills[1].total_minor - 100
    assert sum(minor for (pk, _o), minor in left.items() if pk == bills[0].pk) == (
        bills[0].total_minor - 100
    )


def test_a_reference_comes_once(company: Company) -> None:
    account, other = an_account(company), an_account(company)
    first = pay(account, 700, "W-1")
    assert pay(account, 700, "W-1").pk == first.pk
    assert Payment.objects.count() == 1
    with pytest.raises(ops.PaidOtherwise) as refused:
        pay(other, 700, "W-1")
    assert refused.value.number == first.number
    with pytest.raises(ops.PaidOtherwise):
        pay(account, 701, "W-1")
    for minor in (0, -5):
        with pytest.raises(ops.BadAmount):
            pay(account, minor)
    with pytest.raises(ops.BadAmount):
        pay(account, 5, currency="USD")


def test_cash_needs_a_shift_and_its_drawer_is_counted(company: Company) -> None:
    account = an_account(company)
    cash: dict[str, Any] = {
        "channel": Payment.Channel.COUNTER,
        "means": Payment.Means.CASH,
        "booked_date": DAY,
    }
    with pytest.raises(ops.NoShift):
        pay(account, 500, **cash)
    shift = ops.open_shift(
        organisation_id=company.lake.pk, currency="CNY", float_minor=10_000, day=DAY,
        actor=company.agent, now=NOW,
    )  # fmt: skip
    with pytest.raises(ops.ShiftOpen):
        ops.open_shift(
            organisation_id=company.lake.pk, currency="CNY", float_minor=0, day=DAY,
            actor=company.agent, now=NOW,
        )  # fmt: skip
    pay(account, 500, shift_id=shift.pk, **cash)
    slip = pay(account, 900, shift_id=shift.pk, **cash)
    ops.take_back_payment(payment_id=slip.pk, day=DAY, reason="slip", actor=company.agent, now=NOW)
    with pytest.raises(ops.ShiftOpen) as still:
        ops.close_day(
            organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.agent, now=NOW
        )
    assert still.value.names == (company.agent.name,)
    closed = ops.close_shift(
        shift_id=shift.pk, counted_minor=10_480, note="", actor=company.agent, now=NOW
    )
    assert (closed.expected_minor, closed.counted_minor) == (10_500, 10_480)
    assert closed.difference is not None
    totals = day_totals(organisation_id=company.lake.pk, day=DAY)
    short = next(total for total in totals if total.ledger == "over_short")
    assert (short.debit, short.credit) == (20, 0)
    with pytest.raises(ops.ShiftClosed):
        ops.close_shift(shift_id=shift.pk, counted_minor=0, note="", actor=company.agent, now=NOW)
    assert not audit()


def test_a_bounce_after_what_was_paid_ahead_paid_other_bills(company: Company) -> None:
    account = an_account(company)
    big = pay(account, 9_000)
    bills = [issue(a_bill(account, n, "10"))[0] for n in range(2)]
    assert not standing(account)
    ops.take_back_payment(payment_id=big.pk, day=DAY, reason="bounced", actor=None, now=NOW)
    assert sum(standing(account).values()) == sum(bill.total_minor for bill in bills)
    assert not standing(account, Ledger.PREPAID)
    with pytest.raises(ops.ReversedAlready):
        ops.take_back_payment(payment_id=big.pk, day=DAY, reason="again", actor=None, now=NOW)
    assert_reckons_again([account])
    assert not audit()
