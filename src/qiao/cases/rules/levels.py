"""Where a case stands by all its clocks together: what lists sort by and colours show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clock_words import words
from qiao.cases.rules.working_time import Calendars, WorkingTime

ORDER: Final = ("ok", "warn", "bad", "late")


@dataclass(frozen=True, slots=True)
class Standing:
    """`due_at` and `promise` of the most pressing open clock; the worst `level` of all.

    `changes_at` is the next moment at which a level turns by itself. `kept` is None while
    anything is owed and nothing was missed, else whether every promise was kept.
    """

    due_at: datetime | None
    promise: str
    level: str
    changes_at: datetime | None
    paused: bool
    kept: bool | None


def standing(state: ClockState, now: datetime, calendars: Calendars) -> Standing:
    """Judge all clocks at `now`."""
    running = [clock for clock in state.clocks if clock.open]
    due = min(
        ((clock.due_at, clock.promise) for clock in running if clock.due_at), default=(None, "")
    )
    levels = [words(clock, now, calendars).level for clock in running]
    turns = [t for clock in running for t in _turns(clock, calendars) if t > now]
    return Standing(
        due_at=due[0],
        promise=due[1],
        level=max(levels, key=ORDER.index, default="ok"),
        changes_at=min(turns, default=None),
        paused=state.paused,
        kept=_kept(state, now),
    )


def _kept(state: ClockState, now: datetime) -> bool | None:
    if any(clock.breached_at or clock.is_late(now) for clock in state.clocks):
        return False
    if any(clock.open for clock in state.clocks):
        return None
    return True


def _turns(clock: Clock, calendars: Calendars) -> list[datetime]:
    """The moments at which a running clock reaches warn, bad and late."""
    if clock.state != "running" or clock.due_at is None:
        return []
    counted = WorkingTime.of(calendars, clock.calendar, clock.calendar_version)
    begun = clock.pieces[-1].start
    moments = [clock.due_at + timedelta(seconds=1)]  # late begins after the due moment
    for percent in clock.warn_percent:
        left = -(-clock.target_seconds * percent // 100) - clock.elapsed_seconds
        moment = counted.add_seconds(begun, left) if left > 0 else None
        if moment is not None:
            moments.append(moment)
    return moments
