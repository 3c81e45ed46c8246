"""The clocks of a case, counted only from the case's own append-only events.

`apply` folds one event into the state; `recompute` folds a whole history from nothing, so a stored
state and a history can never disagree. How it counts:

* A clock starts and stops at the events that its promise names. A start event after a stop opens
  another round; a start event while the clock runs changes nothing. Closing the case ends what is
  still open: late if it was due, else cancelled.
* Only working time of the promise's calendar counts. A pause stops every clock whose promise is
  pausable; a second pause before the resumption only changes the reason.
* A change of priority, calendar or promise figures holds from its event on. Time already used and
  pauses already taken stay, and used time counts in full against the new target. If that is
  already spent, the clock is due at the moment of the change: nobody was late before it.
* A case whose type changes keeps a promise of the same key with its used time. A promise that is
  new to the case counts from its own start event, since the customer's waiting began there. One
  that is no longer owed is cancelled, and counts through if it is owed again.
* Night figures (`Promise.windows`) are chosen by the start of the round and stay with it.
* A paused clock that is still in time has no due moment. So a clock is late exactly when `due_at`
  lies before now and `stopped_at` is empty, paused or not. `breached_at` keeps the first due
  moment that was missed, also when a later change of figures moves `due_at` on.
* An ``undone`` event takes back those from its ``since`` on: a whole history is counted as if
  they had never been. It cannot be folded into a state, only counted with its history.
* A promise that starts on `UNCLOCKED` begins with the event that leaves an open case without a
  running or paused clock, and runs until the case is closed. So a case that has one is never open
  without a clock. Where another clock begins, or the case ends, in the same second, it never was.
* Times are UTC, cut to whole seconds. Events are in the order of `seq`; one that is dated before
  its predecessor counts at its predecessor's time.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from qiao.cases.rules.clock_state import Clock, ClockState, Pause, Piece, Seen, changed
from qiao.cases.rules.joining import undone_spans
from qiao.cases.rules.promises import ClockEvent, Promise, promises_from_data
from qiao.cases.rules.working_time import Calendars, WorkingTime, newest_known
from qiao.core.packs.house import UNCLOCKED

FIGURE_KINDS: Final = frozenset(
    {"opened", "priority_changed", "type_changed", "promise_set", "calendar_changed"}
)

Tokens = frozenset[str]
Figures = tuple[int, str, int, tuple[int, int]]
"""Target, calendar, calendar version and warnings of a clock."""


class OutOfOrder(ValueError):  # noqa: N818 - a refusal, not a fault
    """An event's `seq` is not above that of the last one applied."""


def recompute(
    events: Iterable[ClockEvent], promises: tuple[Promise, ...], calendars: Calendars
) -> ClockState:
    """Fold a whole history from nothing.

    `promises` hold until an event brings its own. Events may come in any order.

    Raises:
        OutOfOrder: two events have one `seq`.
        UnknownCalendar: a promise counts in a calendar that is not given.
    """
    state = ClockState(promises=promises)
    for event in _standing(events):
        state = apply(state, event, calendars)
    return state


def _standing(events: Iterable[ClockEvent]) -> list[ClockEvent]:
    """The events that were not taken back, in their order."""
    ordered = sorted(events, key=lambda event: event.seq)
    spans = undone_spans((event.seq, event.kind, event.data) for event in ordered)
    return [
        event
        for event in ordered
        if event.kind != "undone" and not any(a <= event.seq <= b for a, b in spans)
    ]


def apply(state: ClockState, event: ClockEvent, calendars: Calendars) -> ClockState:
    """Fold one event into the state.

    Raises:
        OutOfOrder: the event was applied before, or comes too late.
        UnknownCalendar: a promise counts in a calendar that is not given.
    """
    if event.seq <= state.seq:
        raise OutOfOrder(f"event {event.seq} after event {state.seq}")
    at = event.at.astimezone(UTC).replace(microsecond=0)
    if state.at is not None and at < state.at:
        at = state.at
    tokens = frozenset(event.tokens)
    state = _facts(state, event, at, calendars)
    if event.kind in FIGURE_KINDS:
        state = _figures(state, event, at, calendars)
    elif event.kind in ("paused", "resumed"):
        state = _pause_or_resume(state, event, at, calendars)
    state = _stops(state, event, tokens, at, calendars)
    state = _starts(state, event, tokens, at, calendars)
    return _never_without(state, event, at, calendars)


def is_unclocked(state: ClockState) -> bool:
    """Whether the case is open and nothing runs, nor is paused."""
    if any(clock.open for clock in state.clocks):
        return False
    begun, ended = _last_seen(state, ("opened", "reopened")), state.seen.get("closed")
    return begun is not None and (ended is None or ended.seq < begun.seq)


def _never_without(
    state: ClockState, event: ClockEvent, at: datetime, calendars: Calendars
) -> ClockState:
    """Begin what holds where nothing else runs, or let go of it where it did so for no time."""
    for promise in state.promises:
        if UNCLOCKED not in promise.starts_on or not promise.owes(state.priority):
            continue
        last = state.latest(promise.key)
        if last is not None and last.started_at == at:
            others = any(clock.open and clock is not last for clock in state.clocks)
            if others or not last.open:
                rest = tuple(clock for clock in state.clocks if clock is not last)
                state = changed(state, clocks=rest)
        if is_unclocked(state):
            state = _begin(state, promise, Seen(event.seq, at), at, calendars, why=event.kind)
    return state


def _facts(state: ClockState, event: ClockEvent, at: datetime, calendars: Calendars) -> ClockState:
    promises = state.promises
    if "promises" in event.data:
        given = event.data["promises"]
        promises = given if isinstance(given, tuple) else promises_from_data(given)
    known = {**state.known, **event.data.get("calendars", {})}
    for promise in promises:
        if promise.calendar not in known:
            known[promise.calendar] = newest_known(calendars, promise.calendar, at)
    seen = {**state.seen, **dict.fromkeys(event.tokens, Seen(event.seq, at))}
    return changed(
        state,
        promises=promises,
        seq=event.seq,
        at=at,
        priority=str(event.data.get("priority") or state.priority),
        known=known,
        seen=seen,
        pauses=_pauses(state.pauses, event, at),
    )


def _pauses(pauses: tuple[Pause, ...], event: ClockEvent, at: datetime) -> tuple[Pause, ...]:
    if event.kind not in ("paused", "resumed"):
        return pauses
    if pauses and pauses[-1].end is None:
        pauses = (*pauses[:-1], Pause(pauses[-1].start, at, pauses[-1].reason))
    if event.kind == "paused":
        pauses = (*pauses, Pause(at, None, str(event.data.get("reason", ""))))
    return pauses


def _figures(
    state: ClockState, event: ClockEvent, at: datetime, calendars: Calendars
) -> ClockState:
    owed = {item.key: item for item in state.promises if item.owes(state.priority)}
    clocks, running = [], set()
    for clock in state.clocks:
        promise = owed.get(clock.promise)
        if clock.open and promise is None:
            clocks.append(_end(clock, at, calendars, state="cancelled"))
        elif clock.open and promise is not None:
            clocks.append(_changed(clock, promise, state, event.kind, at, calendars))
            running.add(clock.promise)
        else:
            clocks.append(clock)
    state = changed(state, clocks=tuple(clocks))
    for promise in owed.values():
        if promise.key not in running:
            state = _owed_anew(state, promise, at, calendars)
    return state


def _changed(
    clock: Clock,
    promise: Promise,
    state: ClockState,
    kind: str,
    at: datetime,
    calendars: Calendars,
) -> Clock:
    """The clock under its present figures; untouched if they are the figures it already has."""
    counted = not (promise.pausable and state.paused)
    last = clock.pieces[-1]
    figures = _figures_of(promise, state, clock.started_at, calendars)
    has = (clock.target_seconds, clock.calendar, clock.calendar_version, clock.warn_percent)
    if figures == has and last.priority == state.priority and last.counted == counted:
        return clock
    note = "" if counted else state.pauses[-1].reason
    new = _figured(_cut(clock, at, calendars), figures)
    new = _turn(new, state, at, calendars, counted=counted, why=kind, note=note)
    return _with_due(new, at, calendars)


def _figures_of(
    promise: Promise, state: ClockState, started_at: datetime, calendars: Calendars
) -> Figures:
    """What holds now for a clock that started then."""
    known = state.known[promise.calendar]
    time = WorkingTime.of(calendars, promise.calendar, known)
    # Only windows ask where the calendar is.
    timezone = time.calendar_at(started_at).timezone if promise.windows else ""
    target = promise.target(state.priority, started_at, timezone)
    return target or 0, promise.calendar, known, promise.warn_percent


def _figured(clock: Clock, figures: Figures) -> Clock:
    target, calendar, known, warn = figures
    return changed(
        clock,
        target_seconds=target,
        calendar=calendar,
        calendar_version=known,
        warn_percent=warn,
    )


def _owed_anew(
    state: ClockState, promise: Promise, at: datetime, calendars: Calendars
) -> ClockState:
    """Start, or take up again, a promise whose start event lies in the past."""
    start = _last_seen(state, promise.starts_on)
    if start is None:
        return state
    stop = _last_seen(state, (*promise.stops_on, "closed"))
    clock = state.latest(promise.key)
    if stop is not None and stop.seq >= start.seq:
        return state
    if clock is None or clock.start_seq != start.seq:
        return _begin(state, promise, start, at, calendars)
    if clock.state != "cancelled":
        return state
    return _take_up(state, clock, promise, at, calendars)


def _last_seen(state: ClockState, tokens: Iterable[str]) -> Seen | None:
    last = None
    for token in tokens:
        found = state.seen.get(token)
        if found is not None and (last is None or found.seq > last.seq):
            last = found
    return last


def _begin(
    state: ClockState,
    promise: Promise,
    start: Seen,
    at: datetime,
    calendars: Calendars,
    *,
    why: str = "",
) -> ClockState:
    """A new round that counts from `start` up to `at`, pauses in between left out. `why` is the
    kind of event that began it, where its promise does not name it."""
    earlier = state.latest(promise.key)
    clock = Clock(
        promise=promise.key,
        round=earlier.round + 1 if earlier else 1,
        start_seq=start.seq,
        started_at=start.at,
    )
    clock = _figured(clock, _figures_of(promise, state, clock.started_at, calendars))
    reason = why or next(
        token.partition(":")[0]
        for token in promise.starts_on
        if token in state.seen and state.seen[token].seq == start.seq
    )
    clock = _fill(clock, promise, state, start.at, at, reason, calendars)
    return changed(state, clocks=(*state.clocks, clock))


def _take_up(
    state: ClockState, clock: Clock, promise: Promise, at: datetime, calendars: Calendars
) -> ClockState:
    """Go on with a clock that was cancelled because it was not owed for a while."""
    since = clock.stopped_at or at
    missed = clock.due_at is not None and clock.due_at <= since
    again = changed(clock, stopped_at=None, due_at=clock.due_at if missed else None)
    again = _figured(again, _figures_of(promise, state, again.started_at, calendars))
    again = _fill(again, promise, state, since, at, "promise_set", calendars)
    clocks = tuple(again if item is clock else item for item in state.clocks)
    return changed(state, clocks=clocks)


def _fill(
    clock: Clock,
    promise: Promise,
    state: ClockState,
    since: datetime,
    at: datetime,
    reason: str,
    calendars: Calendars,
) -> Clock:
    """Add the pieces from `since` to `at` by the pauses of the case, and the open piece."""
    turns = [(since, True, reason, "")]
    for pause in state.pauses if promise.pausable else ():
        if pause.end is not None and pause.end <= since:
            continue
        if turns[-1][0] == pause.start:
            turns.pop()
        turns.append((max(pause.start, since), False, "paused", pause.reason))
        if pause.end is not None:
            turns.append((pause.end, True, "resumed", ""))
    for moment, counted, why, note in turns:
        clock = _turn(clock, state, moment, calendars, counted=counted, why=why, note=note)
    return _with_due(clock, at, calendars)


def _turn(
    clock: Clock,
    state: ClockState,
    moment: datetime,
    calendars: Calendars,
    *,
    counted: bool,
    why: str,
    note: str,
) -> Clock:
    """End the open piece, if any, and begin another."""
    if clock.pieces and clock.pieces[-1].end is None:
        clock = _cut(clock, moment, calendars)
    calendar = f"{clock.calendar}@{clock.calendar_version}"
    piece = Piece(moment, None, counted, why, note, state.priority, calendar)
    return changed(
        clock,
        state="running" if counted else "paused",
        paused_since=None if counted else clock.paused_since or moment,
        pieces=(*clock.pieces, piece),
    )


def _pause_or_resume(
    state: ClockState, event: ClockEvent, at: datetime, calendars: Calendars
) -> ClockState:
    pausable = {item.key for item in state.promises if item.pausable}
    paused = event.kind == "paused"
    note = str(event.data.get("reason", ""))
    clocks = []
    for clock in state.clocks:
        held = clock.promise in pausable if paused else clock.state == "paused"
        if clock.open and held:
            turned = _turn(
                clock, state, at, calendars, counted=not paused, why=event.kind, note=note
            )
            clocks.append(_with_due(turned, at, calendars))
        else:
            clocks.append(clock)
    return changed(state, clocks=tuple(clocks))


def _stops(
    state: ClockState, event: ClockEvent, tokens: Tokens, at: datetime, calendars: Calendars
) -> ClockState:
    stopped = {item.key for item in state.promises if not tokens.isdisjoint(item.stops_on)}
    closes = event.kind == "closed"
    if not stopped and not closes:
        return state
    clocks = []
    for clock in state.clocks:
        if clock.open and clock.promise in stopped:
            clocks.append(_end(clock, at, calendars, state="met"))
        elif clock.open and closes:
            clocks.append(_end(clock, at, calendars, state="closed"))
        else:
            clocks.append(clock)
    return changed(state, clocks=tuple(clocks))


def _starts(
    state: ClockState, event: ClockEvent, tokens: Tokens, at: datetime, calendars: Calendars
) -> ClockState:
    for promise in state.promises:
        if tokens.isdisjoint(promise.starts_on) or not promise.owes(state.priority):
            continue
        clock = state.latest(promise.key)
        if clock is None or not clock.open:
            state = _begin(state, promise, Seen(event.seq, at), at, calendars)
    return state


def _end(clock: Clock, at: datetime, calendars: Calendars, *, state: str) -> Clock:
    """End a clock as ``met``, ``cancelled``, or by what ``closed`` finds."""
    clock = _cut(clock, at, calendars)
    due = clock.due_at
    if due is None:
        left = max(0, clock.target_seconds - clock.elapsed_seconds)
        due = _working_time(clock, calendars).add_seconds(at, left)
    late = due is not None and due < at
    if state == "met":
        state = "late_met" if late else "met"
    elif state == "closed":
        state = "late" if late else "cancelled"
    return changed(clock, state=state, due_at=due, stopped_at=at, paused_since=None)


def _cut(clock: Clock, at: datetime, calendars: Calendars) -> Clock:
    """Measure and end the open piece at `at`; one without length disappears."""
    *closed, last = clock.pieces
    missed = clock.due_at is not None and clock.due_at < at
    breached_at = clock.breached_at or (clock.due_at if missed else None)
    seconds = _working_time(clock, calendars).seconds_between(last.start, at)
    if at > last.start:
        closed.append(last._replace(end=at, seconds=seconds))
    return changed(
        clock,
        pieces=tuple(closed),
        breached_at=breached_at,
        elapsed_seconds=clock.elapsed_seconds + (seconds if last.counted else 0),
        paused_seconds=clock.paused_seconds + (0 if last.counted else seconds),
    )


def _with_due(clock: Clock, at: datetime, calendars: Calendars) -> Clock:
    """Set the due moment from the time used up to the open piece; `at` is when it is decided."""
    left = clock.target_seconds - clock.elapsed_seconds
    if left <= 0:
        past = clock.due_at is not None and clock.due_at <= at
        return changed(clock, due_at=clock.due_at if past else at)
    if clock.state == "paused":
        return changed(clock, due_at=None)
    begun = clock.pieces[-1].start
    due = _working_time(clock, calendars).add_seconds(begun, left)
    return changed(clock, due_at=max(due, at) if due else None)


def _working_time(clock: Clock, calendars: Calendars) -> WorkingTime:
    return WorkingTime.of(calendars, clock.calendar, clock.calendar_version)
