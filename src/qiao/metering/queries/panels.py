"""What metering shows on the page of a customer: one JSON value a statement."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from qiao.core.days import TODAY

# The metered points of the customer's accounts, each with its last readings and their use. Who
# only pays is told of bills, and of no readings beyond those on them.
READINGS = f"""
SELECT CASE WHEN count(*) > 0 THEN json_agg(x ORDER BY x.is_current DESC, x.account) END
  FROM (
    SELECT a.number AS account, a.service_point_id AS point, s.meter_number AS meter, g.unit,
           p.is_current, l.readings, e.waiting
      FROM (SELECT DISTINCT ON (t.account_id) t.account_id, t.period @> {TODAY} AS is_current
              FROM customers_accountparty t
             WHERE t.customer_id = ANY(%(customer_ids)s::bigint[]) AND t.role <> 'payer'
             ORDER BY t.account_id, is_current DESC) p
      JOIN customers_account a ON a.id = p.account_id
      JOIN customers_servicepoint s ON s.id = a.service_point_id
      JOIN LATERAL (SELECT g.id, g.unit, g.digits FROM metering_register g
                     WHERE g.service_point_id = s.id AND g.kind = 'total'
                       AND g.removed_at IS NULL ORDER BY g.id DESC LIMIT 1) g ON true
     CROSS JOIN LATERAL (
           SELECT json_agg(json_build_object(
                      'day', r.read_date, 'value', trim_scale(r.value)::text,
                      'method', r.method, 'used', r.used) ORDER BY r.read_date) AS readings
             FROM (SELECT r.read_date, r.value, r.method,
                          CASE WHEN r.value >= lag(r.value) OVER w
                               THEN trim_scale(r.value - lag(r.value) OVER w)::float
                               WHEN r.is_rolled
                               THEN (r.value - lag(r.value) OVER w
                                     + power(10::numeric, g.digits))::float END AS used
                     FROM (SELECT * FROM metering_reading r
                            WHERE r.register_id = g.id AND r.superseded_by_id IS NULL
                              AND r.state IN ('valid', 'final', 'billed')
                            ORDER BY r.read_date DESC LIMIT 13) r
                   WINDOW w AS (ORDER BY r.read_date)) r) l
     CROSS JOIN LATERAL (
           SELECT count(*) AS waiting FROM metering_reading r
            WHERE r.service_point_id = s.id AND r.state = 'exception'
              AND r.superseded_by_id IS NULL) e
     WHERE (a.organisation_id + 0) = ANY(%(organisation_ids)s)
       AND (l.readings IS NOT NULL OR e.waiting > 0)
     ORDER BY p.is_current DESC, a.status, a.id LIMIT 4) x
"""
