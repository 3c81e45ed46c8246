"""The engine: what a tariff makes of many bills at once, exact to the smallest coin.

One row is one bill under one version of a tariff, or the part of a bill that falls under it. The same
engine rates a run of a million and explains a single bill: there is no second way to an amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np

from qiao.billing.rules.tariffs.exact import Column, Exact, column, constant, narrow
from qiao.billing.rules.tariffs.formulas import Formula, Number, evaluate
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    OTHERWISE,
    AtLeast,
    Charge,
    Fixed,
    How,
    Per,
    PerUnit,
    Reckoned,
    Share,
    Table,
    Tariff,
    Tiered,
)
from qiao.core.rules.money import exponent_of

NEVER: Final = 10**15
"""Where a tier begins that a row does not have: no quantity comes there."""


class CannotRate(ValueError):  # noqa: N818 - a finding about the input
    """A row lacks an input or has one that the tariff does not know; the message names it."""


@dataclass(frozen=True, slots=True)
class Labels:
    """One label of each row: a number of `values`."""

    codes: Column
    values: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[str]) -> Labels:
        """Labels as they come."""
        values = tuple(dict.fromkeys(rows))
        places = {value: place for place, value in enumerate(values)}
        return cls(np.array([places[row] for row in rows], dtype=np.int64), values)


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be rated: inputs by name. `before`: by quantity, what was used in the tier period
    before these rows; without, tiers begin to fill with the row."""

    count: int
    labels: Mapping[str, Labels] = field(default_factory=dict)
    numbers: Mapping[str, Exact] = field(default_factory=dict)
    before: Mapping[str, Exact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowances:
    """What tiers are as wide as, where that is not the row's own inputs for one whole tier period:
    a household that grew amid the year, an owner who came in May.

    Each belongs to the row `row`, counts `weight` tier periods (a share of the year, 2 months), and
    has the inputs of `rows` at the same place. A row without any has no allowance at all.
    """

    row: Column
    weight: Exact
    rows: Rows


@dataclass(frozen=True, slots=True)
class Walk:
    """How a quantity fell into tiers: for each tier where it begins (as a threshold), how much of
    the row lies in it, and at what price."""

    starts: tuple[Exact, ...]
    portions: tuple[Exact, ...]
    prices: tuple[Exact, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """Amounts by charge in minor units, whole and signed; totals of what is added; the walk of each
    charge in tiers; the quantities that were reckoned."""

    amounts: Mapping[str, Column]
    totals: Column
    walks: Mapping[str, Walk]
    quantities: Mapping[str, Exact]
    units: Mapping[str, tuple[Exact, Exact]]
    """Quantity and price of each charge by the unit."""


def rate(tariff: Tariff, rows: Rows, allowances: Allowances | None = None) -> Rated:
    """Rate rows by a tariff. Raises `CannotRate`."""
    values = _reckoned(tariff, rows)
    room = _reckoned(tariff, allowances.rows) if allowances else None
    exponent = exponent_of(tariff.currency)
    amounts: dict[str, Column] = {}
    walks: dict[str, Walk] = {}
    units: dict[str, tuple[Exact, Exact]] = {}
    totals = np.zeros(rows.count, dtype=np.int64)
    for charge in tariff.charges:
        match charge.how:
            case Tiered():
                walks[charge.key] = walk = _walk(
                    charge.how, rows, values, allowances, room or values
                )
                found = _sum([p * q for p, q in zip(walk.portions, walk.prices, strict=True)])
            case PerUnit(quantity, price):
                units[charge.key] = _value(values, quantity), _figure(price, rows, values)
                found = units[charge.key][0] * units[charge.key][1]
            case _:
                found = _amount(charge.how, rows, values, amounts, exponent)
        minor = found.to_scale(exponent)
        amounts[charge.key] = minor = np.where(_applies(charge, rows), minor, 0)
        if not (isinstance(charge.how, Share) and charge.how.included):
            totals = totals + minor
    own = {quantity.key: values[quantity.key] for quantity in tariff.quantities}
    return Rated(amounts, narrow(totals), walks, own, units)


def _reckoned(tariff: Tariff, rows: Rows) -> dict[str, Exact]:
    values = dict(rows.numbers)
    for name, number in tariff.numbers.items():
        if name not in values:
            values[name] = column([number]).at(np.zeros(rows.count, dtype=np.int64))
    for quantity in tariff.quantities:
        value = _figure(quantity.value, rows, values)
        if quantity.rounding is not None:
            digits, way = quantity.rounding.digits, quantity.rounding.way
            value = Exact(value.to_scale(digits, way), 10**digits)
        values[quantity.key] = value
    return values


def _amount(
    how: How, rows: Rows, values: Mapping[str, Exact], amounts: Mapping[str, Column], exponent: int
) -> Exact:
    match how:
        case Fixed(amount, per):
            return _per(_figure(amount, rows, values), per, values)
        case Reckoned(amount):
            return _figure(amount, rows, values)
        case Share(of, rate_, included):
            base, share = _together(of, amounts, exponent), _figure(rate_, rows, values)
            return base * share / (share + constant(1, rows.count)) if included else base * share
        case AtLeast(of, amount, per):
            least = _per(_figure(amount, rows, values), per, values)
            lacks = least - _together(of, amounts, exponent)
            return lacks.greater(constant(0, rows.count))
    raise TypeError(how)


def _together(of: Sequence[str], amounts: Mapping[str, Column], exponent: int) -> Exact:
    return _sum([Exact(amounts[key], 10**exponent) for key in of])


def _per(figure: Exact, per: Per, values: Mapping[str, Exact]) -> Exact:
    if per == "bill":
        return figure
    return figure * _value(values, MONTHS if per == "month" else DAYS)


def _applies(charge: Charge, rows: Rows) -> Column:
    holds = np.ones(rows.count, dtype=bool)
    for name, wanted in charge.when.items():
        labels = _labels(rows, name)
        known = np.array([value in wanted for value in labels.values], dtype=bool)
        holds &= known[labels.codes]
    return holds


def _walk(
    how: Tiered,
    rows: Rows,
    values: Mapping[str, Exact],
    allowances: Allowances | None,
    room: Mapping[str, Exact],
) -> Walk:
    quantity = _value(values, how.quantity)
    before = rows.before.get(how.quantity, constant(0, rows.count))
    after = before + quantity
    prices = _figures(how.prices, rows, values)
    starts = _starts(how, rows, values, allowances, room, len(prices))
    portions = []
    for place, low in enumerate(starts):
        upper, under = after.greater(low), before.greater(low)
        if place + 1 < len(starts):
            upper, under = upper.lesser(starts[place + 1]), under.lesser(starts[place + 1])
        portions.append(upper - under)
    return Walk(tuple(starts), tuple(portions), tuple(prices))


def _starts(
    how: Tiered,
    rows: Rows,
    values: Mapping[str, Exact],
    allowances: Allowances | None,
    room: Mapping[str, Exact],
    tiers: int,
) -> list[Exact]:
    """Where each tier of each row begins, as a threshold; the first at nothing."""
    own = allowances.rows if allowances else rows
    found = _figures(how.starts, own, room, pad=NEVER)
    if how.start_is == "first_unit":
        one = constant(1, own.count)
        found = [each - one for each in found]
    found = [constant(0, own.count), *found[1:tiers]]
    if allowances:
        found = [_gathered(each * allowances.weight, allowances.row, rows.count) for each in found]
    elif how.period == "month":
        found = [each * _value(values, MONTHS) for each in found]
    if how.rounding is not None:
        digits, way = how.rounding.digits, how.rounding.way
        found = [Exact(each.to_scale(digits, way), 10**digits) for each in found]
    for place in range(1, len(found)):  # a tier that a budget leaves no room ends where it begins
        found[place] = found[place].greater(found[place - 1])
    return found


def _gathered(each: Exact, row: Column, count: int) -> Exact:
    """Sums by row."""
    total = np.zeros(count, dtype=object)
    if isinstance(each.below, int):
        np.add.at(total, row, each.above.astype(object))
        return Exact(narrow(total), each.below)
    parts = [Exact(np.zeros(count, dtype=np.int64))]
    order = np.argsort(row, kind="stable")
    place = np.arange(len(order)) - np.searchsorted(row[order], row[order])
    for nth in range(int(place.max(initial=-1)) + 1):
        here = order[place == nth]
        above = np.zeros(count, dtype=object)
        below = np.ones(count, dtype=object)
        above[row[here]], below[row[here]] = each.above[here], each.below[here]
        parts.append(Exact(narrow(above), narrow(below)))
    return _sum(parts)


def _figure(table: Table, rows: Rows, values: Mapping[str, Exact]) -> Exact:
    return _figures(table, rows, values)[0]


def _figures(
    table: Table, rows: Rows, values: Mapping[str, Exact], *, pad: int = 0
) -> list[Exact]:
    """The figures of the table's row that each row's labels choose, a column for each."""
    keys = list(table.rows)
    chosen = _chosen(table, keys, rows)
    wide = max(len(row) for row in table.rows.values())
    return [
        _at_place([_nth(table.rows[key], place, pad) for key in keys], chosen, rows, values)
        for place in range(wide)
    ]


def _nth(row: Sequence[Formula], place: int, pad: int) -> Formula:
    return row[place] if place < len(row) else Number(Decimal(pad))


def _at_place(
    formulas: Sequence[Formula], chosen: Column, rows: Rows, values: Mapping[str, Exact]
) -> Exact:
    plain = [each.value for each in formulas if isinstance(each, Number)]
    if len(plain) == len(formulas):
        return column(plain).at(chosen)
    found = None
    try:
        for place, formula in enumerate(formulas):
            each = evaluate(formula, values, rows.count)
            found = each if found is None else _either(chosen == place, each, found)
    except KeyError as missing:
        raise CannotRate(f"{missing.args[0]}: a number is needed") from None
    except ZeroDivisionError:
        raise CannotRate("a formula divides by zero") from None
    assert found is not None
    return found


def _either(holds: Column, one: Exact, two: Exact) -> Exact:
    zero, unit = np.zeros(len(holds), dtype=np.int64), np.where(holds, 1, 0)
    return one * Exact(unit) + two * Exact(np.where(holds, zero, 1))


def _chosen(table: Table, keys: Sequence[tuple[str, ...]], rows: Rows) -> Column:
    """The place among `keys` of each row's labels."""
    if not table.by:
        return np.zeros(rows.count, dtype=np.int64)
    known = {key: place for place, key in enumerate(keys)}
    labels = [_labels(rows, name) for name in table.by]
    mixed = np.zeros(rows.count, dtype=np.int64)
    for each in labels:
        mixed = mixed * len(each.values) + each.codes
    combinations, inverse = np.unique(mixed, return_inverse=True)
    places = []
    for combination in combinations.tolist():
        key = _unmixed(combination, labels)
        place = known.get(key, known.get((OTHERWISE,) * len(key)))
        if place is None:
            raise CannotRate(_unknown(table, key))
        places.append(place)
    return np.array(places, dtype=np.int64)[inverse.reshape(-1)]


def _unmixed(combination: int, labels: Sequence[Labels]) -> tuple[str, ...]:
    key = []
    for each in reversed(labels):
        combination, code = divmod(combination, len(each.values))
        key.append(each.values[code])
    return tuple(reversed(key))


def _unknown(table: Table, key: tuple[str, ...]) -> str:
    for place, name in enumerate(table.by):
        values = list(dict.fromkeys(row[place] for row in table.rows))
        if key[place] not in values:
            return f"{name}: {key[place]!r} is none of {', '.join(values)}"
    wanted = " and ".join(f"{name} {value}" for name, value in zip(table.by, key, strict=True))
    return f"{wanted}: there is no price for the two together"


def _labels(rows: Rows, name: str) -> Labels:
    if name not in rows.labels:
        raise CannotRate(f"{name}: a value is needed")
    return rows.labels[name]


def _value(values: Mapping[str, Exact], name: str) -> Exact:
    if name not in values:
        raise CannotRate(f"{name}: a number is needed")
    return values[name]


def _sum(parts: Sequence[Exact]) -> Exact:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total

