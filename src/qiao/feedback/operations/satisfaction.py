"""What customers say counts for their tier: it is noted below when they confirm."""

from datetime import datetime

from qiao.core.idempotency import claim
from qiao.customers.operations import NewFact, note_facts, note_facts_from
from qiao.feedback.models import FollowUp, Rating

SOURCE, KIND = "feedback", "satisfaction"
# The best of the four is listed first and counts most.
WORST_FIRST = tuple(reversed(Rating.values))

_REACHED = """
SELECT c.customer_id, array_position(%(ratings)s::text[], f.rating), f.confirmed_at,
       f.confirmed_at, f.id::text
  FROM feedback_followup f
  JOIN cases_case c ON c.id = f.case_id
 WHERE f.state = 'reached' AND c.customer_id IS NOT NULL
"""


def count_satisfaction(follow_up: FollowUp, *, now: datetime) -> None:
    """Note the word of a known customer, 1 (not satisfied) to 4."""
    customer_id = follow_up.case.customer_id
    if customer_id is None or follow_up.confirmed_at is None:
        return
    amount = WORST_FIRST.index(follow_up.rating) + 1
    moment, ref = follow_up.confirmed_at, str(follow_up.pk)
    note_facts(facts=[NewFact(customer_id, KIND, moment, SOURCE, ref, amount)], now=now)


def note_satisfactions() -> int:
    """Note all words that are not noted yet, as known since they were said; how many."""
    return note_facts_from(
        source=SOURCE, kind=KIND, select=_REACHED, parameters={"ratings": list(WORST_FIRST)}
    )


def note_known_satisfactions() -> None:
    """The same once for all, for what was said before; from then on confirming notes it."""
    if claim(scope="feedback.install", key="satisfaction_facts"):
        note_satisfactions()
