"""Noting what counts for a tier. The modules above call this where such a thing happens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.core.transactions import required

_STANDING = """
    SELECT DISTINCT ON (f.source, f.ref, f.kind)
           f.id, f.customer_id, f.kind, f.amount, f.occurred_at, f.source, f.ref, f.revision,
           EXISTS (SELECT FROM customers_fact x WHERE x.cancels_id = f.id) AS is_cancelled
      FROM given g
      JOIN customers_fact f ON f.source = g.source AND f.ref = g.ref AND f.kind = g.kind
       AND f.cancels_id IS NULL
     ORDER BY f.source, f.ref, f.kind, f.revision DESC
"""

_NOTE = f"""
WITH given AS (
    SELECT DISTINCT ON (source, ref, kind) *
      FROM unnest(%(customers)s::bigint[], %(kinds)s::text[], %(amounts)s::bigint[],
                  %(moments)s::timestamptz[], %(sources)s::text[], %(refs)s::text[])
           AS g (customer_id, kind, amount, occurred_at, source, ref)
     ORDER BY source, ref, kind
), standing AS ({_STANDING}), news AS (
    SELECT g.*, coalesce(s.revision + 1, 0) AS revision
      FROM given g
      LEFT JOIN standing s ON s.source = g.source AND s.ref = g.ref AND s.kind = g.kind
     WHERE s.id IS NULL OR s.is_cancelled
        OR (s.customer_id, s.amount, s.occurred_at)
           IS DISTINCT FROM (g.customer_id, g.amount, g.occurred_at)
), taken_back AS (
    INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                                revision, cancels_id)
    SELECT s.customer_id, s.kind, s.amount, s.occurred_at, %(now)s, s.source, s.ref, s.revision,
           s.id
      FROM standing s
      JOIN news n ON n.source = s.source AND n.ref = s.ref AND n.kind = s.kind
     WHERE NOT s.is_cancelled
    ON CONFLICT DO NOTHING
    RETURNING customer_id
), noted AS (
    INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                                revision)
    SELECT customer_id, kind, amount, occurred_at, %(now)s, source, ref, revision FROM news
    ON CONFLICT DO NOTHING
    RETURNING customer_id
), due AS (
    INSERT INTO customers_tierdue (customer_id)
    SELECT DISTINCT customer_id
      FROM (SELECT customer_id FROM noted UNION SELECT customer_id FROM taken_back) u
)
SELECT count(*) FROM noted
"""  # noqa: S608 - put together from this module's own pieces; values are bound

_WITHDRAW = f"""
WITH given AS (
    SELECT %(source)s::text AS source, %(kind)s::text AS kind, r.ref
      FROM unnest(%(refs)s::text[]) AS r (ref)
), standing AS ({_STANDING}), taken_back AS (
    INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                                revision, cancels_id)
    SELECT customer_id, kind, amount, occurred_at, %(now)s, source, ref, revision, id
      FROM standing WHERE NOT is_cancelled
    ON CONFLICT DO NOTHING
    RETURNING customer_id
), due AS (
    INSERT INTO customers_tierdue (customer_id) SELECT DISTINCT customer_id FROM taken_back
)
SELECT count(*) FROM taken_back
"""  # noqa: S608 - as above

_NOTE_FROM = """
INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                            revision)
SELECT n.customer_id, %(kind)s, n.amount, n.occurred_at, n.recorded_at, %(source)s, n.ref, 0
  FROM ({select}) AS n (customer_id, amount, occurred_at, recorded_at, ref)
 WHERE NOT EXISTS (SELECT FROM customers_fact f
                    WHERE f.source = %(source)s AND f.ref = n.ref AND f.kind = %(kind)s)
"""


@dataclass(frozen=True, slots=True)
class NewFact:
    """Something that counts; `kind` as in `Fact.Kind`.

    `amount` is minor units (fen) of a ``value``, 1 to 4 of a ``satisfaction``, 1 of everything
    else. `source` and `ref` name the record behind it for ever: the same record noted again is the
    same fact, and noted otherwise (another customer, amount or moment) it takes the earlier one
    back.
    """

    customer_id: int
    kind: str
    occurred_at: datetime
    source: str
    ref: str
    amount: int = 1


def note_facts(*, facts: Iterable[NewFact], now: datetime) -> int:
    """Note many facts in one statement, recorded at `now`; how many were new or changed.

    Their customers are graded again within a minute. Two that note the same record at once leave
    one fact. Raises `django.db.IntegrityError` for an unknown kind, an amount out of its range or
    a customer there is not.
    """
    required()
    rows = list(facts)
    if not rows:
        return 0
    parameters: dict[str, Any] = {
        "now": now,
        "customers": [row.customer_id for row in rows],
        "kinds": [row.kind for row in rows],
        "amounts": [row.amount for row in rows],
        "moments": [row.occurred_at for row in rows],
        "sources": [row.source for row in rows],
        "refs": [row.ref for row in rows],
    }
    return _count(_NOTE, parameters)


def note_facts_from(
    *, source: str, kind: str, select: str, parameters: Mapping[str, Any] | None = None
) -> int:
    """Note what a SELECT gives, in one statement; how many were new. For records of before.

    `select` gives ``customer_id bigint, amount bigint, occurred_at timestamptz, recorded_at
    timestamptz, ref text``. Here `recorded_at` is when the record itself was written, since this
    system knew it then. What is noted already is passed over. Nobody is called in for grading:
    the grading of all follows.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE_FROM.format(select=select),
            {**(parameters or {}), "source": source, "kind": kind},
        )
        return int(cursor.rowcount)


def withdraw_facts(*, source: str, kind: str, refs: Sequence[str], now: datetime) -> int:
    """Take back the facts of records that no longer count, from `now` on; how many there were.

    What was computed before `now` stays explained: the rows themselves are kept.
    """
    required()
    if not refs:
        return 0
    return _count(
        _WITHDRAW, {"source": source, "kind": kind, "refs": sorted(set(refs)), "now": now}
    )


def _count(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])
