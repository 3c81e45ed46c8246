"""Which bills somebody looks at: every rule at its edge, and that neighbours excuse."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.bills.reviewing import (
    CREDIT,
    ESTIMATED,
    FEW,
    FINDINGS,
    LARGE,
    LESS,
    LONG,
    MORE,
    NOTHING,
    SHORT,
    UNLIKE,
    Limits,
    Neighbours,
    Reckoned,
    findings,
)

LIMITS = Limits(factor=Decimal(3), least=Decimal(10), large=100_000, estimates=3)
ALONE = Neighbours()


def bill(
    usage: str | None, usual: str | None, *, days: int = 60, minor: int = 5_000, months: int = 2,
    estimates: int = 0, is_first: bool = False,
) -> Reckoned:  # fmt: skip
    """A bill of two months; use over all of it, the usual use a day."""
    return Reckoned(
        days,
        None if usage is None else Decimal(usage),
        None if usual is None else Decimal(usual),
        minor,
        months,
        estimates,
        is_first,
    )


@pytest.mark.parametrize(
    ("reckoned", "expected"),
    [
        (bill("18", "0.3"), []),
        (bill("53.9", "0.3"), []),  # 2.99 times
        (bill("54", "0.3"), [MORE]),  # three times exactly, 36 units more
        (bill("9", "0.05"), []),  # three times, but six units more
        (bill("6.1", "0.3"), []),
        (bill("6", "0.3"), [LESS]),
        (bill("0", "0.3"), [NOTHING]),
        (bill("0", "0.1"), []),  # six units less: somebody was away
        (bill("18", "0"), [MORE]),  # never used anything, uses now
        (bill("0", "0"), []),
        (bill("60", None), []),  # nothing to compare with
        (bill("18", "0.3", minor=-1), [CREDIT]),
        (bill("18", "0.3", minor=99_999), []),
        (bill("18", "0.3", minor=100_000), [LARGE]),
        (bill("30", "0.3", days=100), [LONG]),
        (bill("9", "0.3", days=30), [SHORT]),
        (bill("9", "0.3", days=30, is_first=True), []),
        (bill("18", "0.3", estimates=2), []),
        (bill("18", "0.3", estimates=3), [ESTIMATED]),
        (bill(None, None), []),
    ],
)
def test_each_rule_at_its_edge(reckoned: Reckoned, expected: list[str]) -> None:
    assert findings(reckoned, ALONE, LIMITS) == expected


def test_what_everybody_does_is_excused_up_to_twice() -> None:
    dry = Neighbours(with_past=FEW, ratio=Decimal("1.8"), count=FEW)
    assert findings(bill("60", "0.3"), ALONE, LIMITS) == [MORE]
    assert findings(bill("60", "0.3"), dry, LIMITS) == []
    assert findings(bill("97.2", "0.3"), dry, LIMITS) == [MORE]  # three times of 1.8 times
    wrong = Neighbours(with_past=FEW, ratio=Decimal(10), count=FEW)
    assert findings(bill("180", "0.3"), wrong, LIMITS) == [MORE]
    few = Neighbours(with_past=FEW - 1, ratio=Decimal("1.8"), count=FEW)
    assert findings(bill("60", "0.3"), few, LIMITS) == [MORE]


def test_one_without_a_past_is_measured_by_its_neighbours() -> None:
    around = Neighbours(count=FEW, high=Decimal("0.5"))
    assert findings(bill("89", None), around, LIMITS) == []
    assert findings(bill("90", None), around, LIMITS) == [UNLIKE]
    assert findings(bill("90", None), Neighbours(count=FEW - 1, high=Decimal("0.5")), LIMITS) == []


_AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2, allow_nan=False)


@given(
    st.integers(1, 400), st.none() | _AMOUNTS, st.none() | _AMOUNTS,
    st.integers(-(10**9), 10**9), st.integers(1, 12), st.integers(0, 12), st.booleans(),
    st.decimals(min_value="0.001", max_value=100, places=3), st.integers(0, 50),
)  # fmt: skip
def test_any_bill_is_judged_with_codes_that_have_words(
    days: int, usage: Decimal | None, usual: Decimal | None, minor: int, months: int,
    estimates: int, is_first: bool, ratio: Decimal, count: int,
) -> None:  # fmt: skip
    found = findings(
        Reckoned(days, usage, usual, minor, months, estimates, is_first),
        Neighbours(count, ratio, count, ratio),
        LIMITS,
    )
    assert set(found) <= set(FINDINGS)
    assert len(set(found) & {MORE, LESS, NOTHING, UNLIKE}) <= 1
    assert not {LONG, SHORT} <= set(found)


@given(_AMOUNTS, _AMOUNTS, _AMOUNTS)
def test_more_use_never_looks_less_strange_than_less_use(
    usual: Decimal, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    rank = {NOTHING: 0, LESS: 1, MORE: 3}

    def place(usage: Decimal) -> int:
        codes = set(findings(bill(str(usage), str(usual)), ALONE, LIMITS)) & set(rank)
        return rank[codes.pop()] if codes else 2

    assert place(low) <= place(high)
