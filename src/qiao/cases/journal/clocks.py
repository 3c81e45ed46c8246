"""Clocks folded from histories: what is kept of them is a shortcut that can be counted anew."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.rules.clock_rows import state_with
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.clocks import apply, is_unclocked, recompute
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.promises import EVENT_KINDS, ClockEvent, Promise, promises_from_data
from qiao.cases.rules.working_time import Calendars, CalendarVersion
from qiao.core import calendars
from qiao.core.prepared import fetch_all

CLOCK_KINDS: Final = frozenset(EVENT_KINDS)
PROMISE_SETS_AT_HAND: Final = 512  # a few sets stand in all of the cases

_HISTORIES: Final = """
SELECT case_id, seq, kind, at, data FROM cases_caseevent
 WHERE case_id = ANY(%s) AND kind = ANY(%s) ORDER BY case_id, seq
"""
_KEPT: Final = """
SELECT case_id, state - 'promises', (state->'promises')::text
  FROM cases_clockrecord WHERE case_id = ANY(%(ids)s::bigint[])
"""
_calendars: tuple[Any, dict[str, tuple[CalendarVersion, ...]]] | None = None


def known_calendars() -> dict[str, tuple[CalendarVersion, ...]]:
    """All calendars in the form that the clock rules take; the same objects until one changes."""
    global _calendars  # noqa: PLW0603 - the cache belongs to the process
    kept = calendars.all_versions()
    if _calendars is None or _calendars[0] is not kept:
        _calendars = (kept, {key: as_rules(versions) for key, versions in kept.items()})
    return _calendars[1]


def as_rules(versions: Sequence[calendars.Version]) -> tuple[CalendarVersion, ...]:
    """Versions of a calendar as the clock rules take them."""
    return tuple(
        CalendarVersion(v.number, v.effective_from, v.calendar, v.known_years) for v in versions
    )


def calendars_told(promise_set: int, versions: Calendars | None = None) -> dict[str, int]:
    """The versions of the calendars that a case is told of with its promises: what is planned
    already counts for it too, and what is decided later does not."""
    versions = versions or known_calendars()
    keys = {item["calendar"] for item in definitions.promises_in(promise_set)}
    return {key: versions[key][-1].number for key in sorted(keys)}


def as_clock_event(seq: int, kind: str, at: datetime, data: Mapping[str, Any]) -> ClockEvent:
    """An entry in the form that the clock rules take, its promises read from the kept set."""
    if "promise_set" in data:
        data = {**data, "promises": definitions.promises_of(data["promise_set"])}
    return ClockEvent(seq, kind, at, data)


@dataclass(frozen=True, slots=True)
class Kept:
    """The clocks of a case; not `stored` where they were counted from its history just now."""

    state: ClockState
    stored: bool


def kept_clocks(case_ids: Collection[int], versions: Calendars | None = None) -> dict[int, Kept]:
    """The clocks of cases as they are kept, counted from their histories where nothing is yet.

    Whoever adds entries has locked the cases before, in an earlier statement: one that waits for
    a lock reads other tables as they were before it waited.
    """
    found = {
        case_id: Kept(state_with(json.loads(state), _promises(promises)), stored=True)
        for case_id, state, promises in fetch_all(_KEPT, {"ids": list(case_ids)})
    }
    missing = [case_id for case_id in case_ids if case_id not in found]
    if missing:
        given = versions or known_calendars()
        for case_id, events in _histories(missing).items():
            found[case_id] = Kept(recompute(events, (), given), stored=False)
    return found


@lru_cache(maxsize=PROMISE_SETS_AT_HAND)
def _promises(text: str) -> tuple[Promise, ...]:
    return promises_from_data(json.loads(text))


def _histories(case_ids: Sequence[int]) -> dict[int, list[ClockEvent]]:
    """What clocks are counted from, of each of these cases."""
    found: dict[int, list[ClockEvent]] = {case_id: [] for case_id in case_ids}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, [list(case_ids), sorted(CLOCK_KINDS)])
        for case_id, seq, kind, at, data in cursor.fetchall():
            found[case_id].append(as_clock_event(seq, kind, at, json.loads(data)))
    return found


def recount(case_id: int, more: Iterable[Entry] = ()) -> ClockState:
    """The clocks counted anew from the case's whole history, and from entries still to be
    written; what is stored must equal it."""
    versions = known_calendars()
    return recompute([*_histories([case_id])[case_id], *_counted(more, versions)], (), versions)


def count_entries(events: Iterable[ClockEvent]) -> ClockState:
    """The clocks of a whole history."""
    return recompute(events, (), known_calendars())


def fold(
    case: Case, before: ClockState, entries: Sequence[Entry], versions: Calendars
) -> ClockState:
    """The clocks after new entries of a case; of one that takes others back, by its history.

    No case is left open without a clock: one whose promises stem from when they held none for
    this is given the house's with the last of the entries.
    """
    after = _folded(case.pk, before, entries, versions)
    if is_unclocked(after):
        last = [entry for entry in entries if entry.kind in CLOCK_KINDS][-1]
        last.data |= floor_told(after, case.case_type_id, versions)
        after = _folded(case.pk, before, entries, versions)
    return after


def floor_told(state: ClockState, case_type_id: int, versions: Calendars) -> dict[str, Any]:
    """What an entry says to give a case the promise that holds where nothing else runs."""
    promises = definitions.with_floor(state.promises, case_type_id)
    new = [each.calendar for each in promises if each.calendar not in state.known]
    return {
        "promise_set": definitions.promise_set_of(promises),
        "calendars": {key: versions[key][-1].number for key in new},
    }


def _folded(
    case_id: int, before: ClockState, entries: Sequence[Entry], versions: Calendars
) -> ClockState:
    if any(entry.kind == "undone" for entry in entries):
        return recount(case_id, entries)
    state = before
    for event in _counted(entries, versions):
        state = apply(state, event, versions)
    return state


def _counted(entries: Iterable[Entry], versions: Calendars) -> list[ClockEvent]:
    """Those that clocks are counted from; each with promises says which calendars it knows."""
    found = []
    for entry in entries:
        if entry.kind in CLOCK_KINDS:
            if "promise_set" in entry.data and "calendars" not in entry.data:
                entry.data["calendars"] = calendars_told(entry.data["promise_set"], versions)
            found.append(as_clock_event(entry.seq, entry.kind, entry.at, entry.data))
    return found
