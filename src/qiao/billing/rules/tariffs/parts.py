"""Bills that fell into parts, rated: the parts of each version together, then bill by bill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from qiao.billing.rules.tariffs.exact import Exact, column
from qiao.billing.rules.tariffs.inputs import Allowances, CannotRate, Labels, Rows
from qiao.billing.rules.tariffs.model import DAYS, MONTHS, SHARE, Tariff, Tiered
from qiao.billing.rules.tariffs.planning import Part, Room
from qiao.billing.rules.tariffs.rating import Rated, rate


@dataclass(frozen=True, slots=True)
class RatedPart:
    """Where a part was rated: the version's tariff, what all of its rows came to, and its row."""

    part: Part
    tariff: Tariff
    rated: Rated
    row: int


def rate_parts(tariffs: Mapping[str, Tariff], parts: Sequence[Part]) -> list[RatedPart]:
    """Rate parts of any number of bills, each under its version; in their order.

    Raises `CannotRate`, also for a version that `tariffs` does not have.
    """
    places: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        places.setdefault(part.version, []).append(place)
    found: dict[int, RatedPart] = {}
    for version, own in places.items():
        if version not in tariffs:
            raise CannotRate(f"{version}: there is no such version of a tariff")
        tariff, mine = tariffs[version], [parts[place] for place in own]
        rated = rate(tariff, rows_of(tariff, mine), _rooms_of(tariff, mine))
        for row, place in enumerate(own):
            found[place] = RatedPart(parts[place], tariff, rated, row)
    return [found[place] for place in range(len(parts))]


def rows_of(tariff: Tariff, parts: Sequence[Part]) -> Rows:
    """Parts of one version as rows."""
    labels, numbers = _inputs(tariff, [(part.labels, part.numbers) for part in parts])
    numbers |= {
        DAYS: column([part.period.days or 0 for part in parts]),
        MONTHS: _fractions([part.months for part in parts]),
        SHARE: _fractions([part.share for part in parts]),
    }
    for name in dict.fromkeys(name for part in parts for name in part.quantities):
        numbers[name] = column([part.quantities.get(name, Decimal(0)) for part in parts])
    before = {
        name: column([part.before.get(name, Decimal(0)) for part in parts])
        for name in dict.fromkeys(name for part in parts for name in part.before)
    }
    return Rows(len(parts), labels, numbers, before)


def _rooms_of(tariff: Tariff, parts: Sequence[Part]) -> Allowances | None:
    """The allowances of parts in years of tiers; a part without a year has its own inputs for a
    whole one."""
    if not any(part.year_rooms for part in parts) or not _fills_over_years(tariff):
        return None
    owned = [
        (row, room)
        for row, part in enumerate(parts)
        for room in part.year_rooms or (Room(Fraction(1), part.labels, part.numbers),)
    ]
    labels, numbers = _inputs(tariff, [(room.labels, room.numbers) for _row, room in owned])
    weight = _fractions([room.weight for _row, room in owned])
    row = np.array([row for row, _room in owned], dtype=np.int64)
    return Allowances(row, weight, Rows(len(owned), labels, numbers))


def _fills_over_years(tariff: Tariff) -> bool:
    return any(
        isinstance(charge.how, Tiered) and charge.how.period == "year" for charge in tariff.charges
    )


def _inputs(
    tariff: Tariff, given: Sequence[tuple[Mapping[str, str], Mapping[str, Decimal]]]
) -> tuple[dict[str, Labels], dict[str, Exact]]:
    """Labels and numbers as columns. A label that a row lacks is not known; a number is what the
    tariff takes for it."""
    labels = {
        name: Labels.of([each.get(name, "") for each, _numbers in given])
        for name in dict.fromkeys(name for each, _numbers in given for name in each)
    }
    numbers = {}
    for name in dict.fromkeys(name for _labels, each in given for name in each):
        values = [each.get(name, tariff.numbers.get(name)) for _labels, each in given]
        if None in values:
            raise CannotRate(f"{name}: a number is needed")
        numbers[name] = column([Decimal(value) for value in values if value is not None])
    return labels, numbers


def _fractions(values: Iterable[Fraction]) -> Exact:
    rows = list(values)
    above = column([each.numerator for each in rows])
    below = column([each.denominator for each in rows])
    return above / below
