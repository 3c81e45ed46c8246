"""What a rated row says of itself: each charge, its quantity and price, its tiers, its amount.

All of it is read off what the engine made; nothing is calculated a second way.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

import numpy as np

from qiao.billing.rules.tariffs.exact import Exact
from qiao.billing.rules.tariffs.model import AtLeast, Charge, Share, Tariff
from qiao.billing.rules.tariffs.rating import Rated
from qiao.billing.rules.tariffs.tiers import BEYOND, Walk
from qiao.core.rules.money import exponent_of

DIGITS: Final = 12
"""Fractions that end nowhere (a third of a cubic metre) are shown to so many digits."""


@dataclass(frozen=True, slots=True)
class Step:
    """One tier that a quantity reached: where it begins and ends (None: it does not), how much
    lies in it, its price and its part of the charge in minor units."""

    begins: Decimal
    ends: Decimal | None
    quantity: Decimal
    price: Decimal
    minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One charge of a bill, in minor units; `quantity` and `price` where it is by the unit,
    `steps` where it is in tiers. `adds`: it belongs to the total."""

    charge: Charge
    minor: int
    adds: bool
    quantity: Decimal | None = None
    price: Decimal | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A bill, line by line, with its total in minor units and what was reckoned for it."""

    lines: tuple[Line, ...]
    minor: int
    quantities: dict[str, Decimal]


def explain(tariff: Tariff, rated: Rated, row: int) -> Explained:
    """Read one row off what was rated. Lines of nothing are left out, except what was billed by a
    quantity of nothing."""
    lines = [_line(tariff, charge, rated, row) for charge in tariff.charges]
    return Explained(
        tuple(line for line in lines if line.minor or not is_idle(line.charge)),
        int(rated.totals[row]),
        {key: decimal_at(each, row) for key, each in rated.quantities.items()},
    )


def decimal_at(numbers: Exact, row: int) -> Decimal:
    """The number of a row, exact where it ends within twelve digits."""
    found = numbers.fraction_at(row)
    with localcontext() as context:
        context.prec = 60
        value = Decimal(found.numerator) / Decimal(found.denominator)
        short = value.quantize(Decimal(1).scaleb(-DIGITS))
        return short.normalize() + 0 if short else Decimal(0)


def is_idle(charge: Charge) -> bool:
    """Whether a charge of nothing is left out of a bill: it did not apply."""
    return bool(charge.when) or isinstance(charge.how, AtLeast | Share)


def _line(tariff: Tariff, charge: Charge, rated: Rated, row: int) -> Line:
    minor = int(rated.amounts[charge.key][row])
    if charge.key in rated.walks:
        walk = rated.walks[charge.key]
        steps = _steps(walk, row, minor, exponent_of(tariff.currency))
        used = sum((step.quantity for step in steps), Decimal(0))
        return Line(charge, minor, charge.adds, used, None, steps)
    if charge.key in rated.units:
        quantity, price = rated.units[charge.key]
        return Line(charge, minor, charge.adds, decimal_at(quantity, row), decimal_at(price, row))
    return Line(charge, minor, charge.adds)


def _steps(walk: Walk, row: int, minor: int, exponent: int) -> tuple[Step, ...]:
    """The tiers that were reached; what their rounded amounts leave of the charge goes to the
    largest."""
    reached = [place for place in range(len(walk.starts)) if walk.portions[place].above[row] != 0]
    parts = [_part(walk, place, row, exponent) for place in reached]
    if parts:
        parts[max(range(len(parts)), key=lambda each: abs(parts[each]))] += minor - sum(parts)
    return tuple(
        Step(
            decimal_at(walk.starts[place], row),
            _end(walk, place, row),
            decimal_at(walk.portions[place], row),
            decimal_at(walk.prices[place], row),
            part,
        )
        for place, part in zip(reached, parts, strict=True)
    )


def _part(walk: Walk, place: int, row: int, exponent: int) -> int:
    only = np.array([row])
    part = walk.portions[place].at(only) * walk.prices[place].at(only)
    return int(part.to_scale(exponent)[0])


def _end(walk: Walk, place: int, row: int) -> Decimal | None:
    if place + 1 == len(walk.starts):
        return None
    end = decimal_at(walk.starts[place + 1], row)
    return None if end >= BEYOND else end
