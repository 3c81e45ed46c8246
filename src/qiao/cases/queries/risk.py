"""Risk of cases: the panel of a case, a person's alarms, how often each rule was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.queries.decoding import plain
from qiao.core.actor import Actor

# What the panel of a case shows: its signs, newest first, and the alarm that stands or stood last.
PANEL: Final = """
SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
    'case', %(case_id)s,
    'level', (SELECT c.risk FROM cases_case c WHERE c.id = %(case_id)s),
    'signs', jsonb_agg(jsonb_build_object(
        'id', r.id, 'rule', r.rule_key, 'names', w.names, 'source', w.source, 'kind', w.kind,
        'level', r.level, 'terms', w.terms, 'phrases', r.phrases, 'count', r.count,
        'protections', r.protections, 'at', r.found_at, 'refused', r.refused_at,
        'reason', r.refused_reason, 'by', f.name) ORDER BY r.refused_at NULLS FIRST,
        r.level, r.id),
    'alarm', (SELECT jsonb_build_object('manager', m.name, 'manager_id', m.id, 'phone', m.phone,
                'title', m.title, 'for', i.name, 'raised', a.raised_at, 'due', a.due_at,
                'ended', a.ended_at, 'ending', a.ending, 'by', e.name, 'passed', a.passed_on)
                FROM cases_riskalarm a JOIN staff_staff m ON m.id = a.manager_id
                LEFT JOIN staff_staff i ON i.id = a.stands_in_for_id
                LEFT JOIN staff_staff e ON e.id = a.ended_by_id
               WHERE a.case_id = %(case_id)s ORDER BY a.raised_at DESC, a.id DESC LIMIT 1)) END
  FROM cases_caserisk r
  JOIN cases_riskrule w ON w.id = r.rule_id
  LEFT JOIN staff_staff f ON f.id = r.refused_by_id
 WHERE r.case_id = %(case_id)s AND cardinality(%(organisation_ids)s) > 0
"""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm as a list shows it. `names` are the words of the grave signs first."""

    case_id: int
    number: str
    title: str
    customer_id: int | None
    who: str
    manager_id: int
    manager: str
    stands_in_for: str
    raised_at: datetime
    due_at: datetime
    ended_at: datetime | None
    ending: str
    ended_by: str
    names: list[dict[str, str]]
    phrases: list[str]

    @property
    def is_late(self) -> bool:
        """Whether it was acknowledged too late."""
        return self.ended_at is not None and self.ended_at > self.due_at


_ALARMS: Final = """
SELECT c.id, c.number, c.title, c.customer_id,
       coalesce(nullif(cu.name, ''), nullif(c.caller_name, ''), c.place),
       a.manager_id, m.name, coalesce(i.name, ''), a.raised_at, a.due_at, a.ended_at, a.ending,
       coalesce(e.name, ''),
       (SELECT coalesce(jsonb_agg(w.names ORDER BY r.level, r.id), '[]') FROM cases_caserisk r
          JOIN cases_riskrule w ON w.id = r.rule_id
         WHERE r.case_id = c.id AND r.refused_at IS NULL),
       (SELECT coalesce(jsonb_agg(DISTINCT p ->> 'text'), '[]') FROM cases_caserisk r,
          jsonb_array_elements(r.phrases) p WHERE r.case_id = c.id AND r.refused_at IS NULL)
  FROM cases_riskalarm a
  JOIN cases_case c ON c.id = a.case_id
  LEFT JOIN customers_customer cu ON cu.id = customers_survivor(c.customer_id)
  JOIN staff_staff m ON m.id = a.manager_id
  LEFT JOIN staff_staff i ON i.id = a.stands_in_for_id
  LEFT JOIN staff_staff e ON e.id = a.ended_by_id
 WHERE c.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(manager)s::bigint IS NULL OR a.manager_id = %(manager)s)
   AND (CASE WHEN %(open)s THEN a.ended_at IS NULL ELSE a.ended_at > %(since)s END)
   AND (%(case)s::bigint IS NULL OR a.case_id = %(case)s)
 ORDER BY (CASE WHEN %(open)s THEN a.due_at END), a.ended_at DESC, a.id
 LIMIT %(limit)s
"""


def alarms(
    *,
    actor: Actor,
    now: datetime,
    is_open: bool = True,
    mine: bool = False,
    case_id: int | None = None,
    limit: int = 100,
) -> Sequence[AlarmLine]:
    """Alarms of cases that the actor may see: open ones by their deadline, or ended in 30 days."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ALARMS,
            {
                "organisations": list(actor.organisations("cases.view")),
                "manager": actor.staff_id if mine else None,
                "open": is_open,
                "since": now - timedelta(days=30),
                "case": case_id,
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    return [AlarmLine(*(*row[:13], plain(row[13]), plain(row[14]))) for row in rows]


def open_alarm_count(actor: Actor) -> int:
    """How many alarms wait for the person; few at any time, and found by their own index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_riskalarm a JOIN cases_case c ON c.id = a.case_id"
            " WHERE a.manager_id = %s AND a.ended_at IS NULL AND c.organisation_id = ANY(%s)",
            [actor.staff_id or 0, list(actor.organisations("cases.view"))],
        )
        (count,) = cursor.fetchone()
    return int(count)


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """How often a rule held in a time, and how often a person refused it."""

    rule_key: str
    names: dict[str, str]
    level: str
    found: int
    refused: int


_QUALITY: Final = """
SELECT w.key, (array_agg(w.names ORDER BY w.valid_from DESC))[1],
       (array_agg(w.level ORDER BY w.valid_from DESC))[1],
       count(*), count(*) FILTER (WHERE r.refused_at IS NOT NULL)
  FROM cases_caserisk r JOIN cases_riskrule w ON w.id = r.rule_id
  JOIN cases_case c ON c.id = r.case_id
 WHERE c.organisation_id = ANY(%(organisations)s::bigint[]) AND r.found_at > %(since)s
 GROUP BY w.key ORDER BY count(*) DESC, w.key
"""


def rule_quality(*, actor: Actor, since: datetime) -> Sequence[RuleQuality]:
    """Every rule that held since then, the most frequent first."""
    values: dict[str, Any] = {
        "organisations": list(actor.organisations("cases.view")),
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUALITY, values)
        return [RuleQuality(row[0], plain(row[1]), *row[2:]) for row in cursor.fetchall()]
