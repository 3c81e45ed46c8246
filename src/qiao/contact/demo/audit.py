"""Whether the demo's contacts are believable."""

from collections.abc import Sequence

from qiao.core.demo import Finding
from qiao.core.demo_audit import ask, counts_agree, none_of, shape, share
from qiao.core.demo_rhythm import demo_pack

PHONE_BETWEEN = (0.94, 0.96)
COMPLAINTS_BETWEEN = (0.02, 0.06)

_HOURS = """
SELECT h, count(i.id) FROM generate_series(0, 23) AS h
  LEFT JOIN contact_interaction i ON i.started_hour = h GROUP BY h ORDER BY h
"""
_WEEKDAYS = """
SELECT extract(isodow FROM started_date), count(*)::float8 / count(DISTINCT started_date)
  FROM contact_interaction GROUP BY 1 ORDER BY 1
"""
_PHONE = """
SELECT count(*), count(*) FILTER (WHERE channel = 'phone') FROM contact_interaction
 WHERE state <> 'abandoned'
"""
_COMPLAINTS = """
SELECT count(*), count(*) FILTER (WHERE t."group" = 'complaint')
  FROM contact_interactioncase l
  JOIN cases_case c ON c.id = l.case_id
  JOIN cases_casetype t ON t.id = c.case_type_id
 WHERE l.kind = 'opened'
"""
_ORPHANS = """
SELECT count(*) FROM cases_case c WHERE NOT EXISTS (
    SELECT FROM contact_interactioncase l WHERE l.case_id = c.id AND l.kind = 'opened')
   AND NOT EXISTS (SELECT FROM cases_alikeparent p WHERE p.case_id = c.id)
   AND NOT EXISTS (SELECT FROM cases_casesource s WHERE s.case_id = c.id)
   AND NOT EXISTS (SELECT FROM cases_casetype t WHERE t.id = c.case_type_id
                      AND t."group" = 'internal')
"""
_STRANGERS = """
SELECT count(*) FROM contact_interactioncase l
  JOIN contact_interaction i ON i.id = l.interaction_id
  JOIN cases_case c ON c.id = l.case_id
 WHERE i.customer_id IS DISTINCT FROM c.customer_id
"""
_GAPS = """
SELECT count(*) FROM contact_interaction i
  LEFT JOIN (SELECT interaction_id, count(*) AS n FROM contact_interactionevent GROUP BY 1) e
    ON e.interaction_id = i.id
 WHERE i.event_count <> coalesce(e.n, 0)
"""


def audit() -> Sequence[Finding]:
    """Channels, rhythm, complaints, references, counts."""
    ((every, phone),) = ask(_PHONE)
    ((with_cases, complaints),) = ask(_COMPLAINTS)
    findings = [
        Finding("contacts", f"{every:,}", "some", ok=every > 0),
        share("contacts by phone", phone, every, PHONE_BETWEEN),
        share("complaints among contacts with cases", complaints, with_cases, COMPLAINTS_BETWEEN),
    ]
    pack = demo_pack()
    if pack is not None:
        hours = [row[1] for row in ask(_HOURS)]
        weekdays = [row[1] for row in ask(_WEEKDAYS)]
        findings.append(shape("shape of the day", hours, pack.demo.hourly))
        findings.append(shape("shape of the week", weekdays, pack.demo.weekly))
    return [
        *findings,
        none_of("cases that no contact opened", _ORPHANS),
        none_of("contacts with another customer than their case", _STRANGERS),
        none_of("contacts whose history has a gap", _GAPS),
        counts_agree(
            "kept counts of contacts that differ",
            module="contact",
            table="contact_interactioncount",
        ),
    ]
