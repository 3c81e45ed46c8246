"""Clocks in words: how long is left, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.models import Case
from qiao.cases.rules.clock_state import Clock, ClockState, Piece
from qiao.cases.rules.clock_words import ClockWords, explained, words
from qiao.cases.rules.working_time import Calendars
from qiao.cases.showing import names
from qiao.cases.showing.times import clock_words, span_words
from qiao.core.packs.model import CaseType, PromiseSpec
from qiao.core.wording import said

STATE_OF_LEVEL = {"ok": "ok", "warn": "warn", "bad": "bad", "late": "bad"}


@dataclass(frozen=True, slots=True)
class DueMark:
    """A deadline as the `sla` tag reads it. `words` empty: the browser counts down itself."""

    due_at: datetime | None
    started_at: datetime | None
    state: str
    words: str = ""
    explained: str = ""
    running: bool = True
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A stretch of a clock's life: from, to, whether it counted, and why."""

    start: datetime
    end: datetime | None
    counted: bool
    why: str
    note: str
    priority: str
    calendar: str
    seconds: int

    @property
    def length(self) -> str:
        """The working time in it, in words."""
        return span_words(self.seconds)


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One round of a promise in words. `mark` is for the ring, `line` the whole sentence."""

    key: str
    name: str
    round: int
    tone: str
    percent: int
    headline: str
    line: str
    used: str
    target: str
    source: str
    calendar: str
    working: bool
    open: bool
    late: bool
    due_at: datetime | None
    due: str
    stopped_at: datetime | None
    started_at: datetime
    pausable: bool
    pieces: tuple[ShownPiece, ...]

    @property
    def share(self) -> str:
        """Used against promised time."""
        return f"{self.used} / {self.target}"


@dataclass(frozen=True, slots=True)
class ShownClocks:
    """All clocks of a case: the most pressing one apart, all in the order of their start."""

    pressing: ShownClock | None
    others: list[ShownClock]
    every: list[ShownClock]
    paused: bool


def show_clocks(
    case: Case,
    definition: CaseType | None,
    state: ClockState,
    now: datetime,
    calendars: Calendars,
) -> ShownClocks:
    """All clocks of a case at `now`."""
    specs = {spec.key: spec for spec in definition.promises} if definition else {}
    pausable = {promise.key: promise.pausable for promise in state.promises}
    shown = []
    for clock in state.clocks:
        if clock.state != "cancelled":
            name = names.promise_name(definition, case.process_id, clock.promise)
            shown.append(
                _show(
                    clock,
                    name,
                    specs.get(clock.promise),
                    now,
                    calendars,
                    pausable=pausable.get(clock.promise, True),
                )
            )
    running = [clock for clock in shown if clock.open]
    pressing = min(
        running, key=lambda c: (c.due_at is None, c.due_at or now, c.started_at), default=None
    )
    latest = {clock.key: clock for clock in shown}
    others = [clock for clock in latest.values() if clock is not pressing]
    return ShownClocks(pressing, others, shown, state.paused)


def _show(
    clock: Clock,
    name: str,
    spec: PromiseSpec | None,
    now: datetime,
    calendars: Calendars,
    *,
    pausable: bool,
) -> ShownClock:
    told = words(clock, now, calendars)
    headline, line = _sentences(told)
    missed = clock.is_late(now)
    tone = "bad" if missed else STATE_OF_LEVEL[told.level]
    if not clock.open and not missed:
        tone = "ok"
    return ShownClock(
        key=clock.promise,
        name=name,
        round=clock.round,
        tone=tone if clock.state != "paused" else "mute",
        percent=min(100, told.used_percent),
        headline=headline,
        line=line,
        used=span_words(told.used_seconds),
        target=span_words(told.target_seconds),
        source=said(spec.source if spec else None),
        calendar=names.calendar_name(clock.calendar),
        working=told.working,
        open=clock.open,
        late=missed,
        due_at=clock.due_at,
        due=clock_words(clock.due_at, now) if clock.due_at else "",
        stopped_at=clock.stopped_at,
        started_at=clock.started_at,
        pausable=pausable,
        pieces=tuple(_piece(piece) for piece in explained(clock, now, calendars)),
    )


def _sentences(told: ClockWords) -> tuple[str, str]:
    """What stands large, and the sentence below it."""
    if told.state == "paused":
        left = span_words(max(0, told.left_seconds))
        return _("Clock paused"), _("%(time)s of working time left when it runs again") % {
            "time": left
        }
    if told.state == "late":
        return _("%(time)s late") % {"time": span_words(told.late_seconds)}, _(
            "The promised time was used up"
        )
    if told.state == "running":
        line = _("working time") if told.working else _("outside working hours: the clock rests")
        return _("%(time)s left") % {"time": span_words(max(0, told.left_seconds))}, line
    if told.state == "met":
        return _("Kept"), _("%(time)s to spare") % {"time": span_words(told.left_seconds)}
    over = span_words(abs(told.left_seconds))
    return _("Missed"), _("%(time)s too late") % {"time": over}


def why_words(kind: str) -> str:
    """Why a piece of a clock begins where it does: the kind of event in words."""
    if kind.startswith("step_"):
        return _("The case changed its step")
    return {
        "opened": _("The case was opened"),
        "reopened": _("The case was reopened"),
        "priority_changed": _("The priority was changed"),
        "type_changed": _("The type was changed"),
        "promise_set": _("The promise was changed"),
        "calendar_changed": _("The calendar of working time was changed"),
        "paused": _("The case was paused"),
        "resumed": _("The case was resumed"),
        "first_response": _("The customer got a first response"),
        "arrived": _("Somebody arrived at the place"),
        "work_done": _("The work was done"),
        "answered": _("The customer was given the answer"),
        "closed": _("The case was archived"),
    }.get(kind, kind)


def _piece(piece: Piece) -> ShownPiece:
    key, _mark, version = piece.calendar.partition("@")
    calendar = names.calendar_name(key)
    if version:
        calendar = pgettext("calendar and its version", "%(name)s, version %(n)s") % {
            "name": calendar,
            "n": version,
        }
    return ShownPiece(
        start=piece.start,
        end=piece.end,
        counted=piece.counted,
        why=why_words(piece.reason),
        note=piece.note,
        priority=str(names.PRIORITIES.get(piece.priority, piece.priority)),
        calendar=calendar,
        seconds=piece.seconds,
    )


def row_mark(
    *, due_at: datetime | None, started_at: datetime | None, level: str
) -> DueMark | None:
    """The deadline's mark of a list's row; None where no clock runs."""
    if due_at is None:
        return None
    return DueMark(due_at, started_at, STATE_OF_LEVEL.get(level, "ok"))


def explained_line(pieces: Sequence[ShownPiece]) -> str:
    """Starts and pauses of a clock in one line, for a tooltip."""
    return " · ".join(
        f"{piece.why}{f' ({piece.note})' if piece.note else ''}: {span_words(piece.seconds)}"
        for piece in pieces
    )
