"""What the loyalty panel reads: one JSON value, the facts as they count now, and the weights."""

from django.conf import settings

_ALIVE = """
f.cancels_id IS NULL AND f.occurred_at <= %(now)s
       AND NOT EXISTS (SELECT FROM customers_fact x WHERE x.cancels_id = f.id)
"""
_TODAY = f"(%(now)s AT TIME ZONE '{settings.TIME_ZONE}')"

# The percentile is told only by a period that was computed; no value is nobody's percentile.
LOYALTY = f"""
SELECT json_build_object(
    'value', g.value, 'tenure', g.tenure, 'repeat', g.years, 'satisfaction', g.satisfaction,
    'complaints', g.complaints, 'counted_on', p.until - 1,
    'weights', s.value, 'valid_from', lower(s.valid), 'source', s.source,
    'percentile', CASE WHEN g.value > 0 AND cardinality(p.bounds) > 0
                       THEN width_bucket(g.value, p.bounds) END)
  FROM (
    SELECT sum(f.amount) FILTER (WHERE f.kind = 'value'
               AND f.occurred_at > %(now)s - interval '12 months')::bigint AS value,
           extract(year FROM age({_TODAY}, min(f.occurred_at AT TIME ZONE '{settings.TIME_ZONE}')
               FILTER (WHERE f.kind = 'account')))::int AS tenure,
           CASE WHEN bool_or(f.kind = 'value') THEN
               (count(*) FILTER (WHERE f.kind = 'value'
                   AND f.occurred_at > %(now)s - interval '12 months') > 0)::int
             + (count(*) FILTER (WHERE f.kind = 'value'
                   AND f.occurred_at <= %(now)s - interval '12 months'
                   AND f.occurred_at > %(now)s - interval '24 months') > 0)::int
             + (count(*) FILTER (WHERE f.kind = 'value'
                   AND f.occurred_at <= %(now)s - interval '24 months'
                   AND f.occurred_at > %(now)s - interval '36 months') > 0)::int END AS years,
           round(100 * avg(f.amount) FILTER (WHERE f.kind = 'satisfaction'
               AND f.occurred_at > %(now)s - interval '24 months'))::int AS satisfaction,
           count(*) FILTER (WHERE f.kind = 'complaint'
               AND f.occurred_at > %(now)s - interval '24 months')::int AS complaints
      FROM customers_fact f
     WHERE f.customer_id = ANY(%(customer_ids)s::bigint[]) AND {_ALIVE}) g
  JOIN core_setting s ON s.key = 'customers.loyalty' AND s.organisation_id IS NULL
   AND s.region = '' AND s.valid @> {_TODAY}::date
  LEFT JOIN (SELECT until, bounds FROM customers_valueperiod ORDER BY until DESC LIMIT 1) p ON true
"""  # noqa: S608 - put together from this file's own pieces; values are bound
