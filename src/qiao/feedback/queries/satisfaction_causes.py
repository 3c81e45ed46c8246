"""Why customers are satisfied or not: what they said when called back, by the case's cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.queries.cause_choices import causes_by_id
from qiao.core.actor import Actor
from qiao.core.rules.statistics import Share
from qiao.core.wording import from_names
from qiao.feedback.rules.follow_ups import GLAD, RATINGS, WORST
from qiao.feedback.rules.means import Difference, Mean, mean_from
from qiao.feedback.rules.survey_figures import Part, change, plain_share
from qiao.staff.queries import subtree_of

VIEW: Final = "followups.view"
EXAMPLES: Final = 3  # the newest of each cause: enough to see what is behind a number
_MARGIN: Final = timedelta(days=1)  # a local day begins within a day of that of UTC
POINTS: Final = {rating: len(RATINGS) - place for place, rating in enumerate(RATINGS)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is ranked: answers of these days (inclusive, local), of a unit with all below it."""

    since: date
    until: date
    unit: int | None = None

    @property
    def first(self) -> date:
        """The first day of the period before, which is of the same length."""
        return self.since - timedelta(days=(self.until - self.since).days + 1)


@dataclass(frozen=True, slots=True)
class Example:
    """What one customer said, in their own words."""

    follow_up_id: int
    rating: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause with what customers said of its cases; `key` is empty for cases without one.

    `glad` counts all who are not dissatisfied, `top` the most satisfied, `mean` is in points from
    1 (not satisfied) to 4; `unsolved` counts matters that were not solved. `change` is the share
    of the satisfied against the period before, in points of a percentage.
    """

    key: str
    name: str
    glad: Share
    top: Share
    mean: Mean
    unsolved: int
    before: Share
    change: Difference | None
    examples: tuple[Example, ...]

    @property
    def unhappy(self) -> int:
        """How many were not satisfied."""
        return self.glad.whole - self.glad.part


@dataclass(frozen=True, slots=True)
class Ranking:
    """Causes ranked, and the satisfied of all answers, in the period and in the one before."""

    rows: list[Reason]
    whole: Share
    before: Share


_OF: Final = """
  FROM feedback_followup f
  JOIN cases_case c ON c.id = f.case_id
  LEFT JOIN cases_cause k ON k.id = c.main_cause_id
 WHERE f.state = 'reached' AND f.organisation_id = ANY(%(organisations)s)
   AND f.finished_date BETWEEN %(first)s AND %(until)s
   AND f.finished_at BETWEEN %(after)s AND %(end)s
"""
_COUNTS: Final = f"""
SELECT coalesce(k.merged_into_id, k.id), f.finished_date >= %(since)s, f.rating, count(*),
       count(*) FILTER (WHERE NOT f.resolved)
{_OF} GROUP BY 1, 2, 3
"""
_EXAMPLES: Final = f"""
SELECT cause, id, rating, words, finished_at FROM (
    SELECT coalesce(k.merged_into_id, k.id) AS cause, f.id, f.rating, f.words, f.finished_at,
           row_number() OVER (PARTITION BY coalesce(k.merged_into_id, k.id)
               ORDER BY f.rating = %(worst)s DESC, f.finished_at DESC, f.id DESC) AS place
    {_OF} AND f.words NOT IN ('', '–') AND f.finished_date >= %(since)s) x
 WHERE place <= %(most)s ORDER BY cause, place
"""  # noqa: S608 - this module's own pieces


def rank_reasons(*, actor: Actor, asked: Asked) -> Ranking:
    """All causes of whose cases somebody spoke in the period: most dissatisfied customers first,
    then most answers; cases without a cause last."""
    values = _values(actor, asked)
    now: dict[int | None, dict[str, int]] = {}
    before: dict[int | None, dict[str, int]] = {}
    unsolved: dict[int | None, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        for cause, is_now, rating, n, open_still in cursor.fetchall():
            (now if is_now else before).setdefault(cause, {})[rating] = n
            if is_now:
                unsolved[cause] = unsolved.get(cause, 0) + open_still
        cursor.execute(_EXAMPLES, values)
        said: dict[int | None, list[Example]] = {}
        for cause, *rest in cursor.fetchall():
            said.setdefault(cause, []).append(Example(*rest))
    causes = causes_by_id([pk for pk in now if pk is not None])
    rows = [
        _reason(
            causes.get(pk) if pk is not None else None,
            counts,
            before.get(pk, {}),
            unsolved.get(pk, 0),
            said.get(pk, ()),
        )
        for pk, counts in now.items()
    ]
    rows.sort(key=lambda row: (not row.key, -row.unhappy, -row.glad.whole, row.key))
    return Ranking(rows, _together(now), _together(before))


def _together(by_cause: Mapping[int | None, Mapping[str, int]]) -> Share:
    shares = [_glad(counts) for counts in by_cause.values()]
    return Share(sum(each.part for each in shares), sum(each.whole for each in shares))


def _reason(
    cause: Any,
    counts: Mapping[str, int],
    before: Mapping[str, int],
    unsolved: int,
    examples: Sequence[Example],
) -> Reason:
    n = sum(counts.values())
    total = sum(POINTS[rating] * k for rating, k in counts.items())
    squares = sum(POINTS[rating] ** 2 * k for rating, k in counts.items())
    mean = mean_from(n, total, squares)
    assert mean is not None
    glad, earlier = _glad(counts), _glad(before)
    return Reason(
        key=cause.key if cause else "",
        name=from_names(cause.names, cause.key) if cause else "",
        glad=glad,
        top=Share(counts.get(RATINGS[0], 0), n),
        mean=mean,
        unsolved=unsolved,
        before=earlier,
        change=change(*(plain_share([Part(1, s.whole, s.part, 0)]) for s in (earlier, glad))),
        examples=tuple(examples),
    )


def _glad(counts: Mapping[str, int]) -> Share:
    return Share(sum(counts.get(rating, 0) for rating in GLAD), sum(counts.values()))


def _values(actor: Actor, asked: Asked) -> dict[str, Any]:
    units = set(actor.organisations(VIEW))
    if asked.unit is not None:
        units &= set(subtree_of(asked.unit))
    return {
        "organisations": sorted(units),
        "first": asked.first,
        "since": asked.since,
        "until": asked.until,
        "after": datetime.combine(asked.first, time.min, UTC) - _MARGIN,
        "end": datetime.combine(asked.until, time.max, UTC) + _MARGIN,
        "worst": WORST,
        "most": EXAMPLES,
    }
