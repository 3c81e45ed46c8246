"""How well was read, by reader or by route: what is counted, and the very rows that were counted.

Only readings of rounds count, each for whoever read it; what nobody read counts for whoever walks
the round. All figures come from one statement of facts, and so do the rows behind a figure.
"""
# ruff: noqa: S608 - put together from this file's own pieces and declared sources; values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.days import day_of
from qiao.core.manifest import PointEvents
from qiao.core.registry import registry
from qiao.core.rules.statistics import Share
from qiao.metering.queries.blind import QUALITY

READER, ROUTE = "reader", "route"
BY: Final = (READER, ROUTE)
OWN: Final = ("unread", "stopped", "wrong", "blind")
TOLD_DAYS: Final = 62  # how long after a reading a complaint still speaks of it
PAGE: Final = 50

_WALKS: Final = """
walks AS MATERIALIZED (
    SELECT o.id, o.route_id, coalesce(o.reader_id, w.reader_id) AS reader
      FROM metering_readinground o JOIN metering_route w ON w.id = o.route_id
     WHERE o.organisation_id = ANY(%(organisations)s::bigint[])
       AND o.since BETWEEN %(since)s::date AND %(until)s::date),
held AS MATERIALIZED (
    SELECT r.id, r.round_id, r.service_point_id, r.read_date, r.method, k.route_id,
           coalesce(r.reader_id, k.reader) AS reader, r.method AS in_effect
      FROM walks k
      JOIN metering_reading r ON r.round_id = k.id AND r.superseded_by_id IS NULL
      JOIN metering_register g ON g.id = r.register_id AND g.kind = 'total'
     UNION ALL
    SELECT r.id, r.round_id, r.service_point_id, r.read_date, r.method, k.route_id,
           coalesce(r.reader_id, k.reader), n.method
      FROM walks k
      JOIN metering_reading r ON r.round_id = k.id AND r.superseded_by_id IS NOT NULL
      JOIN metering_register g ON g.id = r.register_id AND g.kind = 'total'
      JOIN metering_reading n ON n.id = r.superseded_by_id),
read AS MATERIALIZED (SELECT * FROM held WHERE method = 'actual')
"""
# A stop counts once in a round, and as not read unless a real reading of it is in effect.
_UNREAD: Final = f"""
SELECT 'unread' AS measure, coalesce(max(x.reader), k.reader) AS reader, k.route_id,
       NOT bool_or(x.is_read) AS part, max(x.id) AS reading_id, NULL::bigint AS ref, x.point,
       max(x.day) AS day
  FROM (SELECT h.round_id, h.id, h.service_point_id AS point, h.read_date AS day, h.reader,
               h.in_effect <> 'estimated' AS is_read
          FROM held h
         UNION ALL
        SELECT v.round_id, NULL, v.service_point_id, {day_of("v.happened_at")}, v.reader_id, false
          FROM walks k JOIN metering_stopvisit v ON v.round_id = k.id
         WHERE v.outcome = 'unread') x
  JOIN walks k ON k.id = x.round_id
 GROUP BY k.id, k.reader, k.route_id, x.round_id, x.point
"""
_STOPPED: Final = """
SELECT 'stopped', r.reader, r.route_id,
       EXISTS (SELECT FROM metering_readingfinding f
                WHERE f.reading_id = r.id AND f.severity = 'stop'),
       r.id, NULL::bigint, r.service_point_id, r.read_date
  FROM read r
"""
# Put right, or replaced by another value: an exception that was accepted was read right.
_WRONG: Final = """
SELECT 'wrong', r.reader, r.route_id,
       EXISTS (SELECT FROM metering_readingchange c
                WHERE c.reading_id = r.id AND c.action IN ('edited', 'superseded')
                  AND c.before IS DISTINCT FROM c.after),
       r.id, NULL::bigint, r.service_point_id, r.read_date
  FROM read r
"""
_BLIND: Final = f"""
SELECT 'blind', t.first_reader_id, k.route_id, t.standing = 'differs', t.reading_id,
       t.check_of_id, t.service_point_id, {day_of("t.read_at")}
  FROM walks k
  JOIN metering_blindcheck b ON b.round_id = k.id
  JOIN metering_blindstop t ON t.check_of_id = b.id AND t.standing IN ('agrees', 'differs')
"""


def _told(place: int, source: PointEvents) -> tuple[str, str]:
    """The events of a source, each with the reading that it speaks of: the latest before it."""
    matched = f"""
told{place} AS MATERIALIZED (
    SELECT DISTINCT ON (e.ref) e.ref, e.day, r.id AS reading_id
      FROM ({source.sql}) e
      JOIN read r ON r.service_point_id = e.point AND r.read_date <= e.day
                 AND r.read_date > e.day - {TOLD_DAYS}
     ORDER BY e.ref, r.read_date DESC, r.id DESC)
"""
    facts = f"""
SELECT '{source.key}', r.reader, r.route_id, t.ref IS NOT NULL, r.id, t.ref, r.service_point_id,
       r.read_date
  FROM read r
  LEFT JOIN LATERAL (SELECT t.ref FROM told{place} t WHERE t.reading_id = r.id LIMIT 1) t ON true
"""
    return matched, facts


def _statement(sources: Sequence[PointEvents]) -> str:
    """The beginning of a statement: ``facts`` by measure, reader and route."""
    told = [_told(place, source) for place, source in enumerate(sources)]
    tables = ",".join([_WALKS, *(matched for matched, _facts in told)])
    pieces = [_UNREAD, _STOPPED, _WRONG, _BLIND, *(facts for _matched, facts in told)]
    return f"WITH {tables}, facts AS (" + " UNION ALL ".join(pieces) + ")"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days (both inclusive: the first day of a round lies in them), and by what."""

    since: date
    until: date
    by: str = READER


def _values(actor: Actor, asked: Asked, sources: Sequence[PointEvents]) -> dict[str, Any]:
    units = list(actor.organisations(QUALITY))
    seen = set(units)
    for source in sources:
        seen &= set(actor.organisations(source.permission))
    return {
        "organisations": units,
        "organisation_ids": sorted(seen),
        "since": asked.since,
        "until": asked.until,
    }


def sources_for(actor: Actor) -> list[PointEvents]:
    """What other modules tell of readings, as far as the actor may see it."""
    return registry.point_events(actor)


@dataclass(frozen=True, slots=True)
class Group:
    """A reader or a route, with a share by measure."""

    key: int
    name: str
    detail: str
    shares: Mapping[str, Share]


_BY_READER: Final = """
SELECT f.reader, coalesce(s.name, ''), coalesce(s.number, ''), f.measure,
       count(*) FILTER (WHERE f.part), count(*)
  FROM facts f LEFT JOIN staff_staff s ON s.id = f.reader
 WHERE f.reader IS NOT NULL
 GROUP BY f.reader, s.name, s.number, f.measure
 ORDER BY s.number, f.reader
"""
_BY_ROUTE: Final = """
SELECT f.route_id, w.name, w.code, f.measure, count(*) FILTER (WHERE f.part), count(*)
  FROM facts f JOIN metering_route w ON w.id = f.route_id
 GROUP BY f.route_id, w.name, w.code, f.measure
 ORDER BY w.code, f.route_id
"""


def groups_of(*, actor: Actor, asked: Asked) -> list[Group]:
    """Every reader (or route) of the units whose quality the actor may see, in one statement."""
    sources = sources_for(actor)
    shape = _BY_ROUTE if asked.by == ROUTE else _BY_READER
    with connection.cursor() as cursor:
        cursor.execute(_statement(sources) + shape, _values(actor, asked, sources))
        rows = cursor.fetchall()
    found: dict[int, tuple[str, str, dict[str, Share]]] = {}
    for key, name, detail, measure, part, whole in rows:
        found.setdefault(key, (name, detail, {}))[2][measure] = Share(part, whole)
    return [Group(key, *rest) for key, rest in found.items()]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was counted: a reading, or a stop that nobody read."""

    reading_id: int | None
    ref: int | None
    service_point_id: int
    day: date
    address: str
    meter_number: str
    reader: str
    route: str


_ROWS: Final = """
SELECT f.reading_id, f.ref, f.point, f.day, h.full_text, p.meter_number, coalesce(s.name, ''),
       w.name
  FROM facts f
  JOIN customers_servicepoint p ON p.id = f.point
  JOIN customers_premises h ON h.id = p.premises_id
  JOIN metering_route w ON w.id = f.route_id
  LEFT JOIN staff_staff s ON s.id = f.reader
 WHERE f.measure = %(measure)s AND f.part AND f.{column} = %(key)s
 ORDER BY f.day DESC, f.point, f.reading_id DESC NULLS LAST
 LIMIT %(limit)s OFFSET %(start)s
"""


def rows_of(
    *, actor: Actor, asked: Asked, measure: str, key: int, start: int = 0
) -> tuple[list[Row], bool]:
    """The rows that were counted for a reader or a route, the latest first, a page of them; and
    whether more follow."""
    sources = sources_for(actor)
    values = _values(actor, asked, sources) | {
        "measure": measure, "key": key, "limit": PAGE + 1, "start": start,
    }  # fmt: skip
    column = "route_id" if asked.by == ROUTE else "reader"
    with connection.cursor() as cursor:
        cursor.execute(_statement(sources) + _ROWS.format(column=column), values)
        rows = [Row(*row) for row in cursor.fetchall()]
    return rows[:PAGE], len(rows) > PAGE
