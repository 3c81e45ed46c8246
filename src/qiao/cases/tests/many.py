"""Cases in great number by plain SQL, for tests of what lists read."""

import os
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

# Organisation, team, person and type are spread; open cases come last and are few.
_CASES = """
INSERT INTO cases_case (number, organisation_id, case_type_id, process_id, step, phase, priority,
    channel, area, title, description, facts, place, caller_name, caller_phone, responsible_id,
    team_id, assignee_id, opened_at, changed_at, opened_date, closed_at, closed_date, outcome,
    due_at, due_promise, level, is_paused, promise_kept, chase_count, reopened_count, escalated,
    event_count, version)
SELECT 'GD' || lpad((%(first)s + i)::text, 13, '0'),
       (%(units)s::bigint[])[1 + i %% cardinality(%(units)s::bigint[])], t.id, p.id,
       CASE WHEN %(open)s THEN 'repair' ELSE 'archived' END,
       CASE WHEN NOT %(open)s THEN 'closed' WHEN i %% 4 = 0 THEN 'confirm' ELSE 'work' END,
       CASE WHEN i %% 20 = 0 THEN 'urgent' ELSE 'normal' END,
       'call', '339102', '案件 ' || i, '', '{}', '', '', '', (%(people)s::bigint[])[1 + i %% 2],
       (%(teams)s::bigint[])[1 + i %% cardinality(%(teams)s::bigint[])],
       CASE WHEN i %% 3 = 0 THEN NULL ELSE (%(people)s::bigint[])[1 + i %% 2] END,
       m.at, m.at, m.at::date,
       CASE WHEN NOT %(open)s THEN m.at + interval '3 hours' END,
       CASE WHEN NOT %(open)s THEN (m.at + interval '3 hours')::date END, '',
       CASE WHEN %(open)s AND i %% 9 <> 0 THEN %(now)s + (i - 500) * interval '7 minutes' END,
       '', CASE WHEN %(open)s AND i < 500 THEN 'late' WHEN i %% 7 = 0 THEN 'warn' ELSE 'ok' END,
       i %% 9 = 0 AND %(open)s, NOT %(open)s, 0, 0, false, 0, 1
  FROM generate_series(1, %(rows)s) AS i
 CROSS JOIN LATERAL (
       SELECT %(now)s - interval '1 day' - i * %(apart)s * interval '1 second' AS at) m
 CROSS JOIN (SELECT id FROM cases_casetype WHERE key = 'water.leak') t
 CROSS JOIN (SELECT id FROM cases_processversion ORDER BY id DESC LIMIT 1) p
"""


def add_cases(
    *,
    rows: int,
    first: int,
    is_open: bool,
    units: list[int],
    teams: list[int],
    people: list[int],
    now: datetime,
    apart: int = 60,
) -> None:
    """Add `rows` cases, opened `apart` seconds from each other going back from yesterday."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CASES,
            {
                "rows": rows,
                "first": first,
                "open": is_open,
                "units": units,
                "teams": teams,
                "people": people,
                "now": now,
                "apart": apart,
            },
        )


def as_owner(database: str, *statements: str) -> None:
    """Run statements that the plain role may not, each by itself."""
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])
    url = urlunsplit(address._replace(path=f"/{database}"))
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement)
