"""Complaints about outlets and people: the panel of the case, and what those are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from qiao.cases.queries.decoding import plain
from qiao.core.actor import Actor

# Whom the case is about with what was found, or who may be meant by what was said: units whose
# name stands in the words, people whose number or name was given where the pack asks for it.
PANEL: Final = """
SELECT CASE WHEN x.about IS NOT NULL OR x.units IS NOT NULL OR x.people IS NOT NULL
       THEN to_jsonb(x) END
  FROM (SELECT c.id AS "case", c.closed_at IS NOT NULL AS closed,
       (SELECT jsonb_build_object('unit', u.name, 'names', u.names, 'person', s.name,
               'number', s.number, 'team', t.name, 'team_names', t.names)
          FROM staff_organisation u LEFT JOIN staff_staff s ON s.id = c.about_staff_id
          JOIN staff_organisation t ON t.id = c.team_id WHERE u.id = c.about_unit_id) AS about,
       (SELECT jsonb_build_object('verdict', f.verdict, 'text', f.text, 'at', f.written_at,
               'by', w.name, 'given', f.given_at)
          FROM cases_outletfinding f JOIN staff_staff w ON w.id = f.written_by_id
         WHERE f.case_id = c.id) AS finding,
       CASE WHEN k.asks THEN (SELECT jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name,
               'names', u.names) ORDER BY length(u.name) DESC)
          FROM staff_organisation u
         WHERE u.is_active AND u.kind IN ('branch', 'department', 'team')
           AND position(u.name IN k.words) > 0) END AS units,
       CASE WHEN k.asks THEN (SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name,
               'number', s.number))
          FROM staff_staff s
         WHERE s.is_active AND c.facts ->> 'person' <> ''
           AND (s.number = c.facts ->> 'person' OR s.name = c.facts ->> 'person')) END AS people
  FROM cases_case c
 CROSS JOIN LATERAL (SELECT c.title || ' ' || c.description || ' ' || c.facts::text AS words,
       c.about_unit_id IS NULL AND c.closed_at IS NULL AND EXISTS (
           SELECT 1 FROM cases_casetype t WHERE t.id = c.case_type_id
              AND t."group" = 'complaint') AS asks) k
 WHERE c.id = %(case_id)s AND cardinality(%(organisation_ids)s) > 0) x
"""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as the outlet and the person see it: nothing of the customer, nor the case."""

    finding_id: int
    type_names: dict[str, str]
    unit: str
    unit_names: dict[str, str]
    person: str
    verdict: str
    text: str
    given_at: datetime


_FINDINGS: Final = """
SELECT f.id, t.names, u.name, u.names, coalesce(s.name, ''), f.verdict, f.text, f.given_at
  FROM cases_outletfinding f
  JOIN cases_case c ON c.id = f.case_id
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN staff_organisation u ON u.id = c.about_unit_id
  LEFT JOIN staff_staff s ON s.id = c.about_staff_id
 WHERE f.given_at IS NOT NULL
   AND (c.about_staff_id = %(me)s OR c.about_unit_id = ANY(%(units)s::bigint[]))
 ORDER BY f.given_at DESC, f.id DESC LIMIT %(limit)s
"""


def findings_for(*, actor: Actor, limit: int = 100) -> Sequence[FindingLine]:
    """Findings about the actor, and about units whose cases the actor may see, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FINDINGS,
            {
                "me": actor.staff_id or 0,
                "units": list(actor.organisations("cases.view")),
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    return [FindingLine(r[0], plain(r[1]), r[2], plain(r[3]), *r[4:]) for r in rows]
