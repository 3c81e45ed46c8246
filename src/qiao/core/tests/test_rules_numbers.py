"""Business numbers survive the way people copy them, and slips are caught."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.numbers import (
    LENGTH,
    BadNumber,
    check_digit,
    compose,
    display,
    is_valid,
    parse,
)

kinds = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
serials = st.integers(0, 999_999)
numbers = st.builds(lambda k, d, s: compose(kind=k, day=d, serial=s), kinds, days, serials)


@given(kinds, days, serials)
def test_what_was_composed_is_read_back(kind: str, day: date, serial: int) -> None:
    text = compose(kind=kind, day=day, serial=serial)
    number = parse(text, kinds={kind})
    assert (number.text, number.kind, number.day, number.serial) == (text, kind, day, serial)
    assert len(text) == LENGTH


@given(numbers, st.integers(2, LENGTH - 1), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_valid(number[:place] + wrong + number[place + 1 :])


@given(numbers, st.integers(2, LENGTH - 2))
def test_every_swap_of_neighbouring_digits_is_caught(number: str, place: int) -> None:
    left, right = number[place], number[place + 1]
    if left != right:
        assert not is_valid(number[:place] + right + left + number[place + 2 :])


@given(numbers)
def test_numbers_are_read_as_people_write_them(number: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for written in (
        number.lower(),
        wide,
        display(number),
        f" {number[:2]}-{number[2:8]}-{number[8:]}\n",
        f"{number[:8]}—{number[8:]}",
    ):
        assert parse(written).text == number


@given(st.text())
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    assert is_valid(text) in (True, False)


def test_a_known_number_stays_the_same_for_ever() -> None:
    assert compose(kind="WK", day=date(2026, 11, 21), serial=123) == "WK2611210001232"
    assert check_digit("572") == 4  # Damm's own example


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("WK261121000123", "shape"),
        ("", "shape"),
        ("WK2611210001233", "check-digit"),
        (f"WK261332000001{check_digit('WK261332000001')}", "date"),
    ],
)
def test_the_reason_of_a_refusal_is_told(text: str, reason: str) -> None:
    with pytest.raises(BadNumber) as refusal:
        parse(text)
    assert refusal.value.reason == reason


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadNumber, match="kind"):
        parse("WK2611210001232", kinds={"CS"})


@pytest.mark.parametrize(
    ("kind", "day", "serial"),
    [
        ("W", date(2026, 1, 1), 1),
        ("wk", date(2026, 1, 1), 1),
        ("WK", date(1999, 1, 1), 1),
        ("WK", date(2026, 1, 1), 1_000_000),
        ("WK", date(2026, 1, 1), -1),
    ],
)
def test_senseless_parts_are_refused(kind: str, day: date, serial: int) -> None:
    with pytest.raises(ValueError, match="needed"):
        compose(kind=kind, day=day, serial=serial)
