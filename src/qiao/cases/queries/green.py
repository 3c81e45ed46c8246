"""The green channel: its rules, how many cases are in it, and what a case's page tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import F, Q, QuerySet

from qiao.cases.models import GreenRuleRow
from qiao.cases.queries.counting import kept_counts
from qiao.cases.rules.green import MUCH_PERCENT, percent_of
from qiao.core.actor import Actor

PANEL: Final = """
SELECT CASE WHEN c.is_green THEN jsonb_build_object('case', c.id, 'names', r.names,
       'source', r.source, 'since', r.valid_from, 'place', r.place, 'raises', r.raises_to,
       'reason', g.reason, 'by', s.name, 'at', g.put_at,
       'open', c.closed_at IS NULL) END
  FROM cases_case c
  LEFT JOIN cases_casegreen g ON g.case_id = c.id
  LEFT JOIN cases_greenrule r ON r.id = g.rule_id
  LEFT JOIN staff_staff s ON s.id = g.put_by_id
 WHERE c.id = %(case_id)s AND cardinality(%(organisation_ids)s) > 0
"""


def green_rules(*, actor: Actor) -> QuerySet[GreenRuleRow]:
    """All versions of rules in the order in which they are asked: each the company's first, then
    those of units whose cases the actor sees."""
    seen = Q(organisation=None) | Q(organisation__in=actor.organisations("cases.view"))
    rows = GreenRuleRow.objects.filter(seen).select_related("organisation")
    unit = F("organisation__path").asc(nulls_first=True)
    return rows.order_by("pack", "place", "key", unit, "-valid_from")


def rules_in_force(*, actor: Actor, day: date) -> Sequence[GreenRuleRow]:
    """The rules that hold on a day, or are off in a unit, as `green_rules` gives them."""
    return list(green_rules(actor=actor).filter(valid_from__lte=day).exclude(valid_to__lte=day))


@dataclass(frozen=True, slots=True)
class GreenShare:
    """How many open cases the actor sees, how many of them are green, and by which rule (0: by
    hand)."""

    total: int
    green: int
    by_rule: dict[int, int]

    @property
    def percent(self) -> int:
        """The share in percent."""
        return percent_of(self.green, self.total)

    @property
    def is_much(self) -> bool:
        """Whether so many are green that hardly anybody is."""
        return self.percent > MUCH_PERCENT


def green_share(*, actor: Actor) -> GreenShare:
    """The green channel of all units whose cases the actor sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(g.rule_id, 0), count(*) FROM cases_case c"
            " LEFT JOIN cases_casegreen g ON g.case_id = c.id"
            " WHERE c.closed_at IS NULL AND c.is_green AND c.organisation_id = ANY(%s) GROUP BY 1",
            [list(actor.organisations("cases.view"))],
        )
        by_rule = dict(cursor.fetchall())
    return GreenShare(kept_counts(actor=actor)["open"], sum(by_rule.values()), by_rule)
