"""One entry of the same kind for each of thousands of cases, read and written set by set.

Only what the fold needs of a case is read: a journal for each would take minutes for fifty
thousand.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.journal.clocks import (
    as_clock_event,
    floor_told,
    kept_clocks,
    known_calendars,
)
from qiao.cases.journal.mirrors import mirrored
from qiao.cases.journal.rows import (
    MIRRORED,
    Folded,
    write_cases,
    write_clocks,
    write_entries,
)
from qiao.cases.models import CaseEvent
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clocks import apply, is_unclocked
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.levels import Standing, standing
from qiao.cases.rules.working_time import Calendars
from qiao.core.actor import Actor
from qiao.core.transactions import required

_ROWS: Final = """
SELECT id, organisation_id, event_count, level, merged_count, case_type_id
  FROM cases_case WHERE id = ANY(%s) ORDER BY id
"""
_LOCKED: Final = f"{_ROWS} FOR UPDATE"
_ALONE: Final = {"event_count": "int", **MIRRORED, "ladder_at": "timestamptz"}
# What stands for others is due when the first of them is: the clock's job mirrors it within a
# minute, when all of them were told.
_FOR_OTHERS: Final = {"event_count": "int", "level_changes_at": "timestamptz"}


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry did to one case; `moved` when a promise is due at another moment."""

    case_id: int
    organisation_id: int
    level_before: str
    moved: bool
    seen: Standing


@dataclass(frozen=True, slots=True)
class _Row:
    organisation_id: int
    level: str
    stands_for_others: bool
    folded: Folded
    seen: Standing
    entry: Entry

    def moves(self) -> list[tuple[Clock, datetime | None]]:
        """Clocks that are due at another moment, each with the moment before."""
        pairs = [(clock, was.due_at if was else None) for clock, was in self.folded.beside()]
        return [(clock, due) for clock, due in pairs if clock.due_at != due]


Decide = Callable[[int, ClockState], Mapping[str, Any] | None]
"""Given a case's id and clocks, the data of its entry, or None for a case that gets none."""


def tell_many(
    *, case_ids: Sequence[int], kind: str, decide: Decide, actor: Actor | None, now: datetime
) -> list[Told]:
    """Add one entry to each of these cases for which `decide` gives its data; lock them first.

    `kind` is one that the clocks are counted from. Returns what it did to each case told.
    """
    required()
    rows = _fold(_read(_LOCKED, case_ids), kind, decide, known_calendars(), now)
    for row in rows:
        row.entry.actor_id = actor.staff_id if actor else None
    write_entries(row.entry for row in rows)
    write_clocks([row.folded for row in rows])
    _write_mirrors(rows, now)
    return [
        Told(row.folded.case_id, row.organisation_id, row.level, bool(row.moves()), row.seen)
        for row in rows
    ]


def _read(sql: str, case_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(case_ids)])
        return list(cursor.fetchall())


def _fold(
    cases: Sequence[tuple[Any, ...]],
    kind: str,
    decide: Decide,
    versions: Calendars,
    now: datetime,
) -> list[_Row]:
    kept = kept_clocks([row[0] for row in cases], versions)
    found = []
    for case_id, organisation_id, event_count, level, merged_count, type_id in cases:
        before = kept[case_id]
        data = decide(case_id, before.state)
        if data is None:
            continue
        entry = Entry(
            case_id=case_id,
            seq=event_count + 1,
            kind=kind,
            at=now,
            recorded_at=now,
            actor_id=None,
            visibility=CaseEvent.Visibility.SYSTEM,
            data=dict(data),
        )
        event = as_clock_event(entry.seq, kind, now, entry.data)
        after = apply(before.state, event, versions)
        if is_unclocked(after):
            entry.data |= floor_told(after, type_id, versions)
            event = as_clock_event(entry.seq, kind, now, entry.data)
            after = apply(before.state, event, versions)
        folded = Folded(case_id, before.state, after, before.stored)
        seen = standing(after, now, versions)
        found.append(_Row(organisation_id, level, merged_count > 0, folded, seen, entry))
    return found


def _write_mirrors(rows: Sequence[_Row], now: datetime) -> None:
    alone = [
        (row.folded.case_id, row.entry.seq, *mirrored(row.seen), now)
        for row in rows
        if not row.stands_for_others
    ]
    write_cases(_ALONE, alone)
    others = [(row.folded.case_id, row.entry.seq, now) for row in rows if row.stands_for_others]
    write_cases(_FOR_OTHERS, others)


def is_late_now(seen: Standing, level_before: str, now: datetime) -> bool:
    """Whether a case that was in time is late by its entry: what is due at its very moment is."""
    due = seen.due_at is not None and seen.due_at <= now
    return level_before != "late" and (due or seen.level == "late")


@dataclass(frozen=True, slots=True)
class Moved:
    """A promise of a case that would be due at another moment."""

    case_id: int
    promise: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an entry would do to cases, without writing anything.

    `looked_at` of `total` cases were counted, drawn by chance where there are many; `told` of them
    would get an entry, `moved` a promise due at another moment, `late` would be late by it.
    """

    total: int
    looked_at: int
    told: int
    moved: int
    late: int
    examples: tuple[Moved, ...]

    @property
    def is_sample(self) -> bool:
        """Whether only some of the cases were looked at."""
        return self.looked_at < self.total


MOST_LOOKED_AT: Final = 2_000
EXAMPLES: Final = 8


def foresee(
    *,
    case_ids: Sequence[int],
    kind: str,
    decide: Decide,
    now: datetime,
    versions: Calendars | None = None,
) -> Foreseen:
    """What `tell_many` would do to these cases; `versions` are calendars that are not kept yet."""
    dice = random.Random(len(case_ids))  # noqa: S311 - the same sample when one looks again
    some = dice.sample(case_ids, min(len(case_ids), MOST_LOOKED_AT))
    cases = _read(_ROWS, some)
    found = _fold(cases, kind, decide, versions or known_calendars(), now)
    moved = [
        Moved(row.folded.case_id, clock.promise, before, clock.due_at)
        for row in found
        for clock, before in row.moves()
        if clock.open
    ]
    return Foreseen(
        total=len(case_ids),
        looked_at=len(cases),
        told=len(found),
        moved=len({each.case_id for each in moved}),
        late=sum(is_late_now(row.seen, row.level, now) for row in found),
        examples=tuple(moved[:EXAMPLES]),
    )
