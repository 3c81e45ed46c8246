"""Coded cases to learn from, and how well suggestions have fitted since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from qiao.cases.models import CauseModel
from qiao.cases.rules.learning import Example

MOST_EXAMPLES: Final = 3_000
LEAST_A_CAUSE: Final = 5
MONTHS: Final = 24
WEEKS: Final = 12

_EXAMPLES = """
WITH coded AS (
    SELECT c.title, c.description, coalesce(k.merged_into_id, k.id) AS cause_id, x.coded_at
      FROM cases_casecause x
      JOIN cases_case c ON c.id = x.case_id
      JOIN cases_cause k ON k.id = x.cause_id
     WHERE x.role = 'main' AND x.coded_at >= %(since)s AND c.description <> ''
     ORDER BY x.coded_at DESC LIMIT %(most)s
), enough AS (
    SELECT cause_id FROM coded GROUP BY cause_id HAVING count(*) >= %(least)s
)
SELECT d.title, d.description, k.key, d.coded_at
  FROM coded d JOIN enough USING (cause_id) JOIN cases_cause k ON k.id = d.cause_id
 ORDER BY d.coded_at, k.key, d.title
"""


def coded_examples(*, now: datetime) -> list[Example]:
    """The newest coded cases with their words, of causes that have a few; erased ones are out."""
    with connection.cursor() as cursor:
        cursor.execute(
            _EXAMPLES,
            {
                "since": now - timedelta(days=MONTHS * 30),
                "most": MOST_EXAMPLES,
                "least": LEAST_A_CAUSE,
            },
        )
        return [Example(title, text, key, at) for title, text, key, at in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Week:
    """Suggestions of a week from Monday: how many, taken at the first place, taken at all."""

    monday: date
    offered: int
    first: int
    taken: int

    @property
    def first_percent(self) -> int:
        """How many of 100 were right at the first place."""
        return round(100 * self.first / self.offered) if self.offered else 0

    @property
    def taken_percent(self) -> int:
        """How many of 100 were among the three."""
        return round(100 * self.taken / self.offered) if self.offered else 0


_WEEKS = """
SELECT date_trunc('week', s.at AT TIME ZONE %(zone)s)::date, count(*),
       count(*) FILTER (WHERE s.place = 1), count(*) FILTER (WHERE s.place > 0)
  FROM cases_causesuggestion s
 WHERE s.at >= %(since)s
 GROUP BY 1 ORDER BY 1
"""


def suggestion_weeks(*, now: datetime, zone: str) -> list[Week]:
    """How well suggestions fitted in the last weeks: whether the model drifts."""
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, {"since": now - timedelta(weeks=WEEKS), "zone": zone})
        return [Week(*row) for row in cursor.fetchall()]


def trained_models(*, limit: int = 12) -> Sequence[CauseModel]:
    """The newest models, with their measures, without their weights."""
    return list(CauseModel.objects.defer("weights").order_by("-trained_at", "-id")[:limit])


def new_codes_since_training(*, now: datetime) -> int:
    """How many cases were coded since the last training."""
    last = CauseModel.objects.order_by("-trained_at").values_list("trained_at", flat=True).first()
    since = last or now - timedelta(days=MONTHS * 30)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_casecause WHERE role = 'main' AND coded_at > %s", [since]
        )
        return int(cursor.fetchone()[0])
