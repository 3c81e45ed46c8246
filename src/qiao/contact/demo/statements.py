"""The SQL of the demo world's contacts. Temporary tables live until the stage commits."""

TEMPORARY = (
    "CREATE TEMP TABLE demo_mix (month int, kind int, n int, cum float8) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_talk (kind int, key text, i int, n int, subject text, summary text,"
    " outcome text, resolved bool, PRIMARY KEY (kind, i)) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_taker (i int, staff_id bigint) ON COMMIT DROP",
)

DRAW = (
    """CREATE TEMP TABLE demo_place ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY a.id)::int AS i, a.id AS account_id, a.organisation_id,
       o.customer_id
  FROM customers_account a
  JOIN customers_accountparty o
    ON o.account_id = a.id AND o.role = 'owner' AND o.period @> %(now)s::date
 WHERE a.status <> 'closed' AND a.service = ANY(%(services)s)""",
    "CREATE UNIQUE INDEX ON demo_place (i)",
    """CREATE TEMP TABLE demo_phone ON COMMIT DROP AS
SELECT DISTINCT ON (customer_id) customer_id, number
  FROM customers_customerphone
 WHERE number ~ '^\\+[1-9][0-9]{4,16}$'
 ORDER BY customer_id, is_primary DESC, id""",
    "CREATE UNIQUE INDEX ON demo_phone (customer_id)",
    """INSERT INTO demo_taker
SELECT row_number() OVER (ORDER BY s.id), s.id
  FROM staff_staff s
 WHERE s.is_active AND EXISTS (
       SELECT FROM staff_assignment a JOIN staff_role r ON r.id = a.role_id
        WHERE a.staff_id = s.id AND r.key = 'agent')""",
    "ANALYZE demo_place, demo_phone, demo_taker, demo_talk, demo_month",
    # Which cases were chased, and when: while they were open.
    """CREATE TEMP TABLE demo_chase ON COMMIT DROP AS
SELECT c.id AS case_id, date_trunc('second', c.opened_at
           + (coalesce(c.closed_at, %(now)s) - c.opened_at) * (0.3 + 0.6 * random())) AS at
  FROM cases_case c
 WHERE random() < %(chase_share)s AND c.customer_id IS NOT NULL
   AND coalesce(c.closed_at, %(now)s) - c.opened_at > interval '3 hours'""",
)

COLUMNS = """id, number, organisation_id, channel, direction, state, agent_id, customer_id,
    account_id, caller_name, caller_phone, place, unknown_reason, started_at, started_date,
    started_hour, ended_at, entered_at, closed_at, subject, reason, summary, outcome, resolved,
    event_count, version"""

# One row a contact before it has a number: drawn in portions, written in portions.
_MADE = """CREATE TEMP TABLE demo_contact ON COMMIT DROP AS
SELECT (row_number() OVER ())::int AS n, x.*,
       CASE WHEN channel IN ('letter', 'email') THEN started_at
            ELSE least(started_at + make_interval(secs => talk_seconds::int),
                       greatest(started_at, %(now)s)) END AS ended_at,
       (started_at AT TIME ZONE 'Asia/Shanghai')::date AS started_date,
       extract(hour FROM started_at AT TIME ZONE 'Asia/Shanghai')::smallint AS started_hour
  FROM ({rows}) x"""

OF_CASES = _MADE.format(
    rows="""
    SELECT c.id AS case_id, 'opened' AS link, c.organisation_id, c.channel,
           c.responsible_id AS agent_id, c.customer_id, c.account_id, c.caller_name,
           c.place, date_trunc('second', c.opened_at
               - make_interval(secs => 40 + 200 * random())) AS started_at,
           120 + 420 * random() * random() AS talk_seconds, c.title AS subject, t.key AS reason,
           c.description AS summary, t.pack || %(opened)s AS outcome, false AS resolved,
           random() AS ring
      FROM cases_case c
      JOIN cases_casetype t ON t.id = c.case_type_id
    UNION ALL
    SELECT c.id, 'continued', c.organisation_id, 'phone', a.staff_id, c.customer_id,
           c.account_id, c.caller_name, '', h.at, 60 + 200 * random(),
           '催办：' || c.title, t.key, '客户来电询问办理进度，已告知当前环节并备注催办。',
           t.pack || %(chased)s, false, random()
      FROM demo_chase h
      JOIN cases_case c ON c.id = h.case_id
      JOIN cases_casetype t ON t.id = c.case_type_id
      JOIN demo_taker a ON a.i = 1 + (h.case_id %% (SELECT count(*) FROM demo_taker))
"""
)

ANSWERED = _MADE.format(
    rows="""
    WITH r AS MATERIALIZED (
        SELECT random() AS day, random() AS hour, random() AS second, random() AS channel,
               random() AS type, random() AS talk, random() AS place, random() AS agent,
               random() AS unknown, random() AS length, random() AS ring
          FROM generate_series(1, %(portion)s)
    ), d AS (
        SELECT array_agg(cum ORDER BY i) AS cums, array_agg(day ORDER BY i) AS days,
               array_agg(passed ORDER BY i) AS passed, max(cum) AS total
          FROM demo_day
    ), h AS (
        SELECT array_agg(cum ORDER BY cum) AS cums, max(cum) AS total
          FROM demo_weight WHERE kind = 'hour'
    ), c AS (
        SELECT array_agg(cum ORDER BY cum) AS cums, array_agg(value ORDER BY cum) AS names,
               max(cum) AS total
          FROM demo_weight WHERE kind = 'channel'
    ), m AS (
        SELECT array_agg(total ORDER BY month) AS totals FROM (
            SELECT month, max(cum) AS total FROM demo_mix GROUP BY month) x
    ), drawn AS (
        SELECT r.*, c.names[1 + width_bucket(r.channel * c.total, c.cums)] AS channel_key,
               d.days[1 + width_bucket(r.day * d.total, d.cums)] AS on_day,
               make_interval(hours => width_bucket(r.hour * h.total
                       * d.passed[1 + width_bucket(r.day * d.total, d.cums)], h.cums),
                             secs => r.second * 3600) AS at_time
          FROM r, d, h, c
    ), timed AS MATERIALIZED (
        SELECT drawn.*, mm.kinds[1 + width_bucket(drawn.type * mm.total, mm.cums)] AS kind,
               floor(drawn.talk * mm.counts[1 + width_bucket(drawn.type * mm.total, mm.cums)])::int
                   AS talk_i, date_trunc('second', (on_day + at_time) AT TIME ZONE 'Asia/Shanghai'
               - CASE WHEN (on_day + at_time) AT TIME ZONE 'Asia/Shanghai'
                           > %(now)s - interval '20 minutes'
                      THEN interval '1 day' ELSE interval '0' END) AS started_at
          FROM drawn
          JOIN demo_month mm ON mm.month = extract(month FROM drawn.on_day)
    )
    SELECT NULL::bigint AS case_id, '' AS link, p.organisation_id, timed.channel_key AS channel,
           a.staff_id AS agent_id,
           CASE WHEN timed.unknown >= %(unknown)s THEN p.customer_id END AS customer_id,
           CASE WHEN timed.unknown >= %(unknown)s THEN p.account_id END AS account_id,
           '' AS caller_name, '' AS place, timed.started_at,
           40 + 380 * timed.length * timed.length AS talk_seconds, t.subject, t.key AS reason,
           t.summary, t.outcome, t.resolved, timed.ring
      FROM timed
      JOIN demo_talk t ON t.kind = timed.kind AND t.i = timed.talk_i
      JOIN demo_place p ON p.i = 1 + floor(timed.place * %(places)s)::int
      JOIN demo_taker a ON a.i = 1 + floor(timed.agent * %(takers)s)::int
"""
)

MONTHS = """CREATE TEMP TABLE demo_month ON COMMIT DROP AS
SELECT month, array_agg(cum ORDER BY cum) AS cums, array_agg(kind ORDER BY cum) AS kinds,
       array_agg(n ORDER BY cum) AS counts,
       max(cum) AS total
  FROM demo_mix GROUP BY month"""

WRITE = (
    f"""INSERT INTO contact_interaction ({COLUMNS})
SELECT %(base)s + f.n, b.number, f.organisation_id, f.channel, 'in', 'closed', f.agent_id,
       f.customer_id, f.account_id, f.caller_name,
       CASE WHEN f.channel IN ('phone', 'sms') THEN coalesce(ph.number,
                '+86138' || lpad((f.ring * 99999999)::bigint::text, 8, '0')) ELSE '' END,
       f.place,
       CASE WHEN f.customer_id IS NULL THEN
           (ARRAY['not_found', 'passer_by', 'not_customer', 'refused'])[1 + floor(f.ring * 4)::int]
           ELSE '' END,
       f.started_at, f.started_date, f.started_hour, f.ended_at,
       f.started_at, least(f.ended_at + make_interval(secs => 15 + 40 * f.ring),
                           greatest(f.ended_at, %(now)s)),
       f.subject, f.reason, f.summary, f.outcome, f.resolved,
       CASE WHEN f.started_at > %(told_from)s THEN 2 ELSE 0 END,
       CASE WHEN f.started_at > %(told_from)s THEN 2 ELSE 1 END
  FROM demo_contact f
  JOIN demo_number b USING (n)
  LEFT JOIN demo_phone ph ON ph.customer_id = f.customer_id""",
    """INSERT INTO contact_interactioncase (interaction_id, case_id, kind, linked_at, linked_by_id)
SELECT %(base)s + f.n, f.case_id, f.link, f.ended_at, f.agent_id
  FROM demo_contact f WHERE f.case_id IS NOT NULL""",
    """INSERT INTO contact_interactionevent (interaction_id, seq, kind, at, actor_id, data)
SELECT %(base)s + f.n, e.seq, e.kind, CASE e.seq WHEN 1 THEN f.started_at ELSE f.ended_at END,
       f.agent_id,
       CASE e.seq
       WHEN 1 THEN jsonb_build_object('channel', f.channel, 'phone', f.channel = 'phone')
       ELSE jsonb_build_object('outcome', f.outcome, 'resolved', f.resolved) END
  FROM demo_contact f
 CROSS JOIN (VALUES (1, 'started'), (2, 'finished')) AS e (seq, kind)
 WHERE f.started_at > %(told_from)s""",
)

LAST = """INSERT INTO customers_lastcontact (customer_id, at, channel, subject)
SELECT DISTINCT ON (customer_id) customer_id, started_at, channel, subject
  FROM contact_interaction WHERE customer_id IS NOT NULL
 ORDER BY customer_id, started_at DESC
ON CONFLICT (customer_id) DO UPDATE SET at = EXCLUDED.at, channel = EXCLUDED.channel,
    subject = EXCLUDED.subject"""
