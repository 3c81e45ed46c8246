"""Notices that customers got of their cases in the last weeks, as the job would have told them."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case, ProcessVersion
from qiao.cases.rules.telling import occasion_of
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.manifest import DemoStage
from qiao.messaging.queries.notices import shipped

DAYS: Final = 14
KINDS: Final = ("opened", "step_entered", "closed")

_STEPS: Final = "CREATE TEMP TABLE demo_tells (process bigint, step text, occasion text)"
_TEXTS: Final = "CREATE TEMP TABLE demo_notice_text (occasion text, title text, body text)"
# Histories are left as they are: an entry of the past cannot be put between others.
_CHOSEN: Final = """
CREATE TEMP TABLE demo_told AS
SELECT t.*,
       nextval(pg_get_serial_sequence('messaging_message', 'id')) AS message_id,
       CASE WHEN t.address IS NULL THEN 'no_address' WHEN t.standing > '' THEN 'doubtful'
            ELSE '' END AS reason
  FROM (SELECT c.id AS case_id, c.organisation_id, c.customer_id, c.number, c.title AS about,
               c.event_count, p.name, m.address, m.standing, v.seq,
               v.at + interval '70 seconds' AS at, o.name AS unit, v.data ->> 'step' AS step,
               CASE v.kind WHEN 'opened' THEN 'case_received' WHEN 'closed' THEN 'case_closed'
                    ELSE s.occasion END AS occasion,
               lead(v.at) OVER (PARTITION BY c.id ORDER BY v.seq) AS followed_at, v.at AS began
          FROM cases_case c
          JOIN customers_customer p ON p.id = c.customer_id AND p.merged_into_id IS NULL
          JOIN staff_organisation o ON o.id = c.organisation_id
          JOIN cases_caseevent v ON v.case_id = c.id AND v.kind = ANY(%(kinds)s)
                                AND v.at > %(now)s - make_interval(days => %(days)s)
                                AND v.at < %(now)s - interval '5 minutes'
          LEFT JOIN demo_tells s ON s.process = c.process_id AND s.step = v.data ->> 'step'
          LEFT JOIN LATERAL (
               SELECT e.address, e.standing FROM messaging_emailaddress e
                WHERE e.customer_id = c.customer_id ORDER BY e.is_primary DESC, e.id LIMIT 1) m
            ON true
         WHERE c.parent_id IS NULL AND c.about_unit_id IS NULL AND c.merged_into_id IS NULL
           AND NOT EXISTS (SELECT FROM cases_casetelling k WHERE k.case_id = c.id)
           AND (v.kind <> 'step_entered' OR s.occasion IS NOT NULL)) t
 WHERE t.followed_at IS NULL OR t.followed_at > t.began + interval '1 minute'
"""
_MESSAGES: Final = """
INSERT INTO messaging_message (
    id, organisation_id, customer_id, channel, kind, purpose, is_emergency, is_automatic,
    subject_kind, subject_id, to_name, to_address, language, reference, title, body, state,
    reason, due_at, attempt_count, message_ref, receipt, created_at, sent_at, ended_at, is_told)
SELECT r.message_id, r.organisation_id, r.customer_id, 'email', r.occasion, 'service', false,
       true, 'case', r.case_id, r.name, r.address, 'zh-Hans', r.number,
       replace(w.title, '{case}', r.number),
       replace(replace(replace(replace(w.body, '{name}', r.name), '{title}', r.about), '{case}',
                       r.number), '{organisation}', r.unit),
       'sent', '', r.at, 1, replace(gen_random_uuid()::text, '-', '') || '@' || %(domain)s,
       '2.0.0 queued', r.at, r.at + interval '2 s', r.at + interval '2 s', true
  FROM demo_told r JOIN demo_notice_text w ON w.occasion = r.occasion WHERE r.reason = ''
"""
_ATTEMPTS: Final = """
INSERT INTO messaging_attempt (message_id, channel, what, at, code, words)
SELECT r.message_id, 'email', a.what, r.at + a.after, a.code, a.words
  FROM demo_told r
 CROSS JOIN (VALUES ('begun', interval '1 s', NULL, ''),
                    ('accepted', interval '2 s', 250, '2.0.0 queued'))
       AS a (what, after, code, words)
 WHERE r.reason = '' ORDER BY r.message_id, a.after
"""
_TELLINGS: Final = """
INSERT INTO cases_casetelling (case_id, occasion, mark, noted_at, state, reason, message_id)
SELECT r.case_id, r.occasion, r.seq::text, r.began, CASE r.reason WHEN '' THEN 'told'
       ELSE 'untold' END, r.reason, CASE r.reason WHEN '' THEN r.message_id END
  FROM demo_told r ORDER BY r.at
"""
_GONE: Final = "DROP TABLE demo_tells, demo_notice_text, demo_told"
_PROMISE: Final = "处理有进展时，我们会及时告知您。"


def build(world: World) -> None:
    """Write what was told in the last two weeks."""
    values: dict[str, Any] = {
        "now": world.now,
        "days": DAYS,
        "kinds": list(KINDS),
        "domain": settings.QIAO_MAIL_DOMAIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STEPS)
        cursor.executemany("INSERT INTO demo_tells VALUES (%s, %s, %s)", _steps())
        cursor.execute(_TEXTS)
        cursor.executemany("INSERT INTO demo_notice_text VALUES (%s, %s, %s)", _texts())
        for statement in (_CHOSEN, _MESSAGES, _ATTEMPTS, _TELLINGS, _GONE):
            cursor.execute(statement, values)
        cursor.execute("SELECT messaging_fold_counts()")


def _steps() -> list[tuple[int, str, str]]:
    """The steps that tell, of every version of every process."""
    used = ProcessVersion.objects.filter(pk__in=Case.objects.values("process_id"))
    processes = [(row.pk, definitions.process_of(row)) for row in used]
    told = [
        (pk, step.key, occasion_of("step_entered", {"step": step.key}, process))
        for pk, process in processes
        for step in process.steps
    ]
    return [each for each in told if each[2]]


def _texts() -> list[tuple[str, str, str]]:
    return [
        (
            occasion,
            texts["zh-Hans"]["title"],
            texts["zh-Hans"]["body"].replace("{promise}", _PROMISE).replace("{step}", "处理"),
        )
        for occasion, texts in shipped().items()
    ]


def audit() -> Sequence[Finding]:
    """Customers were told, and what is said to be told has its message."""
    ((told, untold),) = ask(
        "SELECT count(*) FILTER (WHERE state = 'told'), count(*) FILTER (WHERE state = 'untold')"
        "  FROM cases_casetelling"
    )
    return [
        Finding("notices told of cases", f"{told:,}", "some", told > 0),
        Finding("notices that could not be told", f"{untold:,}", "some", untold > 0),
        none_of(
            "told notices without a message",
            "SELECT count(*) FROM cases_casetelling t WHERE t.state = 'told' AND NOT EXISTS"
            " (SELECT FROM messaging_message m WHERE m.id = t.message_id)",
        ),
    ]


STAGE: Final = DemoStage("cases.told", 90, build, audit)
