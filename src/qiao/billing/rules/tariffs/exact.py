"""Exact arithmetic over many rows at once: whole numbers over a common or own denominator.

A bill is right to the fen or it is wrong, and a run has a million of them: rows are calculated as
columns of 64-bit numerators, and where a result might leave 64 bits the column goes on in numbers
of any size. Nothing is rounded but by `to_scale`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
ROOM = 2**62
"""Numerators stay below it while they are 64-bit numbers: a sum of two still fits."""


@dataclass(frozen=True, slots=True)
class Exact:
    """A column of exact fractions: `above` over `below`, row by row.

    `above` holds int64 or Python integers (dtype object); `below` is one positive integer for all
    rows, or a column of positive ones.
    """

    above: Column
    below: int | Column = 1

    def __len__(self) -> int:
        return len(self.above)

    def __neg__(self) -> "Exact":
        return Exact(-self.above, self.below)

    def __add__(self, other: "Exact") -> "Exact":
        return self._joined(other, plus)

    def __sub__(self, other: "Exact") -> "Exact":
        return self + -other

    def __mul__(self, other: "Exact") -> "Exact":
        return Exact(_times(self.above, other.above), _times_below(self.below, other.below))

    def __truediv__(self, other: "Exact") -> "Exact":
        """Divide row by row; a divisor of zero raises `ZeroDivisionError`."""
        if not np.all(other.above != 0):
            raise ZeroDivisionError
        turned = np.where(other.above < 0, -1, 1)
        above = _times(_times(self.above, other.below), turned)
        return Exact(above, _times_below(self.below, np.abs(other.above)))

    def lesser(self, other: "Exact") -> "Exact":
        """The lesser of two, row by row."""
        return self._joined(other, np.minimum)

    def greater(self, other: "Exact") -> "Exact":
        """The greater of two, row by row."""
        return self._joined(other, np.maximum)

    def _joined(self, other: "Exact", join: Callable[[Column, Column], Column]) -> "Exact":
        """Two columns over one denominator, made one."""
        if isinstance(self.below, int) and isinstance(other.below, int):
            common = self.below * other.below // gcd(self.below, other.below)
            one = _times(self.above, common // self.below)
            two = _times(other.above, common // other.below)
            return Exact(join(one, two), common)
        one = _times(self.above, other.below)
        two = _times(other.above, self.below)
        return Exact(join(one, two), _times_below(self.below, other.below))

    def fraction_at(self, row: int) -> Fraction:
        """The number of one row."""
        below = self.below if isinstance(self.below, int) else int(self.below[row])
        return Fraction(int(self.above[row]), below)

    def at(self, rows: Column) -> "Exact":
        """The rows of these numbers, in this order."""
        below = self.below if isinstance(self.below, int) else self.below[rows]
        return Exact(narrow(self.above[rows]), below)

    def spread(self, rows: Column, count: int) -> "Exact":
        """A column of `count` rows with these at the places `rows`, and nothing elsewhere."""
        above = np.zeros(count, dtype=self.above.dtype)
        above[rows] = self.above
        if isinstance(self.below, int):
            return Exact(above, self.below)
        below = np.ones(count, dtype=self.below.dtype)
        below[rows] = self.below
        return Exact(above, below)

    def to_scale(self, digits: int, way: str = "half_up") -> Column:
        """Whole numbers of 10⁻ᵈⁱᵍⁱᵗˢ (`digits` below nothing: of tens, of hundreds).

        `half_up` goes away from zero, `down` and `up` likewise by size.
        """
        above = _times(self.above, 10 ** max(digits, 0))
        below = _times_below(self.below, 10 ** max(-digits, 0))
        sign = np.where(above < 0, -1, 1)
        size = np.abs(above)
        if way == "half_up":
            found = _parts(plus(_times(size, 2), below), _times_below(below, 2))
        elif way == "down":
            found = _parts(size, below)
        elif way == "up":
            found = -_parts(-size, below)
        else:
            raise ValueError(way)
        return narrow(sign * found)

    def rounded(self, digits: int, way: str = "half_up") -> "Exact":
        """Rounded as `to_scale` does it."""
        found = self.to_scale(digits, way)
        return Exact(_times(found, 10 ** max(-digits, 0)), 10 ** max(digits, 0))


def column(values: Iterable[Any], *, scale: int = 0) -> Exact:
    """Numbers as they come (int, Decimal, or decimal text), each exactly; `scale`: the least
    digits to hold. Raises `TypeError` for others and `ValueError` for what is not finite."""
    rows = [_decimal(value) for value in values]
    digits = max([scale, *(-int(row.as_tuple().exponent) for row in rows)])
    factor = 10**digits
    parts = (row.as_integer_ratio() for row in rows)
    return Exact(_column([above * factor // below for above, below in parts]), factor)


def constant(value: Decimal | int | str, count: int) -> Exact:
    """One number in every row."""
    return column([value]).at(np.zeros(count, dtype=np.int64))


def whole(values: Column, digits: int = 0) -> Exact:
    """Whole numbers of 10⁻ᵈⁱᵍⁱᵗˢ."""
    return Exact(values, 10**digits)


def narrow(values: Column) -> Column:
    """The same numbers in 64 bits where they fit."""
    if values.dtype != object or (values.size and int(np.abs(values).max()) >= ROOM):
        return values
    return values.astype(np.int64)


def plus(one: Column, two: Column | int) -> Column:
    """Whole numbers together, in numbers of any size where 64 bits might not hold them."""
    if _size(one) + _size(two) >= ROOM:
        return narrow(np.asarray(_wide(one) + _wide(two), dtype=object))
    return np.asarray(one + two)


def _decimal(value: Any) -> Decimal:
    """A binary fraction is not what somebody wrote: refused."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise TypeError(f"{value!r}: an int, a Decimal or decimal text is needed")
    number = value if isinstance(value, Decimal) else Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value!r}: a finite number is needed")
    return number


def _column(numbers: list[int]) -> Column:
    fits = all(abs(each) < ROOM for each in numbers)
    return np.array(numbers, dtype=np.int64 if fits else object)


def _size(values: Column | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return int(np.abs(values).max()) if values.size else 0


def _wide(values: Column | int) -> Column | int:
    return values if isinstance(values, int) else values.astype(object)


def _times(values: Column, factor: Column | int) -> Column:
    if max(_size(values), 1) * max(_size(factor), 1) >= ROOM:
        return narrow(np.asarray(_wide(values) * _wide(factor), dtype=object))
    return np.asarray(values * factor)


def _parts(values: Column, below: Column | int) -> Column:
    if _size(below) >= ROOM:
        return np.asarray(_wide(values) // _wide(below), dtype=object)
    return np.asarray(values // below)


def _times_below(one: Column | int, two: Column | int) -> Column | int:
    if isinstance(one, int):
        return one * two if isinstance(two, int) else _times(two, one)
    return _times(one, two)
