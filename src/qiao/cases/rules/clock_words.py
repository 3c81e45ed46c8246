"""What to say about a clock at a moment: numbers for "2 h 10 min left (working time)"."""

from dataclasses import dataclass
from datetime import datetime

from qiao.cases.rules.clock_state import Clock, Piece
from qiao.cases.rules.working_time import Calendars, WorkingTime
from qiao.core.rules.calendar import is_working


@dataclass(frozen=True, slots=True)
class ClockWords:
    """The numbers behind the words.

    `state` is the clock's state with ``late`` for an open one past due. `level` is ``ok``,
    ``warn``, ``bad`` or ``late`` by the share used. `left_seconds` is working time, negative when
    more than the target is used. `late_seconds` is time on the wall since the due moment, 0 in
    time. `working` tells whether now is a counted moment: a clock may stand still outside hours.
    """

    state: str
    level: str
    target_seconds: int
    used_seconds: int
    left_seconds: int
    used_percent: int
    late_seconds: int
    due_at: datetime | None
    paused_since: datetime | None
    working: bool


def words(clock: Clock, now: datetime, calendars: Calendars) -> ClockWords:
    """The numbers for one clock at `now`."""
    moment = clock.stopped_at or now
    used = used_seconds(clock, moment, calendars)
    late = clock.is_late(now)
    percent = 100 * used // clock.target_seconds if clock.target_seconds else 100
    past = int((moment - clock.due_at).total_seconds()) if late and clock.due_at else 0
    return ClockWords(
        state="late" if clock.open and late else clock.state,
        level=_level(clock, percent, late=late),
        target_seconds=clock.target_seconds,
        used_seconds=used,
        left_seconds=clock.target_seconds - used,
        used_percent=percent,
        late_seconds=max(0, past),
        due_at=clock.due_at,
        paused_since=clock.paused_since,
        working=clock.state == "running" and _works(clock, now, calendars),
    )


def used_seconds(clock: Clock, moment: datetime, calendars: Calendars) -> int:
    """Working seconds used up to a moment not before the clock's last change."""
    if clock.state != "running":
        return clock.elapsed_seconds
    begun = clock.pieces[-1].start
    if moment <= begun:
        return clock.elapsed_seconds
    return clock.elapsed_seconds + _time(clock, calendars).seconds_between(begun, moment)


def explained(clock: Clock, now: datetime, calendars: Calendars) -> tuple[Piece, ...]:
    """The pieces of a clock with the open one measured up to `now`, for the page that explains."""
    if not clock.open or now <= clock.pieces[-1].start:
        return clock.pieces
    *closed, last = clock.pieces
    seconds = _time(clock, calendars).seconds_between(last.start, now)
    return (*closed, last._replace(seconds=seconds))


def _level(clock: Clock, percent: int, *, late: bool) -> str:
    if late:
        return "late"
    warn, bad = clock.warn_percent
    if percent >= bad:
        return "bad"
    return "warn" if percent >= warn else "ok"


def _works(clock: Clock, now: datetime, calendars: Calendars) -> bool:
    return is_working(_time(clock, calendars).calendar_at(now), now)


def _time(clock: Clock, calendars: Calendars) -> WorkingTime:
    return WorkingTime.of(calendars, clock.calendar, clock.calendar_version)
