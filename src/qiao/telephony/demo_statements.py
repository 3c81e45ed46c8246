"""The SQL of the demo world's calls. Temporary tables live until the stage commits."""

from typing import Final

PREPARE: Final = (
    """CREATE TEMP TABLE demo_queue_of (reason text PRIMARY KEY, queue text) ON COMMIT DROP""",
    """CREATE TEMP TABLE demo_line ON COMMIT DROP AS
SELECT DISTINCT ON (queue) queue, id, number FROM telephony_line WHERE is_active
 ORDER BY queue, id""",
)

# Every call that became a contact, and those that never did: they gave up, or hung up at once.
DRAW: Final = (
    """CREATE TEMP TABLE demo_taken ON COMMIT DROP AS
SELECT i.id AS interaction_id, i.organisation_id, i.agent_id, i.customer_id, i.caller_phone,
       i.started_at, i.ended_at, i.outcome = %(transferred)s AS handed, q.queue,
       random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5,
       extract(epoch FROM i.ended_at - i.started_at) AS seconds
  FROM contact_interaction i
  JOIN demo_queue_of q ON q.reason = i.reason
 WHERE i.channel = 'phone' AND i.direction = 'in' AND i.state = 'closed'
   AND i.agent_id IS NOT NULL AND i.caller_phone <> ''
   AND i.started_at >= %(since)s AND i.ended_at < %(now)s
   AND i.ended_at - i.started_at >= interval '40 s'
   AND NOT EXISTS (SELECT FROM telephony_call c WHERE c.interaction_id = i.id)
 ORDER BY i.started_at DESC LIMIT %(most)s""",
    """CREATE TEMP TABLE demo_call ON COMMIT DROP AS
SELECT (row_number() OVER (ORDER BY x.arrived_at, x.interaction_id))::int AS n, x.*
  FROM (
    SELECT t.interaction_id, t.organisation_id, t.agent_id, t.customer_id, t.caller_phone,
           t.queue, t.started_at AS arrived_at, t.ended_at, t.handed, t.r1, t.r2, t.r3, t.r4,
           'taken' AS fate, 4 + floor(3 * t.r3) AS greeting,
           floor(least(t.seconds * 0.4, 2 + CASE WHEN t.r1 < 0.82 THEN -6 * ln(t.r2 + 0.001)
                ELSE 12 - 40 * ln(t.r2 + 0.001) END)) AS wait
      FROM demo_taken t
    UNION ALL
    SELECT NULL, t.organisation_id, NULL, NULL,
           CASE WHEN t.r3 < 0.4 THEN t.caller_phone
                ELSE '+86139' || lpad((t.r4 * 99999999)::bigint::text, 8, '0') END,
           t.queue, a.at, a.at + make_interval(secs => 5 + floor(a.wait)), false,
           t.r1, t.r2, t.r3, t.r4, CASE WHEN t.r5 < 0.07 THEN 'gave up' ELSE 'left' END, 5, a.wait
      FROM demo_taken t
     CROSS JOIN LATERAL (
           SELECT t.started_at - make_interval(secs => floor(20 + 500 * t.r4)) AS at,
                  CASE WHEN t.r5 >= 0.07 THEN -3 WHEN t.r1 < 0.25 THEN 1 + floor(4 * t.r2)
                       ELSE floor(12 - 45 * ln(t.r2 + 0.001)) END AS wait) AS a
     WHERE t.r5 < 0.09) AS x""",
    """CREATE TEMP TABLE demo_colleague ON COMMIT DROP AS
SELECT DISTINCT agent_id AS staff_id, dense_rank() OVER (ORDER BY agent_id)::int AS i
  FROM demo_taken""",
    """CREATE TEMP TABLE demo_told ON COMMIT DROP AS
SELECT c.n, %(base)s + c.n AS call_id, c.interaction_id, c.organisation_id, c.customer_id,
       c.caller_phone, c.queue, c.fate, c.arrived_at, c.ended_at, c.handed, l.id AS line_id,
       coalesce(l.number, %(hotline)s) AS dialled, c.agent_id,
       CASE WHEN c.handed THEN o.staff_id ELSE c.agent_id END AS first_id,
       c.arrived_at + make_interval(secs => c.greeting) AS queued_at,
       c.arrived_at + make_interval(secs => c.greeting + c.wait) AS connected_at,
       c.arrived_at + make_interval(secs => c.greeting + greatest(0, c.wait - 2 - floor(4 * c.r4)))
           AS offered_at,
       c.wait, c.r1, c.r2, c.r3, c.r4,
       CASE WHEN c.fate = 'taken' AND c.wait > 24 AND c.r4 < 0.5 THEN o.staff_id END AS missed_id,
       c.fate = 'taken' AND c.r4 < 0.12 AS is_held
  FROM demo_call c
  LEFT JOIN demo_line l ON l.queue = c.queue
  LEFT JOIN demo_colleague o ON o.i = 1 + c.n %% (SELECT count(*) FROM demo_colleague)""",
    "ANALYZE demo_told",
)

WRITE: Final = (
    """INSERT INTO telephony_call (id, organisation_id, line_id, direction, channel, caller, phone,
    dialled, phase, queue, "end", staff_id, customer_id, interaction_id, arrived_at, queued_at,
    connected_at, ended_at, entry_count)
SELECT t.call_id, t.organisation_id, t.line_id, 'in', 'demo-' || t.call_id,
       regexp_replace(t.caller_phone, '^\\+86', ''), t.caller_phone, t.dialled, 'ended',
       CASE WHEN t.fate = 'left' THEN '' ELSE t.queue END,
       CASE WHEN t.fate <> 'taken' THEN 'abandoned' WHEN t.r3 < 0.8 THEN 'caller' ELSE 'agent' END,
       t.agent_id, t.customer_id, t.interaction_id, t.arrived_at,
       CASE WHEN t.fate <> 'left' THEN t.queued_at END,
       CASE WHEN t.fate = 'taken' THEN t.connected_at END, t.ended_at, 0
  FROM demo_told t""",
    # One line of asking for whoever waited, with the reason that the desk gives.
    """INSERT INTO contact_waiting (id, queue, channel, subject_kind, subject_id, organisation_id,
    customer_id, state, since, ended_at, takes, skills, tier, is_emergency, why)
SELECT %(waitings)s + t.n, t.queue, 'phone', 'call', t.call_id, t.organisation_id, t.customer_id,
       CASE WHEN t.fate = 'taken' THEN 'taken' ELSE 'gone' END, t.queued_at,
       CASE WHEN t.fate = 'taken' THEN t.connected_at ELSE t.ended_at END, 100, '{}', '', false,
       CASE WHEN t.fate = 'taken' THEN 'taken' ELSE 'abandoned' END
  FROM demo_told t WHERE t.fate <> 'left'""",
    """INSERT INTO contact_offer (id, waiting_id, staff_id, state, made_at, expires_at,
    answered_at, released_at, why, reason, takes)
SELECT %(offers)s + 3 * t.n + o.place, %(waitings)s + t.n, o.staff_id, o.state, o.made_at,
       o.made_at + interval '20 s', o.answered_at, o.released_at, o.why,
       jsonb_build_object('rule', o.rule, 'among', 1 + floor(5 * t.r2)::int, 'waited_seconds',
           extract(epoch FROM o.made_at - t.queued_at), 'points', 0, 'relaxed',
           CASE WHEN o.made_at - t.queued_at > interval '45 s' THEN 1 ELSE 0 END,
           'helped_by', ''), 100
  FROM demo_told t
 CROSS JOIN LATERAL (VALUES
       (0, t.missed_id, 'refused', t.queued_at + interval '1 s', t.queued_at + interval '21 s',
        NULL::timestamptz, 'no_answer', 'longest_idle'),
       (1, t.first_id, 'taken', t.offered_at, t.connected_at, t.ended_at, '', 'longest_idle'),
       (2, CASE WHEN t.handed THEN t.agent_id END, 'taken',
        t.connected_at + (t.ended_at - t.connected_at) * 0.4,
        t.connected_at + (t.ended_at - t.connected_at) * 0.45, t.ended_at, '', 'asked')
       ) AS o (place, staff_id, state, made_at, answered_at, released_at, why, rule)
 WHERE t.fate = 'taken' AND o.staff_id IS NOT NULL""",
    """INSERT INTO telephony_callentry (call_id, seq, kind, at, recorded_at, data)
SELECT e.call_id, row_number() OVER (PARTITION BY e.call_id ORDER BY e.at, e.place), e.kind,
       e.at, e.at, e.data
  FROM (
    SELECT t.call_id, x.place, x.kind, x.at, x.data
      FROM demo_told t
     CROSS JOIN LATERAL (SELECT t.ended_at - t.connected_at AS talk,
           %(offers)s + 3 * t.n AS offer, 'q' || t.call_id AS name,
           t.r2 < 0.15 AS pays) AS k
     CROSS JOIN LATERAL (VALUES
       (1, 'arrived', t.arrived_at, true, jsonb_build_object('channel', 'demo-' || t.call_id,
           'caller', regexp_replace(t.caller_phone, '^\\+86', ''), 'dialled', t.dialled)),
       (2, 'answered', t.arrived_at + interval '1 s', true, '{}'),
       (3, 'queued', t.queued_at, t.fate <> 'left',
           jsonb_build_object('queue', t.queue, 'bridge', k.name || '-q1')),
       (4, 'offered', t.queued_at + interval '1 s', t.missed_id IS NOT NULL,
           jsonb_build_object('offer', k.offer, 'staff', t.missed_id, 'channel',
               k.name || '-a2', 'seconds', 20)),
       (5, 'refused', t.queued_at + interval '21 s', t.missed_id IS NOT NULL,
           jsonb_build_object('offer', k.offer, 'why', 'no_answer')),
       (6, 'offered', t.offered_at, t.fate = 'taken', jsonb_build_object('offer', k.offer + 1,
           'staff', t.first_id, 'channel', k.name || '-a3', 'seconds', 20)),
       (7, 'rings', t.offered_at, t.fate = 'taken', jsonb_build_object('offer', k.offer + 1)),
       (8, 'picked_up', t.connected_at, t.fate = 'taken',
           jsonb_build_object('offer', k.offer + 1, 'bridge', k.name || '-t4')),
       (9, 'connected', t.connected_at, t.fate = 'taken',
           jsonb_build_object('offer', k.offer + 1, 'bridge', k.name || '-t4')),
       (10, 'recording_began', t.connected_at, t.fate = 'taken',
           jsonb_build_object('recording', k.name || '-r5')),
       (11, 'held', t.connected_at + k.talk * 0.2, t.is_held, '{}'),
       (12, 'resumed', t.connected_at + k.talk * 0.3, t.is_held, '{}'),
       (13, 'consulted', t.connected_at + k.talk * 0.4, t.handed, jsonb_build_object('offer',
           k.offer + 2, 'staff', t.agent_id, 'channel', k.name || '-c6', 'bridge',
           k.name || '-k7', 'seconds', 20)),
       (14, 'consult_answered', t.connected_at + k.talk * 0.45, t.handed,
           jsonb_build_object('offer', k.offer + 2)),
       (15, 'handed_over', t.connected_at + k.talk * 0.5, t.handed,
           jsonb_build_object('offer', k.offer + 2)),
       (18, 'recording_paused', t.connected_at + k.talk * 0.6, t.fate = 'taken' AND k.pays,
           jsonb_build_object('recording', k.name || '-r5', 'why', 'card')),
       (19, 'recording_resumed', t.connected_at + k.talk * 0.7, t.fate = 'taken' AND k.pays,
           jsonb_build_object('recording', k.name || '-r5')),
       (16, 'ended', t.ended_at, true, jsonb_build_object('why', CASE WHEN t.fate <> 'taken'
           THEN 'abandoned' WHEN t.r3 < 0.8 THEN 'caller' ELSE 'agent' END)),
       (17, 'recording_ended', t.ended_at, t.fate = 'taken', jsonb_build_object('recording',
           k.name || '-r5', 'ok', true, 'seconds', extract(epoch FROM k.talk
               * CASE WHEN k.pays THEN 0.9 ELSE 1 END)::int))
       ) AS x (place, kind, at, holds, data)
     WHERE x.holds) AS e""",
    """UPDATE telephony_call c SET entry_count = e.n
  FROM (SELECT call_id, count(*) AS n FROM telephony_callentry WHERE call_id > %(base)s
         GROUP BY 1) AS e
 WHERE c.id = e.call_id""",
)

# The played switch has the sounds of the latest calls; those of older ones were never made.
RECORDED: Final = """
INSERT INTO telephony_callrecording (name, call_id, kind, state, queue, began_at, ended_at,
    seconds, sound_seconds, tries, trouble, next_at, is_at_switch, gone_by)
SELECT 'q' || t.call_id || '-r5', t.call_id, 'talk', 'due', t.queue, t.connected_at, t.ended_at,
       (e.data ->> 'seconds')::int, 0, 0, '', %(now)s - interval '1 h', true, ''
  FROM demo_told t
  JOIN telephony_callentry e ON e.call_id = t.call_id AND e.kind = 'recording_ended'
 WHERE t.fate = 'taken' ORDER BY t.ended_at DESC LIMIT %(recorded)s
RETURNING name, seconds
"""

# People stand ready around their calls, and work away from the telephone when none comes.
STATES: Final = (
    """INSERT INTO contact_agentstate (staff_id, organisation_id, state, reason, since, idle_since,
    endpoint, queues, busy_seconds, wanted)
SELECT s.id, s.organisation_id, 'off', '', %(now)s, %(now)s, '', '{}', 0, ''
  FROM staff_staff s WHERE s.id IN (SELECT staff_id FROM demo_colleague)
ON CONFLICT (staff_id) DO NOTHING""",
    """CREATE TEMP TABLE demo_work ON COMMIT DROP AS
SELECT w.staff_id, w.began, w.ended, w.ended + make_interval(secs => 15 + floor(60 * w.r)) AS free,
       lag(w.ended) OVER s AS before, lead(w.began) OVER s AS next
  FROM (SELECT x.staff_id, x.began, x.ended, t.r2 AS r
          FROM demo_told t
         CROSS JOIN LATERAL (VALUES
               (t.first_id, t.connected_at, CASE WHEN t.handed
                THEN t.connected_at + (t.ended_at - t.connected_at) * 0.5 ELSE t.ended_at END),
               (CASE WHEN t.handed THEN t.agent_id END,
                t.connected_at + (t.ended_at - t.connected_at) * 0.5, t.ended_at)
               ) AS x (staff_id, began, ended)
         WHERE t.fate = 'taken' AND x.staff_id IS NOT NULL) AS w
WINDOW s AS (PARTITION BY w.staff_id ORDER BY w.began, w.ended)""",
    """INSERT INTO contact_agentstatechange (staff_id, at, state, reason)
SELECT c.staff_id, c.at, c.state, c.reason
  FROM (
    SELECT w.staff_id, x.at, x.state, x.reason, x.place
      FROM demo_work w
     CROSS JOIN LATERAL (SELECT
           w.before IS NULL OR w.began - w.before > interval '25 min' AS is_first,
           w.before IS NULL OR w.began - w.before > interval '2 h' AS begins,
           w.next IS NULL OR w.next - w.ended > interval '25 min' AS is_last,
           w.next IS NULL OR w.next - w.ended > interval '2 h' AS ends) AS k
     CROSS JOIN LATERAL (VALUES
           (1, w.began - interval '9 min', 'ready', '', k.is_first),
           (2, w.began, 'busy', '', true),
           (3, w.ended, 'wrap_up', '', w.next IS NULL OR w.next > w.ended),
           (4, w.free, 'ready', '', w.next IS NULL OR w.next > w.free),
           (5, w.free + interval '8 min', 'break', 'back_office', k.is_last AND NOT k.ends),
           (6, w.free + interval '8 min', 'off', '', k.ends)
           ) AS x (place, at, state, reason, holds)
     WHERE x.holds AND x.at < %(now)s) AS c
 ORDER BY c.staff_id, c.at, c.place""",
    """INSERT INTO contact_agentstatechange (staff_id, at, state, reason)
SELECT l.staff_id, %(now)s, 'off', ''
  FROM demo_colleague d
 CROSS JOIN LATERAL (SELECT s.staff_id, s.state FROM contact_agentstatechange s
       WHERE s.staff_id = d.staff_id ORDER BY s.at DESC, s.id DESC LIMIT 1) AS l
  JOIN contact_agentstate a ON a.staff_id = d.staff_id AND a.state = 'off'
 WHERE l.state <> 'off'""",
)
