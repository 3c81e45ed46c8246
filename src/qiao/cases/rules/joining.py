"""Cases that are one matter: what stands for them together, and which of them may stand for all.

A merged case keeps its row, its customer and its own clocks; the survivor is worked on. So the
survivor is due when the first of them all is due: a merge never moves a promise back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from qiao.cases.rules.levels import ORDER, Standing

CARRIED: Final = frozenset({"arrived", "work_done", "closed", "reopened"})
"""What happens to the survivor and so to each merged case."""

CARRIED_TO_SAME_CUSTOMER: Final = CARRIED | {"first_response", "answered"}
"""The same where both are one customer's: who heard the answer for one has it for the other."""

BUILT_ON: Final = frozenset(
    {
        "step_left",
        "assigned",
        "transferred",
        "paused",
        "resumed",
        "priority_changed",
        "type_changed",
        "arrived",
        "work_done",
        "answered",
        "closed",
        "merged_in",
        "merged_away",
        "split_off",
        "joined_parent",
    }
)
"""Entries after a reopening that build on it: then it cannot be taken back any more."""

PHASES: Final = ("intake", "assign", "confirm", "work")
"""Phases by what would be lost if the case were merged away: a crew on its way above all."""


@dataclass(frozen=True, slots=True)
class Due:
    """Where one merged case stands by its own clocks."""

    due_at: datetime | None
    promise: str
    level: str
    changes_at: datetime | None


def together(seen: Standing, merged: Iterable[Due]) -> Standing:
    """The standing of a survivor: the earliest due moment of all, the worst level of all.

    Whether promises were kept and whether it is paused stay its own.
    """
    dues, levels = [(seen.due_at, seen.promise)], [seen.level]
    turns = [seen.changes_at]
    for each in merged:
        dues.append((each.due_at, each.promise))
        levels.append(each.level)
        turns.append(each.changes_at)
    due = min(((at, key) for at, key in dues if at is not None), default=(None, ""))
    return replace(
        seen,
        due_at=due[0],
        promise=due[1],
        level=max(levels, key=ORDER.index),
        changes_at=min((turn for turn in turns if turn is not None), default=None),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides which of several cases stands for them."""

    case_id: int
    phase: str
    opened_at: datetime
    has_duty: bool


def best_survivor(candidates: Sequence[Candidate]) -> int:
    """The case that loses least by going on: one that others work for already, then the one
    farthest on, then the oldest.

    Raises `ValueError` when there is none.
    """
    return min(
        candidates,
        key=lambda each: (
            not each.has_duty,
            -PHASES.index(each.phase) if each.phase in PHASES else 1,
            each.opened_at,
            each.case_id,
        ),
    ).case_id


def undone_spans(entries: Iterable[tuple[int, str, Mapping[str, Any]]]) -> list[tuple[int, int]]:
    """The spans of places in a history that a later entry ``undone`` took back: first to last,
    both included. `entries` are place, kind and data."""
    spans: list[tuple[int, int]] = []
    for seq, kind, data in sorted(entries, key=lambda entry: -entry[0]):
        if kind != "undone" or any(first <= seq <= last for first, last in spans):
            continue
        spans.append((int(data["since"]), seq - 1))
    return spans
