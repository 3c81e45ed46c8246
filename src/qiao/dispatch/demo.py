"""Two years of work orders for the demo world, and the crews of its live morning.

Every stay of a case in a step that waits for a crew has its order, with times that agree with
what the case itself tells: created when the step was entered, arrived when the case says so, done
when the case moved on.
"""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.demo_bulk import bulk_load, pass_over_ids
from qiao.core.demo_numbers import numbered, pass_over, prepare_numbers
from qiao.core.demo_rhythm import fill, history_days
from qiao.core.packs.enabled import catalogue
from qiao.dispatch.operations.creating import PREFIX
from qiao.dispatch.queries.orders import DUTY
from qiao.dispatch.queries.sheets import sheet_for
from qiao.dispatch.rules.sheets import Reading, sheet_data
from qiao.dispatch.tasks import LEFT

SHEETS_PER_TYPE = 8
# A field step in an office process is done by the crew of the area.
FIELD_DUTY = "network"

_PREPARE = (
    "CREATE TEMP TABLE demo_sheet (key text, i int, sheet jsonb, checks jsonb, readings jsonb)"
    " ON COMMIT DROP",
)
_DRAW = (
    """CREATE TEMP TABLE demo_technician ON COMMIT DROP AS
SELECT m.team_id, m.staff_id, count(*) OVER w AS n,
       row_number() OVER (PARTITION BY m.team_id ORDER BY s.number)::int - 1 AS i
  FROM staff_membership m
  JOIN staff_staff s ON s.id = m.staff_id AND s.is_active
  JOIN staff_assignment a ON a.staff_id = s.id
  JOIN staff_role r ON r.id = a.role_id AND r.key = 'technician'
WINDOW w AS (PARTITION BY m.team_id)""",
    """CREATE TEMP TABLE demo_crew ON COMMIT DROP AS
SELECT area, min(o.id) AS team_id FROM staff_organisation o, unnest(o.areas) AS area
 WHERE o.kind = 'team' AND o.is_active AND %(field_duty)s = ANY(o.skills)
 GROUP BY area""",
    """CREATE TEMP TABLE demo_order ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY d.id)::int AS n, d.case_id, d.entered_seq, d.entered_at,
       d.done_at, c.due_at, c.opened_date, c.organisation_id, c.place, c.assignee_id, c.closed_at,
       p.latitude, p.longitude, coalesce(p.datum, '') AS datum, t.key AS type_key,
       coalesce(own.team_id, crew.team_id, c.team_id) AS team_id,
       coalesce(c.facts ->> 'work_note', c.title) AS note,
       random() AS r1, random() AS r2, random() AS r3,
       CASE WHEN d.done_at IS NULL AND c.event_count > d.entered_seq + 1 THEN (
           SELECT min(e.at) FROM cases_caseevent e
            WHERE e.case_id = d.case_id AND e.seq > d.entered_seq AND e.kind = 'step_left') END
           AS left_at
  FROM cases_caseduty d
  JOIN cases_case c ON c.id = d.case_id
  JOIN cases_casetype t ON t.id = c.case_type_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
  LEFT JOIN demo_technician own ON own.team_id = c.team_id AND own.i = 0
  LEFT JOIN demo_crew crew ON crew.area = c.area
 WHERE d.duty = %(duty)s""",
    "CREATE UNIQUE INDEX ON demo_order (n)",
    """CREATE TEMP TABLE demo_arrived ON COMMIT DROP AS
SELECT case_id, seq, at FROM cases_caseevent WHERE kind = 'arrived'""",
    "CREATE INDEX ON demo_arrived (case_id)",
    "ANALYZE demo_order, demo_arrived",
    # When the crew was there: as the case says, else halfway; an order that is open has no more
    # than what has happened.
    """CREATE TEMP TABLE demo_visit ON COMMIT DROP AS
SELECT n, finished, technician_id, created, stage, arrived,
       created + (arrived - created) * (0.05 + 0.2 * r1) AS accepted,
       greatest(created + (arrived - created) * (0.3 + 0.2 * r1),
                arrived - make_interval(mins => 8 + (30 * r2)::int)) AS travelled
  FROM (
    SELECT o.n, o.r1, o.r2, o.entered_at AS created, coalesce(o.done_at, o.left_at) AS finished,
           coalesce(mine.staff_id, any_one.staff_id) AS technician_id,
           CASE WHEN o.done_at IS NOT NULL THEN 'done' WHEN o.left_at IS NOT NULL THEN 'cancelled'
                WHEN a.at IS NOT NULL THEN 'arrived'
                WHEN any_one.staff_id IS NULL OR o.r3 < 0.3 THEN 'planned'
                WHEN o.r3 < 0.5 THEN 'assigned' WHEN o.r3 < 0.75 THEN 'accepted'
                ELSE 'travelling' END AS stage,
           coalesce(a.at, o.entered_at + (coalesce(o.done_at, o.left_at, %(now)s) - o.entered_at)
                          * (0.35 + 0.3 * o.r2)) AS arrived
      FROM demo_order o
      LEFT JOIN demo_arrived a ON a.case_id = o.case_id AND a.seq > o.entered_seq
                              AND a.at <= coalesce(o.done_at, o.left_at, %(now)s)
      LEFT JOIN demo_technician mine
        ON mine.team_id = o.team_id AND mine.staff_id = o.assignee_id
      LEFT JOIN demo_technician any_one
        ON any_one.team_id = o.team_id AND any_one.i = o.n %% any_one.n) v""",
    "CREATE UNIQUE INDEX ON demo_visit (n)",
    """UPDATE demo_visit SET stage = 'planned'
 WHERE technician_id IS NULL AND stage IN ('arrived', 'accepted', 'travelling', 'assigned')""",
    "CREATE TEMP TABLE demo_id ON COMMIT DROP AS"
    " SELECT coalesce(max(id), 0) AS base FROM dispatch_workorder",
    """CREATE TEMP TABLE demo_step ON COMMIT DROP AS
SELECT * FROM (VALUES
    (1, 'create', 'planned', ARRAY['planned','assigned','accepted','travelling','arrived','done',
        'cancelled']),
    (2, 'assign', 'assigned', ARRAY['assigned','accepted','travelling','arrived','done',
        'cancelled']),
    (3, 'accept', 'accepted', ARRAY['accepted','travelling','arrived','done']),
    (4, 'start_travel', 'travelling', ARRAY['travelling','arrived','done']),
    (5, 'arrive', 'arrived', ARRAY['arrived','done']),
    (6, 'complete', 'done', ARRAY['done']),
    (7, 'cancel', 'cancelled', ARRAY['cancelled'])) AS s (place, kind, state, stages)""",
    """CREATE TEMP TABLE demo_moment ON COMMIT DROP AS
SELECT v.n, row_number() OVER (PARTITION BY v.n ORDER BY s.place)::int AS seq, s.kind, s.state,
       date_trunc('second', CASE s.place WHEN 1 THEN v.created
           WHEN 2 THEN v.created + (v.accepted - v.created) * 0.5 WHEN 3 THEN v.accepted
           WHEN 4 THEN v.travelled WHEN 5 THEN v.arrived ELSE v.finished END) AS at
  FROM demo_visit v
  JOIN demo_step s ON v.stage = ANY(s.stages)
 WHERE s.place <> 2 OR v.technician_id IS NOT NULL""",
    "ANALYZE demo_moment, demo_visit",
)
_WRITE = (
    """INSERT INTO dispatch_workorder (
    id, number, organisation_id, case_id, entered_seq, team_id, technician_id, state, hold,
    reason, place, latitude, longitude, datum, sheet, checks, readings, answers, note,
    no_photo_reason, no_signature_reason, due_at, promised_at, created_at, state_since, arrived_at,
    finished_at, event_seq, version)
SELECT i.base + o.n, b.number, o.organisation_id, o.case_id, o.entered_seq, o.team_id,
       CASE WHEN v.stage <> 'planned' THEN v.technician_id END, v.stage, '',
       CASE v.stage WHEN 'cancelled' THEN %(left)s ELSE '' END, o.place, o.latitude, o.longitude,
       o.datum, s.sheet,
       CASE v.stage WHEN 'done' THEN s.checks ELSE '{}' END,
       CASE v.stage WHEN 'done' THEN s.readings ELSE '{}' END, '{}',
       CASE v.stage WHEN 'done' THEN o.note ELSE '' END,
       CASE v.stage WHEN 'done' THEN '现场已清理，未留影像' ELSE '' END,
       CASE v.stage WHEN 'done' THEN '电话确认' ELSE '' END, o.due_at, NULL, v.created,
       last.at,
       CASE WHEN v.stage IN ('arrived', 'done') THEN date_trunc('second', v.arrived) END,
       CASE WHEN v.stage IN ('done', 'cancelled') THEN last.at END, last.seq, last.seq
  FROM demo_order o
  JOIN demo_visit v USING (n)
  JOIN demo_number b USING (n)
  JOIN demo_sheet s ON s.key = o.type_key AND s.i = o.n %% %(sheets)s
  JOIN (SELECT DISTINCT ON (n) n, seq, at FROM demo_moment ORDER BY n, seq DESC) last USING (n)
 CROSS JOIN demo_id i""",
    """INSERT INTO dispatch_workorderevent (
    work_order_id, seq, kind, state, at, recorded_at, actor_id, latitude, longitude, accuracy_m,
    data)
SELECT i.base + m.n, m.seq, m.kind, m.state, m.at, m.at,
       CASE WHEN m.kind IN ('accept', 'start_travel', 'arrive', 'complete') THEN v.technician_id
            END,
       CASE m.kind WHEN 'arrive' THEN o.latitude END,
       CASE m.kind WHEN 'arrive' THEN o.longitude END,
       CASE WHEN m.kind = 'arrive' AND o.latitude IS NOT NULL THEN 15 END,
       CASE m.kind WHEN 'create' THEN jsonb_build_object('team', o.team_id)
                   WHEN 'assign' THEN jsonb_build_object('to', v.technician_id)
                   WHEN 'cancel' THEN jsonb_build_object('reason', %(left)s::text)
                   ELSE '{}' END
  FROM demo_moment m
  JOIN demo_visit v USING (n)
  JOIN demo_order o USING (n)
 CROSS JOIN demo_id i""",
)
TABLES = ("dispatch_workorder", "dispatch_workorderevent")


def build(world: World) -> None:
    """Write a work order for every stay of a case that waited, or waits, for a crew."""
    parameters: dict[str, Any] = {
        "now": world.now,
        "duty": DUTY,
        "field_duty": FIELD_DUTY,
        "left": str(LEFT),
        "sheets": SHEETS_PER_TYPE,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 997) / 1000])
        for statement in _PREPARE:
            cursor.execute(statement)
        fill(cursor, "demo_sheet", _sheets(world))
        for statement in _DRAW:
            cursor.execute(statement, parameters)
        prepare_numbers(cursor, kind=PREFIX, days=history_days(world))
        numbers = numbered("demo_order", key="n", day="opened_date")
        cursor.execute("CREATE TEMP TABLE demo_number ON COMMIT DROP AS " + numbers)
        cursor.execute("SELECT count(*), max(n) FROM demo_order")
        rows, _ = cursor.fetchone()
        with bulk_load(cursor, *TABLES, rows=rows):
            for statement in _WRITE:
                cursor.execute(statement, parameters)
        pass_over_ids(cursor, TABLES[0], rows=rows)
        pass_over(cursor, most_a_day=rows // len(history_days(world)) * 4)


def _sheets(world: World) -> Iterator[tuple[Any, ...]]:
    """Sheets as filled in by a crew that knows its trade, several for each case type."""
    rng = world.random("sheets")
    for key in catalogue().case_types:
        sheet = sheet_for(key)
        checks = json.dumps(dict.fromkeys((c.key for c in sheet.checks), True))
        data = json.dumps(sheet_data(sheet), ensure_ascii=False)
        for number in range(SHEETS_PER_TYPE):
            readings = {r.key: _figure(r, rng) for r in sheet.readings}
            yield key, number, data, checks, json.dumps(readings)


def _figure(reading: Reading, rng: Random) -> str:
    """A figure within the limits, mostly."""
    low = float(reading.low) if reading.low is not None else 0.0
    high = float(reading.high) if reading.high is not None else low * 2 + 10
    return f"{low + (high - low) * rng.uniform(0.1, 0.9):.2f}"


_ORDERLESS = """
SELECT count(*) FROM cases_caseduty d WHERE d.duty = %s AND d.done_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM dispatch_workorder w
        WHERE w.case_id = d.case_id AND w.entered_seq = d.entered_seq AND w.state = 'done')
"""
_LEFT_OVER = """
SELECT count(*) FROM dispatch_workorder w JOIN cases_case c ON c.id = w.case_id
 WHERE w.finished_at IS NULL AND c.closed_at IS NOT NULL
   AND c.closed_at < now() - interval '15 minutes'
"""
_BACKWARDS = """
SELECT count(*) FROM (
    SELECT at < lag(at) OVER o OR seq <> coalesce(lag(seq) OVER o, 0) + 1 AS wrong
      FROM dispatch_workorderevent WINDOW o AS (PARTITION BY work_order_id ORDER BY seq)) e
 WHERE wrong
"""


def audit() -> Sequence[Finding]:
    """Orders agree with their cases."""
    ((orders,),) = ask("SELECT count(*) FROM dispatch_workorder")
    return [
        Finding("work orders", f"{orders:,}", "some", ok=orders > 0),
        none_of("field work of cases without a done work order", _ORDERLESS, [DUTY]),
        none_of("open work orders of archived cases", _LEFT_OVER),
        none_of("steps of work orders out of order", _BACKWARDS),
    ]
