"""Kept counts of what customers said, without looking at a follow-up."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.statistics import Share
from qiao.feedback.rules.follow_ups import RATINGS

_BY_DAYS = """
SELECT view, holder, sum(n) FROM (
    SELECT view, holder, n FROM feedback_followupcount
     WHERE organisation_id = ANY(%(organisations)s) AND view = ANY(%(views)s)
       AND day >= %(since)s AND day < %(until)s
    UNION ALL
    SELECT view, holder, n FROM feedback_followupcountchange
     WHERE organisation_id = ANY(%(organisations)s) AND view = ANY(%(views)s)
       AND day >= %(since)s AND day < %(until)s) AS k
 GROUP BY view, holder HAVING sum(n) <> 0
"""
_BY_DAY = """
SELECT day, holder, sum(n) FROM (
    SELECT day, holder, n FROM feedback_followupcount
     WHERE organisation_id = ANY(%(organisations)s) AND view = 'rating'
       AND day >= %(since)s AND day < %(until)s
    UNION ALL
    SELECT day, holder, n FROM feedback_followupcountchange
     WHERE organisation_id = ANY(%(organisations)s) AND view = 'rating'
       AND day >= %(since)s AND day < %(until)s) AS k
 GROUP BY day, holder HAVING sum(n) <> 0 ORDER BY day
"""
_OPEN = """
SELECT coalesce(sum(n), 0) FROM (
    SELECT n FROM feedback_followupcount
     WHERE organisation_id = ANY(%(organisations)s) AND view = 'open'
       AND day = date '0001-01-01' AND holder = %(holder)s
    UNION ALL
    SELECT n FROM feedback_followupcountchange
     WHERE organisation_id = ANY(%(organisations)s) AND view = 'open'
       AND day = date '0001-01-01' AND holder = %(holder)s) AS k
"""


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What customers said in a period: answers by rating in the order of `RATINGS`, matters
    solved and not, and customers not reached."""

    ratings: dict[str, int]
    resolved: int
    unresolved: int
    unreached: int

    @property
    def answers(self) -> int:
        """How many customers gave a rating."""
        return sum(self.ratings.values())

    @property
    def satisfied(self) -> Share:
        """The share of answers better than not satisfied."""
        return Share(self.answers - self.ratings[RATINGS[-1]], self.answers)

    @property
    def response(self) -> Share:
        """The share of finished follow-ups in which the customer answered."""
        return Share(self.answers, self.answers + self.unreached)


def satisfaction_counts(actor: Actor, since: date, until: date) -> Satisfaction:
    """Counts of the follow-ups that ended from `since` to before `until`, in the actor's units.

    A change is counted as soon as it is committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_DAYS,
            {
                "organisations": list(actor.organisations("followups.view")),
                "views": ["rating", "resolved", "unreached"],
                "since": since,
                "until": until,
            },
        )
        found = {(view, holder): int(n) for view, holder, n in cursor.fetchall()}
    return Satisfaction(
        ratings={key: found.get(("rating", key), 0) for key in RATINGS},
        resolved=found.get(("resolved", "yes"), 0),
        unresolved=found.get(("resolved", "no"), 0),
        unreached=found.get(("unreached", ""), 0),
    )


def satisfaction_by_day(actor: Actor, since: date, until: date) -> dict[date, dict[str, int]]:
    """Answers by day and rating; days without an answer are left out."""
    days: dict[date, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_DAY,
            {
                "organisations": list(actor.organisations("followups.view")),
                "since": since,
                "until": until,
            },
        )
        for day, rating, n in cursor.fetchall():
            days.setdefault(day, dict.fromkeys(RATINGS, 0))[rating] = int(n)
    return days


def my_open_count(actor: Actor) -> int:
    """How many follow-ups wait for the person, for the rail."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "organisations": list(actor.organisations("followups.view")),
                "holder": str(actor.staff_id or 0),
            },
        )
        (count,) = cursor.fetchone()
    return int(count)
