"""Segments: keeping who fits a rule.

Triggers append touched customers in the transaction of the change (see `segment_installing`); a
job looks at them again and forgets them in one transaction. What commits meanwhile leaves its own
mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection

from qiao.core.events import publish
from qiao.core.registry import registry
from qiao.core.rules.conditions import ConditionInvalid, parse_condition
from qiao.core.transactions import required
from qiao.customers.events import SegmentChanged
from qiao.customers.models import Segment, SegmentDirty, SegmentKept, SegmentMove
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.staff.queries import subtree_of

MOST_AT_ONCE: Final = 50_000
log = structlog.get_logger(__name__)
_Cause = SegmentMove.Cause


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What looking again came to: customers looked at (None for everybody), joined, left."""

    customers: int | None
    joined: int
    left: int


def build_segment(*, segment_id: int, now: datetime, cause: str = "") -> Refreshed:
    """Look at everybody for one segment, in one statement; harmless when run again.

    `cause` is one of `SegmentMove.Cause`; without it, the rule if it was saved since the members
    were last looked at, else a change of very many rows.
    """
    required()
    _queue()
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    if segment.state == Segment.State.ARCHIVED:
        return Refreshed(0, 0, 0)
    joined, left = _look(segment, None, now, cause or _cause_of(segment))
    return Refreshed(None, joined, left)


def _cause_of(segment: Segment) -> str:
    last = SegmentKept.objects.filter(segment=segment, refreshed_at__gt=segment.changed_at)
    return _Cause.DATA if last.exists() else _Cause.RULE


def waiting_segments() -> list[int]:
    """Ids of the segments for which everybody is to be looked at.

    A preset has no job of its own, and a job may be lost with its worker.
    """
    waiting = Segment.objects.filter(state=Segment.State.BUILDING)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def moving_segments() -> list[int]:
    """Ids of the segments that ask for a field that moves with time."""
    moving = {each.key for each in registry.segment_fields() if each.moves_with_time}
    kept = Segment.objects.exclude(state=Segment.State.ARCHIVED).order_by("pk")
    return [segment.pk for segment in kept if moving & asked_fields(segment.rule)]


def refresh_segments(*, now: datetime) -> Refreshed:
    """Look again at customers who were touched, at most `MOST_AT_ONCE`, for every segment."""
    required()
    _queue()
    touched, is_everybody = _take()
    if not touched and not is_everybody:
        return Refreshed(0, 0, 0)
    joined = left = 0
    if is_everybody:
        # Each is built in a transaction of its own, by `build_segment`.
        Segment.objects.filter(state=Segment.State.CURRENT).update(state=Segment.State.BUILDING)
        return Refreshed(None, 0, 0)
    for segment in _kept():
        come, gone = _look(segment, touched, now, _Cause.DATA)
        joined, left = joined + come, left + gone
    return Refreshed(len(touched), joined, left)


def _queue() -> None:
    """One at a time: two that look at the same customers would count them twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_segment'))")


def _kept() -> list[Segment]:
    open_ones = Segment.objects.exclude(state=Segment.State.ARCHIVED)
    return list(open_ones.select_for_update(no_key=True).order_by("pk"))


def asked_fields(rule: Any) -> set[str]:
    """The keys of the fields that a kept rule asks for."""
    if isinstance(rule, dict):
        own = {rule["field"]} if "field" in rule else set()
        return own.union(*(asked_fields(part) for part in rule.values()))
    return set().union(*map(asked_fields, rule)) if isinstance(rule, list) else set()


_TAKE = """
WITH taken AS (
    DELETE FROM customers_segmentdirty WHERE id IN (
        SELECT id FROM customers_segmentdirty ORDER BY id LIMIT %s)
    RETURNING customer_id, source
), touched AS (
    SELECT DISTINCT customer_id AS id, source FROM taken WHERE customer_id IS NOT NULL
), standing AS (
    SELECT id, source FROM touched UNION SELECT customers_survivor(id), source FROM touched
)
SELECT id, string_agg(DISTINCT source, ' ') FROM standing WHERE id IS NOT NULL GROUP BY id
UNION ALL (SELECT NULL, NULL FROM taken WHERE customer_id IS NULL LIMIT 1)
"""


def _take() -> tuple[dict[int, str], bool]:
    """Touched customers with those who stand for them, each with the names of the changed tables;
    and whether everybody was touched."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [MOST_AT_ONCE])
        found = dict(cursor.fetchall())
    is_everybody = found.pop(None, "") is None
    if is_everybody:
        SegmentDirty.objects.all().delete()
    return found, is_everybody


_LOOK = """
WITH touched AS MATERIALIZED (
    SELECT t.id, string_to_array(t.via, ' ') AS via
      FROM unnest(%(ids)s::bigint[], %(via)s::text[]) AS t (id, via)
), wanted AS MATERIALIZED (
    SELECT c.id FROM {people}
     WHERE c.merged_into_id IS NULL {among}
       AND EXISTS (SELECT 1 FROM customers_customerorganisation l
                    WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(units)s))
       AND {fits}
), gone AS (
    DELETE FROM customers_segmentmember c
     WHERE c.segment_id = %(segment)s {members}
       AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.id = c.customer_id)
    RETURNING customer_id
), come AS (
    INSERT INTO customers_segmentmember (segment_id, customer_id, since)
    SELECT %(segment)s, w.id, %(now)s FROM wanted w
    ON CONFLICT DO NOTHING RETURNING customer_id
), told AS (
    INSERT INTO customers_segmentmove (segment_id, customer_id, has_joined, cause, via, at)
    SELECT %(segment)s, x.customer_id, x.joined, %(cause)s,
           coalesce(t.via, '{{}}'), %(now)s::timestamptz
      FROM (SELECT customer_id, true FROM come UNION ALL SELECT customer_id, false FROM gone)
           AS x (customer_id, joined)
      LEFT JOIN touched t ON t.id = x.customer_id
)
SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""


def _look(
    segment: Segment, touched: Mapping[int, str] | None, now: datetime, cause: str
) -> tuple[int, int]:
    """Bring the members up to date, of `touched` or of all; how many joined and left."""
    compiler = Compiler({each.key: each for each in registry.segment_fields()})
    try:
        fits = compiler.compile(parse_condition(segment.rule))
    except (KeyError, ConditionInvalid):
        # A module is gone, or a pack was wrong: this one waits, the others go on.
        log.warning("segment_rule_unusable", segment_id=segment.pk)
        return 0, 0
    among = "" if touched is None else "AND c.id = ANY(%(ids)s)"
    statement = _LOOK.format(
        people=people(), among=among, members=among.replace("c.id", "c.customer_id"), fits=fits
    )
    SegmentKept.objects.get_or_create(segment=segment)
    parameters = compiler.parameters | clock(now) | {
        "segment": segment.pk,
        "now": now,
        "cause": cause,
        "ids": list(touched or ()),
        "via": list((touched or {}).values()),
        "units": sorted(subtree_of(segment.organisation_id)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        joined, left = cursor.fetchone()
    _tell(segment, joined, left, now, cause=cause, is_whole=touched is None)
    return joined, left


def _tell(
    segment: Segment, joined: int, left: int, now: datetime, *, cause: str, is_whole: bool
) -> None:
    SegmentKept.objects.update_or_create(segment=segment, defaults={"refreshed_at": now})
    if is_whole and segment.state == Segment.State.BUILDING:
        segment.state = Segment.State.CURRENT
        segment.save(update_fields=["state"])
    if not joined and not left:
        return
    told = (0, 0) if cause == _Cause.RULE else (joined, left)
    keep_sizes(now=now, segment_id=segment.pk, joined=told[0], left=told[1])
    publish(
        SegmentChanged(segment.pk, joined, left),
        organisation_id=segment.organisation_id,
        actor=None,
        now=now,
    )


_SIZES = """
INSERT INTO customers_segmentday AS d (segment_id, day, member_count, joined, left_count)
SELECT s.id, %(day)s, k.member_count, %(joined)s, %(left)s
  FROM customers_segment s JOIN customers_segmentkept k ON k.segment_id = s.id
 WHERE s.state <> 'archived' AND (%(segment)s::bigint IS NULL OR s.id = %(segment)s)
ON CONFLICT (segment_id, day) DO UPDATE
   SET member_count = EXCLUDED.member_count, joined = d.joined + EXCLUDED.joined,
       left_count = d.left_count + EXCLUDED.left_count
"""


def keep_sizes(
    *, now: datetime, segment_id: int | None = None, joined: int = 0, left: int = 0
) -> None:
    """Keep how large a segment is today, or every one, with who joined and left on top."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            _SIZES,
            {"day": clock(now)["today"], "segment": segment_id, "joined": joined, "left": left},
        )
