"""What billing tells of readings: which ones bills rest on, and which bills are taken back.

Called by billing within its own transaction; it has asked for its own right.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.metering.operations.refusals import NotUsable

SOME: Final = 10

_BAD: Final = """
SELECT w.id FROM unnest(%(ids)s::bigint[]) AS w (id)
  LEFT JOIN metering_reading r ON r.id = w.id
 WHERE r.id IS NULL OR r.state NOT IN ('valid', 'final', 'billed')
    OR (r.superseded_by_id IS NOT NULL AND r.state <> 'billed')
 ORDER BY 1 LIMIT %(some)s
"""
# A bill that rests on a real reading settles the days of its register up to that one: estimates in
# between, and readings that came late and changed nothing, are done with as well.
_MARK: Final = """
WITH told AS (
    SELECT r.id, r.register_id, r.read_date, w.bill, r.state, r.method <> 'estimated' AS is_real
      FROM unnest(%(ids)s::bigint[], %(bills)s::text[]) AS w (id, bill)
      JOIN metering_reading r ON r.id = w.id
), given AS (
    SELECT * FROM told WHERE state <> 'billed'
), upto AS (
    SELECT DISTINCT ON (g.register_id) g.register_id, g.read_date, g.bill, f.since
      FROM given g
      JOIN (SELECT register_id, min(read_date) AS since FROM told GROUP BY register_id) f
        ON f.register_id = g.register_id
     WHERE g.is_real ORDER BY g.register_id, g.read_date DESC, g.bill
), meant AS (
    SELECT id, bill FROM given
     UNION
    SELECT r.id, u.bill FROM upto u
      JOIN metering_reading r
        ON r.register_id = u.register_id AND r.read_date BETWEEN u.since AND u.read_date
     WHERE r.state IN ('valid', 'final') AND r.superseded_by_id IS NULL
       AND r.id NOT IN (SELECT id FROM given)
), marked AS (
    UPDATE metering_reading r SET state = 'billed', bill_number = m.bill
      FROM (SELECT id, min(bill) AS bill FROM meant GROUP BY id) m
     WHERE r.id = m.id
    RETURNING r.id, r.value, r.bill_number
)
INSERT INTO metering_readingchange (reading_id, at, by_id, action, before, after, why)
SELECT id, %(now)s, %(by)s, 'billed', value, value, bill_number FROM marked
"""
_UNMARK: Final = """
WITH freed AS (
    UPDATE metering_reading r SET state = 'final', bill_number = ''
     WHERE r.bill_number = ANY(%(bills)s::text[]) AND r.bill_number <> ''
    RETURNING r.id, r.value
), bills AS (
    SELECT f.id, f.value, r.bill_number AS bill
      FROM freed f JOIN metering_reading r ON r.id = f.id
)
INSERT INTO metering_readingchange (reading_id, at, by_id, action, before, after, why)
SELECT id, %(now)s, %(by)s, 'unbilled', value, value, bill FROM bills
"""


def mark_billed(
    *, bill_number: str, reading_ids: Collection[int], now: datetime, actor: Actor | None = None
) -> int:
    """Lock the readings that a bill rests on: both ends of all its segments, corrections too.

    Those that an earlier bill locked keep its number. How many were locked now. Raises
    `NotUsable`.
    """
    return mark_many_billed(bills={bill_number: reading_ids}, now=now, actor=actor)


def mark_many_billed(
    *, bills: Mapping[str, Collection[int]], now: datetime, actor: Actor | None = None
) -> int:
    """The same for many bills, in two statements."""
    required()
    pairs = [(pk, number) for number, ids in bills.items() for pk in set(ids)]
    if not all(bills):
        raise ValueError("a bill has a number")
    values: dict[str, Any] = {
        "ids": [pk for pk, _number in pairs],
        "bills": [number for _pk, number in pairs],
        "some": SOME,
        "now": now,
        "by": actor.staff_id if actor else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BAD, values)
        bad = [pk for (pk,) in cursor.fetchall()]
        if bad:
            raise NotUsable(", ".join(map(str, bad)))
        cursor.execute(_MARK, values)
        return int(cursor.rowcount)


def unmark_billed(*, bill_number: str, now: datetime, actor: Actor | None = None) -> int:
    """Free the readings of a bill that was taken back; how many.

    Bills of later days of the same account are taken back before it.
    """
    required()
    values: dict[str, Any] = {
        "bills": [bill_number],
        "now": now,
        "by": actor.staff_id if actor else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNMARK, values)
        return int(cursor.rowcount)
