"""Rows of deliveries read, and what stands by them: plain calculation."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.feeds.kinds import TABLES
from qiao.billing.rules.feeds.rows import FedRow, Terms, read_row
from qiao.billing.rules.feeds.standing import (
    Stands,
    ToldBalance,
    ToldBill,
    ToldPayment,
    stands_of,
)

AS_OF = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)
TERMS = Terms("CNY", ZoneInfo("Asia/Shanghai"), AS_OF)
BILL = {
    "number": "B1", "account": "1001", "start": "2026-10-01", "last": "2026年10月31日",
    "due": "2026-11-20", "amount": "1,057.30", "usage": "12.50", "unit": "m3",
    "lines": "水费 1,045.00；污水处理费 12.30",
}  # fmt: skip


def faults(row: FedRow) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in row.faults]


def test_a_bill_is_read_with_its_last_day_and_its_items() -> None:
    row = read_row("bills", BILL, TERMS)
    assert not row.faults
    assert (row.number, row.account, row.minor) == ("B1", "1001", 105_730)
    assert row.told == {
        "start_date": "2026-10-01", "end_date": "2026-11-01", "issued_date": "2026-11-01",
        "due_date": "2026-11-20", "usage": "12.5", "unit": "m3", "is_cancelled": False,
        "lines": [["水费", 104_500], ["污水处理费", 1_230]],
    }  # fmt: skip


def test_what_is_said_the_same_is_the_same_however_it_is_written() -> None:
    other = BILL | {"last": "", "until": "2026-11-01", "amount": "1057.3", "usage": "12.5",
                    "void": "否"}  # fmt: skip
    assert read_row("bills", other, TERMS).digest == read_row("bills", BILL, TERMS).digest
    changed = read_row("bills", BILL | {"due": "2026-11-21"}, TERMS)
    assert changed.digest != read_row("bills", BILL, TERMS).digest


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("number", "", "empty"),
        ("account", "", "empty"),
        ("amount", "much", "amount"),
        ("amount", "1.005", "digits"),
        ("amount", "", "empty"),
        ("start", "yesterday", "day"),
        ("last", "2026-09-01", "backwards"),
        ("last", "", "empty"),
        ("due", "31.12.26", "day"),
        ("usage", "NaN", "number"),
        ("void", "perhaps", "flag"),
        ("lines", "水费", "lines"),
        ("lines", "水费 1.00", "lines_sum"),
        ("unit", "m" * 61, "too_long"),
        ("number", "B\x00", "too_long"),
    ],
)
def test_what_is_wrong_with_a_bill_is_told_by_its_field(name: str, text: str, code: str) -> None:
    assert (name, code) in faults(read_row("bills", BILL | {name: text}, TERMS))


def test_a_payment_has_its_moment_its_bills_and_its_way() -> None:
    told = {"number": "P1", "account": "1001", "amount": "20", "at": "2026-11-10 09:30",
            "bills": "B1、B2 B1", "way": "微信支付"}  # fmt: skip
    row = read_row("payments", told, TERMS)
    assert not row.faults
    assert row.told == {
        "received_at": "2026-11-10T01:30:00+00:00", "bills": ["B1", "B2"], "way": "wechat",
        "is_reversed": False,
    }  # fmt: skip
    sent = read_row("payments", told | {"at": "2026-11-10T09:30:00+08:00"}, TERMS)
    assert sent.digest == row.digest
    assert faults(read_row("payments", told | {"amount": "-1"}, TERMS)) == [("amount", "negative")]
    assert faults(read_row("payments", told | {"at": "noon"}, TERMS)) == [("at", "moment")]
    assert read_row("payments", told | {"way": "Depot 7"}, TERMS).told["way"] == "Depot 7"


def test_a_balance_is_as_of_its_own_moment_or_that_of_its_delivery() -> None:
    row = read_row("balances", {"account": "1001", "amount": "-3.20"}, TERMS)
    assert (row.number, row.minor, row.told["as_of"]) == ("1001", -320, AS_OF.isoformat())
    own = read_row("balances", {"account": "1001", "amount": "0", "at": "2026-11-29"}, TERMS)
    assert own.told["as_of"] == "2026-11-28T16:00:00+00:00"


def test_columns_are_known_by_what_companies_call_them() -> None:
    header = [
        "户号",
        "账单号",
        "起始日期",
        "结束日期",
        "出账日期",
        "缴费期限",
        "应收金额",
        "用水量",
    ]
    found = [each.field for each in TABLES["bills"].propose(header)]
    assert found == ["account", "number", "start", "last", "issued", "due", "amount", "usage"]
    header = ["收据号", "户号", "缴费时间", "实收金额", "账单号", "缴费方式"]
    found = [each.field for each in TABLES["payments"].propose(header)]
    assert found == ["number", "account", "at", "amount", "bills", "way"]
    assert not TABLES["balances"].faults(dict(enumerate(["account", "amount", "at"])))


def _bill(pk: int, minor: int, month: int = 10) -> ToldBill:
    return ToldBill(pk, f"B{pk}", date(2026, month, 1), date(2026, month, 20), minor)


def _paid(number: str, minor: int, *bills: str) -> ToldPayment:
    return ToldPayment(number, datetime(2026, 10, 5, tzinfo=UTC), minor, bills)


def _balance(minor: int, day: int = 29) -> ToldBalance:
    return ToldBalance(minor, datetime(2026, 11, day, tzinfo=UTC), date(2026, 11, day))


def test_a_payment_pays_what_it_names_and_what_is_left_the_oldest() -> None:
    bills = [_bill(1, 100, 8), _bill(2, 100, 9), _bill(3, 100, 10)]
    found = stands_of(bills, [_paid("P1", 130, "B3")], None)
    assert found == Stands({1: 70, 2: 100, 3: 0}, 0, "untold", 170, 0)


def test_a_payment_for_a_bill_that_was_never_sent_pays_nothing_else() -> None:
    found = stands_of(
        [_bill(1, 100)], [_paid("P1", 80, "OLD"), _paid("P2", 130, "B1", "OLD")], None
    )
    assert found == Stands({1: 0}, 0, "untold", 0, 0)
    found = stands_of([_bill(1, 100)], [_paid("P1", 80, "OLD")], None)
    assert found.open == {1: 100}


def test_a_credit_note_and_what_is_paid_too_much_pay_other_bills_or_are_paid_ahead() -> None:
    found = stands_of([_bill(1, 100, 8), _bill(2, -30, 9)], [_paid("P1", 90)], None)
    assert found == Stands({1: 0, 2: 0}, 20, "untold", 0, 20)


def test_the_balance_is_believed_where_nothing_is_newer() -> None:
    bills = [_bill(1, 100)]
    assert stands_of(bills, [], _balance(100)).state == "agrees"
    differs = stands_of(bills, [], _balance(140))
    assert (differs.state, differs.owed, differs.open) == ("differs", 140, {1: 100})
    ahead = stands_of(bills, [], _balance(-15))
    assert (ahead.owed, ahead.ahead) == (0, 15)
    newer = ToldPayment("P1", datetime(2026, 11, 29, 1, tzinfo=UTC), 100, ("B1",))
    behind = stands_of(bills, [newer], _balance(100))
    assert (behind.state, behind.owed) == ("behind", 0)
    issued = ToldBill(2, "B2", date(2026, 11, 30), date(2026, 12, 20), 50)
    assert stands_of([*bills, issued], [], _balance(100)).state == "behind"


_BILLS = st.lists(st.integers(-500, 500).filter(bool), max_size=6)
_PAYMENTS = st.lists(
    st.tuples(st.integers(0, 600), st.lists(st.integers(1, 8), max_size=3, unique=True)),
    max_size=6,
)


@given(_BILLS, _PAYMENTS, st.randoms())
def test_no_money_is_lost_or_made_and_the_order_says_nothing(bills, payments, chance) -> None:  # type: ignore[no-untyped-def]
    told = [_bill(pk, minor, 1 + pk) for pk, minor in enumerate(bills, 1)]
    paid = [
        _paid(f"P{n}", minor, *(f"B{pk}" for pk in named))
        for n, (minor, named) in enumerate(payments)
    ]
    found = stands_of(told, paid, None)
    owed = sum(minor for minor in bills if minor > 0)
    money = sum(minor for minor, _named in payments) - sum(min(each, 0) for each in bills)
    assert all(0 <= found.open[bill.pk] <= max(bill.minor, 0) for bill in told)
    applied = owed - sum(found.open.values())
    assert applied + found.free <= money
    if all(f"B{pk}" in {b.number for b in told} for _m, named in payments for pk in named):
        assert applied + found.free == money
    chance.shuffle(told)
    chance.shuffle(paid)
    assert stands_of(told, paid, None) == found
