"""Percentages say how sure they are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.statistics import FEW, Change, Share, cumulative_percents, wilson

WHOLES = st.integers(1, 2_000_000)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    whole = draw(WHOLES)
    return draw(st.integers(0, whole)), whole


@given(shares())
def test_the_interval_holds_the_share_and_stays_on_the_scale(pair: tuple[int, int]) -> None:
    part, whole = pair
    found = wilson(part, whole)
    assert 0 <= found.low <= 100 * part / whole + 1e-9
    assert 100 * part / whole - 1e-9 <= found.high <= 100


@given(shares())
def test_what_is_missing_has_the_mirrored_interval(pair: tuple[int, int]) -> None:
    part, whole = pair
    found, mirrored = wilson(part, whole), wilson(whole - part, whole)
    assert found.low == pytest.approx(100 - mirrored.high, abs=1e-7)
    assert found.high == pytest.approx(100 - mirrored.low, abs=1e-7)


@given(shares(), st.integers(2, 50))
def test_more_records_of_the_same_share_narrow_the_interval(
    pair: tuple[int, int], times: int
) -> None:
    part, whole = pair
    few, many = wilson(part, whole), wilson(part * times, whole * times)
    assert many.high - many.low < few.high - few.low


@given(WHOLES)
def test_a_full_share_reaches_the_end_of_the_scale_and_an_empty_one_its_beginning(n: int) -> None:
    assert wilson(n, n).high == 100
    assert wilson(0, n).low == 0
    assert wilson(n, n).low < 100
    assert wilson(0, n).high > 0


def test_the_interval_agrees_with_published_figures() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for part, whole, low, high in (
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0.00, 16.11),
        (1, 29, 0.61, 17.18),
    ):
        found = wilson(part, whole)
        assert (round(found.low, 2), round(found.high, 2)) == (low, high)


@given(WHOLES)
def test_a_share_is_small_below_thirty_records(whole: int) -> None:
    assert Share(whole, whole).is_small == (whole < FEW)


def test_a_share_of_nothing_has_no_percentage() -> None:
    assert Share(0, 0).percent is None
    assert Share(0, 0).interval is None


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 3)])
def test_what_is_no_part_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        Share(part, whole)
    with pytest.raises(ValueError, match="no part"):
        wilson(part, whole)


@given(st.lists(st.integers(0, 10**6)))
def test_cumulative_percents_rise_to_a_hundred(values: list[int]) -> None:
    found = cumulative_percents(values)
    assert len(found) == len(values)
    assert all(a <= b for a, b in pairwise(found))
    if sum(values):
        assert found[-1] == 100
    else:
        assert not any(found)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        cumulative_percents([3, -1])


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_change_is_relative_to_what_was_before(before: int, now: int) -> None:
    change = Change(before, now)
    assert change.difference == now - before
    if before:
        assert change.percent == pytest.approx(100 * (now / before - 1))
    else:
        assert change.percent is None
