"""One entry of the same kind for each of thousands of cases, read and written set by set.

By the same fold, the same rows and the same mirrors as `qiao.cases.journal.Journal`. Only what the
fold needs of a case is read: a journal for each would take minutes for fifty thousand.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.journal import CLOCK_KINDS, known_calendars
from qiao.cases.rules.clock_rows import changing_data, state_data, state_with
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.clocks import apply, recompute
from qiao.cases.rules.levels import Standing, standing
from qiao.cases.rules.promises import ClockEvent, Promise, promises_from_data
from qiao.cases.rules.working_time import Calendars
from qiao.core.actor import Actor
from qiao.core.transactions import required

_dumps: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))

_STATES = """
SELECT c.id, c.organisation_id, c.event_count, c.level, r.state - 'promises',
       (r.state->'promises')::text
  FROM cases_case c LEFT JOIN cases_clockrecord r ON r.case_id = c.id
 WHERE c.id = ANY(%(ids)s) ORDER BY c.id FOR UPDATE OF c
"""
_HISTORIES = """
SELECT case_id, seq, kind, at, data FROM cases_caseevent
 WHERE case_id = ANY(%(ids)s) AND kind = ANY(%(kinds)s) ORDER BY case_id, seq
"""
_ENTRIES = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT e.case_id, e.seq, %(kind)s, %(now)s, %(now)s, %(actor)s, 'system', e.data
  FROM unnest(%(ids)s::bigint[], %(seqs)s::int[], %(data)s::jsonb[]) AS e (case_id, seq, data)
"""
_RECORDS = """
INSERT INTO cases_clockrecord AS r (case_id, state)
SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::jsonb[])
    ON CONFLICT (case_id) DO UPDATE SET state = r.state || EXCLUDED.state
"""
_CLOCKS = """
INSERT INTO cases_caseclock (case_id, promise, round, started_at, target_seconds, due_at,
    stopped_at, breached_at, elapsed_seconds, paused_seconds, state)
SELECT * FROM unnest(%(case_id)s::bigint[], %(promise)s::text[], %(round)s::smallint[],
    %(started_at)s::timestamptz[], %(target_seconds)s::int[], %(due_at)s::timestamptz[],
    %(stopped_at)s::timestamptz[], %(breached_at)s::timestamptz[], %(elapsed_seconds)s::int[],
    %(paused_seconds)s::int[], %(state)s::text[])
    ON CONFLICT (case_id, promise, round) DO UPDATE SET
    target_seconds = EXCLUDED.target_seconds, due_at = EXCLUDED.due_at,
    stopped_at = EXCLUDED.stopped_at, breached_at = EXCLUDED.breached_at,
    elapsed_seconds = EXCLUDED.elapsed_seconds, paused_seconds = EXCLUDED.paused_seconds,
    state = EXCLUDED.state
"""
_CLOCK_FIELDS: Final = (
    "promise",
    "round",
    "started_at",
    "target_seconds",
    "due_at",
    "stopped_at",
    "breached_at",
    "elapsed_seconds",
    "paused_seconds",
    "state",
)
_MIRRORS = """
UPDATE cases_case c SET event_count = c.event_count + 1, due_at = m.due_at,
       due_promise = m.promise, level = m.level, level_changes_at = m.changes_at,
       is_paused = m.paused, promise_kept = m.kept, ladder_at = %(now)s
  FROM unnest(%(ids)s::bigint[], %(due_at)s::timestamptz[], %(promise)s::text[],
       %(level)s::text[], %(changes_at)s::timestamptz[], %(paused)s::bool[], %(kept)s::bool[])
    AS m (id, due_at, promise, level, changes_at, paused, kept)
 WHERE c.id = m.id AND c.merged_count = 0
"""
# What stands for others is due when the first of them is: the clock's job mirrors it within a
# minute, when all of them were told.
_SURVIVORS = """
UPDATE cases_case SET event_count = event_count + 1, level_changes_at = %(now)s
 WHERE id = ANY(%(ids)s) AND merged_count > 0
"""
_MIRROR_FIELDS: Final = ("due_at", "promise", "level", "changes_at", "paused", "kept")


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
    case_id: int
    organisation_id: int
    seq: int
    level: str
    before: ClockState
    after: ClockState
    seen: Standing
    data: str
    is_new: bool


Decide = Callable[[int, ClockState], Mapping[str, Any] | None]
"""Given a case's id and clocks, the data of its entry, or None for a case that gets none."""


def tell_many(
    *, case_ids: Sequence[int], kind: str, decide: Decide, actor: Actor | None, now: datetime
) -> list[Told]:
    """Add one entry to each of these cases for which `decide` gives its data; lock them first.

    `kind` is one that the clocks are counted from. Returns what it did to each case told.
    """
    required()
    versions = known_calendars()
    rows = []
    locked = _locked(case_ids)
    counted = _counted([row[0] for row in locked if not row[-1]], versions)
    promises = cache(_promises)  # a few sets stand in all of the cases
    for row in locked:
        before = counted.get(row[0]) or state_with(json.loads(row[-2]), promises(row[-1]))
        told = _fold(row, before, kind, decide, versions, now)
        if told is not None:
            rows.append(told)
    if rows:
        _write(rows, kind, actor, now)
    return [Told(r.case_id, r.organisation_id, r.level, _is_moved(r), r.seen) for r in rows]


def _locked(case_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_STATES, {"ids": sorted(case_ids)})
        return list(cursor.fetchall())


def _counted(case_ids: Sequence[int], versions: Calendars) -> dict[int, ClockState]:
    """The clocks of cases that keep no state yet, from their whole histories."""
    if not case_ids:
        return {}
    histories: dict[int, list[ClockEvent]] = {pk: [] for pk in case_ids}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, {"ids": list(case_ids), "kinds": sorted(CLOCK_KINDS)})
        for case_id, seq, kind, at, data in cursor.fetchall():
            read = as_read(json.loads(data))
            histories[case_id].append(ClockEvent(seq, kind, at, read))
    return {pk: recompute(history, (), versions) for pk, history in histories.items()}


def _fold(
    row: tuple[Any, ...],
    before: ClockState,
    kind: str,
    decide: Decide,
    versions: Calendars,
    now: datetime,
) -> _Row | None:
    case_id, organisation_id, event_count, level, *_kept = row
    data = decide(case_id, before)
    if data is None:
        return None
    seq = event_count + 1
    after = apply(before, ClockEvent(seq, kind, now, as_read(data)), versions)
    seen = standing(after, now, versions)
    whole = not _kept[-1]
    return _Row(
        case_id, organisation_id, seq, level, before, after, seen, _dumps(dict(data)), whole
    )


def as_read(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data with the promises of the kept set that it names."""
    if "promise_set" in data:
        return {**data, "promises": definitions.promises_in(data["promise_set"])}
    return data


def _write(rows: Sequence[_Row], kind: str, actor: Actor | None, now: datetime) -> None:
    ids = [row.case_id for row in rows]
    clocks = [(row.case_id, clock) for row in rows for clock in _moved(row)]
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES,
            {
                "ids": ids,
                "seqs": [row.seq for row in rows],
                "data": [row.data for row in rows],
                "kind": kind,
                "now": now,
                "actor": actor.staff_id if actor else None,
            },
        )
        states = [_dumps(_patch(row)) for row in rows]
        cursor.execute(_RECORDS, {"ids": ids, "states": states})
        if clocks:
            columns = {name: [getattr(c, name) for _id, c in clocks] for name in _CLOCK_FIELDS}
            cursor.execute(_CLOCKS, {"case_id": [pk for pk, _clock in clocks], **columns})
        mirrors = {name: [getattr(row.seen, name) for row in rows] for name in _MIRROR_FIELDS}
        cursor.execute(_MIRRORS, {"ids": ids, "now": now, **mirrors})
        cursor.execute(_SURVIVORS, {"ids": ids, "now": now})


def _promises(text: str) -> tuple[Promise, ...]:
    return promises_from_data(json.loads(text))


def _patch(row: _Row) -> dict[str, Any]:
    """What of the kept state changed; a case without one keeps it whole."""
    if row.is_new or row.after.promises != row.before.promises:
        return state_data(row.after)
    return changing_data(row.after)


def _moved(row: _Row) -> list[Clock]:
    before = {(clock.promise, clock.round): clock for clock in row.before.clocks}
    return [c for c in row.after.clocks if before.get((c.promise, c.round)) != c]


def is_late_now(seen: Standing, level_before: str, now: datetime) -> bool:
    """Whether a case that was in time is late by its entry: what is due at its very moment is."""
    due = seen.due_at is not None and seen.due_at <= now
    return level_before != "late" and (due or seen.level == "late")


def _is_moved(row: _Row) -> bool:
    before = {(clock.promise, clock.round): clock.due_at for clock in row.before.clocks}
    return any(
        before.get((clock.promise, clock.round)) != clock.due_at for clock in row.after.clocks
    )


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
    calendars = versions or known_calendars()
    dice = random.Random(len(case_ids))  # noqa: S311 - the same sample when one looks again
    some = sorted(dice.sample(case_ids, min(len(case_ids), MOST_LOOKED_AT)))
    with connection.cursor() as cursor:
        cursor.execute(_STATES.replace(" FOR UPDATE OF c", ""), {"ids": some})
        rows = list(cursor.fetchall())
    counted = _counted([row[0] for row in rows if not row[-1]], calendars)
    promises = cache(_promises)
    found = []
    for row in rows:
        before = counted.get(row[0]) or state_with(json.loads(row[-2]), promises(row[-1]))
        told = _fold(row, before, kind, decide, calendars, now)
        if told is not None:
            found.append(told)
    moved = [each for row in found for each in _moves(row)]
    return Foreseen(
        total=len(case_ids),
        looked_at=len(rows),
        told=len(found),
        moved=len({each.case_id for each in moved}),
        late=sum(is_late_now(row.seen, row.level, now) for row in found),
        examples=tuple(moved[:EXAMPLES]),
    )


def _moves(row: _Row) -> list[Moved]:
    before = {(clock.promise, clock.round): clock.due_at for clock in row.before.clocks}
    return [
        Moved(row.case_id, clock.promise, before.get((clock.promise, clock.round)), clock.due_at)
        for clock in row.after.clocks
        if clock.open and before.get((clock.promise, clock.round)) != clock.due_at
    ]
