"""How quantities fall into tiers, and where the tiers of each row begin."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from qiao.billing.rules.tariffs.exact import Column, Exact, constant, narrow
from qiao.billing.rules.tariffs.figures import (
    chosen_rows,
    figures_of,
    number_of,
    total_of,
)
from qiao.billing.rules.tariffs.inputs import Allowances, CannotRate, Rows
from qiao.billing.rules.tariffs.model import MONTHS, SHARE, Table, Tiered

NEVER: Final = 10**15
"""Where a tier begins that a row does not have."""
BEYOND: Final = 10**11
"""A start from here on is one that no quantity reaches, also where it was part of a year's."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How a quantity fell into tiers: for each tier where it begins (as a threshold), how much of
    the row lies in it, and at what price."""

    starts: tuple[Exact, ...]
    portions: tuple[Exact, ...]
    prices: tuple[Exact, ...]


def walk_of(how: Tiered, rows: Rows, allowances: Allowances | None) -> Walk:
    """Let quantities fall into tiers. Raises `CannotRate`."""
    quantity, before = number_of(rows, how.quantity), constant(0, rows.count)
    if how.period == "year":
        before = rows.before.get(how.quantity, before)
    else:
        allowances = None
    after = before + quantity
    if (before.above < 0).any() or (after.above < 0).any():
        raise CannotRate(f"{how.quantity}: less than nothing cannot lie in tiers")
    prices = figures_of(how.prices, rows)
    starts = _starts(how, rows, allowances)
    portions = []
    for place, low in enumerate(starts):
        upper, under = after.greater(low), before.greater(low)
        if place + 1 < len(starts):
            upper, under = upper.lesser(starts[place + 1]), under.lesser(starts[place + 1])
        portions.append(upper - under)
    return Walk(tuple(starts), tuple(portions), tuple(prices))


def _starts(how: Tiered, rows: Rows, allowances: Allowances | None) -> list[Exact]:
    """Where each tier of each row begins, as a threshold; the first at nothing."""
    tiers = _tiers_of(how.prices, rows)
    most = max(len(row) for row in how.prices.rows.values())
    own = allowances.rows if allowances else rows
    found = figures_of(how.starts, own)
    if how.start_is == "first_unit":
        found = [each - constant(1, own.count) for each in found]
    found = [constant(0, own.count), *found[1:most]]
    if allowances:
        if (_tiers_of(how.starts, own) != tiers[allowances.row]).any():
            raise CannotRate(f"{how.quantity}: the number of tiers changes within their period")
        found = [_gathered(each * allowances.weight, allowances.row, rows.count) for each in found]
    elif how.period == "month":
        found = [each * number_of(rows, MONTHS) for each in found]
    elif how.period == "bill" and SHARE in rows.numbers:
        found = [each * rows.numbers[SHARE] for each in found]
    if how.rounding is not None:
        found = [each.rounded(how.rounding.digits, how.rounding.way) for each in found]
    found += [constant(0, rows.count)] * (most - len(found))
    for place in range(1, most):  # a tier that a budget leaves no room ends where it begins
        found[place] = found[place].greater(found[place - 1])
    return [_either(tiers > place, each) for place, each in enumerate(found)]


def _tiers_of(table: Table, rows: Rows) -> Column:
    """How many tiers each row has."""
    counts = np.array([len(row) for row in table.rows.values()], dtype=np.int64)
    return np.asarray(counts[chosen_rows(table, rows)])


def _either(has: Column, start: Exact) -> Exact:
    """A tier that only other rows have begins where nothing comes."""
    if has.all():
        return start
    count = len(has)
    where, elsewhere = np.flatnonzero(has), np.flatnonzero(~has)
    never = constant(NEVER, len(elsewhere)).spread(elsewhere, count)
    return start.at(where).spread(where, count) + never


def _gathered(each: Exact, row: Column, count: int) -> Exact:
    """Sums by row."""
    total = np.zeros(count, dtype=object)
    if isinstance(each.below, int):
        np.add.at(total, row, each.above.astype(object))
        return Exact(narrow(total), each.below)
    parts = [constant(0, count)]
    order = np.argsort(row, kind="stable")
    place = np.arange(len(order)) - np.searchsorted(row[order], row[order])
    for nth in range(int(place.max(initial=-1)) + 1):
        here = order[place == nth]
        parts.append(each.at(here).spread(row[here], count))
    return total_of(parts)
