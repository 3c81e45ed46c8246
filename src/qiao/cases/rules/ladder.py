"""The ladder that a case climbs: by what share of its time, how late or how long untaken, whom to
tell.

A rung belongs to one round of one promise, and is reached once in it. All rungs that were passed
are reached, in their order, however long nobody looked: none is skipped. The rung ``waiting``
belongs to the case itself: a round of waiting begins each time nobody has it any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.working_time import Calendars, WorkingTime

AFTER: Final = ("percent", "due", "waiting")
TELL: Final = ("assignee", "team", "lead", "duty", "manager", "executive")
HOUR_SECONDS: Final = 3600
MINUTE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Rung:
    """When it is reached and who is told.

    `after` is ``percent`` of the promised time, ``due`` (so many working hours late, 0: at the due
    moment) or ``waiting`` (so many minutes without anybody). `tell` is one of `TELL`, or
    ``staff:<number>`` for a named person. With `raises` the case is marked as escalated, with
    `mails` who is told hears of it by e-mail too. `promises` and `priorities` limit it: empty, it
    is for all.
    """

    after: str
    figure: int
    tell: str
    raises: bool = False
    promises: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    mails: bool = False

    @property
    def key(self) -> str:
        """What is kept of it once it was reached: ``percent:60:assignee``."""
        return f"{self.after}:{self.figure}:{self.tell}"

    def data(self) -> dict[str, Any]:
        """As a dated setting keeps it."""
        return {
            "after": self.after,
            "figure": self.figure,
            "tell": self.tell,
            "raises": self.raises,
            "promises": list(self.promises),
            "priorities": list(self.priorities),
            "mails": self.mails,
        }


def rung_from_data(data: Mapping[str, Any]) -> Rung:
    """Read what `Rung.data` wrote. Raises `KeyError`."""
    return Rung(
        after=data["after"],
        figure=data["figure"],
        tell=data["tell"],
        raises=data["raises"],
        promises=tuple(data.get("promises", ())),
        priorities=tuple(data.get("priorities", ())),
        mails=data.get("mails", False),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of one round: `promise` is empty and `round` the waiting's own for ``waiting``."""

    at: datetime
    rung: Rung
    promise: str
    round: int

    @property
    def place(self) -> tuple[str, int, str]:
        """What tells it from every other step of the case."""
        return self.promise, self.round, self.rung.key


def steps_of(
    state: ClockState,
    rungs: Sequence[Rung],
    calendars: Calendars,
    waiting: tuple[int, datetime] | None,
) -> list[Step]:
    """All rungs that the case reaches if nothing changes, in the order of their moments.

    `waiting` is the round of waiting and since when, None for a case that somebody has. A paused
    clock that is in time reaches nothing until it runs again.
    """
    found = []
    for rung in rungs:
        if rung.after == "waiting":
            if waiting is not None:
                number, since = waiting
                at = since + timedelta(seconds=rung.figure * MINUTE_SECONDS)
                found.append(Step(at, rung, "", number))
            continue
        for clock in state.clocks:
            moment = reached_at(clock, rung, calendars) if clock.open else None
            if moment is not None:
                found.append(Step(moment, rung, clock.promise, clock.round))
    return sorted(found, key=lambda step: (step.at, step.promise, rungs.index(step.rung)))


def reached_at(clock: Clock, rung: Rung, calendars: Calendars) -> datetime | None:
    """When an open clock reaches a rung; None while it stands still before it."""
    time = WorkingTime.of(calendars, clock.calendar, clock.calendar_version)
    if rung.after == "due":
        if clock.due_at is None:
            return None
        return time.add_seconds(clock.due_at, rung.figure * HOUR_SECONDS)
    left = -(-clock.target_seconds * rung.figure // 100) - clock.elapsed_seconds
    begun = clock.pieces[-1].start
    if left <= 0:
        return begun
    return time.add_seconds(begun, left) if clock.state == "running" else None


def due_steps(
    steps: Iterable[Step], climbed: frozenset[tuple[str, int, str]], now: datetime
) -> tuple[list[Step], datetime | None]:
    """The steps that are reached and were not climbed, and when the next one is."""
    open_steps = [step for step in steps if step.place not in climbed]
    due = [step for step in open_steps if step.at <= now]
    later = [step.at for step in open_steps if step.at > now]
    return due, min(later, default=None)
