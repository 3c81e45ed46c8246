"""Whether the demo's cases are believable."""

from collections.abc import Sequence

from qiao.core.demo import Finding
from qiao.core.demo_audit import ask, counts_agree, none_of, share

KEPT_BETWEEN = (0.88, 0.965)
OPEN_BELOW = 0.08

_FIGURES = """
SELECT count(*), count(*) FILTER (WHERE closed_at IS NULL),
       count(*) FILTER (WHERE closed_at IS NOT NULL),
       count(*) FILTER (WHERE closed_at IS NOT NULL AND promise_kept)
  FROM cases_case
"""
_GAPS = """
SELECT count(*) FROM cases_case c
  LEFT JOIN (SELECT case_id, count(*) AS n, max(seq) AS last FROM cases_caseevent GROUP BY case_id)
       e ON e.case_id = c.id
 WHERE c.event_count IS DISTINCT FROM e.n OR c.event_count IS DISTINCT FROM e.last
"""
_UNOWNED = """
SELECT count(*) FROM cases_case c
  LEFT JOIN staff_staff s ON s.id = c.responsible_id AND s.is_active
  LEFT JOIN staff_organisation t ON t.id = c.team_id AND t.is_active
 WHERE c.closed_at IS NULL AND (s.id IS NULL OR t.id IS NULL)
"""
_UNCLOCKED = """
SELECT count(*) FROM cases_caseclock k JOIN cases_case c ON c.id = k.case_id
 WHERE c.closed_at IS NOT NULL AND k.state IN ('running', 'paused')
"""
_HALF_CLOSED = """
SELECT count(*) FROM cases_case WHERE (closed_at IS NULL) = (phase = 'closed')
"""


def audit() -> Sequence[Finding]:
    """Promises, owners, histories, counts."""
    ((every, still_open, closed, kept),) = ask(_FIGURES)
    return [
        Finding("cases", f"{every:,}", "some", ok=every > 0),
        share("open cases", still_open, every, (0.0001, OPEN_BELOW)),
        share("archived cases with every promise kept", kept, closed, KEPT_BETWEEN),
        none_of("open cases without a first person or a team", _UNOWNED),
        none_of("cases whose history has a gap", _GAPS),
        none_of("running clocks of archived cases", _UNCLOCKED),
        none_of("cases neither open nor archived", _HALF_CLOSED),
        counts_agree(
            "kept counts of cases that differ",
            module="cases",
            table="cases_casecount",
            by_pack=True,
        ),
    ]
