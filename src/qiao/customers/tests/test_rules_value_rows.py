"""Months and amounts as billing systems write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.value_rows import mapping_faults, propose, read_value_row

TODAY = date(2026, 11, 20)
MAPPING = {0: "account_number", 1: "month", 2: "amount", 3: "ref"}


@pytest.mark.parametrize(
    "text",
    ["2026-03", "2026/3", "202603", "2026.03", "2026年3月", "2026-03-15", "２０２６年０３月"],
)
def test_a_month_is_read_as_it_is_written(text: str) -> None:
    row = read_value_row(["1002000001", text, "12.5", ""], MAPPING, today=TODAY)
    assert (row.month, row.amount_fen, row.faults) == (date(2026, 3, 1), 1_250, [])
    assert row.ref == "1002000001:2026-03"


@pytest.mark.parametrize("text", ["", "2026-13", "三月", "2026-12", "20260315000"])
def test_what_is_no_month_is_told(text: str) -> None:
    row = read_value_row(["1002000001", text, "1", ""], MAPPING, today=TODAY)
    assert [(f.field, f.code) for f in row.faults] == [("month", "month")]


@pytest.mark.parametrize("text", ["", "1.234", "1,2", "十元", "1e3", "--1", "9" * 20])
def test_what_is_no_amount_is_told(text: str) -> None:
    row = read_value_row(["1002000001", "2026-03", text, ""], MAPPING, today=TODAY)
    assert [(f.field, f.code) for f in row.faults] == [("amount", "amount")]


@given(fen=st.integers(-(10**14), 10**14), mark=st.sampled_from(["", "¥", "￥"]))
def test_every_amount_of_two_decimals_comes_back_as_it_went(fen: int, mark: str) -> None:
    sign = "-" if fen < 0 else ""
    text = f"{sign}{mark}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
    assert read_value_row(["1", "2026-03", text], MAPPING, today=TODAY).amount_fen == fen


def test_headers_are_recognised_and_what_is_missing_is_told() -> None:
    assert propose(["用户编号", "户名", "账期", "应收金额(元)", "账单号"]) == {
        0: "account_number", 1: "", 2: "month", 3: "amount", 4: "ref",
    }  # fmt: skip
    assert mapping_faults({0: "month"}) == [("missing", "amount"), ("missing", "account_number")]
