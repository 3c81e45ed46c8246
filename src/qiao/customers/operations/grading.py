"""Grading many customers at once: only those who come into another tier are written."""
# ruff: noqa: S608 - statements are put together from checked pieces; values are bound

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from qiao.core.events import publish
from qiao.core.packs.tier_rules import TierRuleSpec
from qiao.core.rules.ids import LARGEST_ID
from qiao.core.transactions import acting, required
from qiao.customers.events import TiersGraded
from qiao.customers.models import TierRun
from qiao.customers.queries.grading import (
    MERGED,
    figures_json,
    grades_of_all,
    letter_without_facts,
    local_day,
    moments,
)
from qiao.customers.queries.tiers import rule_in_force
from qiao.staff.queries import company_id

BATCH = 5_000
DUE_AT_ONCE = 2_000
WORK_MEMORY = "256MB"
NIGHTLY = "customers.grade_everybody"
NIGHTLY_TASK = f"periodic.{NIGHTLY}"


class NoRule(Exception):  # noqa: N818 - names the finding
    """No version of a rule that grades holds: no enabled pack brings one."""


def _changes(rule: TierRuleSpec, *, only: bool) -> str:
    """A SELECT of the customers whose tier is not what it should be, with all that is written.

    Somebody without decisions by hand has in `tier` what the rule last said; of others it is read
    from the history, where a decision that has run out is told as well.
    """
    narrow = "AND c.id = ANY(%(survivors)s::bigint[])" if only else ""
    narrow_merged = "AND c.id = ANY(%(held)s::bigint[])" if only else ""
    narrow_hand = "AND t.customer_id = ANY(%(held)s::bigint[])" if only else ""
    nothing = letter_without_facts(rule)
    return f"""
WITH hand AS MATERIALIZED (
    SELECT DISTINCT ON (1) coalesce(m.survivor_id, t.customer_id) AS customer_id, t.kind, t.tier,
           t.reason, t.kind = 'manual' AND t.until > %(today)s AS holds,
           (SELECT k.computed_tier FROM customers_tierchange k
             WHERE k.customer_id = coalesce(m.survivor_id, t.customer_id)
               AND k.computed_tier <> '' ORDER BY k.at DESC, k.id DESC LIMIT 1) AS last_computed
      FROM customers_tierchange t
      LEFT JOIN ({MERGED} {narrow_merged}) m ON m.id = t.customer_id
     WHERE t.kind <> 'computed' AND t.at <= %(at)s {narrow_hand}
     ORDER BY 1, t.at DESC, t.id DESC
),
graded AS ({grades_of_all(rule, only=only)})
SELECT c.id AS customer_id,
       CASE WHEN h.holds THEN h.tier ELSE coalesce(g.letter, '{nothing}') END AS tier,
       CASE WHEN h.holds THEN h.reason ELSE '' END AS reason,
       CASE WHEN h.kind = 'manual' AND NOT h.holds THEN 'expired' ELSE 'computed' END AS kind,
       coalesce(g.letter, '{nothing}') AS computed_tier, g.points,
       CASE WHEN g.customer_id IS NOT NULL THEN {figures_json(rule)} END AS inputs
  FROM customers_customer c
  LEFT JOIN graded g ON g.customer_id = c.id
  LEFT JOIN hand h ON h.customer_id = c.id
 WHERE c.merged_into_id IS NULL {narrow}
   AND ((CASE WHEN h.holds THEN h.tier ELSE coalesce(g.letter, '{nothing}') END) <> c.tier
        OR (h.kind = 'manual' AND NOT h.holds)
        OR (h.kind IS NOT NULL
            AND coalesce(g.letter, '{nothing}') IS DISTINCT FROM h.last_computed))
"""


# The row is locked and looked at again: what a person decided meanwhile stands.
_WRITE = """
WITH taken AS MATERIALIZED (
    SELECT s.*, c.tier AS tier_before
      FROM customers_tiersteps s
      JOIN customers_customer c ON c.id = s.customer_id
     WHERE s.customer_id >= %(first)s AND s.customer_id < %(last)s AND c.merged_into_id IS NULL
       AND NOT EXISTS (SELECT FROM customers_tierchange t
                        WHERE t.customer_id = c.id AND t.at > %(at)s)
     ORDER BY c.id
       FOR NO KEY UPDATE OF c
), told AS (
    INSERT INTO customers_tierchange (customer_id, tier, kind, reason, at, computed_tier,
                                      rule_version, points, inputs)
    SELECT customer_id, tier, kind, reason, %(at)s, computed_tier, %(version)s, points, inputs
      FROM taken
), moved AS (
    UPDATE customers_customer c SET tier = t.tier, tier_reason = t.reason
      FROM taken t WHERE c.id = t.customer_id AND (c.tier, c.tier_reason) <> (t.tier, t.reason)
)
SELECT count(*), min(customer_id), max(customer_id) FROM taken
"""


def grade_all(*, now: datetime) -> TierRun:
    """Grade every customer by the rule that holds at `now`.

    The figures are taken in one statement, the changes written in batches, each a transaction of
    its own with one event. Stopped in between and started again it writes what is left. Must not
    run inside a transaction. Raises `NoRule`.
    """
    rule = _rule(now)
    run = TierRun.objects.create(at=now, rule_version=rule.version)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS customers_tiersteps")
    with transaction.atomic(), connection.cursor() as cursor:
        _spacious(cursor)
        cursor.execute(
            f"CREATE TEMP TABLE customers_tiersteps AS {_changes(rule, only=False)}",
            moments(rule, now),
        )
        cursor.execute("CREATE INDEX ON customers_tiersteps (customer_id)")
        cursor.execute("ANALYZE customers_tiersteps")
        cursor.execute("SELECT count(*) FROM customers_customer WHERE merged_into_id IS NULL")
        run.customer_count = cursor.fetchone()[0]
    for first, last in _batches():
        with acting(None):
            run.changed_count += _write(rule, now, first, last)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE customers_tiersteps")
        count_by_branch(cursor, now)
        run.finished_at = Now()
        run.save()
    run.refresh_from_db()
    return run


def grade_customers(*, customer_ids: Sequence[int], now: datetime) -> int:
    """Grade some customers, or those who stand for them; how many came into another tier.

    Raises `NoRule`.
    """
    required()
    rule = _rule(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT s), array_agg(DISTINCT h)"
            "  FROM unnest(%s::bigint[]) AS i (id), customers_survivor(i.id) AS s,"
            "       unnest(customers_held_as(s)) AS h",
            [list(customer_ids)],
        )
        survivors, held = cursor.fetchone()
        if not survivors:
            return 0
        cursor.execute("DROP TABLE IF EXISTS customers_tiersteps")
        cursor.execute(
            f"CREATE TEMP TABLE customers_tiersteps ON COMMIT DROP AS {_changes(rule, only=True)}",
            {"survivors": survivors, "held": held, **moments(rule, now)},
        )
    return sum(_write(rule, now, first, last) for first, last in _batches())


def grade_due(*, now: datetime) -> int:
    """Grade the customers of whom something new is known, a part of them; how many were due."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_tierdue WHERE id IN (SELECT id FROM customers_tierdue"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING customer_id",
            [DUE_AT_ONCE],
        )
        due = [row[0] for row in cursor.fetchall()]
    if due:
        grade_customers(customer_ids=sorted(set(due)), now=now)
    return len(due)


def ask_for_grading() -> bool:
    """Have everybody graded now by the worker; False if that waits or runs already."""
    required()
    try:
        with transaction.atomic():
            jobs.configure_task(NIGHTLY_TASK, queue="clock", queueing_lock=NIGHTLY).defer(
                timestamp=0
            )
    except AlreadyEnqueued:
        return False
    return True


def call_in(*, customer_ids: Sequence[int]) -> None:
    """Have customers graded again within a minute."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_tierdue (customer_id) SELECT unnest(%s::bigint[])",
            [list(customer_ids)],
        )


def call_in_expired(*, now: datetime) -> int:
    """Have the customers looked at again whose tier was set by hand until today or earlier."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_tierdue (customer_id)"
            " SELECT customer_id FROM (SELECT DISTINCT ON (customer_id) customer_id, kind, until"
            "   FROM customers_tierchange WHERE kind <> 'computed'"
            "  ORDER BY customer_id, at DESC, id DESC) t"
            " WHERE kind = 'manual' AND until <= %s",
            [local_day(now)],
        )
        return int(cursor.rowcount)


def _rule(now: datetime) -> TierRuleSpec:
    rule = rule_in_force(now)
    if rule is None:
        raise NoRule
    return rule


def _spacious(cursor: Any) -> None:
    """Room for one group a customer, so that nothing is written out and read again."""
    cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    cursor.execute("SET LOCAL hash_mem_multiplier = 2")


def _batches() -> list[tuple[int, int]]:
    """Spans of ids, the last one excluded, with about `BATCH` changes each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM (SELECT customer_id,"
            " row_number() OVER (ORDER BY customer_id) AS n FROM customers_tiersteps) s"
            " WHERE (n - 1) %% %s = 0 ORDER BY n",
            [BATCH],
        )
        starts = [row[0] for row in cursor.fetchall()]
    return list(pairwise([*starts, LARGEST_ID]))


def _write(rule: TierRuleSpec, now: datetime, first: int, last: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"first": first, "last": last, "at": now, "version": rule.version})
        count, lowest, highest = cursor.fetchone()
    if count:
        publish(
            TiersGraded(rule.version, count, lowest, highest, now),
            organisation_id=company_id(),
            actor=None,
            now=now,
        )
    return int(count)


_COUNT = """
SELECT l.organisation_id, c.tier, count(*)
  FROM customers_customerorganisation l
  JOIN customers_customer c ON c.id = l.customer_id AND c.merged_into_id IS NULL
 GROUP BY 1, 2
"""


def count_by_branch(cursor: Any, now: datetime) -> None:
    """Keep how many customers of each branch are in each tier on the day of `now`."""
    day = local_day(now)
    cursor.execute("DELETE FROM customers_tiercount WHERE day = %s", [day])
    cursor.execute(_COUNT)  # by itself: an INSERT would count with one processor
    counts = cursor.fetchall()
    cursor.executemany(
        "INSERT INTO customers_tiercount (day, organisation_id, tier, n) VALUES (%s, %s, %s, %s)",
        [(day, *each) for each in counts],
    )
