"""Why cases arose in a period: causes ranked, with the period before, by unit, team or type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Cause
from qiao.cases.queries.causes import in_tree_order
from qiao.cases.queries.filters import ZONE_MARGIN
from qiao.core.actor import Actor
from qiao.staff.queries import subtree_of

BY: Final[Mapping[str, str]] = {
    "unit": "c.organisation_id::text",
    "team": "c.team_id::text",
    "area": "c.area",
    "type": "c.case_type_id::text",
}
MOST_TEXTS: Final = 2_000
MOST_COLUMNS: Final = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What is ranked: days (inclusive, local), and what narrows them; `by` splits the columns."""

    since: date
    until: date
    group: str = ""
    unit: int | None = None
    by: str = "unit"

    @property
    def days(self) -> int:
        """How many days."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> tuple[date, date]:
        """The days of the period before, of the same length."""
        return self.since - timedelta(days=self.days), self.since - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cause with its cases now and before; `cause` is None for cases without one."""

    cause: Cause | None
    count: int
    before: int
    split: Mapping[str, int]


_COUNTS = """
SELECT coalesce(k.merged_into_id, k.id), {column}, c.opened_date >= %(since)s, count(*)
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id
  LEFT JOIN cases_cause k ON k.id = c.main_cause_id
 WHERE c.organisation_id = ANY(%(organisations)s)
   AND c.opened_date BETWEEN %(first)s AND %(until)s
   AND c.opened_at BETWEEN %(after)s AND %(end)s
   AND c.merged_into_id IS NULL
   AND (%(group)s = '' OR t."group" = %(group)s)
 GROUP BY 1, 2, 3
"""


def rank_causes(*, actor: Actor, asked: Asked) -> list[Ranked]:
    """All causes with cases in either period, most frequent first; those without one last."""
    counts: dict[int | None, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS.format(column=BY[asked.by]),  # one of this module's own expressions
            _values(actor, asked),
        )
        for cause_id, column, is_now, count in cursor.fetchall():
            held = counts.setdefault(cause_id, [0, 0, {}])
            held[0 if is_now else 1] += count
            if is_now:
                held[2][column] = held[2].get(column, 0) + count
    causes = Cause.objects.in_bulk([pk for pk in counts if pk is not None])
    rows = [
        Ranked(causes.get(pk) if pk is not None else None, now, before, split)
        for pk, (now, before, split) in counts.items()
    ]
    return sorted(rows, key=_place)


def _place(row: Ranked) -> tuple[bool, int, int, str]:
    key = row.cause.key if row.cause else ""
    return (row.cause is None, -row.count, -row.before, key)


def _values(actor: Actor, asked: Asked) -> dict[str, Any]:
    organisations = actor.organisations("cases.view")
    if asked.unit is not None:
        below = subtree_of(asked.unit)
        organisations = tuple(pk for pk in organisations if pk in below)
    first = asked.before[0]
    midnight = datetime.fromisoformat(f"{first.isoformat()}T00:00:00+00:00")
    last = datetime.fromisoformat(f"{asked.until.isoformat()}T23:59:59+00:00")
    return {
        "organisations": list(organisations),
        "first": first,
        "since": asked.since,
        "until": asked.until,
        "after": midnight - ZONE_MARGIN,
        "end": last + ZONE_MARGIN,
        "group": asked.group,
    }


_TEXTS = """
SELECT c.title || ' ' || c.description, c.opened_date >= %(since)s
  FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id
 WHERE c.organisation_id = ANY(%(organisations)s)
   AND c.opened_date BETWEEN %(first)s AND %(until)s
   AND c.opened_at BETWEEN %(after)s AND %(end)s
   AND c.merged_into_id IS NULL
   AND (%(group)s = '' OR t."group" = %(group)s)
 ORDER BY c.opened_at DESC LIMIT %(most)s
"""


def texts_of(*, actor: Actor, asked: Asked) -> tuple[list[str], list[str]]:
    """The words of the newest cases, of the period and of the one before."""
    now: list[str] = []
    before: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, _values(actor, asked) | {"most": MOST_TEXTS})
        for text, is_now in cursor.fetchall():
            (now if is_now else before).append(text)
    return now, before


def tree_of(rows: Sequence[Ranked]) -> dict[int, Cause]:
    """The causes above those ranked, by id: for their way from the top."""
    found = in_tree_order(Cause.objects.all()) if rows else []
    return {cause.pk: cause for cause in found}
