"""Routes with their stops in order, and the rounds in which they are read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import RoundClosed
from qiao.metering.models import ReadingRound, Route
from qiao.metering.operations.refusals import NotVisible, RoundOpen

VALIDATE: Final = "metering.validate"
CODE_LENGTH: Final = 20
NAME_LENGTH: Final = 80

# Only points whose account the route's unit keeps; each leaves the route on which it lay.
_GONE: Final = """
DELETE FROM metering_routestop t
 WHERE t.route_id = %(route)s OR t.service_point_id = ANY(%(points)s::bigint[])
RETURNING t.route_id
"""
_STOPS: Final = """
INSERT INTO metering_routestop (route_id, place, service_point_id)
SELECT %(route)s, row_number() OVER (ORDER BY w.n), w.id
  FROM unnest(%(points)s::bigint[]) WITH ORDINALITY AS w (id, n)
 WHERE EXISTS (SELECT FROM customers_account a
                WHERE a.service_point_id = w.id AND a.organisation_id = %(unit)s)
"""
_COUNT: Final = """
UPDATE metering_route r
   SET stop_count = (SELECT count(*) FROM metering_routestop t WHERE t.route_id = r.id)
 WHERE r.id = ANY(%(routes)s::bigint[])
"""
# What was left without a word stands as such once the round is over; a phone that is heard of
# later still says otherwise.
_SKIPPED: Final = """
INSERT INTO metering_stopvisit
       (round_id, organisation_id, service_point_id, reader_id, key, outcome, reading_ids, reason,
        note, is_confirmed, happened_at, recorded_at)
SELECT o.id, o.organisation_id, t.service_point_id, coalesce(o.reader_id, w.reader_id),
       'skipped:' || o.id || ':' || t.service_point_id, 'unread', '{}', 'skipped', '', false,
       %(now)s, %(now)s
  FROM metering_readinground o
  JOIN metering_route w ON w.id = o.route_id
  JOIN metering_routestop t ON t.route_id = o.route_id
 WHERE o.id = %(round)s
   AND NOT EXISTS (SELECT FROM metering_reading r
                    WHERE r.round_id = o.id AND r.service_point_id = t.service_point_id)
   AND NOT EXISTS (SELECT FROM metering_stopvisit v
                    WHERE v.round_id = o.id AND v.service_point_id = t.service_point_id)
ON CONFLICT DO NOTHING
"""
_VISITED: Final = """
UPDATE metering_readinground o
   SET visited_count = c.visited, unread_count = c.unread,
       visited_at = coalesce(%(at)s::timestamptz, o.visited_at)
  FROM (SELECT count(*) FILTER (WHERE v.reason <> 'skipped') AS visited,
               count(*) FILTER (WHERE v.outcome = 'unread') AS unread
          FROM (SELECT DISTINCT ON (service_point_id) service_point_id, outcome, reason
                  FROM metering_stopvisit WHERE round_id = %(round)s
                 ORDER BY service_point_id, id DESC) v) c
 WHERE o.id = %(round)s
"""


def make_route(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    code: str,
    name: str,
    reader_id: int | None = None,
) -> Route:
    """A route of a unit, without stops yet. Raises `BadText`, `Forbidden`."""
    required()
    actor.require(VALIDATE, organisation_id)
    return Route.objects.create(
        organisation_id=organisation_id,
        code=clean(code, field="code", max_length=CODE_LENGTH, one_line=True, required=True),
        name=clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True),
        reader_id=reader_id,
        created_at=now,
    )


def set_stops(*, actor: Actor, route_id: int, service_point_ids: Sequence[int]) -> int:
    """Let a route have exactly these stops, in this order; how many it has then.

    Points of other units are left out; each point leaves the route on which it lay. Raises
    `NotVisible`, `Forbidden`.
    """
    route = _locked(actor, route_id)
    values: dict[str, Any] = {
        "route": route.pk,
        "points": list(dict.fromkeys(service_point_ids)),
        "unit": route.organisation_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GONE, values)
        touched = {pk for (pk,) in cursor.fetchall()} | {route.pk}
        cursor.execute(_STOPS, values)
        placed = int(cursor.rowcount)
        cursor.execute(_COUNT, {"routes": sorted(touched)})
    return placed


def open_round(
    *,
    actor: Actor,
    now: datetime,
    route_id: int,
    since: date,
    due_date: date,
    reader_id: int | None = None,
) -> ReadingRound:
    """Begin a round of a route: readings of its stops from `since` to `due_date` belong to it.

    `reader_id` walks it, else the route's own reader.

    Raises `RoundOpen`, `ValueError` where it ends before it begins, `NotVisible`, `Forbidden`.
    """
    route = _locked(actor, route_id)
    if due_date < since:
        raise ValueError("a round ends on the day it begins or later")
    if route.rounds.filter(since__lte=due_date, due_date__gte=since).exists():
        raise RoundOpen(route.code)
    return ReadingRound.objects.create(
        route=route, organisation_id=route.organisation_id, since=since, due_date=due_date,
        stop_count=route.stop_count, reader_id=reader_id, created_at=now,
    )  # fmt: skip


def close_round(*, actor: Actor, now: datetime, round_id: int) -> ReadingRound:
    """End a round. Raises `NotVisible`, `Forbidden`."""
    required()
    found = ReadingRound.objects.visible_to(actor).select_for_update(no_key=True, of=("self",))
    one = found.filter(pk=round_id).first()
    if one is None:
        raise NotVisible(f"round {round_id}")
    actor.require(VALIDATE, one.organisation_id)
    return end_round(one, actor=actor, now=now)


def end_round(one: ReadingRound, *, actor: Actor, now: datetime) -> ReadingRound:
    """End a locked round and tell it; one that has ended stays as it is."""
    if one.state == ReadingRound.State.OPEN:
        one.state, one.closed_at = ReadingRound.State.CLOSED, now
        one.closed_by_id = actor.staff_id
        one.save(update_fields=["state", "closed_at", "closed_by_id"])
        with connection.cursor() as cursor:
            cursor.execute(_SKIPPED, {"round": one.pk, "now": now})
        count_visits(one.pk)
        told = RoundClosed(one.pk, one.route_id)
        publish(told, organisation_id=one.organisation_id, actor=actor, now=now)
    return one


def count_visits(round_id: int, *, at: datetime | None = None) -> None:
    """Keep how many stops of a round have a word, and how many were not read; `at` is when the
    reader was heard of."""
    with connection.cursor() as cursor:
        cursor.execute(_VISITED, {"round": round_id, "at": at})


def _locked(actor: Actor, route_id: int) -> Route:
    required()
    found = Route.objects.visible_to(actor).select_for_update(no_key=True, of=("self",))
    route = found.filter(pk=route_id).first()
    if route is None:
        raise NotVisible(f"route {route_id}")
    actor.require(VALIDATE, route.organisation_id)
    return route
