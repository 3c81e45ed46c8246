"""Cells of exported tables: what a spreadsheet would compute, and what is only a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.cells import FORMULA_STARTS, safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_would_start_a_formula_is_led_by_an_apostrophe(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(f"{start}=1") == f"'{start}=1"


@pytest.mark.parametrize(
    "number", ["-5", "-0.5", "-1,234.50", "-1234567.8", "-12%", "5", "1,234.50", ""]
)
def test_a_plain_number_stays_a_number(number: str) -> None:
    assert safe_cell(number) == number


@pytest.mark.parametrize(
    "text", ["-5+cmd|' /C calc'!A0", "-5\n", "-1,23", "-", "-1-1", "－5", "-٣", "+8613800138000"]
)
def test_what_only_begins_like_a_number_is_guarded(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@given(text=st.text(max_size=20))
def test_only_the_apostrophe_is_ever_added(text: str) -> None:
    told = safe_cell(text)
    assert told in {text, f"'{text}"}
    assert not told.startswith(FORMULA_STARTS) or float(told.strip("%").replace(",", "")) <= 0


def test_numbers_and_nothing_are_told_as_text() -> None:
    assert [safe_cell(value) for value in (-5, 7, None)] == ["-5", "7", ""]
