"""Where a case stands by all its clocks together: what lists sort by and colours show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.cases.rules.clock_state import Clock, ClockState
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
    judged = [_judged(clock, now, calendars) for clock in running]
    return Standing(
        due_at=due[0],
        promise=due[1],
        level=max((level for level, _turn in judged), key=ORDER.index, default="ok"),
        changes_at=min((turn for _level, turn in judged if turn), default=None),
        paused=state.paused,
        kept=_kept(state, now),
    )


def _kept(state: ClockState, now: datetime) -> bool | None:
    if any(clock.breached_at or clock.is_late(now) for clock in state.clocks):
        return False
    if any(clock.open for clock in state.clocks):
        return None
    return True


def _judged(clock: Clock, now: datetime, calendars: Calendars) -> tuple[str, datetime | None]:
    """The level of an open clock, as `clock_words.words` tells it, and when it turns next."""
    if clock.is_late(now):
        return "late", None
    level, turns = "ok", []
    for name, percent in zip(("warn", "bad"), clock.warn_percent, strict=True):
        left = -(-clock.target_seconds * percent // 100) - clock.elapsed_seconds
        moment = None
        if left > 0 and clock.state == "running":
            moment = WorkingTime.of(calendars, clock.calendar, clock.calendar_version).add_seconds(
                clock.pieces[-1].start, left
            )
        if left <= 0 or (moment is not None and moment <= now):
            level = name
        elif moment is not None:
            turns.append(moment)
    if clock.state == "running" and clock.due_at is not None:
        turns.append(clock.due_at + timedelta(seconds=1))  # late begins after the due moment
    return level, min((turn for turn in turns if turn > now), default=None)
