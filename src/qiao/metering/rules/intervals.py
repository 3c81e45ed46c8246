"""Columns of interval data: what is wrong with rows, in which order they stand, what days come to.

A row is what a register used in an interval: when that began (seconds UTC), how many minutes it
lasts, how much was used in ten-thousandths of the register's unit. All is done by columns: a
million rows take a part of a second.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import compress
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

PLACES: Final = 4  # of decimals
SCALE: Final = 10**PLACES
STEPS: Final = (5, 10, 15, 20, 30, 60)
"""How long an interval may last, in minutes."""
GOOD: Final = ""
CODES: Final = (
    GOOD, "meter", "moment", "ambiguous", "future", "removed", "step", "grid", "number",
    "negative", "large", "quality", "twice",
)  # fmt: skip
"""What may be wrong with a row; a row has the first of them that holds."""
FIELD_OF: Final[Mapping[str, str]] = {
    "meter": "meter", "moment": "at", "ambiguous": "at", "future": "at", "removed": "at",
    "step": "minutes", "grid": "at", "number": "value", "negative": "value", "large": "value",
    "quality": "quality", "twice": "value", "columns": "row",
}  # fmt: skip
_DAY: Final = 86_400
_LONGEST: Final = 61
_IS_STEP: Final = np.isin(np.arange(_LONGEST + 1), STEPS)
_SPAN: Final = 400  # days of which every quarter of an hour is looked up
_TOLD: Final = ord("1")
_YEARS: Final = 366 * 30  # in days: more than a load has
_QUARTER: Final = 900  # every clock in use is set at a quarter of an hour
_EPOCH: Final = date(1970, 1, 1)

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as columns of one length: `start` in seconds UTC, `amount` in ten-thousandths."""

    register: Ints
    start: Ints
    minutes: Ints
    amount: Ints
    estimated: Flags

    def __len__(self) -> int:
        return len(self.register)

    def take(self, places: Any) -> "Rows":
        """The rows at these places, or those that are flagged."""
        return Rows(*(getattr(self, each.name)[places] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of rows before they are judged: the days between which each one's register
    counts (days since 1970, local, the last one excluded), the most that it can show, and whether
    moment, clock hour, number and quality could be read. A column of one value holds for all."""

    since: Ints
    until: Ints
    most: Ints
    has_moment: Flags
    is_ambiguous: Flags
    has_number: Flags
    has_quality: Flags


def judge(
    rows: Rows, told: Told, days: Ints, clock: "Clock", *, now: datetime
) -> NDArray[np.int8]:
    """The place in `CODES` of what is wrong with each row, 0 for nothing; `days` are the local
    ones on which rows begin. Rows of one register and start that say different things are all
    wrong; see `in_order` for those that say the same.
    """
    found = np.zeros(len(rows), dtype=np.int8)
    minutes = _once(rows.minutes)
    seconds = minutes * 60
    checks = (
        ("meter", rows.register == 0),
        ("moment", ~told.has_moment),
        ("ambiguous", told.is_ambiguous),
        ("future", rows.start > int(now.timestamp()) - seconds),
        ("removed", (days < told.since) | (days >= told.until)),
        ("step", ~_IS_STEP[np.clip(minutes, 0, _LONGEST)]),
        ("number", ~told.has_number),
        ("negative", rows.amount < 0),
        ("large", rows.amount >= told.most),
        ("quality", ~told.has_quality),
    )
    for code, wrong in checks:
        if wrong.any():
            found[np.broadcast_to(wrong, found.shape) & (found == 0)] = CODES.index(code)
    off = (rows.start - clock.midnights(days)) % seconds != 0
    if off.any():
        found[off & (found == 0)] = CODES.index("grid")
    if not found.any() and _is_rising(rows.register, rows.start):
        return found
    twice = _contradicting(rows, np.flatnonzero(found == 0))
    found[twice] = CODES.index("twice")
    return found


def _once(column: Ints) -> Ints:
    """A column of which all rows are one value, as that value alone."""
    return column[:1] if column.strides == (0,) else column


def _contradicting(rows: Rows, good: Ints) -> Ints:
    register, start = rows.register[good], rows.start[good]
    if _is_rising(register, start):
        return good[:0]
    order = np.lexsort((start, register))
    placed = rows.take(good[order])
    same = _same_as_before(placed)
    differs = same & ((np.diff(placed.amount, prepend=0) != 0)
                      | (np.diff(placed.minutes, prepend=0) != 0))  # fmt: skip
    if not differs.any():
        return good[:0]
    group = np.cumsum(~same)
    bad = np.isin(group, group[differs])
    return good[order[bad]]


def in_order(rows: Rows) -> Rows:
    """Good rows by register and start, each once."""
    if _is_rising(rows.register, rows.start):
        return rows
    placed = rows.take(np.lexsort((rows.start, rows.register)))
    return placed.take(~_same_as_before(placed))


def latest(versions: Sequence[Rows]) -> Rows:
    """Rows of several files in one order; of two that tell the same interval that of the later
    file."""
    parts = [
        np.concatenate([getattr(each, column.name) for each in versions])
        for column in fields(Rows)
    ]
    every = Rows(*parts)
    order = np.lexsort((every.start, every.register))  # stable: files stay in their order
    placed = every.take(order)
    is_older = np.zeros(len(placed), dtype=bool)
    is_older[:-1] = _same_as_before(placed)[1:]
    return placed.take(~is_older)


def _is_rising(register: Ints, start: Ints) -> bool:
    if len(register) < 2:
        return True
    later = (register[1:] > register[:-1]) | (
        (register[1:] == register[:-1]) & (start[1:] > start[:-1])
    )
    return bool(later.all())


def _same_as_before(rows: Rows) -> Flags:
    same = np.zeros(len(rows), dtype=bool)
    if len(rows) > 1:
        same[1:] = (rows.register[1:] == rows.register[:-1]) & (rows.start[1:] == rows.start[:-1])
    return same


class Clock:
    """The local days of moments, in one zone. Days are counted since 1970."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int] = {}
        self._midnights: dict[int, int] = {}

    def days(self, start: Ints) -> Ints:
        """The local day of each moment."""
        return (start + self.offsets(start)) // _DAY

    def offsets(self, start: Ints) -> Ints:
        """How many seconds the local clock is ahead of UTC at each moment."""
        if not len(start):
            return start
        if (steady := self.steady(start)) is not None:
            return np.broadcast_to(np.int64(steady), start.shape)
        quarters = start // _QUARTER
        first, last = int(quarters.min()), int(quarters.max())
        if last - first > 96 * _SPAN:  # far apart: those that there are are looked at alone
            known, which = np.unique(quarters, return_inverse=True)
            return np.array([self._offset(int(q)) for q in known], dtype=np.int64)[which]
        table = [self._offset(quarter) for quarter in range(first, last + 1)]
        return np.array(table, dtype=np.int64)[quarters - first]

    def steady(self, start: Ints) -> int | None:
        """By how many seconds the clock was ahead of UTC all the time, a day before the first of
        these moments to a day after the last; None where it was set, or they lie years apart."""
        first, last = int(start.min()) // _DAY - 1, int(start.max()) // _DAY + 2
        if last - first > _YEARS:
            return None
        found = {self._offset(day * 96) for day in range(first, last + 1)}
        return found.pop() if len(found) == 1 else None

    def _offset(self, quarter: int) -> int:
        if quarter not in self._offsets:
            try:
                moment = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(self.zone)
                told = moment.utcoffset()
            except (OverflowError, ValueError, OSError):  # beyond the calendar
                told = None
            self._offsets[quarter] = int(told.total_seconds()) if told is not None else 0
        return self._offsets[quarter]

    def midnights(self, days: Ints) -> Ints:
        """When each local day begins, in seconds UTC."""
        if not len(days):
            return days
        first, last = int(days.min()), int(days.max())
        if (steady := self._steady_days(first, last)) is not None:
            return days * _DAY - steady
        if last - first > _YEARS:  # nonsense among them
            known, which = np.unique(days, return_inverse=True)
            return np.array([self.midnight(int(day)) for day in known], dtype=np.int64)[which]
        table = [self.midnight(day) for day in range(first, last + 1)]
        return np.array(table, dtype=np.int64)[days - first]

    def _steady_days(self, first: int, last: int) -> int | None:
        return self.steady(np.array([first * _DAY, last * _DAY + _DAY], dtype=np.int64))

    def midnight(self, day: int) -> int:
        """When a local day begins, in seconds UTC."""
        if day not in self._midnights:
            begins = datetime.combine(day_of(day), time(), self.zone)
            self._midnights[day] = int(begins.timestamp())
        return self._midnights[day]


def day_of(number: int) -> date:
    """The day of a count of days since 1970."""
    return _EPOCH + timedelta(days=number)


def number_of(day: date) -> int:
    """The count of days since 1970."""
    return (day - _EPOCH).days


class Day(NamedTuple):
    """What a register used in a local day, as it is kept: `slots` has a digit for every interval
    of the day, 1 where it was told; `used` and `peak` (the greatest use of an interval, for a
    whole hour) in ten-thousandths."""

    register: int
    day: date
    minutes: int
    slots: str
    used: int
    peak: int
    peak_at: int
    estimated: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days as columns of one length, by register and day; days are counted since 1970. A column
    is that of the same name of `Day`."""

    register: Ints
    day: Ints
    minutes: Ints
    slots: list[str]
    used: Ints
    peak: Ints
    peak_at: Ints
    estimated: Ints

    def __len__(self) -> int:
        return len(self.register)

    def __iter__(self) -> Iterator[Day]:
        columns = [column if isinstance(column, list) else column.tolist()
                   for column in (getattr(self, each.name) for each in fields(self))]  # fmt: skip
        for register, day, *rest in zip(*columns, strict=True):
            yield Day(register, day_of(day), *rest)

    def take(self, flags: Flags) -> "Days":
        """The days that are flagged."""
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        slots = list(compress(columns.pop("slots"), flags))
        return Days(slots=slots, **{name: column[flags] for name, column in columns.items()})


def days_of(rows: Rows, clock: Clock) -> Days:
    """What the days of rows come to; rows by register and start, each once. Where the length of
    intervals changes within a day, that of its first one counts slots."""
    if not len(rows):
        return Days(*(_NONE,) * 3, [], *(_NONE,) * 4)
    days = clock.days(rows.start)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows.register[1:] != rows.register[:-1]) | (days[1:] != days[:-1])
    first = np.flatnonzero(new)
    counts = np.diff(np.append(first, len(rows)))
    rate = rows.amount * _per_hour(rows.minutes)
    peak, peak_at = _peaks(rate, rows.start, first, counts)
    return Days(
        register=rows.register[first],
        day=days[first],
        minutes=rows.minutes[first],
        slots=_slots(rows, days, first, counts, clock),
        used=np.add.reduceat(rows.amount, first),
        peak=peak,
        peak_at=peak_at,
        estimated=np.add.reduceat(rows.estimated, first, dtype=np.int64),
    )


def _per_hour(minutes: Ints) -> Ints:
    """How many of these intervals an hour has."""
    if minutes[0] == minutes[-1] and (minutes == minutes[0]).all():
        return np.int64(60 // minutes[0])  # type: ignore[return-value] # holds for all
    return 60 // minutes


def _peaks(rate: Ints, start: Ints, first: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """The greatest of each day, and when the first interval of so much began."""
    if (counts == counts[0]).all():  # whole days, as almost always
        table = rate.reshape(len(first), counts[0])
        where = table.argmax(axis=1)
        return table[np.arange(len(first)), where], start[first + where]
    peak = np.maximum.reduceat(rate, first)
    tops = np.flatnonzero(rate == np.repeat(peak, counts))
    group = np.searchsorted(first, tops, side="right")
    keep = np.ones(len(tops), dtype=bool)
    keep[1:] = group[1:] != group[:-1]
    return peak, start[tops[keep]]


def _slots(rows: Rows, days: Ints, first: Ints, counts: Ints, clock: Clock) -> list[str]:
    """The slots of each day, as digits. Rows begin at different multiples of their length, so a
    day with as many of them as it has slots is whole."""
    begin = clock.midnights(days[first])
    seconds = rows.minutes[first] * 60
    wholes = (clock.midnights(days[first] + 1) - begin) // seconds
    whole = {int(each): "1" * int(each) for each in np.unique(wholes)}
    found = [whole[each] for each in wholes.tolist()]
    for place in np.flatnonzero(counts != wholes):
        own = slice(first[place], first[place] + counts[place])
        digits = bytearray(b"0" * int(wholes[place]))
        for each in (rows.start[own] - begin[place]) // seconds[place]:
            digits[int(each)] = _TOLD
        found[place] = digits.decode()
    return found
