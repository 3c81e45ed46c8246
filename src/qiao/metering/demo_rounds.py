"""Routes, rounds and visits of the demo world, and what was read again blind."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.core.demo import World
from qiao.metering.models import Reading, ReadingRound
from qiao.metering.operations import Entry
from qiao.metering.operations.blind import close_blind_check, draw_blind_check, read_blind
from qiao.staff.queries import extras, system_actor

ROUND_DAYS: Final = 4  # how long a route is walked, from its day on
ROUNDS: Final = 3  # so many rounds of each route are kept
BLIND_ROUNDS: Final = 3  # so many rounds of the known reader are read again in part
_ROUTES: Final = """
INSERT INTO metering_route
       (organisation_id, code, name, reader_id, stop_count, is_active, created_at)
SELECT m.organisation_id, m.letter || lpad((m.chunk + 1)::text, 4, '0'),
       (array_agg(coalesce(nullif(m.community, ''), m.road) ORDER BY m.rank))[1]
           || ' ' || (m.chunk + 1) || ' 册',
       e.ids[1 + m.chunk %% cardinality(e.ids)], count(*), true, %(now)s
  FROM demo_meter m
  LEFT JOIN (SELECT x.unit, array_agg(x.reader ORDER BY x.reader) AS ids
               FROM unnest(%(units)s::bigint[], %(readers)s::bigint[]) AS x (unit, reader)
              GROUP BY x.unit) e ON e.unit = m.organisation_id
 WHERE m.kind = 'total'
 GROUP BY m.organisation_id, m.letter, m.chunk, e.ids
 ORDER BY m.organisation_id, m.letter DESC, m.chunk
"""
_STOPS: Final = """
INSERT INTO metering_routestop (route_id, place, service_point_id)
SELECT w.id, row_number() OVER (PARTITION BY w.id ORDER BY m.rank), m.service_point_id
  FROM demo_meter m
  JOIN metering_route w
    ON w.organisation_id = m.organisation_id
   AND w.code = m.letter || lpad((m.chunk + 1)::text, 4, '0')
 WHERE m.kind = 'total'
"""
# The days on which a route is walked differ from route to route; the first ones are under way.
_ROUNDS: Final = """
INSERT INTO metering_readinground
       (route_id, organisation_id, since, due_date, state, stop_count, created_at, closed_at)
SELECT w.id, w.organisation_id, d.since, d.since + %(days)s::int,
       CASE WHEN d.since + %(days)s::int < %(today)s::date THEN 'closed' ELSE 'open' END,
       w.stop_count, d.since,
       CASE WHEN d.since + %(days)s::int < %(today)s::date THEN d.since + %(days)s::int + 1 END
  FROM metering_route w
 CROSS JOIN generate_series(0, %(rounds)s - 1) i
 CROSS JOIN LATERAL (
      SELECT (%(today)s::date - make_interval(months => i))::date
             - (2 + (right(w.code, 4)::int - 1) * 7 %% 27) AS since) d
"""
# What readers brought from the rounds that are kept; a reason stands where nobody could read.
_VISITS: Final = """
INSERT INTO metering_stopvisit
       (round_id, organisation_id, service_point_id, reader_id, key, outcome, reading_ids, reason,
        note, is_confirmed, happened_at, recorded_at)
SELECT o.id, o.organisation_id, r.service_point_id, w.reader_id, 'demo:' || min(r.id),
       CASE WHEN bool_or(r.method = 'estimated') THEN 'unread' ELSE 'read' END,
       CASE WHEN bool_or(r.method = 'estimated') THEN '{}' ELSE array_agg(r.id ORDER BY r.id) END,
       CASE WHEN bool_or(r.method = 'estimated')
            THEN (ARRAY['locked', 'nobody', 'dog', 'flooded'])[
                 1 + extract(day FROM min(r.read_date))::int % 4]
            ELSE '' END,
       '', false, min(r.read_at), min(r.read_at)
  FROM metering_readinground o
  JOIN metering_route w ON w.id = o.route_id AND w.reader_id IS NOT NULL
  JOIN metering_reading r ON r.round_id = o.id AND r.superseded_by_id IS NULL
 GROUP BY o.id, o.organisation_id, r.service_point_id, w.reader_id
 ORDER BY min(r.read_at), r.service_point_id
"""
_COUNTS: Final = """
UPDATE metering_readinground o
   SET visited_count = c.visited, unread_count = c.unread, visited_at = c.latest
  FROM (SELECT v.round_id, count(*) AS visited, count(*) FILTER (WHERE v.outcome = 'unread')
               AS unread, max(v.recorded_at) AS latest
          FROM metering_stopvisit v GROUP BY v.round_id) c
 WHERE c.round_id = o.id
"""


def who_walk(today: date) -> list[tuple[int, int | None]]:
    """The units of meter readers, each with who reads there (ids of staff)."""
    return [
        (unit, reader.staff_id)
        for reader in extras(role="meter_reader", day=today)
        for unit in reader.organisations("metering.walk")
    ]


def lay_routes(values: Mapping[str, Any]) -> None:
    """Routes over the meters of the temporary table, and the rounds of them that are kept."""
    with connection.cursor() as cursor:
        for statement in (_ROUTES, _STOPS, _ROUNDS):
            cursor.execute(statement, values)


def keep_visits() -> None:
    """What readers brought from the rounds that are kept, by the readings that are there."""
    with connection.cursor() as cursor:
        cursor.execute(_VISITS)
        cursor.execute(_COUNTS)


def read_again(world: World) -> None:
    """Blind re-reads of the latest closed rounds of the known reader; one figure differs."""
    today = timezone.localdate(world.now)
    readers = extras(role="meter_reader", day=today)
    if len(readers) < 2:
        return
    first, second = readers[:2]
    supervisor = system_actor(organisation_id=first.organisation_id)
    closed = ReadingRound.objects.filter(
        route__reader_id=first.staff_id, state="closed", visited_count__gte=20
    )
    for place, one in enumerate(closed.order_by("-since", "route__code")[:BLIND_ROUNDS]):
        drawn = draw_blind_check(
            actor=supervisor, now=world.now - timedelta(days=2), round_id=one.pk,
            reader_id=second.person_id, share_percent=Decimal(5), seed=world.seed + place,
            due_date=today,
        )  # fmt: skip
        for order, stop in enumerate(drawn.stops.order_by("pk")):
            was = Reading.objects.get(pk=stop.reading_id)
            seen = was.value + (40 if (place, order) == (0, 0) else 1)
            entry = Entry(
                key=f"demo-{place}-{order}", service_point_id=stop.service_point_id,
                values={was.register_id: f"{seen:.0f}"},
            )  # fmt: skip
            if place + 1 < BLIND_ROUNDS or order == 0:  # the last one is still under way
                read_blind(actor=second, now=world.now, check_id=drawn.pk, entry=entry)
        if place + 1 < BLIND_ROUNDS:
            close_blind_check(actor=supervisor, check_id=drawn.pk)
