"""From a pack's data to what cases run on: processes, promises, calendars.

A process in a pack is a table with ``key``, ``version``, ``name``, ``start``, its own ``fields``
and ``step`` tables; a step has ``required`` and ``optional`` lists of field keys, ``time_limit``
with ``calendar``, ``duty``, ``final`` and ``action`` tables.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from qiao.cases.rules.process import (
    ACTION_KINDS,
    PHASES,
    TELLS,
    Action,
    Process,
    Step,
    StepField,
)
from qiao.cases.rules.process_checks import validate
from qiao.cases.rules.promises import EVENT_KINDS, Promise, Window
from qiao.core.packs.checks import check_fields
from qiao.core.packs.house import UNCLOCKED
from qiao.core.packs.model import (
    WEEKDAYS,
    CalendarSpec,
    CaseType,
    Pack,
    ProcessSource,
    PromiseSpec,
)
from qiao.core.packs.reading import PackInvalid, PackProblem, Table
from qiao.core.packs.sections import read_field
from qiao.core.rules.calendar import Calendar, Spans

DUTIES: Final = ("", "work_order", "follow_up")


def inspect_processes(pack: Pack) -> Iterator[PackProblem]:
    """All faults of a pack's processes and promises; give it to `load_pack` as an inspector."""
    calendars = {item.key: item for item in pack.calendars}
    for source in pack.processes:
        problems: list[PackProblem] = []
        process = _read(source, calendars, problems)
        yield from problems
        if problems:
            continue
        yield from check_fields(process.fields, source.file, source.place)
        for fault in validate(process, _fields_of_users(pack, process.key)):
            place = f"{source.place}.step[{fault.place}]"
            yield PackProblem(source.file, place, f"{fault.code}: {fault.message}")
        yield from _roles(pack, process, source)
    yield from _promise_events(pack)


def _fields_of_users(pack: Pack, process: str) -> set[str]:
    """Field keys that every case type of this process has."""
    users = [item for item in pack.case_types if item.process == process]
    sets = [{field.key for field in item.fields} for item in users]
    return set.intersection(*sets) if sets else set()


def _roles(pack: Pack, process: Process, source: ProcessSource) -> Iterator[PackProblem]:
    known = {role.key for role in pack.roles}
    for step in process.steps:
        used = [("", step.role), *((f"/{item.key}", item.role) for item in step.actions)]
        for suffix, role in used:
            if role and role not in known:
                place = f"{source.place}.step[{step.key}{suffix}].role"
                text = f"expected one of {', '.join(sorted(known)) or 'none'}, found {role!r}"
                yield PackProblem(source.file, place, text)


def _promise_events(pack: Pack) -> Iterator[PackProblem]:
    for case_type in pack.case_types:
        for promise in case_type.promises:
            started = [token for token in promise.starts_on if token != UNCLOCKED]
            for token in (*started, *promise.stops_on):
                if token.partition(":")[0] not in EVENT_KINDS:
                    place = f"promise[{promise.key}]"
                    text = f"expected one of {', '.join(EVENT_KINDS)}, found {token!r}"
                    yield PackProblem("case_types.toml", place, text)


def processes_of(packs: Iterable[Pack]) -> dict[str, Process]:
    """The processes of packs by their keys, qualified where the packs are.

    Raises:
        PackInvalid: a process cannot be read.
    """
    found: dict[str, Process] = {}
    problems: list[PackProblem] = []
    for pack in packs:
        calendars = {item.key: item for item in pack.calendars}
        for source in pack.processes:
            found[source.key] = replace(_read(source, calendars, problems), key=source.key)
    if problems:
        raise PackInvalid(problems)
    return found


def process_from_data(key: str, version: int, data: Mapping[str, Any]) -> Process:
    """A stored process definition (the data of a qualified pack) under its key and version.

    Raises:
        PackInvalid: the data cannot be read.
    """
    problems: list[PackProblem] = []
    table = Table(data, file=key, place="", problems=problems)
    process = replace(read_process(table), key=key, version=version)
    if problems:
        raise PackInvalid(problems)
    return process


def read_process(table: Table, calendars: Mapping[str, CalendarSpec] | None = None) -> Process:
    """Read one process; problems go to the table's list.

    Without `calendars` their keys are taken as they are, and limits must not be working days.
    """
    steps = tuple(_step(item, calendars) for item in table.tables("step"))
    process = Process(
        key=table.key(),
        version=table.integer("version", least=1),
        name=table.text("name"),
        start=table.string("start"),
        steps=steps,
        fields=tuple(read_field(item) for item in table.tables("fields")),
    )
    table.finish()
    return process


def _read(
    source: ProcessSource, calendars: Mapping[str, CalendarSpec], problems: list[PackProblem]
) -> Process:
    table = Table(source.data, file=source.file, place=source.place, problems=problems)
    return read_process(table, calendars)


def _step(table: Table, calendars: Mapping[str, CalendarSpec] | None) -> Step:
    limit, calendar = _limit(table, calendars)
    required = [StepField(key, required=True) for key in table.strings("required")]
    optional = [StepField(key) for key in table.strings("optional")]
    step = Step(
        key=table.key(),
        name=table.text("name"),
        phase=table.choice("phase", PHASES),
        role=table.string("role", ""),
        fields=(*required, *optional),
        actions=tuple(_action(item) for item in table.tables("action")),
        time_limit_seconds=limit,
        calendar=calendar,
        duty=table.choice("duty", DUTIES, ""),
        duty_action=table.string("duty_action", ""),
        final=table.boolean("final"),
        tells=table.choice("tells", TELLS, ""),
    )
    table.finish()
    return step


def _limit(table: Table, calendars: Mapping[str, CalendarSpec] | None) -> tuple[int | None, str]:
    calendar = table.string("calendar", "")
    if not table.has("time_limit"):
        if calendar:
            table.report("calendar", "expected together with time_limit")
        return None, ""
    known = (calendars or {}).get(calendar)
    if known is None and (calendars is not None or not calendar):
        expected = ", ".join(sorted(calendars or ())) or "a calendar"
        table.report("calendar", f"expected one of {expected}, found {calendar!r}")
    return table.seconds("time_limit", day_seconds=known.day_seconds if known else 0), calendar


def _action(table: Table) -> Action:
    action = Action(
        key=table.key(),
        name=table.text("name"),
        to=table.string("to"),
        kind=table.choice("kind", ACTION_KINDS, "forward"),
        when=table.condition("when"),
        needs=table.strings("needs"),
        reason_required=table.boolean("reason_required"),
        automatic=table.boolean("automatic"),
        role=table.string("role", ""),
        duty_free=table.boolean("duty_free"),
        marks=table.strings("marks"),
    )
    table.finish()
    return action


def promise_of(spec: PromiseSpec) -> Promise:
    """A promise of a case type as the clock rules take it."""
    return Promise(
        key=spec.key,
        starts_on=spec.starts_on,
        stops_on=spec.stops_on,
        targets=spec.targets,
        calendar=spec.calendar,
        pausable=spec.pausable,
        warn_percent=spec.warn_percent,
        windows=tuple(
            Window(_minute(item.start), _minute(item.end), item.targets) for item in spec.windows
        ),
    )


def promises_of(case_type: CaseType, process: Process) -> tuple[Promise, ...]:
    """The promises of a case type, and a limit ``step:<key>`` for each step that has one."""
    promises = [promise_of(spec) for spec in case_type.promises]
    limits = [
        Promise(
            key=f"step:{step.key}",
            starts_on=(f"step_entered:{step.key}",),
            stops_on=(f"step_left:{step.key}",),
            targets={"*": step.time_limit_seconds},
            calendar=step.calendar,
        )
        for step in process.steps
        if step.time_limit_seconds is not None
    ]
    return (*promises, *limits)


def calendar_of(
    spec: CalendarSpec,
    *,
    holidays: frozenset[date] = frozenset(),
    special_days: Mapping[date, Spans] = MappingProxyType({}),
) -> Calendar:
    """The working calendar of a pack's spec with a region's holidays and shifted working days."""
    days = [
        tuple((_minute(start), _minute(end)) for start, end in spec.week.get(day, ()))
        for day in WEEKDAYS
    ]
    mon, tue, wed, thu, fri, sat, sun = days
    return Calendar(
        timezone=spec.zone,
        week=(mon, tue, wed, thu, fri, sat, sun),
        holidays=holidays,
        special_days=special_days,
        round_the_clock=spec.round_the_clock,
    )


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
