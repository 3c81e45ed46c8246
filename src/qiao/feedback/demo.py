"""Two years of follow-ups for the demo world: what customers said when they were called back.

Every stay of a case in a step that waits for the customer's word has its follow-up; its rating is
the one that the case itself learnt at the end of the stay.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, counts_agree, none_of, share
from qiao.core.demo_bulk import bulk_load, pass_over_ids
from qiao.core.packs.enabled import catalogue
from qiao.feedback.models import Rating
from qiao.feedback.queries import DUTY, patience_for

WORDS = {
    "very_satisfied": ("师傅来得快，态度好。", "处理很及时，谢谢。", ""),
    "satisfied": ("已经修好了。", "还可以，没有别的意见。", "", ""),
    "fairly_satisfied": ("修好了，就是等得久了点。", "希望下次提前电话联系。", ""),
    "not_satisfied": ("没修好，又漏了。", "等了很久才来，问题还在。", "答复不清楚，不认可。"),
}
RATED = frozenset(Rating.values)

_DRAW = (
    """CREATE TEMP TABLE demo_words ON COMMIT DROP AS
SELECT rating, i::int - 1 AS i, words, count(*) OVER (PARTITION BY rating)::int AS n
  FROM unnest(%(ratings)s::text[], %(words)s::text[], %(places)s::int[])
       AS w (rating, words, i)""",
    """CREATE TEMP TABLE demo_given ON COMMIT DROP AS
SELECT e.case_id, e.seq, f.value AS result
  FROM cases_caseevent e, jsonb_each_text(e.data) f
 WHERE e.kind = 'fields_given' AND f.key = ANY(%(fields)s)""",
    "CREATE INDEX ON demo_given (case_id)",
    "ANALYZE demo_given",
    """CREATE TEMP TABLE demo_follow ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY d.id)::int AS n, d.case_id, d.entered_seq, d.entered_at,
       d.done_at, c.organisation_id, c.responsible_id, random() AS r1, random() AS r2,
       coalesce((SELECT g.result FROM demo_given g
                  WHERE g.case_id = d.case_id AND g.seq > d.entered_seq
                  ORDER BY g.seq LIMIT 1), 'satisfied') AS result,
       (SELECT min(k.due_at) FROM cases_caseclock k
         WHERE k.case_id = d.case_id AND k.started_at <= d.entered_at
           AND (k.stopped_at IS NULL OR k.stopped_at > d.entered_at)) AS due_at
  FROM cases_caseduty d
  JOIN cases_case c ON c.id = d.case_id
 WHERE d.duty = %(duty)s""",
    "CREATE UNIQUE INDEX ON demo_follow (n)",
    # Three tries for those who were never reached; most others answer the first call.
    """CREATE TEMP TABLE demo_word ON COMMIT DROP AS
SELECT f.*, CASE WHEN done_at IS NULL THEN 'open' WHEN result = ANY(%(rated)s) THEN 'reached'
                 ELSE 'unreached' END AS state,
       CASE WHEN done_at IS NULL THEN (r1 < 0.25)::int
            WHEN NOT result = ANY(%(rated)s) THEN %(needed)s
            WHEN r1 < 0.78 THEN 1 WHEN r1 < 0.95 THEN 2 ELSE 3 END AS tries
  FROM demo_follow f""",
    "CREATE UNIQUE INDEX ON demo_word (n)",
    "CREATE TEMP TABLE demo_id ON COMMIT DROP AS"
    " SELECT coalesce(max(id), 0) AS base FROM feedback_followup",
    "ANALYZE demo_word",
)
_WRITE = (
    """INSERT INTO feedback_followup (
    id, case_id, entered_seq, organisation_id, assigned_to_id, state, due_at, opened_at, rating,
    resolved, words, attempt_count, confirmed_at, confirmed_by_id, finished_at, finished_date,
    version)
SELECT i.base + w.n, w.case_id, w.entered_seq, w.organisation_id, w.responsible_id, w.state,
       w.due_at, w.entered_at, CASE w.state WHEN 'reached' THEN w.result ELSE '' END,
       CASE w.state WHEN 'reached' THEN w.result <> 'not_satisfied' END,
       CASE w.state WHEN 'reached' THEN coalesce(said.words, '') ELSE '' END, w.tries,
       CASE w.state WHEN 'reached' THEN w.done_at END,
       CASE w.state WHEN 'reached' THEN w.responsible_id END, w.done_at,
       (w.done_at AT TIME ZONE 'Asia/Shanghai')::date, 1 + w.tries
  FROM demo_word w
  LEFT JOIN demo_words said ON said.rating = w.result AND said.i = floor(w.r2 * said.n)::int
 CROSS JOIN demo_id i""",
    # Attempts lie evenly between the opening and the end; the last one is the end itself.
    """INSERT INTO feedback_followupattempt (
    follow_up_id, seq, at, recorded_at, actor_id, channel, outcome, note)
SELECT i.base + w.n, t.seq, m.at, m.at, w.responsible_id, 'phone',
       CASE WHEN w.state = 'reached' AND t.seq = w.tries THEN 'reached'
            WHEN (w.n + t.seq) %% 5 = 0 THEN 'busy' ELSE 'no_answer' END, ''
  FROM demo_word w
 CROSS JOIN LATERAL generate_series(1, w.tries) AS t (seq)
 CROSS JOIN LATERAL (SELECT date_trunc('second', w.entered_at
           + (coalesce(w.done_at, %(now)s) - w.entered_at)
             * (CASE WHEN w.done_at IS NULL THEN 0.5 ELSE t.seq::float8 / w.tries END)) AS at) m
 CROSS JOIN demo_id i""",
)
TABLES = ("feedback_followup", "feedback_followupattempt")


def build(world: World) -> None:
    """Write a follow-up for every stay of a case that waited, or waits, for the customer."""
    words = [(r, text, i + 1) for r, texts in WORDS.items() for i, text in enumerate(texts)]
    parameters: dict[str, Any] = {
        "now": world.now,
        "duty": DUTY,
        "fields": result_fields(world.pack),
        "rated": sorted(RATED),
        "ratings": [word[0] for word in words],
        "words": [word[1] for word in words],
        "places": [word[2] for word in words],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM staff_organisation WHERE parent_id IS NULL ORDER BY id")
        company = cursor.fetchone()
        parameters["needed"] = patience_for(organisation_id=company[0], now=world.now).needed
        cursor.execute("SELECT setseed(%s)", [(world.seed % 991) / 1000])
        for statement in _DRAW:
            cursor.execute(statement, parameters)
        cursor.execute("SELECT count(*) FROM demo_word")
        (rows,) = cursor.fetchone()
        with bulk_load(cursor, *TABLES, rows=rows):
            for statement in _WRITE:
                cursor.execute(statement, parameters)
        pass_over_ids(cursor, TABLES[0], rows=rows)
        cursor.execute("SELECT feedback_fold_counts()")


def result_fields(pack: str) -> list[str]:
    """The fields of a pack's processes that take the customer's rating, by their choices."""
    found = set()
    for source in catalogue().packs[pack].processes:
        for field in source.data.get("fields", ()):
            offered = {choice.get("key") for choice in field.get("choices", ())}
            if offered >= RATED:
                found.add(str(field["key"]))
    return sorted(found)


CONTENT_BETWEEN = (0.85, 0.99)
_FIGURES = """
SELECT count(*), count(*) FILTER (WHERE state = 'reached'),
       count(*) FILTER (WHERE state = 'reached' AND rating <> 'not_satisfied')
  FROM feedback_followup
"""
_UNASKED = """
SELECT count(*) FROM cases_caseduty d WHERE d.duty = %s AND d.done_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM feedback_followup f
        WHERE f.case_id = d.case_id AND f.entered_seq = d.entered_seq
          AND f.state IN ('reached', 'unreached'))
"""
_ATTEMPTS = """
SELECT count(*) FROM feedback_followup f
  LEFT JOIN (SELECT follow_up_id, count(*) AS n FROM feedback_followupattempt GROUP BY 1) a
    ON a.follow_up_id = f.id
 WHERE f.attempt_count <> coalesce(a.n, 0)
"""


def audit() -> Sequence[Finding]:
    """Everybody who was to be asked was, and most are content."""
    ((every, reached, content),) = ask(_FIGURES)
    return [
        Finding("follow-ups", f"{every:,}", "some", ok=every > 0),
        share("customers reached who are content", content, reached, CONTENT_BETWEEN),
        none_of("finished call-backs of cases without a follow-up", _UNASKED, [DUTY]),
        none_of("follow-ups whose attempts are not all there", _ATTEMPTS),
        counts_agree(
            "kept counts of follow-ups that differ",
            module="feedback",
            table="feedback_followupcount",
        ),
    ]
