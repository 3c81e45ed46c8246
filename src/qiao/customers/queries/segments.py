"""Reading segments: which there are, who is in them, and what a rule would find."""
# ruff: noqa: S608 - put together from what manifests declare; all values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.core.rules.texts import language_key
from qiao.customers.models import Segment
from qiao.customers.queries.people import CustomerLine, NotVisible, line_of
from qiao.customers.queries.search import LINE_JOINS, visible
from qiao.customers.queries.segment_history import SegmentTrend, trends_of
from qiao.customers.rules.segments import FieldShape
from qiao.staff.queries import chain_of, subtree_of

VIEW: Final = "customers.view"
COUNTED_AT_MOST: Final = 10_000


def shapes(actor: Actor | None = None) -> dict[str, FieldShape]:
    """What rules must know of the fields that an actor may use; without one, of all."""
    return {
        known.key: FieldShape(
            known.kind, tuple(key for key, _ in known.choices()) if known.choices else ()
        )
        for known in registry.segment_fields(actor)
    }


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment as the list shows it.

    Figures are None where the actor sees only a part of the segment's units.
    """

    segment: Segment
    count: int | None
    trend: SegmentTrend | None


def list_segments(*, actor: Actor, now: datetime, archived: bool = False) -> list[SegmentLine]:
    """The segments of units in which the actor sees customers, and of those above."""
    rows = Segment.objects.filter(organisation_id__in=_known_units(actor))
    state = Segment.State.ARCHIVED
    rows = rows.filter(state=state) if archived else rows.exclude(state=state)
    segments = list(rows.select_related("kept").order_by("-kept__member_count", "pk")[:500])
    return _lines(segments, actor, now)


def _lines(segments: Sequence[Segment], actor: Actor, now: datetime) -> list[SegmentLine]:
    trends = trends_of(segment_ids=[s.pk for s in segments], now=now)
    own = set(actor.organisations(VIEW))
    whole = {unit: subtree_of(unit) <= own for unit in {s.organisation_id for s in segments}}
    return [
        SegmentLine(s, s.kept.member_count, trends.get(s.pk, SegmentTrend([], 0, 0)))
        if whole[s.organisation_id]
        else SegmentLine(s, None, None)
        for s in segments
    ]


def _known_units(actor: Actor) -> list[int]:
    return sorted({*actor.organisations(VIEW), *chain_of(actor.organisation_id)})


def get_segment_for(*, actor: Actor, segment_id: int) -> Segment:
    """One segment. Raises `NotVisible` unless `list_segments` could show it."""
    found = (
        Segment.objects.select_related("kept")
        .filter(pk=segment_id, organisation_id__in=_known_units(actor))
        .first()
    )
    if found is None:
        raise NotVisible(f"segment {segment_id}")
    return found


def open_segments(*, actor: Actor) -> list[Segment]:
    """What a list of customers can be narrowed to: `list_segments` without figures, by name."""
    rows = Segment.objects.filter(organisation_id__in=_known_units(actor))
    return list(rows.exclude(state=Segment.State.ARCHIVED).order_by("name", "pk")[:500])


def get_open_segment_for(*, actor: Actor, segment_id: int) -> Segment:
    """One segment that is kept up. Raises `NotVisible`, also for one in the archive."""
    segment = get_segment_for(actor=actor, segment_id=segment_id)
    if segment.state == Segment.State.ARCHIVED:
        raise NotVisible(f"segment {segment_id} is archived")
    return segment


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """Segments in the order of their ids, and the id after which the next page begins."""

    lines: list[SegmentLine]
    after: int | None


def page_of_segments(
    *, actor: Actor, now: datetime, after: int | None = None, limit: int = 30
) -> SegmentPage:
    """As `list_segments`, but for those in the archive, in keyset steps."""
    rows = Segment.objects.filter(organisation_id__in=_known_units(actor), pk__gt=after or 0)
    rows = rows.exclude(state=Segment.State.ARCHIVED).select_related("kept").order_by("pk")
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return SegmentPage(_lines(shown, actor, now), shown[-1].pk if len(found) > limit else None)


def segment_line(*, actor: Actor, now: datetime, segment_id: int) -> SegmentLine:
    """One segment with its figures. Raises `NotVisible` as `get_segment_for`."""
    segment = get_segment_for(actor=actor, segment_id=segment_id)
    (line,) = _lines([segment], actor, now)
    return line


def name_in(segment: Segment, language: str) -> str:
    """The company's own name of a segment, else the preset's in that language."""
    return str(segment.name or segment.names.get(language_key(language or "en"), ""))


def sees_all_of(*, actor: Actor, segment: Segment) -> bool:
    """Whether the actor may see every customer that can be in the segment."""
    return subtree_of(segment.organisation_id) <= set(actor.organisations(VIEW))


_MEMBERS = f"""
SELECT f.since, c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT m.customer_id AS id, m.since, NULL::bigint AS account_id
          FROM customers_segmentmember m
         WHERE m.segment_id = %(segment)s
           AND (%(after)s::bigint IS NULL OR m.customer_id < %(after)s)
           AND {visible("m.customer_id")}
         ORDER BY m.customer_id DESC LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
  {LINE_JOINS}
 ORDER BY f.id DESC
"""
_COUNT = f"""
SELECT count(*) FROM (
    SELECT 1 FROM customers_segmentmember m
     WHERE m.segment_id = %(segment)s AND {visible("m.customer_id")} LIMIT %(limit)s) AS seen
"""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member with the moment since which it fits."""

    since: datetime
    customer: CustomerLine


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Lines, and the id after which the next page begins; None at the end."""

    lines: list[MemberLine]
    after: int | None


def list_members(
    *, actor: Actor, segment_id: int, after: int | None = None, limit: int = 30
) -> MemberPage:
    """Members that the actor may see, in keyset steps, the newest customers first."""
    rows = fetch_all(
        _MEMBERS,
        {
            "segment": segment_id,
            "after": after,
            "limit": limit + 1,
            "organisations": list(actor.organisations(VIEW)),
            "zone": settings.TIME_ZONE,
        },
    )
    lines = [MemberLine(row[0], line_of(row[1:])) for row in rows[:limit]]
    return MemberPage(lines, lines[-1].customer.customer_id if len(rows) > limit else None)


def count_members(*, actor: Actor, segment: Segment) -> tuple[int, bool]:
    """How many members the actor may see, and whether that is all there are of them.

    The kept count where the actor sees all; else counted up to `COUNTED_AT_MOST`.
    """
    if sees_all_of(actor=actor, segment=segment):
        return segment.kept.member_count, True
    ((count,),) = fetch_all(
        _COUNT,
        {
            "segment": segment.pk,
            "limit": COUNTED_AT_MOST,
            "organisations": list(actor.organisations(VIEW)),
        },
    )
    return count, count < COUNTED_AT_MOST


def segments_of(*, customer_ids: Sequence[int]) -> list[int]:
    """Ids of the segments that a customer is in, kept ones only; for rules of later modules."""
    rows = fetch_all(
        "SELECT DISTINCT m.segment_id FROM unnest(%(ids)s::bigint[]) AS w (id)"
        " JOIN customers_segmentmember m ON m.customer_id = customers_survivor(w.id)"
        " JOIN customers_segment s ON s.id = m.segment_id AND s.state <> 'archived' ORDER BY 1",
        {"ids": list(customer_ids)},
    )
    return [pk for (pk,) in rows]


def is_member(*, segment_id: int, customer_id: int) -> bool:
    """Whether the customer, or who stands for it, is in a segment."""
    ((found,),) = fetch_all(
        "SELECT EXISTS (SELECT 1 FROM customers_segmentmember m JOIN customers_segment s"
        " ON s.id = m.segment_id AND s.state <> 'archived' WHERE m.segment_id = %(segment)s"
        " AND m.customer_id = customers_survivor(%(customer)s))",
        {"segment": segment_id, "customer": customer_id},
    )
    return bool(found)


MEMBER_IDS: Final = """
SELECT m.customer_id FROM customers_segmentmember m
  JOIN customers_segment s ON s.id = m.segment_id AND s.state <> 'archived'
 WHERE m.segment_id = %(segment_id)s
"""
"""The ids of all members, for statements of later modules that work on a whole segment."""

# Badges of the customer's page and aside.
PANEL = """
SELECT CASE WHEN count(*) > 0 THEN json_agg(x ORDER BY x.id) END
  FROM (
    SELECT s.id, s.name, s.names, m.since
      FROM customers_segmentmember m
      JOIN customers_segment s ON s.id = m.segment_id AND s.state <> 'archived'
     WHERE m.customer_id = %(customer_id)s
       AND (s.organisation_id = ANY(%(organisation_ids)s) OR EXISTS (
            SELECT 1 FROM staff_organisation o JOIN staff_organisation top
                ON top.id = s.organisation_id AND o.path LIKE top.path || '%%'
             WHERE o.id = ANY(%(organisation_ids)s)))
     ORDER BY s.id LIMIT 12) x
"""
