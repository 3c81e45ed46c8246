"""Kept figures of calls: by half hour, day, hour of the day, queue, person, line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.conf import settings
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.service_level import LevelTerms
from qiao.staff.queries import subtree_of
from qiao.telephony.rules.acd_log import terms_of as logged_terms
from qiao.telephony.rules.tallies import NAMES, Tally, tally_of

RIGHT: Final = "calls.figures"
By = Literal["slot", "day", "hour", "queue", "agent", "line", "all"]
_SUMS: Final = tuple(name for name in NAMES if name != "level_of")
_KEYS: Final[Mapping[str, str]] = {
    "slot": "f.slot_at::text",
    "day": "(f.slot_at AT TIME ZONE %(zone)s)::date::text",
    "hour": "to_char(date_bin('30 minutes', f.slot_at AT TIME ZONE %(zone)s,"
    " timestamp '2000-01-01'), 'HH24:MI')",
    "queue": "f.queue",
    "agent": "f.staff_id::text",
    "line": "f.line_id::text",
    "all": "''",
}
_READ: Final = """
SELECT {key}, f.queue, {sums}
  FROM (SELECT {columns} FROM telephony_callfigure WHERE {where}
        UNION ALL
        SELECT {columns} FROM telephony_callfigurechange WHERE {where}) AS f
 GROUP BY 1, 2
"""
_WHERE: Final = (
    "organisation_id = ANY(%(organisations)s::bigint[])"
    " AND slot_at >= %(since)s AND slot_at < %(until)s"
)
_RESOLVED: Final = """
SELECT {key}, count(*), count(*) FILTER (WHERE i.resolved)
  FROM telephony_callturn f
  JOIN telephony_call c ON c.id = f.call_id
  JOIN contact_interaction i ON i.id = c.interaction_id
 WHERE f.kind = 'answered' AND {where} AND i.state = 'closed'
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are counted: from one half hour to before another, of a unit and all below it,
    of a queue, a person, a line; None and empty for all."""

    since: datetime
    until: datetime
    unit_id: int | None = None
    queue: str = ""
    agent_id: int | None = None
    line_id: int | None = None


def level_terms() -> dict[str, LevelTerms]:
    """How the service level of each queue of the packs is counted."""
    return {key: spec.level_terms for key, spec in catalogue().queues.items()}


def terms_of(queue: str) -> LevelTerms | None:
    """How the service level of a queue is counted, of a pack or of a log that was taken in; None
    for one that is not known any more."""
    spec = catalogue().queues.get(queue)
    return spec.level_terms if spec else logged_terms(queue)


def tallies(*, actor: Actor, wanted: Wanted, by: By) -> dict[str, Tally]:
    """Figures by the key of `by`: an ISO moment, an ISO day, ``09:30``, a queue, an id.

    Half hours and days without a call have no key. Raises `Forbidden` without the right anywhere.
    """
    actor.require(RIGHT)
    where, values = where_of(actor, wanted)
    columns = ("slot_at", "queue", "staff_id", "line_id", *_SUMS)
    sums = [
        f"max(f.{name})" if name == "longest_wait_seconds" else f"sum(f.{name})" for name in _SUMS
    ]
    statement = _READ.format(
        key=_KEYS[by], sums=", ".join(sums), columns=", ".join(columns), where=where
    )
    found: dict[str, Tally] = defaultdict(Tally)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for key, queue, *numbers in cursor.fetchall():
            whole = dict(zip(_SUMS, map(int, numbers), strict=True))
            found[key] += tally_of(whole, terms_of(queue))
    return dict(sorted(found.items()))


_RECENT: Final = """
SELECT f.queue, count(*) FILTER (WHERE f.kind IN ('answered', 'abandoned', 'lost')),
       count(*) FILTER (WHERE f.kind = 'answered'),
       count(*) FILTER (WHERE f.kind = 'answered' AND f.is_in_time),
       count(*) FILTER (WHERE f.kind = 'abandoned'),
       count(*) FILTER (WHERE f.kind = 'abandoned' AND f.is_short)
  FROM telephony_callturn f
 WHERE {where}
 GROUP BY 1
"""


def recent_tally(*, actor: Actor, wanted: Wanted) -> Tally:
    """Figures between any two moments that lie near each other, such as the last half hour: of
    turns, not of what is kept by half hours."""
    actor.require(RIGHT)
    where, values = where_of(actor, wanted, turns=True)
    names = ("offered", "answered", "in_time", "abandoned", "abandoned_short")
    found = Tally()
    with connection.cursor() as cursor:
        cursor.execute(_RECENT.format(where=where), values)
        for queue, *numbers in cursor.fetchall():
            sums = dict(zip(names, map(int, numbers), strict=True))
            found += tally_of(sums, terms_of(queue))
    return found


def resolved_at_once(*, actor: Actor, wanted: Wanted, by: By) -> dict[str, tuple[int, int]]:
    """Of the answered calls whose contact is closed: how many, and how many of those customers
    had their answer at once. Keys as of `tallies`."""
    actor.require(RIGHT)
    where, values = where_of(actor, wanted, turns=True)
    statement = _RESOLVED.format(key=_KEYS[by], where=where)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {key: (int(closed), int(at_once)) for key, closed, at_once in cursor.fetchall()}


def where_of(actor: Actor, wanted: Wanted, *, turns: bool = False) -> tuple[str, dict[str, Any]]:
    """Conditions on figures, or on turns: those are found by the moment of the offer."""
    seen = set(actor.organisations(RIGHT))
    if wanted.unit_id is not None:
        seen &= set(subtree_of(wanted.unit_id))
    values: dict[str, Any] = {
        "organisations": sorted(seen),
        "since": wanted.since,
        "until": wanted.until,
        "zone": settings.TIME_ZONE,
    }
    conditions = [
        _WHERE.replace("organisation_id", "f.organisation_id").replace("slot_at", "f.offered_at")
        if turns
        else _WHERE
    ]
    prefix = "f." if turns else ""
    for column, value in (
        ("queue", wanted.queue or None),
        ("staff_id", wanted.agent_id),
        ("line_id", wanted.line_id),
    ):
        if value is not None:
            conditions.append(f"{prefix}{column} = %({column})s")
            values[column] = value
    return " AND ".join(conditions), values


def queues_with_calls(*, actor: Actor, wanted: Wanted) -> Sequence[str]:
    """Keys of the queues that had a call, in the order of the packs."""
    had = set(tallies(actor=actor, wanted=wanted, by="queue"))
    return [key for key in (*catalogue().queues, *sorted(had - catalogue().queues.keys())) if key]
