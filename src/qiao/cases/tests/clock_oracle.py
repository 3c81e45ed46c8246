"""A second, slow way to count clocks: walk minute by minute and look at the calendar each time.

It shares nothing with the engine but the events. Times must lie on whole minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiao.cases.rules.promises import ClockEvent, Promise
from qiao.cases.rules.working_time import Calendars
from qiao.core.rules.calendar import is_working

MINUTE = timedelta(minutes=1)


@dataclass
class Walk:
    """One promise walked through: minutes used, and the moment it came due, if it did."""

    used: int = 0
    paused: int = 0
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    started_at: datetime | None = None


def walk(
    promise: Promise, events: Sequence[ClockEvent], calendars: Calendars, until: datetime
) -> Walk:
    """Count the first round of a promise that is owed from the opening, up to `until`."""
    result = Walk()
    priority, paused, known = "normal", False, 1
    waiting = list(events)
    moment = events[0].at
    while moment <= until and result.stopped_at is None:
        while waiting and waiting[0].at <= moment and result.stopped_at is None:
            event = waiting.pop(0)
            priority = event.data.get("priority", priority)
            known = event.data.get("calendars", {}).get(promise.calendar, known)
            paused = {"paused": True, "resumed": False}.get(event.kind, paused)
            if event.kind in promise.starts_on and result.started_at is None:
                result.started_at = moment
            elif event.kind in (*promise.stops_on, "closed") and result.started_at:
                result.stopped_at = moment
        if result.started_at is not None:
            _judge(result, promise, priority, moment)
            if result.stopped_at is None:
                _count(result, promise, calendars, known, moment, held=paused)
        moment += MINUTE
    return result


def _judge(result: Walk, promise: Promise, priority: str, moment: datetime) -> None:
    target = promise.targets.get(priority, promise.targets.get("*", 0))
    if result.used * 60 >= target:
        result.due_at = result.due_at or moment
    else:
        result.due_at = None


def _count(
    result: Walk,
    promise: Promise,
    calendars: Calendars,
    known: int,
    moment: datetime,
    *,
    held: bool,
) -> None:
    versions = [item for item in calendars[promise.calendar] if item.number <= known]
    in_force = [item for item in versions if item.effective_from <= moment] or versions[:1]
    if not is_working(in_force[-1].calendar, moment):
        return
    if held and promise.pausable:
        result.paused += 1
    else:
        result.used += 1
