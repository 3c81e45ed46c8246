"""How a segment changed: its size day by day, and who joined and left."""
# ruff: noqa: S608 - put together from this module's own pieces; all values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.queries.search import visible
from qiao.customers.queries.segment_sql import clock

VIEW: Final = "customers.view"
SHOWN_DAYS: Final = 30
WEEK_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class SegmentTrend:
    """Sizes of a segment of the last `SHOWN_DAYS` days, the oldest first, as far as kept; and who
    joined and left in the last `WEEK_DAYS`, other than by the saving of the rule."""

    sizes: list[int]
    joined: int
    left: int


_TRENDS = """
SELECT d.segment_id, array_agg(d.member_count ORDER BY d.day),
       coalesce(sum(d.joined) FILTER (WHERE d.day > %(today)s::date - %(week)s::int), 0)::bigint,
       coalesce(sum(d.left_count) FILTER (WHERE d.day > %(today)s::date - %(week)s::int), 0)
           ::bigint
  FROM customers_segmentday d
 WHERE d.segment_id = ANY(%(ids)s::bigint[]) AND d.day > %(today)s::date - %(days)s::int
 GROUP BY d.segment_id
"""


def trends_of(*, segment_ids: Sequence[int], now: datetime) -> dict[int, SegmentTrend]:
    """Trends by segment; those without a kept day are left out."""
    rows = fetch_all(
        _TRENDS,
        {
            "ids": list(segment_ids),
            "today": clock(now)["today"],
            "days": SHOWN_DAYS,
            "week": WEEK_DAYS,
        },
    )
    return {pk: SegmentTrend(list(sizes), joined, left) for pk, sizes, joined, left in rows}


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Somebody joined or left. `cause` is one of `SegmentMove.Cause`, `via` the changed tables."""

    move_id: int
    at: datetime
    has_joined: bool
    cause: str
    via: Sequence[str]
    customer_id: int
    name: str
    tier: str


@dataclass(frozen=True, slots=True)
class MovePage:
    """Moves, the latest first, and the id before which the next page begins; None at the end."""

    lines: list[MoveLine]
    before: int | None


_MOVES = f"""
SELECT f.id, f.at, f.has_joined, f.cause, f.via, c.id, c.name, c.tier
  FROM (SELECT m.id, m.at, m.has_joined, m.cause, m.via, m.customer_id
          FROM customers_segmentmove m
         WHERE m.segment_id = %(segment)s AND m.cause <> 'rule' AND m.at > %(since)s
           AND (%(before)s::bigint IS NULL OR (m.at, m.id) <
                (SELECT b.at, b.id FROM customers_segmentmove b WHERE b.id = %(before)s))
           AND {visible("m.customer_id")}
         ORDER BY m.at DESC, m.id DESC LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.customer_id
 ORDER BY f.at DESC, f.id DESC
"""


def list_moves(
    *, actor: Actor, segment_id: int, now: datetime, before: int | None = None, limit: int = 12
) -> MovePage:
    """Who joined and left in the last `SHOWN_DAYS` days of those whom the actor may see; not those
    whom the saving of the rule moved."""
    rows = fetch_all(
        _MOVES,
        {
            "segment": segment_id,
            "since": now - timedelta(days=SHOWN_DAYS),
            "before": before,
            "limit": limit + 1,
            "organisations": list(actor.organisations(VIEW)),
        },
    )
    lines = [MoveLine(*row) for row in rows[:limit]]
    return MovePage(lines, lines[-1].move_id if len(rows) > limit else None)
