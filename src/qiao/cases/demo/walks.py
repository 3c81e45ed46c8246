"""Ways that cases of a type go, walked through the real engine, and what they mean for clocks.

A walk is symbolic: moves in order, without times. History is made by giving every case a walk and
every move a time, so that it can only hold what the engine allows.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from qiao.cases.rules.clock_state import Clock
from qiao.cases.rules.clocks import recompute
from qiao.cases.rules.process import (
    Action,
    Passage,
    Process,
    State,
    Step,
    advance,
    asked_fields,
    offers,
    start,
)
from qiao.cases.rules.promises import EVENT_KINDS, ClockEvent, Promise
from qiao.cases.rules.working_time import CalendarVersion
from qiao.core.demo_facts import sample_value
from qiao.core.packs.model import CaseType
from qiao.core.rules.calendar import Calendar

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MOST_MOVES = 14
ARRIVAL = "arrived"
# How often a person takes the main line, a branch, a way back.
KIND_WEIGHTS = {"forward": 86, "branch": 11, "return": 3}
FIRST, WORKER = "first", "worker"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a walk: `pos` is the move that caused it, 0 the opening."""

    seq: int
    pos: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spell:
    """One clock of a walk: from the event of one move to that of another (None: it stays open).

    `ending` is ``met``, ``closed`` or empty.
    """

    promise: str
    round: int
    start_pos: int
    start_seq: int
    stop_pos: int | None
    ending: str


@dataclass
class Walk:
    """One way of a case of one type. `places` gives the step and phase after each move."""

    type_key: str
    entries: list[Entry] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)  # step, phase, duty
    actors: list[str] = field(default_factory=list)
    marks: list[tuple[str, ...]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    outcome: str = ""

    @property
    def moves(self) -> int:
        """Moves after the opening."""
        return len(self.places) - 1


def sample_walks(
    case_type: CaseType,
    process: Process,
    promises: Sequence[Promise],
    *,
    system: Mapping[str, Any],
    rng: Random,
    count: int,
) -> list[Walk]:
    """So many walks of a type, from intake to a final step, with their clocks."""
    walks: list[Walk] = []
    while len(walks) < count:
        walk = _walk(case_type, process, dict(system), rng)
        if walk is not None:
            walk.spells = list(_spells(walk, promises, case_type.default_priority))
            walks.append(walk)
    return walks


def _walk(
    case_type: CaseType, process: Process, system: dict[str, Any], rng: Random
) -> Walk | None:
    walk = Walk(case_type.key)
    first = start(process, system)
    _add(walk, 0, "opened", {})
    _pass(walk, 0, first.passages, first.state.step)
    _arrive(walk, process.step(first.state.step), FIRST, ())
    state, known = first.state, dict(system)
    while not process.step(state.step).final:
        if walk.moves >= MOST_MOVES:
            return None
        step = process.step(state.step)
        if step.duty == "work_order":
            _mark_only(walk, step, ARRIVAL)
        action = _choose(process, state.step, known, rng)
        given = sample_given(process, case_type, step, action, rng)
        move = advance(
            process, state, action.key, facts=known, given=given,
            roles=_roles(process), duties_done=[step.duty],
        )  # fmt: skip
        pos = walk.moves + 1
        kept = {key: value for key, value in given.items() if key != "reason"}
        if kept:
            _add(walk, pos, "fields_given", kept)
        _pass(walk, pos, move.passages, move.state.step, reason=move.reason)
        known |= kept
        walk.facts |= kept
        marks = tuple(mark for passage in move.passages for mark in passage.marks)
        landed = process.step(move.state.step)
        _arrive(walk, landed, WORKER if step.phase == "work" else FIRST, marks)
        state = State(process.key, process.version, landed.key)
        if landed.final:
            _add(walk, pos, "closed", {"outcome": ""})
    return walk


def _add(walk: Walk, pos: int, kind: str, data: Mapping[str, Any]) -> None:
    walk.entries.append(Entry(len(walk.entries) + 1, pos, kind, data))


def _pass(
    walk: Walk, pos: int, passages: Sequence[Passage], landed: str, *, reason: str = ""
) -> None:
    """The same entries, in the same order, as the journal writes."""
    for passage in passages:
        _add(walk, pos, "step_left", {
            "step": passage.from_step, "action": passage.action, "to": passage.to_step,
            "kind": passage.kind, "automatic": passage.automatic, "reason": reason,
        })  # fmt: skip
        for mark in passage.marks:
            _add(walk, pos, mark, {})
        if passage.to_step != landed:
            _add(walk, pos, "step_entered", {"step": passage.to_step})
    _add(walk, pos, "step_entered", {"step": landed})


def _arrive(walk: Walk, step: Step, who: str, marks: tuple[str, ...]) -> None:
    phase = "closed" if step.final else step.phase
    walk.places.append((step.key, phase, step.duty))
    walk.actors.append(who)
    walk.marks.append(marks)


def _mark_only(walk: Walk, step: Step, mark: str) -> None:
    """A milestone that another module reports while the case stays in its step."""
    if any(entry.kind == mark for entry in walk.entries):
        return
    _add(walk, walk.moves + 1, mark, {})
    _arrive(walk, step, WORKER, (mark,))


def _choose(process: Process, step: str, known: Mapping[str, Any], rng: Random) -> Action:
    open_ones = [
        offer.action
        for offer in offers(
            process, step, facts=known, roles=_roles(process),
            duties_done=[process.step(step).duty],
        )
        if offer.refusal is None
    ]  # fmt: skip
    weights = [KIND_WEIGHTS[action.kind] for action in open_ones]
    return rng.choices(open_ones, weights)[0]


def _roles(process: Process) -> set[str]:
    return {step.role for step in process.steps} | {
        action.role for step in process.steps for action in step.actions
    }


def sample_given(
    process: Process,
    case_type: CaseType,
    step: Step,
    action: Action,
    rng: Random,
    texts: Sequence[str] = (),
) -> dict[str, Any]:
    """Believable values for what an action asks for; `texts` are words to choose from."""
    fields = {item.key: item for item in (*case_type.fields, *process.fields)}
    needed = set(asked_fields(step, action)) & (set(step.required) | set(action.needs))
    needed &= fields.keys()  # what the desk itself keeps is no field
    words = list(texts) or [f"{case_type.name.zh_hans}，已处理"]
    given = {key: sample_value(fields[key], rng, words) for key in sorted(needed)}
    if action.reason_required:
        given["reason"] = "情况需进一步核实"
    return given


def _spells(walk: Walk, promises: Sequence[Promise], priority: str) -> Iterator[Spell]:
    """Which moves start and stop which clock, found by the clock rules themselves.

    The walk is laid on a line of minutes against promises so generous that nothing is ever late.
    """
    generous = tuple(
        dataclasses.replace(
            promise, calendar="always", windows=(), targets=dict.fromkeys(promise.targets, 10**7)
        )
        for promise in promises
    )
    times = {pos: EPOCH + timedelta(minutes=pos) for pos in range(len(walk.places))}
    history = [
        ClockEvent(e.seq, e.kind, times[e.pos], {**e.data, "priority": priority})
        for e in walk.entries
        if e.kind in EVENT_KINDS
    ]
    always = Calendar(timezone="UTC", week=((),) * 7, round_the_clock=True)
    state = recompute(history, generous, {"always": [CalendarVersion(1, EPOCH, always)]})
    for clock in state.clocks:
        yield _spell(clock)


def _spell(clock: Clock) -> Spell:
    minute = timedelta(minutes=1)
    stop = (clock.stopped_at - EPOCH) // minute if clock.stopped_at else None
    ending = {"met": "met", "cancelled": "closed"}.get(clock.state, "")
    return Spell(
        clock.promise,
        clock.round,
        (clock.started_at - EPOCH) // minute,
        clock.start_seq,
        stop,
        ending,
    )
