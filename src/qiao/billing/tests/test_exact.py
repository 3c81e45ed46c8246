"""Exact columns against fractions: sums, products, quotients, rounding, numbers of any size."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from operator import add, mul, sub, truediv

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.exact import Exact, column, constant, narrow, plus, whole
from qiao.billing.tests.inputs import fraction_at

SMALL = st.decimals(-1000, 1000, places=3)
HUGE = st.one_of(
    st.integers(-(10**40), 10**40).map(Decimal),
    st.sampled_from([Decimal(2**62), Decimal(2**62 - 1), Decimal(-(2**62)), Decimal(2**63)]),
    st.decimals(-(10**20), 10**20, places=12),
)
NUMBERS = st.one_of(SMALL, SMALL, HUGE)


def _as_fractions(numbers: Exact) -> list[Fraction]:
    return [fraction_at(numbers, row) for row in range(len(numbers))]


@st.composite
def columns(draw: st.DrawFn, count: int) -> Exact:
    """A column of its own denominator row by row, or of one for all."""
    rows = column(draw(st.lists(NUMBERS, min_size=count, max_size=count)))
    if draw(st.booleans()):
        return rows
    below = draw(st.lists(NUMBERS.filter(bool), min_size=count, max_size=count))
    return rows / column(below)


PAIRS = st.integers(0, 4).flatmap(lambda count: st.tuples(columns(count), columns(count)))


DONE: dict[str, tuple[Callable[..., Exact], Callable[..., Fraction]]] = {
    "add": (add, add),
    "sub": (sub, sub),
    "mul": (mul, mul),
    "div": (truediv, truediv),
    "lesser": (Exact.lesser, min),
    "greater": (Exact.greater, max),
}


@given(PAIRS, st.sampled_from(sorted(DONE)))
def test_what_is_done_row_by_row_is_exact(pair: tuple[Exact, Exact], what: str) -> None:
    one, two = pair
    ours, theirs = DONE[what]
    if what == "div" and not all(_as_fractions(two)):
        with pytest.raises(ZeroDivisionError):
            ours(one, two)
        return
    pairs = zip(_as_fractions(one), _as_fractions(two), strict=True)
    assert _as_fractions(ours(one, two)) == [theirs(a, b) for a, b in pairs]
    assert _as_fractions(-one) == [-each for each in _as_fractions(one)]


@given(PAIRS, st.integers(-3, 6), st.sampled_from(["half_up", "down", "up"]))
def test_rounding_goes_by_size(pair: tuple[Exact, Exact], digits: int, way: str) -> None:
    for numbers in (pair[0], pair[0] + pair[1]):
        scaled = numbers.to_scale(digits, way)
        unit = Fraction(10) ** -digits
        sizes = [abs(each) / unit for each in _as_fractions(numbers)]
        signs = [-1 if each < 0 else 1 for each in _as_fractions(numbers)]
        turn = {"half_up": lambda size: floor(size + Fraction(1, 2)), "down": floor, "up": ceil}
        wanted = [sign * turn[way](size) for sign, size in zip(signs, sizes, strict=True)]
        assert scaled.tolist() == wanted
        assert _as_fractions(numbers.rounded(digits, way)) == [each * unit for each in wanted]


def test_an_unknown_way_of_rounding_is_refused() -> None:
    with pytest.raises(ValueError, match="nearest"):
        column([1]).to_scale(0, "nearest")


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.integers(0, 8))
def test_numbers_are_held_as_they_come(numbers: list[Decimal], scale: int) -> None:
    held = column(numbers, scale=scale)
    assert _as_fractions(held) == [Fraction(each) for each in numbers]
    assert isinstance(held.below, int)
    assert held.below >= 10**scale


@given(PAIRS, st.data())
def test_rows_are_picked_and_put_back(pair: tuple[Exact, Exact], case: st.DataObject) -> None:
    numbers, known = pair[0], _as_fractions(pair[0])
    assume(known)
    rows = case.draw(st.lists(st.integers(0, len(known) - 1), unique=True))
    places = np.array(rows, dtype=np.int64)
    picked = numbers.at(places)
    assert _as_fractions(picked) == [known[row] for row in rows]
    spread = _as_fractions(picked.spread(places, len(known)))
    assert spread == [each if row in rows else 0 for row, each in enumerate(known)]


def test_what_fits_64_bits_again_is_held_in_them() -> None:
    product = column([10**15]) * column([10**15])
    assert product.above.dtype == object
    assert fraction_at(product, 0) == 10**30
    assert Exact(product.above, 10**25).to_scale(0).dtype == np.int64
    assert narrow(np.array([2**62], dtype=object)).dtype == object


def test_many_sums_near_the_end_of_64_bits_do_not_turn_over() -> None:
    near = np.array([2**62 - 1], dtype=np.int64)
    total = np.zeros(1, dtype=np.int64)
    for _time in range(5):
        total = plus(total, near)
    assert int(total[0]) == 5 * (2**62 - 1)


@pytest.mark.parametrize("wrong", [0.1, True, None, b"1"])
def test_binary_fractions_are_no_exact_numbers(wrong: object) -> None:
    with pytest.raises(TypeError, match="an int, a Decimal or decimal text"):
        column([wrong])


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", Decimal("-Infinity"), Decimal("NaN")])
def test_what_is_no_finite_number_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="finite"):
        column([1, wrong])


def test_no_rows_are_no_trouble() -> None:
    none = column([])
    assert len(none) == 0
    assert len(none + constant("1.5", 0)) == 0
    assert (none / none).to_scale(2).tolist() == []
    assert whole(np.array([5], dtype=np.int64), 1).to_scale(0).tolist() == [1]
