"""Promises in words of the last months: most were kept in time, a few were not, some still run."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.manifest import DemoStage

MOST_OPEN: Final = 40
MOST_CLOSED: Final = 400

_SAID: Final = """
CREATE TEMP TABLE demo_said AS
SELECT * FROM (VALUES
    (0, '今天下班前安排师傅上门查看'), (1, '查清后给客户回电说明'),
    (2, '上门前半小时先打电话联系'), (3, '核对账单后短信告知结果'), (4, '修好后回访一次')
) AS s (k, text)
"""
# Kept before its time where the case went well; every eighth was not.
_CHOSEN: Final = """
CREATE TEMP TABLE demo_word AS
SELECT x.*, s.text, nextval(pg_get_serial_sequence('cases_caseword', 'id')) AS word_id,
       CASE WHEN x.closed_at IS NULL THEN 'open' WHEN x.n %% 8 = 3 THEN 'broken' ELSE 'kept' END
       AS state,
       CASE WHEN x.closed_at IS NULL
            THEN %(now)s + make_interval(mins => (20 + x.n * 23 %% 1500)::int)
            WHEN x.n %% 8 = 3 THEN x.given_at + (x.closed_at - x.given_at) * 0.7
            ELSE x.closed_at + interval '30 minutes' END AS due_at
  FROM (SELECT c.id AS case_id, c.closed_at, c.event_count,
               coalesce(c.assignee_id, c.responsible_id) AS staff_id,
               CASE WHEN c.closed_at IS NULL THEN last.at + (%(now)s - last.at) * 0.6
                    ELSE c.opened_at + interval '4 minutes' END AS given_at,
               row_number() OVER (PARTITION BY c.closed_at IS NULL
                                  ORDER BY c.opened_at DESC, c.id) AS n
          FROM cases_case c
         CROSS JOIN LATERAL (SELECT max(v.recorded_at) AS at FROM cases_caseevent v
                              WHERE v.case_id = c.id) last
         WHERE c.parent_id IS NULL AND c.merged_into_id IS NULL AND c.about_unit_id IS NULL
           AND c.id %% 3 = 1 AND last.at < %(now)s - interval '2 minutes'
           AND (c.closed_at IS NULL OR c.closed_at > c.opened_at + interval '20 minutes')) x
  JOIN demo_said s ON s.k = x.n %% 5
 WHERE x.n <= CASE WHEN x.closed_at IS NULL THEN %(open)s ELSE %(closed)s END
"""
_WORDS: Final = """
INSERT INTO cases_caseword (id, case_id, text, source, due_at, given_at, given_by_id, keeper_id,
                            state, done_at)
SELECT word_id, case_id, text, 'answer', due_at, given_at, staff_id, staff_id, state,
       CASE state WHEN 'kept' THEN closed_at END
  FROM demo_word
"""
# An entry of the past cannot be put between others: only open cases get theirs, at their end.
_ENTRIES: Final = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT case_id, event_count + 1, 'word_given', given_at, given_at, staff_id, 'customer',
       jsonb_build_object('word', word_id, 'text', text, 'due', due_at)
  FROM demo_word WHERE state = 'open'
"""
_COUNTED: Final = """
UPDATE cases_case c SET event_count = c.event_count + 1, word_due_at = w.due_at
  FROM demo_word w WHERE w.case_id = c.id AND w.state = 'open'
"""
_GONE: Final = "DROP TABLE demo_said, demo_word"


def build(world: World) -> None:
    """Write them, of open and of archived cases."""
    values: dict[str, Any] = {"now": world.now, "open": MOST_OPEN, "closed": MOST_CLOSED}
    with connection.cursor() as cursor:
        for statement in (_SAID, _CHOSEN, _WORDS, _ENTRIES, _COUNTED, _GONE):
            cursor.execute(statement, values)


def audit() -> Sequence[Finding]:
    """Promises run, were kept and were broken; what runs stands on its case."""
    ((open_ones, kept, broken),) = ask(
        "SELECT count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'kept'),"
        " count(*) FILTER (WHERE state = 'broken') FROM cases_caseword"
    )
    return [
        Finding("promises in words that run", f"{open_ones:,}", "some", open_ones > 0),
        Finding("promises in words kept", f"{kept:,}", "most", kept > broken),
        Finding("promises in words broken", f"{broken:,}", "a few", broken > 0),
        none_of(
            "running promises that do not stand on their case",
            "SELECT count(*) FROM cases_caseword w JOIN cases_case c ON c.id = w.case_id"
            " WHERE w.state = 'open' AND c.word_due_at IS NULL",
        ),
    ]


STAGE: Final = DemoStage("cases.words", 91, build, audit)
