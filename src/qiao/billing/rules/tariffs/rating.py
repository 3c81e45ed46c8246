"""The engine: what a tariff makes of many bills at once, exact to the smallest coin.

One row is one bill under one version of a tariff, or the part of a bill that falls under it. The
same engine rates a run of a million and explains a single bill: there is no second way to an
amount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qiao.billing.rules.tariffs.exact import Column, Exact, constant, narrow, plus
from qiao.billing.rules.tariffs.figures import figure_of, number_of, total_of
from qiao.billing.rules.tariffs.inputs import Allowances, CannotRate, Rows
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    SHARE,
    AtLeast,
    Charge,
    Fixed,
    How,
    Per,
    PerUnit,
    Reckoned,
    Share,
    Tariff,
    Tiered,
)
from qiao.billing.rules.tariffs.tiers import Walk, walk_of
from qiao.core.rules.money import exponent_of


@dataclass(frozen=True, slots=True)
class Rated:
    """Amounts by charge in minor units, whole and signed; totals of what is added; the walk of
    each charge in tiers; the quantities that were reckoned."""

    amounts: Mapping[str, Column]
    totals: Column
    walks: Mapping[str, Walk]
    quantities: Mapping[str, Exact]
    units: Mapping[str, tuple[Exact, Exact]]
    """Quantity and price of each charge by the unit."""


@dataclass(frozen=True, slots=True)
class _Bills:
    """Rows with their quantities among their numbers, and what their charges came to so far."""

    rows: Rows
    exponent: int
    amounts: Mapping[str, Column]
    allowances: Allowances | None = None

    def at(self, rows: Column) -> "_Bills":
        allowances = self.allowances and self.allowances.at(rows, self.rows.count)
        amounts = {key: each[rows] for key, each in self.amounts.items()}
        return _Bills(self.rows.at(rows), self.exponent, amounts, allowances)

    def together(self, charges: Sequence[str]) -> Exact:
        return total_of([Exact(self.amounts[key], 10**self.exponent) for key in charges])

    def times(self, figure: Exact, per: Per) -> Exact:
        if per == "bill":
            share = self.rows.numbers.get(SHARE)
            return figure if share is None else figure * share
        return figure * number_of(self.rows, MONTHS if per == "month" else DAYS)


@dataclass(frozen=True, slots=True)
class _Charged:
    """What a charge makes of rows: the amount before rounding, and what it is made of."""

    amount: Exact
    walk: Walk | None = None
    unit: tuple[Exact, Exact] | None = None

    def spread(self, rows: Column, count: int) -> "_Charged":
        def wide(parts: Sequence[Exact]) -> tuple[Exact, ...]:
            return tuple(part.spread(rows, count) for part in parts)

        walk, unit = self.walk, self.unit
        return _Charged(
            self.amount.spread(rows, count),
            walk and Walk(wide(walk.starts), wide(walk.portions), wide(walk.prices)),
            unit and (unit[0].spread(rows, count), unit[1].spread(rows, count)),
        )


def rate(tariff: Tariff, rows: Rows, allowances: Allowances | None = None) -> Rated:
    """Rate rows by a tariff. Raises `CannotRate`."""
    rows = _reckoned(tariff, rows)
    if allowances:
        allowances = replace(allowances, rows=_reckoned(tariff, allowances.rows, used=False))
    amounts: dict[str, Column] = {}
    bills = _Bills(rows, exponent_of(tariff.currency), amounts, allowances)
    charged: dict[str, _Charged] = {}
    totals = np.zeros(rows.count, dtype=np.int64)
    for charge in tariff.charges:
        found = charged[charge.key] = _where_charged(charge, bills)
        amounts[charge.key] = found.amount.to_scale(bills.exponent)
        if charge.adds:
            totals = plus(totals, amounts[charge.key])
    walks = {key: each.walk for key, each in charged.items() if each.walk}
    units = {key: each.unit for key, each in charged.items() if each.unit}
    reckoned = {quantity.key: rows.numbers[quantity.key] for quantity in tariff.quantities}
    return Rated(amounts, narrow(totals), walks, reckoned, units)


def _reckoned(tariff: Tariff, rows: Rows, *, used: bool = True) -> Rows:
    """The rows with what is taken where nothing is known, and with their quantities. An allowance
    (not `used`) has those alone that do not hang on what was used."""
    rows = rows.with_defaults(tariff)
    for quantity in tariff.quantities:
        if not used and not quantity.value.names() <= rows.numbers.keys():
            continue
        value = figure_of(quantity.value, rows)
        if quantity.rounding is not None:
            value = value.rounded(quantity.rounding.digits, quantity.rounding.way)
        rows = replace(rows, numbers={**rows.numbers, quantity.key: value})
    return rows


def _where_charged(charge: Charge, bills: _Bills) -> _Charged:
    """What a charge makes of the rows where it is charged, and nothing elsewhere: there what it
    is reckoned from need not be known."""
    holds, count = _holds(charge, bills.rows), bills.rows.count
    if holds.all():
        return _charged(charge.how, bills)
    where = np.flatnonzero(holds)
    if not len(where):
        return _Charged(constant(0, count))
    return _charged(charge.how, bills.at(where)).spread(where, count)


def _holds(charge: Charge, rows: Rows) -> Column:
    holds = np.ones(rows.count, dtype=bool)
    for name, wanted in charge.when.items():
        if name not in rows.labels or not rows.labels[name].known():
            such_as = ", ".join(sorted(wanted))
            raise CannotRate(f"{name}: a value is needed, such as {such_as}")
        labels = rows.labels[name]
        known = np.array([value in wanted for value in labels.values], dtype=bool)
        holds &= known[labels.codes]
    return holds


def _charged(how: How, bills: _Bills) -> _Charged:
    match how:
        case Tiered():
            walk = walk_of(how, bills.rows, bills.allowances)
            parts = [p * q for p, q in zip(walk.portions, walk.prices, strict=True)]
            return _Charged(total_of(parts), walk=walk)
        case PerUnit(quantity, price):
            unit = number_of(bills.rows, quantity), figure_of(price, bills.rows)
            return _Charged(unit[0] * unit[1], unit=unit)
    return _Charged(_amount(how, bills))


def _amount(how: How, bills: _Bills) -> Exact:
    match how:
        case Fixed(amount, per):
            return bills.times(figure_of(amount, bills.rows), per)
        case Reckoned(amount):
            return figure_of(amount, bills.rows)
        case Share(of, rate_, included):
            base, share = bills.together(of), figure_of(rate_, bills.rows)
            return _contained(base, share) if included else base * share
        case AtLeast(of, amount, per):
            least = bills.times(figure_of(amount, bills.rows), per)
            return (least - bills.together(of)).greater(constant(0, bills.rows.count))
    raise TypeError(how)


def _contained(base: Exact, share: Exact) -> Exact:
    try:
        return base * share / (share + constant(1, len(base)))
    except ZeroDivisionError:
        raise CannotRate("a share of -1 cannot be included in anything") from None
