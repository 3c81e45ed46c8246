"""Everybody is graded anew after a day in which one in a hundred came to deserve another tier.

The floor does the same reading and the same durable work, bare: the facts once, each customer's
latest, and then as many changes of tier of the same customers, under the same indexes and
triggers. `scan` and `write` are its two parts, `grouped` is how long PostgreSQL takes to bring the
facts into one group a customer with count, sum and latest: below that no grading of all gets.
What a desk of another system asks is measured beside it, without the way over the network: its
floor is the bare look-up of the account.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from measuring import timing
from measuring.databases import connected_to, say, url_of
from measuring.timing import Limits, Result, once

from customers_parts.world import copy, ensure
from qiao.core.prepared import fetch_all
from qiao.core.transactions import acting
from qiao.customers.models import TierChange
from qiao.customers.operations import grade_all
from qiao.customers.operations.grading import WORK_MEMORY
from qiao.customers.queries import tier_at_station
from qiao.staff.queries import actor_by_number

ALL = Limits(ratio=5)
QUERY = Limits(p95=2)
GRADED = "customers_tiers"
ADMINISTRATOR = "9001"
CARDS = 500

# The world of this benchmark has accounts and values; contacts and words are drawn to what the
# whole demo world has of them.
_FACTS = """
INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                            revision)
SELECT c.id, k.kind, CASE k.kind WHEN 'satisfaction' THEN 1 + floor(4 * random() ^ 0.4)::int
                                 ELSE 1 END,
       m.at, m.at, 'bench', c.id || ':' || n, 0
  FROM customers_customer c
 CROSS JOIN (VALUES ('visit', 4, 1.0), ('satisfaction', 1, 0.4), ('complaint', 1, 0.04))
         AS k (kind, times, share)
 CROSS JOIN LATERAL generate_series(1, k.times) AS n (n)
 CROSS JOIN LATERAL (SELECT now() - interval '730 days' * random() AS at) m
 WHERE random() < k.share
"""
# One in a hundred complains three times in a day.
_NEWS = """
INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                            revision)
SELECT c.id, 'complaint', 1, now(), now(), 'bench', 'new' || c.id || ':' || n, 0
  FROM customers_customer c, generate_series(1, 3) AS n (n)
 WHERE c.id % 100 = 17 AND c.tier <> 'D'
"""
_FLOOR = """
SELECT count(*), max(last) FROM (
    SELECT customer_id, count(*), sum(amount), max(occurred_at) AS last
      FROM customers_fact GROUP BY customer_id) g
"""
_GROUPED = """
SELECT count(*), max(n), max(total), max(last) FROM (
    SELECT customer_id, count(*) AS n, sum(amount) AS total, max(occurred_at) AS last
      FROM customers_fact GROUP BY customer_id) g
"""
# What the run wrote last, written once more: the same customers come into another tier.
_WRITE = """
WITH news AS (
    SELECT t.* FROM customers_tierchange t
      JOIN (SELECT at FROM customers_tierrun WHERE changed_count > 0 ORDER BY id DESC LIMIT 1) r
        ON r.at = t.at
), told AS (
    INSERT INTO customers_tierchange (customer_id, tier, kind, reason, at, computed_tier,
                                      rule_version, points, inputs)
    SELECT customer_id, tier, kind, reason, now(), computed_tier, rule_version, points, inputs
      FROM news
)
UPDATE customers_customer c SET tier = CASE c.tier WHEN 'D' THEN 'C' ELSE 'D' END
  FROM news n WHERE c.id = n.customer_id
"""
_BARE = "SELECT id FROM customers_account WHERE number = %(number)s"


def measure(customers: int) -> Iterator[Result]:
    """Grade everybody, let a day pass, and grade everybody again."""
    _copy(ensure(customers))
    with connected_to(GRADED):
        seconds, changed = _grade()
        yield once("tier-all first", seconds, customers=customers, changed=changed)
        _as_owner(_NEWS)
        scan = min(_read(_FLOOR) for _round in range(3))
        grouped = min(_read(_GROUPED) for _round in range(3))
        seconds, changed = _grade()
        again, rest = _grade()
        write, written = _write()
        facts = _count("customers_fact")
        parts = {"scan": scan, "write": write, "grouped": grouped, "unchanged_seconds": again}
        yield once("tier-all", seconds, scan + write, limits=ALL, customers=customers, facts=facts,
                   changed=changed, written=written, left=rest,
                   **{name: round(took, 2) for name, took in parts.items()})  # fmt: skip
        yield _query()


def _copy(source: str) -> None:
    """The people as they are, with more facts, so that the kept world is left alone."""
    copy(source, GRADED)
    began = time.monotonic()
    _as_owner(_FACTS)
    say(f"  facts drawn in {time.monotonic() - began:.1f} s")


def _as_owner(statement: str) -> None:
    with psycopg.connect(url_of(GRADED), autocommit=True) as owner:
        owner.execute(statement)
        owner.execute("VACUUM (ANALYZE) customers_fact")


def _grade() -> tuple[float, int]:
    before = TierChange.objects.count()
    began = time.monotonic()
    grade_all(now=timezone.now() + timedelta(seconds=1))
    seconds = time.monotonic() - began
    return seconds, TierChange.objects.count() - before


def _read(statement: str) -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        cursor.execute("SET LOCAL hash_mem_multiplier = 2")
        began = time.monotonic()
        cursor.execute(statement)
        cursor.fetchall()
        return time.monotonic() - began


def _write() -> tuple[float, int]:
    """The bare writing, kept; how many customers came into another tier."""
    began = time.monotonic()
    with acting(None), connection.cursor() as cursor:
        cursor.execute(_WRITE)
        written = cursor.rowcount
    return time.monotonic() - began, written


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _query() -> Result:
    """The question of a station, and the bare look-up of an account."""
    actor = actor_by_number(ADMINISTRATOR, day=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM customers_account ORDER BY md5(number) LIMIT %s", [CARDS]
        )
        cards = [number for (number,) in cursor.fetchall()]

    def ask(number: int) -> None:
        tier_at_station(actor=actor, card=cards[number % len(cards)])

    def bare(number: int) -> None:
        fetch_all(_BARE, {"number": cards[number % len(cards)]})

    return timing.measure("tier-station query", ask, bare, rounds=1_000, limits=QUERY)
