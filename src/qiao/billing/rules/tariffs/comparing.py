"""Why a bill is higher or lower than another: the difference, cause by cause, to the coin.

One thing after the other is changed from the earlier bill to the later one, and the engine rates
each step: the days, the use a day, the tiers that it reaches, the household, the prices. So causes
add up to the difference; what they leave (a price that changed amid a bill, rounding) is told as
other things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from qiao.billing.rules.tariffs.model import USAGE, Tariff, Tiered
from qiao.billing.rules.tariffs.parts import RatedPart, rate_parts
from qiao.billing.rules.tariffs.planning import DIGITS, Part, Room
from qiao.core.rules.money import exponent_of
from qiao.core.rules.periods import Period

STEPS: Final = 6


class Cause(StrEnum):
    """What makes a bill differ."""

    DAYS = "days"
    USE = "use"
    TIERS = "tiers"
    HOUSEHOLD = "household"
    PRICES = "prices"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BillFacts:
    """A bill as it is compared: the terms that held at its end, what was used, what it came to.

    `minor` is its total in minor units; `before` and `rooms` are of the year of tiers (see
    `planning.Part`).
    """

    period: Period
    months: int | Fraction
    version: str
    quantities: Mapping[str, Decimal]
    labels: Mapping[str, str]
    numbers: Mapping[str, Decimal]
    before: Mapping[str, Decimal]
    rooms: tuple[Room, ...]
    minor: int

    @property
    def days(self) -> int:
        """How many days are billed."""
        return self.period.days or 0


@dataclass(frozen=True, slots=True)
class Effect:
    """A cause and what it makes of the difference, in minor units, signed."""

    cause: Cause
    minor: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two bills in minor units, and its causes, the weightiest first; those of
    nothing are left out."""

    minor: int
    effects: tuple[Effect, ...]


def compare(tariffs: Mapping[str, Tariff], earlier: BillFacts, later: BillFacts) -> Comparison:
    """Tell why `later` differs from `earlier`. Raises `CannotRate` where a step cannot be rated,
    such as the later household under earlier prices that ask for more than is known."""
    return compare_many(tariffs, [(earlier, later)])[0]


def compare_many(
    tariffs: Mapping[str, Tariff], pairs: Sequence[tuple[BillFacts, BillFacts]]
) -> list[Comparison]:
    """The same of many bills, each with the earlier one first; all steps are rated together.
    Raises `CannotRate` where a step of one of them cannot be rated."""
    steps = rate_parts(
        tariffs, [_part(step) for earlier, later in pairs for step in _steps(earlier, later)]
    )
    return [
        _compared(earlier, later, steps[STEPS * place : STEPS * (place + 1)])
        for place, (earlier, later) in enumerate(pairs)
    ]


def _steps(earlier: BillFacts, later: BillFacts) -> tuple[BillFacts, ...]:
    """From the earlier bill to the later one, one thing changed after the other."""
    longer = replace(
        earlier,
        period=later.period,
        months=later.months,
        quantities=_scaled(earlier.quantities, later.days, earlier.days),
    )
    used = replace(longer, quantities=later.quantities)
    filled = replace(used, before=later.before, rooms=_widened(earlier.rooms, later.rooms))
    lived = replace(filled, labels=later.labels, numbers=later.numbers, rooms=later.rooms)
    priced = replace(lived, version=later.version)
    return (earlier, longer, used, filled, lived, priced)


def _widened(earlier: Sequence[Room], later: Sequence[Room]) -> tuple[Room, ...]:
    """The household of the earlier year with as much of the year as the later one has: tiers of an
    account that begins in a year are narrower for that alone, and were filled by less."""
    before, after = (
        sum((room.weight for room in rooms), Fraction(0)) for rooms in (earlier, later)
    )
    if not before:
        return tuple(later)
    return tuple(replace(room, weight=room.weight * after / before) for room in earlier)


def _compared(earlier: BillFacts, later: BillFacts, steps: Sequence[RatedPart]) -> Comparison:
    totals = [int(each.rated.totals[each.row]) for each in steps]
    tiers = _tiers(steps[1], steps[2]) + totals[3] - totals[2]
    found = {
        Cause.DAYS: totals[1] - totals[0],
        Cause.TIERS: tiers,
        Cause.USE: totals[3] - totals[1] - tiers,
        Cause.HOUSEHOLD: totals[4] - totals[3],
        Cause.PRICES: totals[5] - totals[4],
    }
    difference = later.minor - earlier.minor
    found[Cause.OTHER] = difference - sum(found.values())
    effects = [Effect(cause, minor) for cause, minor in found.items() if minor]
    effects.sort(key=lambda each: (each.cause == Cause.OTHER, -abs(each.minor)))
    return Comparison(difference, tuple(effects))


def _scaled(quantities: Mapping[str, Decimal], days: int, of: int) -> dict[str, Decimal]:
    """The same use a day, for another number of days."""
    if not of:
        return dict(quantities)
    step = Decimal(1).scaleb(-DIGITS)
    return {
        name: (quantity * days / of).quantize(step, ROUND_HALF_UP)
        for name, quantity in quantities.items()
    }


def _part(facts: BillFacts) -> Part:
    return Part(
        period=facts.period,
        version=facts.version,
        labels=facts.labels,
        numbers=facts.numbers,
        quantities=facts.quantities,
        share=Fraction(1),
        months=Fraction(facts.months),
        before=facts.before,
        year_rooms=facts.rooms,
    )


def _tiers(one: RatedPart, two: RatedPart) -> int:
    """What of the change of use comes from tiers: what the units beyond cost more (or, where the
    use fell, had cost more) than the dearest that the lesser use reached."""
    exponent = exponent_of(one.tariff.currency)
    more = Fraction(0)
    for charge in one.tariff.charges:
        if not isinstance(charge.how, Tiered) or charge.how.quantity != USAGE:
            continue
        walks = [_walked(each, charge.key) for each in (one, two)]
        if any(walk is None for walk in walks):
            continue
        lesser = min(walks, key=lambda walk: sum(q for q, _p in walk or ()))
        reached = [price for quantity, price in lesser or () if quantity > 0]
        price = reached[-1] if reached else (lesser or [(Fraction(0), Fraction(0))])[0][1]
        more += _beyond(walks[1], price) - _beyond(walks[0], price)
    minor = more * 10**exponent
    sign = -1 if minor < 0 else 1
    return sign * int(abs(minor) + Fraction(1, 2))


def _beyond(walk: Sequence[tuple[Fraction, Fraction]] | None, price: Fraction) -> Fraction:
    return sum(
        (quantity * (each - price) for quantity, each in walk or () if each > price), Fraction(0)
    )


def _walked(rated: RatedPart, key: str) -> list[tuple[Fraction, Fraction]] | None:
    walk = rated.rated.walks.get(key)
    if walk is None:
        return None
    return [
        (quantity.fraction_at(rated.row), price.fraction_at(rated.row))
        for quantity, price in zip(walk.portions, walk.prices, strict=True)
    ]
