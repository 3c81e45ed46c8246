"""Who makes four fifths of the value: computed for twelve months at a time, and kept."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from qiao.customers.models import ValuePeriod
from qiao.customers.queries.grading import MERGED, company_zone, local_day
from qiao.customers.rules.value import closed_quarters, twelve_months_before

QUARTERS = 8
WORK_MEMORY = "256MB"

_SUMS = f"""
CREATE TEMP TABLE customers_valuesums ON COMMIT DROP AS
WITH merged AS ({MERGED}),
sums AS (
    SELECT coalesce(m.survivor_id, f.customer_id) AS customer_id, sum(f.amount)::bigint AS value
      FROM customers_fact f
      LEFT JOIN merged m ON m.id = f.customer_id
     WHERE f.kind = 'value' AND f.cancels_id IS NULL
       AND f.occurred_at >= %(since)s::timestamp AT TIME ZONE %(zone)s
       AND f.occurred_at < %(until)s::timestamp AT TIME ZONE %(zone)s
       AND NOT EXISTS (SELECT FROM customers_fact x WHERE x.cancels_id = f.id)
     GROUP BY 1
    HAVING sum(f.amount) > 0
)
SELECT customer_id, value, row_number() OVER w AS place,
       sum(value) OVER (w ROWS UNBOUNDED PRECEDING) - value AS before
  FROM sums WINDOW w AS (ORDER BY value DESC, customer_id)
"""
_TOTALS = """
SELECT count(*), coalesce(sum(value), 0)::bigint,
       coalesce((percentile_disc(ARRAY(SELECT n / 100.0 FROM generate_series(1, 99) AS n))
                 WITHIN GROUP (ORDER BY value))::bigint[], '{}')
  FROM customers_valuesums
"""
# As many from the first on as are needed to reach four fifths.
_KEEP = """
INSERT INTO customers_keycustomer (period_id, place, customer_id, value, is_new)
SELECT %(period)s, s.place, s.customer_id, s.value,
       NOT EXISTS (SELECT FROM customers_keycustomer b
                    WHERE b.period_id = %(last)s AND b.customer_id = s.customer_id)
  FROM customers_valuesums s
 WHERE s.before * 5 < %(total)s::numeric * 4
"""
_FIGURES = """
UPDATE customers_valueperiod p
   SET key_count = k.n, key_total = k.value, came = k.came,
       fell = (SELECT count(*) FROM customers_keycustomer b
                WHERE b.period_id = %(last)s
                  AND NOT EXISTS (SELECT FROM customers_keycustomer c
                                   WHERE c.period_id = p.id AND c.customer_id = b.customer_id))
  FROM (SELECT count(*) AS n, coalesce(sum(value), 0) AS value,
               count(*) FILTER (WHERE is_new) AS came
          FROM customers_keycustomer WHERE period_id = %(period)s) k
 WHERE p.id = %(period)s
"""


def keep_value_periods(*, now: datetime) -> int:
    """Keep the last quarters that are over and the twelve months until today; how many were made.

    A quarter that was kept stays as it is, whatever is corrected later; the open period is made
    anew. Each period is a transaction of its own, so that a stop loses one at most.
    """
    today = local_day(now)
    made = 0
    for until, is_closed in _wanted(today):
        with transaction.atomic():
            _make(until, is_closed=is_closed, now=now)
        made += 1
    return made


def _wanted(today: date) -> Iterator[tuple[date, bool]]:
    kept = set(ValuePeriod.objects.filter(is_closed=True).values_list("until", flat=True))
    yield from ((until, True) for until in closed_quarters(today, QUARTERS) if until not in kept)
    yield today + timedelta(days=1), False


def _make(until: date, *, is_closed: bool, now: datetime) -> None:
    ValuePeriod.objects.filter(is_closed=False).delete()
    last = ValuePeriod.objects.filter(until__lt=until).order_by("-until").first()
    since = twelve_months_before(until)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        cursor.execute(_SUMS, {"since": since, "until": until, "zone": str(company_zone())})
        cursor.execute(_TOTALS)
        customers, total, bounds = cursor.fetchone()
        period = ValuePeriod.objects.create(
            since=since,
            until=until,
            is_closed=is_closed,
            customer_count=customers,
            total=total,
            key_count=0,
            key_total=0,
            came=0,
            fell=0,
            bounds=bounds,
            computed_at=now,
        )
        named: dict[str, Any] = {
            "period": period.pk,
            "last": last.pk if last else None,
            "total": total,
        }
        cursor.execute(_KEEP, named)
        cursor.execute(_FIGURES, named)
        cursor.execute("DROP TABLE customers_valuesums")
