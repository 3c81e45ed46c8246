"""Postings come to nothing, payments settle debts in their order, late fees count their days."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.money.allocation import (
    BadAllocation,
    Debt,
    Order,
    allocate,
)
from qiao.billing.rules.money.late_fees import (
    BadRules,
    LateFeeRule,
    Owed,
    late_fee,
    less_disputed,
    owed_days,
)
from qiao.billing.rules.money.postings import (
    RULES,
    Billed,
    Entry,
    Event,
    Ledger,
    Unbalanced,
    bill_entries,
    checked,
    reversed_,
)
from qiao.core.rules.periods import Period

D = Decimal
OLDEST = Order()
MONEY = st.integers(-10_000_000, 10_000_000)


def test_a_bill_owes_each_owner_and_earns_only_the_companys_lines() -> None:
    entries = bill_entries(account=7, bill=9, lines=[
        Billed("water", "company", 4_800, 144), Billed("sewage", "sewage", 1_900),
    ])  # fmt: skip
    assert checked(Event.BILL_ISSUED, entries) == (
        Entry(Ledger.RECEIVABLE, 4_944, 7, 9, "company", "principal"),
        Entry(Ledger.RECEIVABLE, 1_900, 7, 9, "sewage", "principal"),
        Entry(Ledger.REVENUE, -4_800, 7, 9, "company", charge="water"),
        Entry(Ledger.TAX, -144, 7, 9, "company", charge="water"),
        Entry(Ledger.OWED_TO_OWNER, -1_900, 7, 9, "sewage", charge="sewage"),
    )


LINES = st.lists(
    st.builds(
        Billed, st.sampled_from(["a", "b"]), st.sampled_from(["company", "city"]), MONEY, MONEY
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(lines=LINES)
def test_every_bill_and_its_reversal_come_to_nothing(lines: list[Billed]) -> None:
    entries = bill_entries(account=1, bill=2, lines=lines)
    if not entries:
        return
    assert checked(Event.BILL_ISSUED, entries) == entries
    assert sum(entry.minor for entry in (*entries, *reversed_(entries))) == 0
    owed = sum(entry.minor for entry in entries if entry.ledger == Ledger.RECEIVABLE)
    assert owed == sum(line.minor + line.tax for line in lines)


def test_entries_that_do_not_balance_or_fit_their_event_are_refused() -> None:
    with pytest.raises(Unbalanced, match="come to 1, not to 0"):
        checked(Event.DEPOSIT_TAKEN, [Entry(Ledger.CASH, 100), Entry(Ledger.DEPOSIT, -99)])
    with pytest.raises(Unbalanced, match="a credit of revenue is not in its rule"):
        checked(Event.PAYMENT_RECEIVED, [Entry(Ledger.CASH, 9), Entry(Ledger.REVENUE, -9)])
    with pytest.raises(Unbalanced, match="nothing to post"):
        checked(Event.WRITTEN_OFF, [Entry(Ledger.CASH, 0)])
    assert set(RULES) == set(Event)


def debt(bill: int, minor: int, kind: str = "principal", owner: str = "company", **more: bool
         ) -> Debt:  # fmt: skip
    return Debt(bill, date(2026, bill, 1), kind, owner, minor, **more)  # type: ignore[arg-type]


def told(minor: int, debts: Sequence[Debt], order: Order = OLDEST, named: Sequence[int] = ()
         ) -> tuple[list[tuple[int, str, str, int]], int]:  # fmt: skip
    paid, left = allocate(minor, debts, order=order, named=named)
    return [(a.debt.bill, a.debt.kind, a.debt.owner, a.minor) for a in paid], left


def test_the_oldest_is_paid_first_and_in_it_costs_interest_principal() -> None:
    debts = [debt(2, 500), debt(1, 300), debt(1, 40, "interest"), debt(1, 5, "costs")]
    assert told(400, debts) == ([
        (1, "costs", "company", 5), (1, "interest", "company", 40),
        (1, "principal", "company", 300), (2, "principal", "company", 55),
    ], 0)  # fmt: skip


def test_the_payers_word_goes_before_age_and_opens_what_is_held() -> None:
    debts = [debt(1, 300), debt(2, 500, held=True), debt(3, 100)]
    assert told(350, debts) == ([
        (1, "principal", "company", 300), (3, "principal", "company", 50)
    ], 0)  # fmt: skip
    assert told(550, debts, named=[2, 3])[0][:2] == [
        (2, "principal", "company", 500), (3, "principal", "company", 50),
    ]  # fmt: skip
    assert told(2_000, debts)[1] == 1_600


def test_owners_share_by_what_is_open_or_come_in_an_order() -> None:
    debts = [debt(1, 300), debt(1, 100, owner="sewage")]
    assert told(200, debts)[0] == [
        (1, "principal", "company", 150), (1, "principal", "sewage", 50),
    ]  # fmt: skip
    ordered = Order(owners=("sewage",))
    assert told(120, debts, ordered)[0] == [
        (1, "principal", "sewage", 100), (1, "principal", "company", 20),
    ]  # fmt: skip


@given(
    minor=st.integers(1, 5_000),
    debts=st.lists(
        st.builds(
            debt, st.integers(1, 4), st.integers(0, 900),
            st.sampled_from(["costs", "interest", "principal"]), st.sampled_from(["company", "x"]),
            held=st.booleans(),
        ),
        max_size=8, unique_by=lambda d: (d.bill, d.kind, d.owner),
    ),
    named=st.lists(st.integers(1, 4), max_size=2),
)  # fmt: skip
def test_no_fen_is_lost_and_no_debt_overpaid(
    minor: int, debts: list[Debt], named: list[int]
) -> None:
    paid, left = allocate(minor, debts, order=Order(), named=named)
    assert sum(each.minor for each in paid) + left == minor
    assert all(0 < each.minor <= each.debt.minor for each in paid)
    payable = [each for each in debts if each.minor and (not each.held or each.bill in named)]
    if left:
        assert sum(each.minor for each in paid) == sum(each.minor for each in payable)


def test_a_payment_of_nothing_is_refused() -> None:
    with pytest.raises(BadAllocation):
        allocate(0, [], order=Order())


HOUSEHOLDS = LateFeeRule(Period(date(2000, 1, 1)), D("0.001"), least=100)
OTHERS = LateFeeRule(Period(date(2000, 1, 1)), D("0.002"), D("0.003"), least=100)


def fee(rule: LateFeeRule, due: str, until: str, minor: int, *paused: Period) -> int:
    day = date.fromisoformat
    owed = less_disputed([Owed(Period(date(2000, 1, 1)), minor)], [(p, None) for p in paused])
    return late_fee(due=day(due), until=day(until), owed=owed, rules=[rule]).minor


def test_late_fees_of_the_rules_of_supply() -> None:
    """200.00 yuan of a household, ten days late: 200 × 0.001 × 10 = 2.00. 1,000.00 of a shop from
    21 December, 10 days at 0.2 % and 5 days of the new year at 0.3 %: 20 + 15 = 35.00."""
    assert fee(HOUSEHOLDS, "2026-03-10", "2026-03-20", 20_000) == 200
    assert fee(OTHERS, "2026-12-21", "2027-01-05", 100_000) == 3_500
    assert fee(HOUSEHOLDS, "2026-03-10", "2026-03-11", 20_000) == 100  # 0.20 counts as 1.00
    assert fee(HOUSEHOLDS, "2026-03-10", "2026-03-10", 20_000) == 0


def test_a_dispute_costs_nothing_while_it_lasts() -> None:
    paused = Period(date(2026, 3, 13), date(2026, 3, 18))
    assert fee(HOUSEHOLDS, "2026-03-10", "2026-03-20", 40_000, paused) == 200
    assert fee(HOUSEHOLDS, "2026-03-10", "2026-03-20", 40_000, Period(date(2026, 3, 1))) == 0


def test_a_limit_bounds_the_fee_and_overlapping_rules_are_refused() -> None:
    limited = LateFeeRule(Period(date(2000, 1, 1)), D("0.001"), most=D("0.3"))
    assert fee(limited, "2024-01-01", "2026-01-01", 10_000) == 3_000
    with pytest.raises(BadRules, match="2000-01-01: two rules"):
        late_fee(due=date(2026, 1, 1), until=date(2026, 2, 1), owed=[], rules=[OTHERS, HOUSEHOLDS])


@given(
    start=st.integers(-20, 200),
    days=st.integers(0, 400),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 99_999)), max_size=3),
    pauses=st.lists(st.tuples(st.integers(-10, 400), st.integers(1, 60)), max_size=3),
)
def test_a_fee_is_that_of_its_days_counted_one_by_one(
    start: int, days: int, changes: list[tuple[int, int]], pauses: list[tuple[int, int]]
) -> None:
    due = date(2026, 6, 1) + timedelta(start)
    stops = sorted({(date(2000, 1, 1), 50_000), *((due + timedelta(d), m) for d, m in changes)})
    owed = [
        Owed(Period(one, two), minor)
        for (one, minor), two in zip(stops, [*(s for s, _ in stops[1:]), None], strict=True)
        if two is None or two > one
    ]
    paused = [Period(due + timedelta(a), due + timedelta(a + n)) for a, n in pauses]
    found = late_fee(
        due=due,
        until=due + timedelta(days),
        owed=less_disputed(owed, [(pause, None) for pause in paused]),
        rules=[OTHERS],
    )
    total = D(0)
    for n in range(1, days + 1):
        day = due + timedelta(n)
        if any(day in pause for pause in paused):
            continue
        minor = next(each.minor for each in owed if day in each.period)
        total += minor * (D("0.003") if day.year > due.year else D("0.002"))
    rounded = int(total.quantize(D(1), ROUND_HALF_UP))
    assert found.minor == (max(rounded, 100) if total else 0)
    assert sum((each.fee for each in found.stretches), D(0)) == total


def test_what_was_owed_of_what_was_booked() -> None:
    """A payment of the 5th is owed on the 5th still; one taken back is owed again from the day
    after."""
    day = date(2026, 3, 1)
    found = owed_days([(day, 900), (day + timedelta(4), -900), (day + timedelta(9), 400)])
    assert found == [
        Owed(Period(date(2026, 3, 2), date(2026, 3, 6)), 900),
        Owed(Period(date(2026, 3, 11)), 400),
    ]


def test_a_disputed_part_costs_nothing_the_rest_does() -> None:
    owed = [Owed(Period(date(2026, 3, 1)), 900)]
    part = (Period(date(2026, 3, 5), date(2026, 3, 8)), 300)
    whole = (Period(date(2026, 3, 7), date(2026, 3, 9)), None)
    assert less_disputed(owed, [part, whole]) == [
        Owed(Period(date(2026, 3, 1), date(2026, 3, 5)), 900),
        Owed(Period(date(2026, 3, 5), date(2026, 3, 7)), 600),
        Owed(Period(date(2026, 3, 9)), 900),
    ]
    assert (
        less_disputed(owed, [(Period(date(2026, 1, 1)), 2_000)])
        == [Owed(Period(date(2026, 3, 1)), 900)][:0]
    )
