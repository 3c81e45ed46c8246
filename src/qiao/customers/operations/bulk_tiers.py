"""Two years of value, cards and tiers for the people of the demo world, all by the rule itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection

from qiao.core.demo_bulk import FROM_ROWS, bulk_load
from qiao.core.transactions import required
from qiao.customers.models import TierRun
from qiao.customers.operations.grading import count_by_branch
from qiao.customers.operations.tier_installing import note_all_accounts
from qiao.customers.queries.grading import (
    company_zone,
    figures_json,
    grades_of_all,
    local_day,
    moments,
)
from qiao.customers.queries.tiers import rule_in_force
from qiao.customers.rules.tiers import months_before

GRADED_MONTHS_AGO = (24, 20, 16, 12, 8, 5, 3, 1, 0)
CUSTOMERS_A_HAND = 1_500

# Households pay once a year, all others every quarter; the sums are spread as such sums are, and
# grow or shrink from quarter to quarter.
_VALUES = """
WITH account AS (
    SELECT a.id, a.number, a.opened_date, CASE a.use WHEN 'household' THEN 365 ELSE 91 END AS step,
           CASE a.use WHEN 'household' THEN 3 ELSE 12 END AS times,
           floor(random() * CASE a.use WHEN 'household' THEN 365 ELSE 91 END)::int AS age,
           exp(CASE a.use WHEN 'household' THEN 6.0 WHEN 'commercial' THEN 7.2
                          WHEN 'industrial' THEN 9.6 ELSE 8.8 END
               + CASE a.use WHEN 'household' THEN 0.45 ELSE 1.1 END
                 * sqrt(-2 * ln(random() + 1e-9)) * cos(2 * pi() * random())) AS size,
           1 + 0.05 * sqrt(-2 * ln(random() + 1e-9)) * cos(2 * pi() * random()) AS growth
      FROM customers_account a
)
INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,
                            revision)
SELECT p.customer_id, 'value',
       round(100 * a.size * a.growth ^ (-n.n) * (0.85 + 0.3 * random()))::bigint,
       d.day::timestamp AT TIME ZONE %(zone)s,
       (d.day + 1)::timestamp AT TIME ZONE %(zone)s, 'billing', a.number || '/' || d.day, 0
  FROM account a
 CROSS JOIN LATERAL generate_series(0, a.times - 1) AS n (n)
 CROSS JOIN LATERAL (SELECT %(today)s::date - 2 - a.age - n.n * a.step AS day) d
 CROSS JOIN LATERAL (
       SELECT t.customer_id FROM customers_accountparty t
        WHERE t.account_id = a.id AND t.role IN ('owner', 'payer') AND t.period @> d.day
        ORDER BY t.role DESC LIMIT 1) p
 WHERE d.day > a.opened_date
"""

# Every thirtieth household loads a prepaid meter by a card.
_CARDS = """
INSERT INTO customers_card (customer_id, kind, number, period, created_at)
SELECT t.customer_id, a.service || '_ic', 'SK' || lpad(a.id::text, 10, '0'),
       daterange(greatest(a.opened_date, lower(t.period)), NULL), a.opened_date
  FROM customers_account a
  JOIN customers_accountparty t ON t.account_id = a.id AND t.role = 'owner'
   AND upper_inf(t.period)
 WHERE a.use = 'household' AND a.service IN ('water', 'power', 'gas') AND a.id % 30 = 7
"""

_STEP = """
CREATE TEMP TABLE demo_next ON COMMIT DROP AS
SELECT g.customer_id, g.letter, g.points, {figures} AS inputs FROM ({graded}) g
"""
_TOLD = """
INSERT INTO customers_tierchange (customer_id, tier, kind, reason, at, computed_tier, rule_version,
                                  points, inputs)
SELECT n.customer_id, n.letter, 'computed', '', %(at)s, n.letter, %(version)s, n.points, n.inputs
  FROM demo_next n
  LEFT JOIN demo_now p ON p.customer_id = n.customer_id
 WHERE n.letter <> coalesce(p.letter, 'C')
"""

# What people decided in the last half year, for some of those who are graded.
_BY_HAND = """
INSERT INTO customers_tierchange (customer_id, tier, kind, reason, at, actor_id, until,
                                  computed_tier, rule_version, points, inputs)
SELECT g.customer_id, CASE g.letter WHEN 'D' THEN 'C' WHEN 'C' THEN 'B' ELSE 'A' END, 'manual',
       (%(reasons)s::text[])[1 + (g.place %% cardinality(%(reasons)s::text[]))::int],
       %(now)s - interval '1 day' * (3 + g.place * 7 %% 150),
       (%(actors)s::bigint[])[1 + (g.place %% cardinality(%(actors)s::bigint[]))::int],
       %(today)s::date + 20 + (g.place * 13 %% 190)::int, g.letter, %(version)s, g.points, g.inputs
  FROM (SELECT n.*, row_number() OVER (ORDER BY random()) AS place
          FROM demo_now n
          JOIN customers_customer c ON c.id = n.customer_id AND c.merged_into_id IS NULL
         WHERE n.letter <> 'A') g
 WHERE g.place <= %(wanted)s
"""
_KEPT = """
UPDATE customers_customer c
   SET tier = coalesce(h.tier, n.letter), tier_reason = coalesce(h.reason, '')
  FROM demo_now n
  LEFT JOIN customers_tierchange h ON h.customer_id = n.customer_id AND h.kind = 'manual'
 WHERE c.id = n.customer_id AND c.merged_into_id IS NULL
   AND (c.tier, c.tier_reason) <> (coalesce(h.tier, n.letter), coalesce(h.reason, ''))
"""
REASONS = (
    "市政重点保供单位，服务升级一级",
    "历史投诉已妥善解决，重点回访期内",
    "连续两年节水先进，经分公司评定",
    "高龄独居，上门服务优先",
)


def build_tiers(*, now: datetime, seed: int, actor_ids: Sequence[int]) -> None:
    """Note two years of value and grade everybody at several moments of them, as it was known.

    `actor_ids` are those who set some tiers by hand. Raises nothing without a rule: nobody is
    graded then.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(seed % 983) / 1000])
        cursor.execute("SELECT count(*) FROM customers_customer")
        (customers,) = cursor.fetchone()
        parameters: dict[str, Any] = {"zone": str(company_zone()), "today": local_day(now)}
        with bulk_load(cursor, "customers_fact", rows=3 * customers):
            note_all_accounts()
            cursor.execute(_VALUES, parameters)
        cursor.execute(_CARDS)
        cursor.execute("ANALYZE customers_fact")
        cursor.execute("CREATE TEMP TABLE demo_now (customer_id bigint, letter text)")
        for months in GRADED_MONTHS_AGO:
            _grade(cursor, months_before(now, months, company_zone()))
        _decide(cursor, now, customers, actor_ids)
        with _unwatched(cursor, customers):
            cursor.execute(_KEPT)
            changed = cursor.rowcount
        cursor.execute("DROP TABLE demo_now")
        cursor.execute("DELETE FROM customers_tierdue")
        count_by_branch(cursor, now)
    rule = rule_in_force(now)
    if rule is not None:
        TierRun.objects.create(
            at=now,
            rule_version=rule.version,
            finished_at=now,
            customer_count=customers,
            changed_count=changed,
        )


def _grade(cursor: Any, at: datetime) -> None:
    rule = rule_in_force(at)
    if rule is None:
        return
    step = _STEP.format(figures=figures_json(rule), graded=grades_of_all(rule))
    cursor.execute(step, moments(rule, at))
    cursor.execute(_TOLD, {"at": at, "version": rule.version})
    cursor.execute("DROP TABLE demo_now")
    cursor.execute("ALTER TABLE demo_next RENAME TO demo_now")
    cursor.execute("ANALYZE demo_now")


def _decide(cursor: Any, now: datetime, customers: int, actor_ids: Sequence[int]) -> None:
    rule = rule_in_force(now)
    if rule is None or not actor_ids:
        return
    today: date = local_day(now)
    cursor.execute(
        _BY_HAND,
        {
            "reasons": list(REASONS),
            "actors": list(actor_ids),
            "now": now,
            "today": today,
            "version": rule.version,
            "wanted": max(4, customers // CUSTOMERS_A_HAND),
        },
    )


@contextmanager
def _unwatched(cursor: Any, rows: int) -> Iterator[None]:
    """Let the owner write all tiers without an audit entry each; the history holds them."""
    with bulk_load(cursor, "customers_customer", rows=rows):
        if rows < FROM_ROWS:
            yield
            return
        cursor.execute("ALTER TABLE customers_customer DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE customers_customer ENABLE TRIGGER USER")
