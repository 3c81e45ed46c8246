"""The SQL of the demo world's cases. Temporary tables live until the stage commits."""

TEMPORARY = (
    "CREATE TEMP TABLE demo_span (calendar text, starts timestamptz, ends timestamptz,"
    " before float8) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_mix (month int, type_id bigint, cum float8) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_type (type_id bigint, version_id bigint, grp text, duty text,"
    " priority text, first_walk int, promise_set bigint, asked_id bigint) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_form (type_id bigint, number int, facts jsonb, title text, said text,"
    " at_least text, raised jsonb)"
    " ON COMMIT DROP",
    "CREATE TEMP TABLE demo_walk (walk_id int, type_id bigint, moves int, facts jsonb)"
    " ON COMMIT DROP",
    "CREATE TEMP TABLE demo_move (walk_id int, pos int, step text, phase text, duty text,"
    " who text, events int, answered_pos int, patience int, calendar text, base int,"
    " urgent int, high int, normal int, low int) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_event (walk_id int, pos int, seq int, kind text, data jsonb)"
    " ON COMMIT DROP",
    "CREATE TEMP TABLE demo_duty (walk_id int, pos int, seq int, duty text, left_pos int,"
    " done bool) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_spell (walk_id int, promise text, round int, start_pos int,"
    " stop_pos int, ending text, calendar text, urgent int, high int, normal int, low int,"
    " night_from int, night_to int, night_urgent int, night_high int, night_normal int,"
    " night_low int, warn int, bad int) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_time (n int, pos int, at timestamptz, PRIMARY KEY (n, pos))"
    " ON COMMIT DROP",
)

# A draw uses one random number per question, materialised, so that a row answers consistently.
DRAW = (
    "CREATE INDEX ON demo_span (calendar, starts)",
    "CREATE INDEX ON demo_span (calendar, before)",
    "CREATE INDEX ON demo_move (walk_id, pos)",
    "CREATE INDEX ON demo_event (walk_id, pos)",
    "CREATE INDEX ON demo_spell (walk_id)",
    "CREATE INDEX ON demo_walk (walk_id)",
    "ANALYZE demo_span, demo_move, demo_event, demo_spell, demo_walk, demo_duty, demo_form",
    "ANALYZE demo_type, demo_mix, demo_day, demo_weight",
    """CREATE TEMP TABLE demo_place ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY a.id)::int AS i, a.id AS account_id, a.organisation_id,
       s.id AS service_point_id, p.id AS premises_id, p.region AS area, p.full_text AS place,
       o.customer_id
  FROM customers_account a
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_premises p ON p.id = s.premises_id
  JOIN customers_accountparty o
    ON o.account_id = a.id AND o.role = 'owner' AND o.period @> %(now)s::date
 WHERE a.status <> 'closed' AND a.service = ANY(%(services)s)""",
    "CREATE UNIQUE INDEX ON demo_place (i)",
    """CREATE TEMP TABLE demo_agent ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY s.id)::int AS i, s.id AS staff_id, min(m.team_id) AS team_id
  FROM staff_staff s
  JOIN staff_assignment a ON a.staff_id = s.id
  JOIN staff_role r ON r.id = a.role_id AND r.key = 'agent'
  JOIN staff_membership m ON m.staff_id = s.id
 GROUP BY s.id""",
    """CREATE TEMP TABLE demo_team ON COMMIT DROP AS
SELECT duty, area, min(o.id) AS team_id
  FROM staff_organisation o, unnest(o.skills) AS duty, unnest(o.areas) AS area
 WHERE o.kind = 'team' AND o.is_active
 GROUP BY duty, area""",
    """CREATE TEMP TABLE demo_member ON COMMIT DROP AS
SELECT team_id, staff_id, row_number() OVER (PARTITION BY team_id ORDER BY staff_id)::int AS i,
       count(*) OVER (PARTITION BY team_id)::int AS n
  FROM staff_membership""",
    """CREATE TEMP TABLE demo_case ON COMMIT DROP AS
WITH r AS MATERIALIZED (
    SELECT n::int, random() AS day, random() AS hour, random() AS second, random() AS channel,
           random() AS type, random() AS form, random() AS walk, random() AS place,
           random() AS agent, random() AS unknown, random() AS raised, random() AS z1,
           random() AS z2, random() AS cut, random() AS cut_at, random() AS member
      FROM generate_series(1, %(wanted)s) AS n
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
    SELECT month, array_agg(cum ORDER BY cum) AS cums, array_agg(type_id ORDER BY cum) AS types,
           max(cum) AS total
      FROM demo_mix GROUP BY month
), moments AS (
    SELECT r.*, c.names[1 + width_bucket(r.channel * c.total, c.cums)] AS channel_key,
           date_trunc('second', (d.days[1 + width_bucket(r.day * d.total, d.cums)]
               + make_interval(hours => width_bucket(r.hour * h.total
                                   * d.passed[1 + width_bucket(r.day * d.total, d.cums)], h.cums),
                               secs => r.second * 3600)) AT TIME ZONE 'Asia/Shanghai') AS drawn
      FROM r, d, h, c
), timed AS MATERIALIZED (
    SELECT moments.*,
           CASE WHEN drawn > %(now)s - interval '2 minutes' THEN drawn - interval '1 day'
                ELSE drawn END AS opened_at
      FROM moments
)
SELECT timed.n, timed.opened_at,
       (timed.opened_at AT TIME ZONE 'Asia/Shanghai')::date AS opened_date,
       timed.channel_key AS channel, t.type_id, t.version_id, t.asked_id, t.promise_set, t.duty,
       coalesce(f.at_least, CASE WHEN timed.raised < 0.06 AND t.priority = 'normal' THEN 'high'
            ELSE t.priority END) AS priority, f.raised AS raised_by,
       w.walk_id, w.moves, w.facts AS walk_facts, f.facts, f.title, f.said,
       p.organisation_id, p.area, p.place, p.premises_id, p.service_point_id,
       CASE WHEN t.grp = 'fault' AND timed.unknown < 0.06 THEN NULL ELSE p.customer_id END
           AS customer_id,
       CASE WHEN t.grp = 'fault' AND timed.unknown < 0.06 THEN NULL ELSE p.account_id END
           AS account_id,
       a.staff_id AS responsible_id, coalesce(dt.team_id, a.team_id) AS team_id,
       coalesce(k.staff_id, a.staff_id) AS worker_id,
       CASE WHEN t.grp = 'complaint' THEN 0.38 ELSE 0.35 END
           * CASE WHEN extract(month FROM timed.opened_at) IN (12, 1, 2) THEN 1.2 ELSE 1 END
           * exp(0.5 * sqrt(-2 * ln(greatest(timed.z1, 1e-9))) * cos(2 * pi() * timed.z2))
           AS pace,
       timed.cut, timed.cut_at, NULL::int AS stop_pos
  FROM timed
  JOIN m ON m.month = extract(month FROM timed.opened_at AT TIME ZONE 'Asia/Shanghai')
  JOIN demo_type t ON t.type_id = m.types[1 + width_bucket(timed.type * m.total, m.cums)]
  JOIN demo_walk w ON w.walk_id = t.first_walk + floor(timed.walk * 60)::int
  JOIN demo_form f ON f.type_id = t.type_id AND f.number = floor(timed.form * 12)::int
  JOIN demo_place p ON p.i = 1 + floor(timed.place * (SELECT count(*) FROM demo_place))::int
  JOIN demo_agent a ON a.i = 1 + floor(timed.agent * (SELECT count(*) FROM demo_agent))::int
  LEFT JOIN demo_team dt ON dt.duty = t.duty AND dt.area = p.area
  LEFT JOIN demo_member k
    ON k.team_id = dt.team_id AND k.i = 1 + floor(timed.member * k.n)::int""",
    "CREATE UNIQUE INDEX ON demo_case (n)",
    # Where work stands today: somewhere in its walk where nothing is overdue yet.
    """UPDATE demo_case c SET stop_pos = (
    SELECT m.pos FROM demo_move m
     WHERE m.walk_id = c.walk_id AND m.pos < c.moves
       AND m.patience > 1.05 * extract(epoch FROM %(now)s - c.opened_at)
     ORDER BY (m.duty = 'work_order' AND c.opened_at > %(now)s - interval '1 day') DESC,
              md5(c.n::text || m.pos) LIMIT 1)
 WHERE c.cut < %(slow_share)s AND c.opened_at > %(now)s - interval '30 days'""",
    """UPDATE demo_case c SET stop_pos = floor(c.cut_at * c.moves)::int
 WHERE c.stop_pos IS NULL AND c.cut < %(backlog_share)s
   AND c.opened_at > %(now)s - make_interval(days => %(backlog_days)s)""",
    # The agent whom the demo introduces has a fuller desk than the others.
    """UPDATE demo_case SET responsible_id = face.staff_id,
       worker_id = CASE WHEN worker_id = responsible_id THEN face.staff_id ELSE worker_id END
  FROM (SELECT a.staff_id FROM demo_agent a JOIN staff_staff s ON s.id = a.staff_id
         ORDER BY s.number LIMIT 1) face
 WHERE stop_pos IS NOT NULL AND cut_at < 0.15""",
    "INSERT INTO demo_time SELECT n, 0, opened_at FROM demo_case",
    "ANALYZE demo_case, demo_time, demo_place",
)

# Working seconds of a calendar up to a moment, as a lateral subquery; all in float8, else the
# index is of no use. Round the clock it is the clock itself.
WORKED = """(SELECT CASE WHEN {calendar} = ANY(%(always)s)
                   THEN extract(epoch FROM {at})::float8
                   ELSE (SELECT before + extract(epoch FROM
                                greatest(interval '0', least({at}, ends) - starts))::float8
                           FROM demo_span WHERE calendar = {calendar} AND starts <= {at}
                          ORDER BY starts DESC LIMIT 1) END AS w OFFSET 0)"""
# The earliest moment by which {w} working seconds have passed.
MOMENT = """(SELECT CASE WHEN {calendar} = ANY(%(always)s) THEN to_timestamp({w})
                   ELSE (SELECT starts + make_interval(secs => ({w}) - before)
                           FROM demo_span WHERE calendar = {calendar} AND before < ({w})
                          ORDER BY before DESC LIMIT 1) END AS at OFFSET 0)"""

TIME = f"""
INSERT INTO demo_time
SELECT n, pos, at FROM (
    SELECT c.n, m.pos, date_trunc('second', greatest(
               prev.at + make_interval(secs => 30 + 240 * random()),
               coalesce(answered.at, prev.at + make_interval(secs => 1800 * random() * random()))
           )) AS at
      FROM demo_case c
      JOIN demo_move m ON m.walk_id = c.walk_id AND m.pos = %(pos)s
      JOIN demo_time prev ON prev.n = c.n AND prev.pos = %(pos)s - 1
      JOIN demo_time base ON base.n = c.n AND base.pos = m.base
      LEFT JOIN LATERAL {WORKED.format(at="base.at", calendar="m.calendar")} worked ON true
      LEFT JOIN LATERAL (
          SELECT worked.w + (0.7 + 0.6 * random()) * c.pace *
                 CASE c.priority WHEN 'urgent' THEN m.urgent WHEN 'high' THEN m.high
                                 WHEN 'low' THEN m.low ELSE m.normal END AS w) goal ON true
      LEFT JOIN LATERAL {MOMENT.format(w="goal.w", calendar="m.calendar")} answered ON true
     WHERE c.stop_pos IS NULL OR m.pos <= c.stop_pos
) AS timed
 WHERE at <= %(now)s
"""

_TARGET = """CASE c.priority
    WHEN 'urgent' THEN s.{p}urgent WHEN 'high' THEN s.{p}high
    WHEN 'low' THEN s.{p}low ELSE s.{p}normal END"""
_MINUTE = (
    "extract(hour FROM began.at AT TIME ZONE 'Asia/Shanghai') * 60"
    " + extract(minute FROM began.at AT TIME ZONE 'Asia/Shanghai')"
)
_AT_NIGHT = f"""s.night_from IS NOT NULL AND CASE WHEN s.night_from < s.night_to
    THEN {_MINUTE} >= s.night_from AND {_MINUTE} < s.night_to
    ELSE {_MINUTE} >= s.night_from OR {_MINUTE} < s.night_to END"""

DERIVE = (
    """CREATE TEMP TABLE demo_reach ON COMMIT DROP AS
SELECT t.n, t.pos, t.at, m.step, m.phase, m.duty, m.who, m.events, told.at AS answered_at
  FROM (SELECT n, max(pos) AS pos FROM demo_time GROUP BY n) AS last
  JOIN demo_time t USING (n, pos)
  JOIN demo_case c USING (n)
  JOIN demo_move m ON m.walk_id = c.walk_id AND m.pos = t.pos
  LEFT JOIN demo_time told ON told.n = t.n AND told.pos = m.answered_pos""",
    "CREATE UNIQUE INDEX ON demo_reach (n)",
    f"""CREATE TEMP TABLE demo_clock ON COMMIT DROP AS
SELECT c.n, s.promise, s.round, began.at AS started_at, ended.at AS stopped_at, goal.target,
       due.at AS due_at, s.warn, s.bad,
       CASE WHEN ended.at IS NULL THEN 0
            ELSE (SELECT w FROM {WORKED.format(at="ended.at", calendar="s.calendar")} x)
                 - worked.w END AS elapsed,
       CASE WHEN ended.at IS NULL
            THEN (SELECT w FROM {WORKED.format(at="%(now)s", calendar="s.calendar")} x)
                 - worked.w END AS used,
       CASE WHEN ended.at IS NULL THEN 'running'
            WHEN s.ending = 'met' AND due.at < ended.at THEN 'late_met'
            WHEN s.ending = 'met' THEN 'met'
            WHEN due.at < ended.at THEN 'late' ELSE 'cancelled' END AS state
  FROM demo_case c
  JOIN demo_spell s ON s.walk_id = c.walk_id
  JOIN demo_time began ON began.n = c.n AND began.pos = s.start_pos
  LEFT JOIN demo_time ended ON ended.n = c.n AND ended.pos = s.stop_pos
  JOIN LATERAL (SELECT CASE WHEN {_AT_NIGHT}
      THEN coalesce({_TARGET.format(p="night_")}, {_TARGET.format(p="")})
      ELSE {_TARGET.format(p="")} END AS target) goal ON goal.target > 0
  JOIN LATERAL {WORKED.format(at="began.at", calendar="s.calendar")} worked ON true
  JOIN LATERAL {MOMENT.format(w="worked.w + goal.target", calendar="s.calendar")} due ON true""",
    "CREATE INDEX ON demo_clock (n)",
    """CREATE TEMP TABLE demo_standing ON COMMIT DROP AS
SELECT n,
       min(due_at) FILTER (WHERE state = 'running') AS due_at,
       (array_agg(promise ORDER BY due_at, promise)
         FILTER (WHERE state = 'running'))[1] AS promise,
       max(CASE WHEN state <> 'running' THEN 0 WHEN due_at < %(now)s THEN 3
                WHEN used * 100 >= target * bad THEN 2 WHEN used * 100 >= target * warn THEN 1
                ELSE 0 END) AS level,
       bool_or(state = 'running') AS running,
       bool_or(state IN ('late', 'late_met') OR (state = 'running' AND due_at < %(now)s)) AS missed
  FROM demo_clock GROUP BY n""",
    "CREATE UNIQUE INDEX ON demo_standing (n)",
    """CREATE TEMP TABLE demo_id ON COMMIT DROP AS
SELECT coalesce(max(id), 0) AS base FROM cases_case""",
    "ANALYZE demo_time, demo_reach, demo_clock, demo_standing",
)

WRITE = (
    """INSERT INTO cases_case (
    id, number, organisation_id, case_type_id, process_id, form_id, step, phase, priority, channel,
    area,
    title, description, facts, customer_id, account_id, premises_id, service_point_id, place,
    caller_name, caller_phone, responsible_id, team_id, assignee_id, opened_by_id, opened_at,
    changed_at, opened_date, closed_at, closed_date, outcome, due_at, due_promise, level,
    level_changes_at, is_paused, promise_kept, answered_at, chase_count, reopened_count,
    escalated, event_count, version, merged_count)
SELECT i.base + c.n, b.number, c.organisation_id, c.type_id, c.version_id, c.asked_id,
       r.step, r.phase, c.priority, c.channel, c.area, c.title, c.said,
       c.facts || CASE WHEN r.phase = 'closed' THEN c.walk_facts ELSE (
           SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}')
             FROM demo_event e, jsonb_each(e.data) f
            WHERE e.walk_id = c.walk_id AND e.kind = 'fields_given' AND e.pos <= r.pos) END,
       c.customer_id, c.account_id, c.premises_id, c.service_point_id, c.place,
       CASE WHEN c.customer_id IS NULL THEN '' ELSE coalesce(cu.name, '') END, '',
       c.responsible_id, c.team_id,
       CASE WHEN r.phase IN ('work', 'closed') THEN c.worker_id
            WHEN r.phase = 'assign' THEN NULL ELSE c.responsible_id END,
       c.responsible_id, c.opened_at, r.at, c.opened_date,
       CASE WHEN r.phase = 'closed' THEN r.at END,
       CASE WHEN r.phase = 'closed' THEN (r.at AT TIME ZONE 'Asia/Shanghai')::date END, '',
       s.due_at, coalesce(s.promise, ''),
       (ARRAY['ok', 'warn', 'bad', 'late'])[coalesce(s.level, 0) + 1],
       CASE WHEN s.running AND r.phase <> 'closed' THEN %(now)s::timestamptz END, false,
       CASE WHEN s.missed THEN false WHEN s.running THEN NULL ELSE true END,
       r.answered_at, 0, 0, false, r.events, 1, 0
  FROM demo_case c
  JOIN demo_number b USING (n)
  JOIN demo_reach r USING (n)
  LEFT JOIN demo_standing s USING (n)
  LEFT JOIN customers_customer cu ON cu.id = c.customer_id
 CROSS JOIN demo_id i""",
    """INSERT INTO cases_caseclock (case_id, promise, round, target_seconds, started_at, due_at,
    stopped_at, breached_at, elapsed_seconds, paused_seconds, state)
SELECT i.base + n, promise, round, target, started_at, due_at, stopped_at,
       CASE WHEN stopped_at IS NOT NULL AND due_at < stopped_at THEN due_at END,
       elapsed::int, 0, state
  FROM demo_clock CROSS JOIN demo_id i""",
    """INSERT INTO cases_caseevent
    (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT i.base + c.n, e.seq, e.kind, t.at, t.at,
       CASE m.who WHEN 'first' THEN c.responsible_id ELSE c.worker_id END, 'system',
       CASE WHEN e.kind = 'opened' THEN jsonb_build_object('priority', c.priority,
                'channel', c.channel, 'promise_set', c.promise_set)
                || coalesce(c.raised_by, '{}') ELSE e.data END
  FROM demo_case c
  JOIN demo_time t USING (n)
  JOIN demo_move m ON m.walk_id = c.walk_id AND m.pos = t.pos
  JOIN demo_event e ON e.walk_id = c.walk_id AND e.pos = t.pos
 CROSS JOIN demo_id i""",
    """INSERT INTO cases_caseduty (case_id, duty, entered_seq, entered_at, done_at, result)
SELECT i.base + c.n, d.duty, d.seq, t.at, CASE WHEN d.done THEN gone.at END, '{}'
  FROM demo_case c
  JOIN demo_duty d USING (walk_id)
  JOIN demo_time t ON t.n = c.n AND t.pos = d.pos
  LEFT JOIN demo_time gone ON gone.n = c.n AND gone.pos = d.left_pos
 CROSS JOIN demo_id i""",
)
