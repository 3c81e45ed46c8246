"""Promises: what a case owes by when, and the events of a case that its clocks are counted
from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

EVENT_KINDS: Final = (
    "opened",
    "priority_changed",
    "type_changed",
    "promise_set",
    "calendar_changed",
    "paused",
    "resumed",
    "step_entered",
    "step_left",
    "first_response",
    "arrived",
    "work_done",
    "answered",
    "reopened",
    "closed",
    "undone",
)
MARKS: Final = ("first_response", "arrived", "work_done", "answered")
ANY_PRIORITY: Final = "*"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One row of a case's append-only history, as far as clocks care.

    `seq` grows by the order of writing. `data` by kind: opened and priority_changed ``priority``;
    promise_set, type_changed and opened ``promises`` (a list of `promise_data`, or a tuple of
    promises) and ``calendars`` (calendar key to version number known); calendar_changed
    ``calendars``; paused ``reason``; step_entered and step_left ``step``; undone ``since``, the
    place from which on the entries before it count no more.
    """

    seq: int
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words that promises match: the kind, and ``kind:step`` where a step is named."""
        step = self.data.get("step")
        return (self.kind, f"{self.kind}:{step}") if step else (self.kind,)


@dataclass(frozen=True, slots=True)
class Window:
    """Targets of clocks that start from minute `start` to minute `end` of the local day.

    A window whose end is not later than its start reaches over midnight.
    """

    start: int
    end: int
    targets: Mapping[str, int]

    def covers(self, minute: int) -> bool:
        """Whether a minute of the day lies in the window, end exclusive."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class Promise:
    """What is owed: a clock runs from an event of `starts_on` to one of `stops_on`.

    Both hold event kinds, or ``kind:step`` for one step. `targets` maps a priority, or ``*`` for
    any other, to working seconds; without a target for its priority a case owes nothing here.
    `warn_percent` are the shares of the target at which a running clock turns warn and bad.
    """

    key: str
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    targets: Mapping[str, int]
    calendar: str
    pausable: bool = True
    warn_percent: tuple[int, int] = (60, 85)
    windows: tuple[Window, ...] = ()

    def target(self, priority: str, started_at: datetime, timezone: str) -> int | None:
        """Seconds owed for a priority by a clock that started then; None when nothing is owed."""
        tables = [self.targets]
        if self.windows:
            local = started_at.astimezone(ZoneInfo(timezone))
            minute = local.hour * 60 + local.minute
            tables = [item.targets for item in self.windows if item.covers(minute)] + tables
        for targets in tables:
            for key in (priority, ANY_PRIORITY):
                if key in targets:
                    return targets[key]
        return None

    def owes(self, priority: str) -> bool:
        """Whether a case of this priority owes anything under this promise."""
        return priority in self.targets or ANY_PRIORITY in self.targets


def promise_data(promise: Promise) -> dict[str, Any]:
    """The plain form of a promise for an event's data; JSON can hold it."""
    return {
        "key": promise.key,
        "starts_on": list(promise.starts_on),
        "stops_on": list(promise.stops_on),
        "targets": dict(promise.targets),
        "calendar": promise.calendar,
        "pausable": promise.pausable,
        "warn_percent": list(promise.warn_percent),
        "windows": [
            {"start": item.start, "end": item.end, "targets": dict(item.targets)}
            for item in promise.windows
        ],
    }


def promise_from_data(data: Mapping[str, Any]) -> Promise:
    """The promise that `promise_data` wrote.

    Raises:
        KeyError: a part is missing.
    """
    warn, bad = data["warn_percent"]
    return Promise(
        key=data["key"],
        starts_on=tuple(data["starts_on"]),
        stops_on=tuple(data["stops_on"]),
        targets=MappingProxyType(dict(data["targets"])),
        calendar=data["calendar"],
        pausable=data["pausable"],
        warn_percent=(warn, bad),
        windows=tuple(
            Window(item["start"], item["end"], MappingProxyType(dict(item["targets"])))
            for item in data["windows"]
        ),
    )


def promises_from_data(items: Iterable[Mapping[str, Any]]) -> tuple[Promise, ...]:
    """Read a list of plain promises."""
    return tuple(promise_from_data(item) for item in items)
