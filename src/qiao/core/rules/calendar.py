"""Business calendars: working time as exact arithmetic on instants.

A moment is working time when the clock on the wall of the calendar's time zone reads a minute
that lies inside one of the spans of that local date. Everything follows from that sentence: on a
day of 23 hours the skipped hour does not count, on a day of 25 hours the repeated hour counts
twice, ends are exclusive.

Local time is linear between two changes of the zone's offset, so sums are taken per stretch of
constant offset from precomputed weekly totals, corrected by the exceptional days; adding 2,000
working hours costs a binary search over days, never a walk over them. Internal unit: whole
microseconds.

Source of the shifted working days (调休): the yearly notice of the State Council's General Office.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Span = tuple[int, int]
"""Minutes from local midnight, end exclusive: (540, 1020) is 09:00-17:00, (0, 1440) all day."""
Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""Monday first."""

WHOLE_DAY: Spans = ((0, 1440),)

_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_LAST_YEAR = 9990


class BadCalendar(ValueError):  # noqa: N818 - a refusal, not a fault
    """The description of a calendar makes no sense; the message names the part."""


class NoWorkingTime(ValueError):  # noqa: N818 - a refusal, not a fault
    """The calendar has no more working time after the given moment."""


@dataclass(frozen=True, slots=True)
class _Totals:
    """Running totals in microseconds; `exceptions` are day numbers since 1970-01-01."""

    week_total: int
    week_before: tuple[int, ...]
    exceptions: tuple[int, ...]
    exception_spans: tuple[Spans, ...]
    exceptions_before: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When an organisation works.

    Attributes:
        timezone: IANA name, such as `Asia/Shanghai`.
        week: seven tuples of spans, Monday first. Spans are ordered and do not overlap; work
            through midnight is written as `(1320, 1440)` on one day and `(0, 360)` on the next.
        holidays: local dates without working time.
        special_days: local dates with spans of their own; they outweigh both week and holiday,
            which is how a shifted working day is written. An empty tuple closes the day.
        round_the_clock: every moment counts; week, holidays and special days are ignored.

    Raises:
        BadCalendar: unknown zone, not seven days, spans out of 0..1440, unordered or overlapping.
    """

    timezone: str
    week: Week
    holidays: frozenset[date] = frozenset()
    special_days: Mapping[date, Spans] = field(default_factory=dict, hash=False)
    round_the_clock: bool = False
    totals: _Totals = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _zone(self.timezone)
        if len(self.week) != 7:
            raise BadCalendar(f"week: {len(self.week)} days given, 7 needed")
        for weekday, spans in enumerate(self.week):
            _check_spans(spans, f"week[{weekday}]")
        for day, spans in self.special_days.items():
            _check_spans(spans, f"special_days[{day.isoformat()}]")
        special = dict(self.special_days)
        object.__setattr__(self, "special_days", special)
        object.__setattr__(self, "totals", _make_totals(self.week, self.holidays, special))


def working_spans(calendar: Calendar, day: date) -> Spans:
    """Return the spans of a local date in minutes from local midnight; empty when nobody works."""
    if calendar.round_the_clock:
        return WHOLE_DAY
    if day in calendar.special_days:
        return calendar.special_days[day]
    return () if day in calendar.holidays else calendar.week[day.weekday()]


def is_working(calendar: Calendar, moment: datetime) -> bool:
    """Say whether an aware moment is working time.

    Raises:
        ValueError: the moment is naive.
    """
    _require_aware(moment)
    if calendar.round_the_clock:
        return True
    local = moment.astimezone(_zone(calendar.timezone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in working_spans(calendar, local.date()))


def next_working_moment(calendar: Calendar, moment: datetime) -> datetime:
    """Return the earliest working moment at or after an aware moment, in UTC.

    Raises:
        NoWorkingTime: there is none.
        ValueError: the moment is naive.
    """
    if is_working(calendar, moment):
        return moment.astimezone(UTC)
    return add_working_time(calendar, moment, _MICROSECOND) - _MICROSECOND


def working_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time in [start, end), exact to the microsecond; negative when end <
    start.

    Raises:
        ValueError: a moment is naive.
    """
    first, last = _microseconds(start), _microseconds(end)
    if calendar.round_the_clock:
        return timedelta(microseconds=last - first)
    sign = 1
    if last < first:
        sign, first, last = -1, last, first
    total = 0
    for stretch_start, stretch_end, offset in _stretches(calendar.timezone, first):
        stop = min(stretch_end, last)
        total += _worked_before(calendar, stop + offset)
        total -= _worked_before(calendar, stretch_start + offset)
        if stretch_end >= last:
            break
    return timedelta(microseconds=sign * total)


def working_seconds_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the whole working seconds in [start, end), rounded down; negative when end < start.

    Raises:
        ValueError: a moment is naive.
    """
    return working_time_between(calendar, start, end) // timedelta(seconds=1)


def add_working_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Return the earliest moment, in UTC, by which `amount` of working time has passed since
    start.

    Eight hours added at 09:00 to a day of 09:00-17:00 give 17:00 of that day, not the next
    morning. Nothing added gives the start itself, also outside working time.

    Raises:
        NoWorkingTime: the calendar ends before.
        ValueError: the amount is negative or the start is naive.
    """
    if amount < timedelta(0):
        raise ValueError("amount must not be negative")
    first, remaining = _microseconds(start), amount // _MICROSECOND
    if calendar.round_the_clock or not remaining:
        return start.astimezone(UTC) + amount
    for stretch_start, stretch_end, offset in _stretches(calendar.timezone, first):
        before = _worked_before(calendar, stretch_start + offset)
        available = _worked_before(calendar, stretch_end + offset) - before
        if available >= remaining:
            local = _moment_of(calendar, stretch_start + offset, before + remaining)
            return _EPOCH + timedelta(microseconds=local - offset)
        remaining -= available
        if not _has_future(calendar, stretch_end + offset):
            break
    raise NoWorkingTime(f"no working time left after {start.isoformat()}")


def add_working_seconds(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """Return the earliest moment, in UTC, by which so many working seconds have passed since
    start.

    Raises:
        NoWorkingTime: the calendar ends before.
        ValueError: seconds are negative or the start is naive.
    """
    return add_working_time(calendar, start, timedelta(seconds=seconds))


def _check_spans(spans: Spans, where: str) -> None:
    reached = 0
    for position, (start, end) in enumerate(spans):
        if not 0 <= start < end <= 1440:
            raise BadCalendar(f"{where}[{position}]: 0 <= start < end <= 1440 minutes needed")
        if start < reached:
            raise BadCalendar(f"{where}[{position}]: spans must be in order and not overlap")
        reached = end


def _make_totals(week: Week, holidays: frozenset[date], special: Mapping[date, Spans]) -> _Totals:
    of_weekday = [_length(spans) for spans in week]
    days = sorted(holidays | special.keys())
    spans = tuple(special.get(day, ()) for day in days)
    deltas = (
        _length(own) - of_weekday[day.weekday()] for day, own in zip(days, spans, strict=True)
    )
    return _Totals(
        week_total=sum(of_weekday),
        week_before=tuple(accumulate(of_weekday[:-1], initial=0)),
        exceptions=tuple(day.toordinal() - _EPOCH_ORDINAL for day in days),
        exception_spans=spans,
        exceptions_before=tuple(accumulate(deltas, initial=0)),
    )


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans) * _MINUTE


def _worked_before_day(totals: _Totals, day: int) -> int:
    """Sum the working time of all local days before a day number, from an arbitrary zero."""
    # 1970-01-01 was a Thursday: three days into its week.
    weeks, weekday = divmod(day + 3, 7)
    regular = weeks * totals.week_total + totals.week_before[weekday]
    return regular + totals.exceptions_before[bisect_left(totals.exceptions, day)]


def _spans_of_day(calendar: Calendar, day: int) -> Spans:
    totals = calendar.totals
    place = bisect_left(totals.exceptions, day)
    if place < len(totals.exceptions) and totals.exceptions[place] == day:
        return totals.exception_spans[place]
    return calendar.week[(day + 3) % 7]


def _worked_before(calendar: Calendar, local: int) -> int:
    """Sum the working time before a local moment (wall clock microseconds since 1970)."""
    day, within = divmod(local, _DAY)
    worked = _worked_before_day(calendar.totals, day)
    if not within:
        return worked
    for start, end in _spans_of_day(calendar, day):
        if start * _MINUTE >= within:
            break
        worked += min(end * _MINUTE, within) - start * _MINUTE
    return worked


def _moment_of(calendar: Calendar, local: int, target: int) -> int:
    """Find the earliest local moment after `local` at which the running total reaches `target`."""
    totals = calendar.totals
    low = local // _DAY
    step = 1
    while _worked_before_day(totals, low + step) < target:
        low += step
        step *= 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if _worked_before_day(totals, middle) < target:
            low = middle
        else:
            high = middle
    missing = target - _worked_before_day(totals, low)
    for start, end in _spans_of_day(calendar, low):
        length = (end - start) * _MINUTE
        if length >= missing:
            return low * _DAY + start * _MINUTE + missing
        missing -= length
    raise AssertionError("the totals of a day disagree with its spans")


def _has_future(calendar: Calendar, local: int) -> bool:
    totals = calendar.totals
    last = totals.exceptions[-1] if totals.exceptions else local // _DAY - 1
    return totals.week_total > 0 or last >= local // _DAY


def _stretches(timezone: str, first: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, offset) stretches of constant offset from a UTC moment on."""
    year = (_EPOCH + timedelta(microseconds=first)).year
    while year <= _LAST_YEAR:
        for start, end, offset in _offsets_of_year(timezone, year):
            if end > first:
                yield max(start, first), end, offset
        year += 1


@lru_cache(maxsize=4096)
def _offsets_of_year(timezone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """List the stretches of constant offset in a UTC year as (start, end, offset)."""
    zone = _zone(timezone)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    edges: list[tuple[int, int]] = [(_microseconds(moment), _offset(zone, moment))]
    while moment < end:
        following = min(moment + timedelta(days=1), end)
        if following < end and _offset(zone, following) != edges[-1][1]:
            change = _find_change(zone, moment, following)
            edges.append((_microseconds(change), _offset(zone, change)))
        moment = following
    stops = [start for start, _ in edges[1:]] + [_microseconds(end)]
    return tuple((start, stop, offset) for (start, offset), stop in zip(edges, stops, strict=True))


def _find_change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """Find the first second in (before, after] at which the zone shows another offset."""
    old = _offset(zone, before)
    low, high = 0, (after - before) // timedelta(seconds=1)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _offset(zone: tzinfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MICROSECOND


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadCalendar(f"timezone: {name!r} is unknown") from error


def _microseconds(moment: datetime) -> int:
    _require_aware(moment)
    return (moment - _EPOCH) // _MICROSECOND


def _require_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("a moment must carry its time zone")
