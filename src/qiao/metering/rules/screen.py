"""Which readings of a batch no check can find fault with, told by columns before any is checked.

Most readings of a file are unremarkable: later than all that is known of their register, not
lower, and far from every bound. Of these the answer of `vee.check` is known without asking it: the
value stands, nothing was found. What is told here is only that: a reading that is not let pass may
be faultless all the same, and goes through the checks. Each screen below stands for the check of
its name and takes its figures from the same `Rule`; a check without a screen lets nothing pass.

Whole numbers are exact. Where a bound is a quotient, a reading passes only if it keeps away from
it by more than numbers of a machine can be wrong (`SLACK`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qiao.metering.rules.checks import Rule
from qiao.metering.rules.interval_sums import NOTHING, IntervalDays
from qiao.metering.rules.registers import DEMAND, MOST_DECIMALS, TOTAL, Register
from qiao.metering.rules.spans import DAYS_OF_YEAR, RECENT_SPANS, SEASON_DAYS
from qiao.metering.rules.vee import OF_DEMAND

Column = NDArray[Any]
STEPS: Final = 10**MOST_DECIMALS
"""How many steps of a column of values make one: whole numbers hold every register exactly."""
SLACK: Final = 1e-9
NEVER: Final = 0  # as the ordinal of a day: before every day


@dataclass(frozen=True, slots=True)
class Held:
    """Readings in effect of many registers, sorted by register and day; columns of one length.

    `register` and `reading` are ids, `day` is an ordinal, `value` counts `STEPS`. `intervals` are
    those of the same registers, as far as they are asked for.
    """

    register: Column
    reading: Column
    day: Column
    value: Column
    is_estimated: Column
    is_rolled: Column
    intervals: IntervalDays = NOTHING

    def real_before(self, days: Mapping[int, int]) -> dict[int, int]:
        """By register the day of its last real reading before a day; both are ordinals."""
        real = ~self.is_estimated
        register, day = self.register[real], self.day[real]
        asked = np.array(sorted(days.items()), dtype=np.int64).reshape(-1, 2)
        at = np.searchsorted(_places(register, day), _places(asked[:, 0], asked[:, 1])) - 1
        found = np.zeros(len(asked), dtype=bool)
        found[at >= 0] = register[at[at >= 0]] == asked[at >= 0, 0]
        pairs = zip(asked[found, 0].tolist(), day[at[found]].tolist(), strict=True)
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class New:
    """Readings that can stand, each of another register, sorted by register; one length.

    `day` is an ordinal, `value` counts `STEPS`. `meter` is the id of the meter that the register
    belongs to, `forms` the registers as rules know them. `is_elsewhere` where the number that was
    read off is not that of the meter. `parts` says how many registers of time of use the meter
    has.
    """

    register: Column
    day: Column
    value: Column
    meter: Column
    forms: Sequence[Register]
    is_elsewhere: Column
    parts: Column


Middles = Callable[[Sequence[int]], tuple[Column, Column]]
"""For rows: how many neighbours there are, and the middle of their ratios (nought for none)."""


def surely_fine(
    new: New, held: Held, rules: Iterable[tuple[Column, Sequence[Rule]]], middles: Middles
) -> Column:
    """Of which rows `vee.check` would find nothing, and no rollover.

    `rules` are pairs of rows (as a column of booleans) and the rules that hold for these. False
    says nothing about a row.
    """
    seen = Screens(new, held, middles)
    fine = np.zeros(len(new.day), dtype=bool)
    totals = []
    for rows, own in rules:
        passed = rows & seen.is_plain
        for rule in own:
            if rule.key == "sum":
                totals.append((rows, rule))
                continue
            found = _pass_of(seen, rule, passed)
            passed &= found if rule.key in OF_DEMAND else found | seen.is_demand
        fine |= passed
    for rows, rule in totals:  # of a total, once it is known which of its parts stand
        fine &= ~rows | seen.is_demand | seen.sums(rule, fine)
    return fine


def _pass_of(seen: "Screens", rule: Rule, wanted: Column) -> Column:
    screen = _SCREENS.get(rule.key)
    return np.zeros(len(wanted), dtype=bool) if screen is None else screen(seen, rule, wanted)


class Screens:
    """What `vee.View` reckons of one reading, of all rows at once; NaN where there is nothing."""

    def __init__(self, new: New, held: Held, middles: Middles) -> None:
        self.new, self.middles, self.intervals = new, middles, held.intervals
        first = np.searchsorted(held.register, new.register, "left")
        stop = np.searchsorted(held.register, new.register, "right")
        self.is_demand = np.array([each.kind == DEMAND for each in new.forms], dtype=bool)
        self.last_day = _at(held.day, stop - 1, stop > first)
        self.is_last_real = ~_at(held.is_estimated, stop - 1, stop > first)
        real = _before(~held.is_estimated)
        self._reckon_before(held, real[first], real[stop])
        self._reckon_season()
        later = self.last_day >= new.day
        self.is_plain = ~later & (self.is_demand | ~(self.is_lower | self.has_turned))

    def _reckon_before(self, held: Held, first: Column, stop: Column) -> None:
        """The real reading before, and the spans between those before it."""
        real = ~held.is_estimated
        register, day, value = held.register[real], held.day[real], held.value[real]
        self.has_before = stop > first
        self.before_day = _at(day, stop - 1, self.has_before)
        self.used = self.new.value - _at(value, stop - 1, self.has_before)
        self.days = self.new.day - self.before_day
        self.is_lower = self.has_before & (self.used < 0)
        same = register[1:] == register[:-1]
        used = value[1:] - value[:-1]
        is_span = same & (used >= 0) & (day[1:] > day[:-1])
        # From one reading to the next: one pair less than there are readings.
        low = np.minimum(first, len(is_span))
        high = np.where(self.has_before, stop - 1, low)
        turned = _before(same & (used < 0) & held.is_rolled[real][1:])
        self.has_turned = turned[high] > turned[low]
        spans = _before(is_span)
        self.first, self.stop = spans[low], spans[high]
        self.count = self.stop - self.first
        self.span_used = used[is_span]
        self.span_start, self.span_end = day[:-1][is_span], day[1:][is_span]
        self.span_days = self.span_end - self.span_start
        self.usual = self.per_day(RECENT_SPANS)

    def _reckon_season(self) -> None:
        owner = np.repeat(np.arange(len(self.count)), self.count)
        place = np.arange(len(owner)) - np.repeat(_before(self.count)[:-1], self.count)
        span = np.repeat(self.first, self.count) + place
        middle = (self.before_day + self.new.day) // 2 - DAYS_OF_YEAR
        shared = np.minimum(self.span_end[span], (middle + SEASON_DAYS)[owner])
        shared -= np.maximum(self.span_start[span], (middle - SEASON_DAYS)[owner])
        shared = np.maximum(shared, 0)
        used = self.span_used[span] / self.span_days[span] * shared
        rows = len(self.count)
        days = np.bincount(owner, shared, rows)
        season = _ratio(np.bincount(owner, used, rows), days)
        usual = np.where(days >= SEASON_DAYS // 2, season, self.usual)
        self.expected = np.where(self.has_before, usual * self.days, np.nan)

    def per_day(self, most: int) -> Column:
        """Use a day over the last spans, NaN without one."""
        used, days = _before(self.span_used), _before(self.span_days)
        low = np.maximum(self.first, self.stop - most)
        return _ratio((used[self.stop] - used[low]).astype(float), days[self.stop] - days[low])

    def last_spans(self, wanted: int, is_such: Column) -> Column:
        """Whether at least one of so many last spans is such; none of none is."""
        such = _before(is_such)
        found: Column = such[self.stop] > such[np.maximum(self.first, self.stop - wanted)]
        return found

    def sums(self, rule: Rule, fine: Column) -> Column:
        """Whether a total fits its parts: all are here, stand, and are as old as it is."""
        new = self.new
        is_total = np.array([each.kind == TOTAL for each in new.forms], dtype=bool)
        meters, meter = np.unique(new.meter, return_inverse=True)
        total = np.full(len(meters), -1)
        total[meter[is_total]] = np.flatnonzero(is_total)
        mine = total[meter]
        is_part = fine & ~is_total & ~self.is_demand & (mine >= 0) & self.is_last_real
        is_part &= (new.day == new.day[mine]) & (self.last_day == self.last_day[mine])
        count = np.bincount(meter, is_part, len(meters))[meter]
        parts = np.bincount(meter, np.where(is_part, self.used, 0), len(meters))[meter]
        most = np.maximum(_steps(rule, "least"), self.used * _figure(rule, "share"))
        fits = np.abs(self.used - parts) <= most * (1 - SLACK)
        is_whole = (count == new.parts) & self.is_last_real & (mine == np.arange(len(mine)))
        has_none = (new.parts == 0) | (self.last_day == NEVER)
        found: Column = ~is_total | has_none | (is_whole & fits)
        return found


def _meter(seen: Screens, _rule: Rule, _wanted: Column) -> Column:
    found: Column = ~seen.new.is_elsewhere
    return found


def _duplicate(seen: Screens, _rule: Rule, _wanted: Column) -> Column:
    found: Column = seen.last_day < seen.new.day
    return found


def _backwards(seen: Screens, _rule: Rule, _wanted: Column) -> Column:
    found: Column = ~seen.is_lower & (seen.last_day < seen.new.day)
    return found


def _high(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    high = np.maximum(seen.expected * _figure(rule, "times"), _steps(rule, "least"))
    found: Column = np.isnan(seen.expected) | (seen.used <= high * (1 - SLACK))
    return found


def _low(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    low = seen.expected * _figure(rule, "share")
    is_little = seen.expected < _steps(rule, "least") * (1 - SLACK)
    found: Column = np.isnan(seen.expected) | is_little | (seen.used >= low * (1 + SLACK))
    return found


def _neighbours(seen: Screens, rule: Rule, wanted: Column) -> Column:
    is_little = seen.used < _steps(rule, "least")
    found: Column = ~seen.has_before | (seen.count == 0) | is_little
    rows = np.flatnonzero(wanted & ~found)
    if not len(rows):
        return found
    counts, middle = seen.middles(rows.tolist())
    last = seen.stop[rows] - 1
    before = seen.span_used[last] / seen.span_days[last]
    most = middle * _figure(rule, "times") * before * seen.days[rows]
    is_few = counts < _figure(rule, "meters")
    found[rows] = is_few | (before == 0) | (seen.used[rows] <= most * (1 - SLACK))
    return found


def _spike(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    spans = int(rule.number("spans"))
    if spans < 1:
        return np.zeros(len(seen.used), dtype=bool)
    high = seen.per_day(spans) * seen.days * _figure(rule, "times")
    high = np.maximum(high, _steps(rule, "least")) * (1 - SLACK)
    is_few = np.minimum(seen.count, spans) < 2
    found: Column = ~seen.has_before | is_few | (seen.used <= high)
    return found


def _zeros(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    before = int(rule.number("spans")) - 1
    found: Column = ~seen.has_before | (seen.used != 0)
    if before < 1:
        return found
    is_use, most = seen.span_used != 0, int(seen.count.max(initial=0))
    found |= (seen.count < before) | seen.last_spans(before, is_use)
    return found | ~seen.last_spans(most, is_use)


def _constant(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    before = int(rule.number("spans")) - 1
    found: Column = ~seen.has_before | (seen.used == 0)
    if before < 1:
        return found
    owner = np.repeat(seen.used, seen.count)
    own = np.repeat(seen.first - _before(seen.count)[:-1], seen.count) + np.arange(len(owner))
    differs = np.zeros(len(seen.span_used), dtype=bool)
    differs[own] = seen.span_used[own] != owner
    return found | (seen.count < before) | seen.last_spans(before, differs)


def _intervals(seen: Screens, rule: Rule, _wanted: Column) -> Column:
    known, low, high = seen.intervals.between(seen.new.register, seen.before_day, seen.new.day)
    apart = np.maximum(_steps(rule, "least"), high * _figure(rule, "share")) * (1 - SLACK)
    fits = (seen.used >= low - apart) & (seen.used <= high + apart)
    found: Column = ~seen.has_before | ~known | fits
    return found


def _multiplier(seen: Screens, _rule: Rule, _wanted: Column) -> Column:
    found = np.ones(len(seen.used), dtype=bool)
    for row, form in enumerate(seen.new.forms):
        if form.multipliers and seen.has_before[row]:
            days = (seen.before_day[row], seen.new.day[row])
            was, now = (form.multiplier_on(date.fromordinal(int(day))) for day in days)
            found[row] = was == now
    return found


_SCREENS: Final[Mapping[str, Callable[[Screens, Rule, Column], Column]]] = {
    "meter": _meter,
    "duplicate": _duplicate,
    "backwards": _backwards,
    "high": _high,
    "low": _low,
    "neighbours": _neighbours,
    "spike": _spike,
    "zeros": _zeros,
    "constant": _constant,
    "intervals": _intervals,
    "multiplier": _multiplier,
}


def _figure(rule: Rule, name: str) -> float:
    return float(rule.number(name))


def _steps(rule: Rule, name: str) -> float:
    """A figure of a rule in the units of a register, as columns of values count."""
    return float(rule.number(name) * STEPS)


def in_steps(value: Decimal) -> int:
    """A value as columns hold it."""
    return int(value.scaleb(MOST_DECIMALS))


def from_steps(steps: int) -> Decimal:
    """The value, without noughts at its end."""
    whole, rest = divmod(steps, STEPS)
    return Decimal(steps).scaleb(-MOST_DECIMALS).normalize() if rest else Decimal(whole)


def _places(register: Column, day: Column) -> Column:
    """One number for register and day, in their order."""
    found: Column = register * (1 << 22) + day
    return found


def _before(counted: Column) -> Column:
    """How many (or how much) of a column lie before each place of it, and of all behind it."""
    return np.concatenate(([0], np.cumsum(counted)))


def _at(column: Column, places: Column, wanted: Column) -> Column:
    """A column at places; nought where it is not wanted."""
    found = np.zeros(len(places), dtype=column.dtype)
    found[wanted] = column[places[wanted]]
    return found


def _ratio(above: Column, below: Column) -> Column:
    """Quotients; NaN where there is nothing to divide by."""
    found = np.full(len(above), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
