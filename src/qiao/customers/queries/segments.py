"""Reading segments: which there are, who is in them, and what a rule would find."""
# ruff: noqa: S608 - put together from what manifests declare; all values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.core.rules.conditions import AllOf, AnyOf, Condition
from qiao.customers.models import Segment
from qiao.customers.queries.people import CustomerLine, NotVisible, line_of
from qiao.customers.queries.search import LINE_JOINS, visible
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.customers.rules.segments import FieldShape, Rule, to_condition
from qiao.staff.queries import chain_of, subtree_of

VIEW: Final = "customers.view"
COUNTED_AT_MOST: Final = 10_000
SAMPLED_FROM: Final = 60_000
SAMPLE_ROWS: Final = 20_000
EXAMPLES: Final = 8
WEEK: Final = timedelta(days=7)


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
    """A segment as the list shows it; `joined` and `left` are those of seven days.

    Figures are None where the actor sees only a part of the segment's units.
    """

    segment: Segment
    count: int | None
    joined: int | None
    left: int | None


def list_segments(*, actor: Actor, now: datetime, archived: bool = False) -> list[SegmentLine]:
    """The segments of units in which the actor sees customers, and of those above."""
    rows = Segment.objects.filter(organisation_id__in=_known_units(actor))
    state = Segment.State.ARCHIVED
    rows = rows.filter(state=state) if archived else rows.exclude(state=state)
    segments = list(rows.select_related("kept").order_by("-kept__member_count", "pk")[:500])
    moves = _moves([s.pk for s in segments], now - WEEK)
    own = set(actor.organisations(VIEW))
    whole = {unit: subtree_of(unit) <= own for unit in {s.organisation_id for s in segments}}
    return [
        SegmentLine(s, s.kept.member_count, *moves.get(s.pk, (0, 0)))
        if whole[s.organisation_id]
        else SegmentLine(s, None, None, None)
        for s in segments
    ]


def _known_units(actor: Actor) -> list[int]:
    return sorted({*actor.organisations(VIEW), *chain_of(actor.organisation_id)})


def _moves(segment_ids: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT segment_id, count(*) FILTER (WHERE has_joined),"
            " count(*) FILTER (WHERE NOT has_joined) FROM customers_segmentmove"
            " WHERE segment_id = ANY(%s) AND at > %s GROUP BY segment_id",
            [list(segment_ids), since],
        )
        return {pk: (joined, left) for pk, joined, left in cursor.fetchall()}


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


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would find now, among customers that the actor may see.

    `seen` are all of them, `found` those who fit. `groups` holds for each group how many fit it
    alone and how many are left after it, `lines` how many fit each line alone. `share` below 1
    says that a part was looked at and the counts are estimates.
    """

    seen: int
    found: int
    groups: list[tuple[int, int]]
    lines: list[list[int]]
    examples: list[CustomerLine]
    share: float


def preview(*, actor: Actor, rule: Rule, now: datetime) -> Preview:
    """Count what each part of a checked rule keeps; at a great number of customers, estimate."""
    compiler = Compiler({known.key: known for known in registry.segment_fields()})
    whole = to_condition(rule)
    groups = list(whole.parts) if isinstance(whole, AllOf | AnyOf) else []
    steps = [_first(whole, groups, place) for place in range(1, len(groups) + 1)]
    lines = [part for group in groups if isinstance(group, AllOf | AnyOf) for part in group.parts]
    counted = [whole, *groups, *steps, *lines]
    columns = ", ".join(
        f"count(*) FILTER (WHERE {compiler.compile(condition)})" for condition in counted
    )
    share = _share()
    sample = "" if share == 1 else f"TABLESAMPLE SYSTEM ({share * 100:.6f}) REPEATABLE (7)"
    parameters = compiler.parameters | clock(now) | {
        "organisations": list(actor.organisations(VIEW)), "zone": settings.TIME_ZONE,
    }  # fmt: skip
    among = f"FROM {people(sample)} WHERE c.merged_into_id IS NULL AND {visible('c.id')}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {columns} {among}", parameters)
        seen, found, *counts = (round(n / share) for n in cursor.fetchone())
        fits = compiler.compile(whole)
        cursor.execute(
            _EXAMPLES.format(among=among, fits=fits),
            parameters | compiler.parameters | {"limit": EXAMPLES},
        )
        examples = [line_of(row) for row in cursor.fetchall()]
    alone, left, rest = _parted(counts, len(groups))
    sizes = [len(group.parts) for group in groups if isinstance(group, AllOf | AnyOf)]
    return Preview(
        seen, found, list(zip(alone, left, strict=True)), _cut(rest, sizes), examples, share
    )


_EXAMPLES = (
    """
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT c.id, NULL::bigint AS account_id {among} AND {fits} LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
"""
    + LINE_JOINS
)


def _first(whole: Condition, groups: Sequence[Condition], count: int) -> Condition:
    kind = AllOf if isinstance(whole, AllOf) else AnyOf
    return kind(tuple(groups[:count]))


def _share() -> float:
    """The share of customers to look at: all, or about `SAMPLE_ROWS` of very many."""
    ((about,),) = fetch_all(
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class"
        " WHERE oid = 'customers_customer'::regclass",
        {},
    )
    return 1 if about <= SAMPLED_FROM else SAMPLE_ROWS / about


def _parted(counts: Sequence[Any], size: int) -> tuple[list[int], list[int], list[int]]:
    return list(counts[:size]), list(counts[size : 2 * size]), list(counts[2 * size :])


def _cut(values: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    found, place = [], 0
    for size in sizes:
        found.append(list(values[place : place + size]))
        place += size
    return found
