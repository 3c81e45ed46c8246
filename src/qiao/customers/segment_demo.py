"""The segments of the demo world: those of the packs, and one of the company's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.core.rules.conditions import condition_data
from qiao.customers.models import Segment, SegmentDirty, SegmentKept, SegmentMove
from qiao.customers.operations.segment_installing import install_segments
from qiao.customers.operations.segment_keeping import (
    asked_fields,
    build_segment,
    waiting_segments,
)
from qiao.customers.queries.segment_sql import clock
from qiao.customers.rules.segments import Group, Line, Rule, to_condition
from qiao.staff.queries import company_id

SINCE: Final = timedelta(days=31)
OWN: Final = Rule(
    "all",
    (
        Group("any", (Line("customers.tier", "in", ("A", "B")),)),
        Group("any", (Line("customers.complaints", "ge", 1), Line("cases.open", "ge", 1))),
    ),
)


def build(world: World) -> None:
    """Build every segment over the whole world."""
    install_segments(presets=catalogue().segments.values(), now=world.now)
    own = Segment.objects.create(
        organisation_id=company_id(),
        name="高等级客户近期有不满",
        note="客户经理每周一查看，主动回访。",
        rule=condition_data(to_condition(OWN)),
        created_at=world.now,
        changed_at=world.now,
    )
    SegmentKept.objects.create(segment=own)
    SegmentDirty.objects.all().delete()
    for segment in Segment.objects.filter(pk__in=waiting_segments()):
        build_segment(segment_id=segment.pk, now=world.now - SINCE)
        build_segment(segment_id=segment.pk, now=world.now, cause=SegmentMove.Cause.TIME)
        _move(segment, world.now)


# A month of comings and goings: one member in eleven left and came back, a few others were in it
# for a while. The sizes of the days are counted from the moves.
_MOVES = """
WITH known AS (
    SELECT c.id, abs(hashint8extended(c.id, %(segment)s)) AS h, EXISTS (
               SELECT 1 FROM customers_segmentmember m
                WHERE m.segment_id = %(segment)s AND m.customer_id = c.id) AS is_member
      FROM customers_customer c WHERE c.merged_into_id IS NULL
), chosen AS (
    SELECT * FROM known WHERE h %% (CASE WHEN is_member THEN 11 ELSE 211 END) = 0
), moved AS (
    SELECT id, h, NOT is_member AS has_joined, 12 + (h / 7) %% 17 AS days FROM chosen
    UNION ALL SELECT id, h, is_member, 1 + (h / 5) %% 11 FROM chosen
)
INSERT INTO customers_segmentmove (segment_id, customer_id, has_joined, cause, via, at)
SELECT %(segment)s, id, has_joined, 'data',
       ARRAY[(%(tables)s::text[])[1 + h %% cardinality(%(tables)s::text[])]],
       %(now)s - interval '1 day' * days - interval '1 minute' * (h %% 300)
  FROM moved ORDER BY days DESC
"""
_SINCE = """
UPDATE customers_segmentmember m SET since = x.at
  FROM (SELECT customer_id, max(at) AS at FROM customers_segmentmove
         WHERE segment_id = %(segment)s AND has_joined GROUP BY 1) x
 WHERE m.segment_id = %(segment)s AND m.customer_id = x.customer_id
"""
_DAYS = """
INSERT INTO customers_segmentday (segment_id, day, member_count, joined, left_count)
SELECT %(segment)s, d.day,
       (SELECT coalesce(sum(CASE WHEN has_joined THEN 1 ELSE -1 END), 0)
          FROM customers_segmentmove v
         WHERE v.segment_id = %(segment)s AND (v.at AT TIME ZONE %(zone)s)::date <= d.day),
       count(*) FILTER (WHERE m.has_joined AND m.cause <> 'rule'),
       count(*) FILTER (WHERE NOT m.has_joined AND m.cause <> 'rule')
  FROM (SELECT %(today)s::date - n AS day FROM generate_series(0, 30) AS n) d
  LEFT JOIN customers_segmentmove m
    ON m.segment_id = %(segment)s AND (m.at AT TIME ZONE %(zone)s)::date = d.day
 WHERE EXISTS (SELECT 1 FROM customers_segmentmove WHERE segment_id = %(segment)s)
 GROUP BY d.day
ON CONFLICT (segment_id, day) DO UPDATE
   SET member_count = EXCLUDED.member_count, joined = EXCLUDED.joined,
       left_count = EXCLUDED.left_count
"""


def _move(segment: Segment, now: datetime) -> None:
    asked = asked_fields(segment.rule)
    fields = [each for each in registry.segment_fields() if each.key in asked]
    tables = sorted({table for each in fields for table in each.touched_by})
    values = clock(now) | {"segment": segment.pk, "now": now, "tables": tables}
    with connection.cursor() as cursor:
        for sql in (_MOVES, _SINCE, _DAYS):
            cursor.execute(sql, values)


def audit() -> Sequence[Finding]:
    """Members are those who fit, and some but not all are in each segment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE member_count = 0),"
            " count(*) FILTER (WHERE member_count <> (SELECT count(*) FROM customers_segmentmember"
            " m WHERE m.segment_id = s.id)) FROM customers_segment s"
            " JOIN customers_segmentkept k ON k.segment_id = s.id WHERE state = 'current'"
        )
        segments, empty, miscounted = cursor.fetchone()
    fields = len(registry.segment_fields())
    return [
        Finding("segments", str(segments), "6 or more", segments >= 6),
        Finding("segments without a member", str(empty), "at most 2", empty <= 2),
        Finding("segments whose kept count is wrong", str(miscounted), "0", miscounted == 0),
        Finding("fields of segments", str(fields), "18 or more", fields >= 18),
    ]
