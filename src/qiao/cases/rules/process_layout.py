"""Where the steps of a process stand when it is drawn: main line from left to right, what branches
off it below, returns as arcs above."""

from collections.abc import Mapping
from dataclasses import dataclass

from qiao.cases.rules.process import Action, Process, Step


@dataclass(frozen=True, slots=True)
class Place:
    """A step at its column and row; row 0 is the main line."""

    step: Step
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one step to another; `back` leads to the left or to itself."""

    source: Place
    target: Place
    action: Action
    back: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All places and arrows, with how many columns and rows they take."""

    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]
    columns: int
    rows: int


def main_line(process: Process) -> list[str]:
    """The keys of the steps on the way that an ordinary case takes, the start first."""
    line: list[str] = []
    key = process.start
    while key in process.index and key not in line:
        line.append(key)
        ahead = [a for a in process.index[key].actions if a.kind != "return"]
        ahead.sort(key=lambda a: (a.kind != "forward", a.when is not None and a.automatic))
        key = next((a.to for a in ahead if a.to not in line), "")
    return line


def lay_out(process: Process) -> Drawing:
    """Place every step, also those that nothing leads to, and draw every action that leads to a
    step. Faults do not stop the drawing."""
    line = main_line(process)
    columns = _columns(process, line)
    rows = _rows(process, line, columns)
    places = {
        step.key: Place(step, columns[step.key], rows[step.key]) for step in process.index.values()
    }
    arrows = tuple(
        Arrow(places[step.key], places[action.to], action, _leads_back(step, action, columns))
        for step in process.index.values()
        for action in step.actions
        if action.to in places
    )
    return Drawing(
        tuple(sorted(places.values(), key=lambda each: (each.row, each.column))),
        arrows,
        max(columns.values(), default=0) + 1,
        max(rows.values(), default=0) + 1,
    )


def _leads_back(step: Step, action: Action, columns: Mapping[str, int]) -> bool:
    return action.kind == "return" or columns[action.to] <= columns[step.key]


def _columns(process: Process, line: list[str]) -> dict[str, int]:
    columns = {key: number for number, key in enumerate(line)}
    waiting = list(line)
    while waiting:
        key = waiting.pop(0)
        for action in process.index[key].actions:
            if action.to in process.index and action.to not in columns and action.kind != "return":
                columns[action.to] = columns[key] + 1
                waiting.append(action.to)
    for key in process.index:
        columns.setdefault(key, 0)
    return columns


def _rows(process: Process, line: list[str], columns: Mapping[str, int]) -> dict[str, int]:
    rows = dict.fromkeys(line, 0)
    taken = {(columns[key], 0) for key in line}
    for key in process.index:
        if key in rows:
            continue
        row = 1
        while (columns[key], row) in taken:
            row += 1
        rows[key] = row
        taken.add((columns[key], row))
    return rows
