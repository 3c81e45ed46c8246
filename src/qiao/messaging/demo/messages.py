"""Addresses and the messages of the last weeks: most arrived, some came back, letters wait."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of

WEEKS: Final = 6

# Every second household has told an address; one in forty of them is wrong by now.
_ADDRESSES: Final = """
INSERT INTO messaging_emailaddress (customer_id, address, is_primary, standing, standing_since,
                                    standing_reason, created_at)
SELECT c.id, coalesce(nullif(regexp_replace(lower(c.pinyin), '[^a-z]', '', 'g'), ''), 'user')
             || c.id || '@' || (ARRAY['example.com', 'example.net', 'example.org'])[1 + c.id %% 3],
       true, CASE WHEN c.id %% 80 = 7 THEN 'doubtful' ELSE '' END,
       CASE WHEN c.id %% 80 = 7 THEN %(now)s - make_interval(days => (3 + c.id %% 20)::int) END,
       CASE WHEN c.id %% 80 = 7 THEN '550 5.1.1 no such mailbox' ELSE '' END,
       greatest(c.created_at, %(now)s - interval '2 years')
  FROM customers_customer c
 WHERE c.merged_into_id IS NULL AND (c.id %% 2 = 1 OR c.id = %(known)s)
ON CONFLICT DO NOTHING
"""
_TEXTS: Final = """
CREATE TEMP TABLE demo_notice ON COMMIT DROP AS
SELECT * FROM (VALUES
    ('broadcast', '停水通知',
     E'%%s：\n您好！因管网检修，您所在区域将于今晚22:00至次日6:00停水，请提前储水。给您带来不便，敬请谅解。'),
    ('broadcast', '水表更换预约提醒',
     E'%%s：\n您好！您家水表更换预约在明天上午9:00至11:00，请家中留人。如需改期，请致电客服热线。'),
    ('broadcast', '供水恢复通知',
     E'%%s：\n您好！您所在区域的抢修已经完成，供水已恢复。初期可能出现短时水黄，放水数分钟即可。')
) AS n (kind, title, body)
"""
_MESSAGES: Final = """
INSERT INTO messaging_message (
    organisation_id, customer_id, channel, kind, purpose, is_emergency, is_automatic,
    subject_kind, to_name, to_address, language, reference, title, body, state, reason, due_at,
    attempt_count, message_ref, receipt, created_at, created_by_id, sent_at, ended_at, is_told)
SELECT m.organisation_id, m.customer_id, m.channel, n.kind, 'service', false, true, '', m.name,
       m.address, 'zh-Hans', '', n.title, format(n.body, m.name), m.state,
       CASE m.state WHEN 'bounced' THEN CASE m.channel WHEN 'email' THEN 'refused'
                                        ELSE 'returned' END
                    WHEN 'unknown' THEN 'no_answer' WHEN 'failed' THEN 'too_long' ELSE '' END,
       m.at, CASE WHEN m.state IN ('queued', 'printed') THEN 0 ELSE 1 END,
       replace(gen_random_uuid()::text, '-', '') || '@' || %(domain)s,
       CASE WHEN m.state = 'sent' AND m.channel = 'email' THEN '2.0.0 queued' ELSE '' END, m.at,
       NULL, CASE WHEN m.state IN ('sent', 'delivered') OR m.channel = 'letter'
                       AND m.state = 'bounced' THEN m.at + interval '40 seconds' END,
       CASE WHEN m.state <> 'queued' THEN m.at + interval '41 seconds' END, true
  FROM (SELECT c.id AS customer_id, c.name, l.organisation_id, d.i,
               CASE WHEN e.id IS NULL THEN 'letter' ELSE 'email' END AS channel,
               coalesce(e.address, h.full_text) AS address,
               date_trunc('day', %(now)s::timestamptz) - make_interval(days => d.i * 5 + 1)
                 + interval '9 hours' + make_interval(secs => (c.id * 37 + d.i * 11) %% 28000)
                 AS at,
               CASE WHEN e.id IS NULL AND d.i = 0 THEN 'queued'
                    WHEN e.id IS NULL AND c.id %% 19 = 4 THEN 'bounced'
                    WHEN e.standing > '' THEN 'bounced'
                    WHEN e.id IS NOT NULL AND c.id %% 211 = 9 THEN 'unknown'
                    WHEN e.id IS NOT NULL AND c.id %% 149 = 9 THEN 'failed'
                    ELSE 'sent' END AS state
          FROM customers_customer c
          JOIN LATERAL (SELECT min(o.organisation_id) AS organisation_id
                          FROM customers_customerorganisation o WHERE o.customer_id = c.id) l
            ON l.organisation_id IS NOT NULL
          LEFT JOIN messaging_emailaddress e ON e.customer_id = c.id
          LEFT JOIN LATERAL (
            SELECT w.full_text FROM customers_accountparty t
              JOIN customers_account a ON a.id = t.account_id AND a.status <> 'closed'
              JOIN customers_servicepoint s ON s.id = a.service_point_id
              JOIN customers_premises w ON w.id = s.premises_id
             WHERE t.customer_id = c.id LIMIT 1) h ON true
         CROSS JOIN generate_series(0, 7) AS d (i)
         WHERE c.merged_into_id IS NULL AND (c.id + d.i * 3) %% 9 = 4
           AND (e.id IS NOT NULL OR h.full_text IS NOT NULL AND c.id %% 4 = 0)) m
  JOIN (SELECT *, row_number() OVER () - 1 AS k FROM demo_notice) n ON n.k = m.i %% 3
"""
_ATTEMPTS: Final = """
INSERT INTO messaging_attempt (message_id, channel, what, at, code, words)
SELECT m.id, m.channel, a.what, m.created_at + a.after, a.code, a.words
  FROM messaging_message m
  JOIN (VALUES
    ('email', 'sent', 'begun', interval '39 s', NULL, ''),
    ('email', 'sent', 'accepted', interval '40 s', 250, '2.0.0 queued'),
    ('email', 'bounced', 'begun', interval '40 s', NULL, ''),
    ('email', 'bounced', 'refused', interval '41 s', 550, '5.1.1 no such mailbox'),
    ('email', 'unknown', 'begun', interval '20 s', NULL, ''),
    ('email', 'unknown', 'unknown', interval '41 s', NULL, 'timed out'),
    ('email', 'failed', 'begun', interval '20 s', NULL, ''),
    ('email', 'failed', 'deferred', interval '41 s', 452, '4.2.2 mailbox full'),
    ('letter', 'sent', 'posted', interval '40 s', NULL, ''),
    ('letter', 'bounced', 'posted', interval '40 s', NULL, ''),
    ('letter', 'bounced', 'returned', interval '41 s', NULL, '')
  ) AS a (channel, state, what, after, code, words)
    ON a.channel = m.channel AND a.state = m.state
 ORDER BY m.id, a.after
"""


def build(world: World) -> None:
    """Write addresses, messages and their attempts."""
    values: dict[str, Any] = {
        "now": world.now,
        "known": world.shared.get("first_customer_id", 0),
        "domain": settings.QIAO_MAIL_DOMAIN,
    }
    with connection.cursor() as cursor:
        for statement in (_ADDRESSES, _TEXTS, _MESSAGES, _ATTEMPTS):
            cursor.execute(statement, values)
        cursor.execute("SELECT messaging_fold_counts()")


def audit() -> Sequence[Finding]:
    """Most messages arrived, a few did not, letters wait."""
    ((sent, trouble, letters),) = ask(
        "SELECT count(*) FILTER (WHERE state = 'sent'),"
        " count(*) FILTER (WHERE state IN ('bounced', 'failed', 'unknown')),"
        " count(*) FILTER (WHERE state = 'queued' AND channel = 'letter') FROM messaging_message"
    )
    return [
        Finding("messages sent", f"{sent:,}", "some", sent > 0),
        Finding("messages that went wrong", f"{trouble:,}", "few", 0 < trouble < sent // 5),
        Finding("letters that wait", f"{letters:,}", "some", letters > 0),
        none_of(
            "sent messages without an attempt",
            "SELECT count(*) FROM messaging_message m WHERE m.state = 'sent' AND NOT EXISTS"
            " (SELECT FROM messaging_attempt a WHERE a.message_id = m.id)",
        ),
    ]
