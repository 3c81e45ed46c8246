"""Answers that agents sent lately: words in the cases, messages, what became of them."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.manifest import DemoStage

MOST: Final = 60  # cases that were written to

# Entries come after all that a case has so far, so clocks and numbers of entries stay true.
_CHOSEN: Final = """
CREATE TEMP TABLE demo_reply ON COMMIT DROP AS
SELECT c.id AS case_id, c.organisation_id, c.customer_id, c.number, c.title AS about, p.name,
       c.event_count + 1 AS seq, coalesce(c.assignee_id, c.responsible_id) AS staff_id,
       e.address, e.standing, row_number() OVER (ORDER BY c.opened_at DESC, c.id) AS n,
       last.at + (%(now)s - last.at) * 0.6 AS at,
       nextval(pg_get_serial_sequence('messaging_message', 'id')) AS message_id
  FROM cases_case c
  JOIN customers_customer p ON p.id = c.customer_id
  JOIN messaging_emailaddress e ON e.customer_id = c.customer_id
 CROSS JOIN LATERAL (SELECT max(v.recorded_at) AS at FROM cases_caseevent v
                      WHERE v.case_id = c.id) last
 WHERE c.closed_at IS NULL AND last.at < %(now)s - interval '2 minutes'
   AND EXISTS (SELECT FROM cases_caseevent v
                WHERE v.case_id = c.id AND v.kind = 'first_response')
 ORDER BY c.opened_at DESC, c.id LIMIT %(most)s
"""
_MESSAGES: Final = """
INSERT INTO messaging_message (
    id, organisation_id, customer_id, channel, kind, purpose, is_emergency, is_automatic,
    subject_kind, subject_id, to_name, to_address, language, reference, title, body, state,
    reason, due_at, attempt_count, message_ref, receipt, created_at, created_by_id, sent_at,
    ended_at, is_told)
SELECT r.message_id, r.organisation_id, r.customer_id, 'email', 'reply', 'service', false, false,
       'case', r.case_id, r.name, r.address, 'zh-Hans', r.number,
       '关于您反映的问题：' || r.about || ' [#' || r.number || ']', w.body, s.state,
       CASE s.state WHEN 'bounced' THEN 'refused' ELSE '' END, r.at, 1,
       replace(gen_random_uuid()::text, '-', '') || '@' || %(domain)s,
       CASE s.state WHEN 'sent' THEN '2.0.0 queued' ELSE '' END, r.at, r.staff_id,
       CASE s.state WHEN 'sent' THEN r.at + interval '13 s' END, r.at + interval '13 s', true
  FROM demo_reply r
  JOIN demo_words w ON w.k = r.n %% 3
 CROSS JOIN LATERAL (SELECT CASE WHEN r.standing > '' OR r.n = 4 THEN 'bounced' ELSE 'sent' END
                            AS state) s
"""
_WORDS: Final = """
CREATE TEMP TABLE demo_words ON COMMIT DROP AS
SELECT * FROM (VALUES
    (0, E'您好！您反映的问题我们已经受理，并安排维修人员上门，预计今天下午到达，请保持电话畅通。'),
    (1, E'您好！经现场核实，问题已经查明，正在安排处理，处理完成后我们会第一时间告知您。'),
    (2, E'您好！感谢您的反映。相关情况已转交专业班组核查，三个工作日内答复您。')
) AS w (k, body)
"""
_ATTEMPTS: Final = """
INSERT INTO messaging_attempt (message_id, channel, what, at, code, words)
SELECT m.id, 'email', a.what, m.created_at + a.after, a.code, a.words
  FROM demo_reply r JOIN messaging_message m ON m.id = r.message_id
  JOIN (VALUES
    ('sent', 'begun', interval '12 s', NULL, ''),
    ('sent', 'accepted', interval '13 s', 250, '2.0.0 queued'),
    ('bounced', 'begun', interval '12 s', NULL, ''),
    ('bounced', 'refused', interval '13 s', 550, '5.1.1 no such mailbox')
  ) AS a (state, what, after, code, words) ON a.state = m.state
 ORDER BY m.id, a.after
"""
_ENTRIES: Final = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT r.case_id, r.seq, 'reply', r.at, r.at, r.staff_id, 'customer',
       jsonb_build_object('text', m.body, 'title', '关于您反映的问题：' || r.about,
                          'channel', 'email', 'message', m.id, 'name', r.name,
                          'enclosed', '[]'::jsonb)
  FROM demo_reply r JOIN messaging_message m ON m.id = r.message_id
UNION ALL
SELECT r.case_id, r.seq + 1,
       CASE m.state WHEN 'sent' THEN 'message_sent' ELSE 'message_failed' END,
       m.ended_at, m.ended_at, NULL, CASE m.state WHEN 'sent' THEN 'system' ELSE 'internal' END,
       jsonb_build_object('message', m.id, 'channel', 'email', 'kind', 'reply', 'state', m.state,
                          'reason', m.reason)
  FROM demo_reply r JOIN messaging_message m ON m.id = r.message_id
"""
_COUNTED: Final = """
UPDATE cases_case c SET event_count = c.event_count + 2 FROM demo_reply r WHERE r.case_id = c.id
"""


def build(world: World) -> None:
    """Write them, a few of them refused by the mail server."""
    values: dict[str, Any] = {
        "now": world.now,
        "most": MOST,
        "domain": settings.QIAO_MAIL_DOMAIN,
    }
    with connection.cursor() as cursor:
        for statement in (_CHOSEN, _WORDS, _MESSAGES, _ATTEMPTS, _ENTRIES, _COUNTED):
            cursor.execute(statement, values)
        cursor.execute("SELECT messaging_fold_counts()")


def audit() -> Sequence[Finding]:
    """Every answer in a case has its message."""
    ((replies,),) = ask("SELECT count(*) FROM cases_caseevent WHERE kind = 'reply'")
    return [
        Finding("answers sent from cases", f"{replies:,}", "some", replies > 0),
        none_of(
            "answers without a message",
            "SELECT count(*) FROM cases_caseevent e WHERE e.kind = 'reply' AND NOT EXISTS"
            " (SELECT FROM messaging_message m WHERE m.id = (e.data ->> 'message')::bigint)",
        ),
    ]


STAGE: Final = DemoStage("cases.replies", 89, build, audit)
