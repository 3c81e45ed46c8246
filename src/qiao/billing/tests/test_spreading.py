"""A payment for many bills at once is shared out to the last coin."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.money.spreading import OpenBill, Share, spread

DAY = date(2026, 11, 22)
bills = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(-500, 90_000)),
    min_size=1,
    max_size=12,
).map(
    lambda rows: [
        OpenBill(account, n, DAY + timedelta(days=due), minor)
        for n, (account, due, minor) in enumerate(rows, 1)
    ]
)


def test_what_is_due_first_is_paid_first() -> None:
    rows = [
        OpenBill(7, 1, DAY, 500),
        OpenBill(8, 2, DAY - timedelta(days=1), 300),
        OpenBill(7, 3, DAY, 200),
    ]
    assert spread(400, rows) == [Share(8, 300, (2,)), Share(7, 100, (1,))]
    assert spread(1_000, rows) == [Share(8, 300, (2,)), Share(7, 700, (1, 3))]
    assert spread(1_150, rows) == [Share(8, 300, (2,)), Share(7, 850, (1, 3))]


@given(bills, st.integers(1, 10**6))
def test_shares_sum_to_the_payment_and_no_bill_gets_more_than_is_open(
    rows: list[OpenBill], minor: int
) -> None:
    shares = spread(minor, rows)
    assert sum(share.minor for share in shares) == minor
    assert all(share.minor > 0 for share in shares)
    assert len({share.account for share in shares}) == len(shares)
    opens: dict[int, int] = defaultdict(int)
    for row in rows:
        opens[row.account] += max(row.minor, 0)
    total = sum(opens.values())
    for share in shares:
        over = max(minor - total, 0) if share.account == rows[0].account else 0
        assert share.minor <= opens[share.account] + over
    if minor >= total:
        assert {s.account: s.minor for s in shares if s.account != rows[0].account} == {
            pk: due for pk, due in opens.items() if due and pk != rows[0].account
        }


def test_nothing_is_not_shared_out() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        spread(0, [OpenBill(1, 1, DAY, 5)])
    with pytest.raises(ValueError, match="more than nothing"):
        spread(5, [])
