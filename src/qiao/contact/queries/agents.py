"""How people who take contacts stood over a time: seconds by state, from their changes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

LONGEST_SHIFT: Final = timedelta(days=1)  # a state that began earlier has ended by itself
WORKING: Final = frozenset({"reserved", "busy", "wrap_up"})
WAITING: Final = frozenset({"ready"})

_STATES: Final = """
SELECT c.staff_id, c.state,
       sum(extract(epoch FROM least(coalesce(c.until, %(now)s), %(until)s)
                              - greatest(c.at, %(since)s)))
  FROM contact_agentstate a
 CROSS JOIN LATERAL (
       SELECT s.staff_id, s.state, s.at, lead(s.at) OVER (ORDER BY s.at, s.id) AS until
         FROM contact_agentstatechange s
        WHERE s.staff_id = a.staff_id AND s.at >= %(before)s AND s.at < %(until)s) AS c
 WHERE a.organisation_id = ANY(%(organisations)s::bigint[]) AND c.state <> 'off'
   AND least(coalesce(c.until, %(now)s), %(until)s) > greatest(c.at, %(since)s)
 GROUP BY 1, 2
"""


def seconds_in_states(
    *, organisation_ids: Sequence[int], since: datetime, until: datetime, now: datetime
) -> Mapping[int, Mapping[str, float]]:
    """Seconds that each person stood in each state between two moments, without being signed off.

    The state at hand runs until `now`.
    """
    found: dict[int, dict[str, float]] = defaultdict(dict)
    values: dict[str, Any] = {
        "organisations": list(organisation_ids),
        "since": since,
        "before": since - LONGEST_SHIFT,
        "until": min(until, now),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATES, values)
        for staff_id, state, seconds in cursor.fetchall():
            found[staff_id][state] = float(seconds)
    return found


def occupancy(states: Mapping[str, float]) -> float | None:
    """Of the time in which somebody was at work or ready for it, the percentage at work: being
    rung, with a customer, wrap-up. Breaks count neither way."""
    at_work = sum(states.get(state, 0.0) for state in WORKING)
    there = at_work + sum(states.get(state, 0.0) for state in WAITING)
    return 100.0 * at_work / there if there else None


_SPANS: Final = """
SELECT c.staff_id, c.at, least(coalesce(c.until, %(now)s), %(until)s), c.state, c.reason
  FROM unnest(%(staff)s::bigint[]) AS p (id)
 CROSS JOIN LATERAL (
       SELECT s.staff_id, s.state, s.reason, s.at,
              lead(s.at) OVER (ORDER BY s.at, s.id) AS until
         FROM contact_agentstatechange s
        WHERE s.staff_id = p.id AND s.at >= %(before)s AND s.at < %(until)s) AS c
 WHERE c.state <> 'off' AND coalesce(c.until, %(now)s) > greatest(c.at, %(since)s)
 ORDER BY c.staff_id, c.at
"""


@dataclass(frozen=True, slots=True)
class StateSpan:
    """How somebody stood from a moment until before another."""

    staff_id: int
    start: datetime
    end: datetime
    state: str
    reason: str

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.end - self.start).total_seconds()

    def within(self, since: datetime, until: datetime) -> "StateSpan":
        """What of it lies between two moments."""
        return replace(self, start=max(self.start, since), end=min(self.end, until))


def state_spans(
    *, staff_ids: Collection[int], since: datetime, until: datetime, now: datetime
) -> list[StateSpan]:
    """How people stood between two moments while they were signed on, in order; one statement."""
    values: dict[str, Any] = {
        "staff": sorted(staff_ids),
        "since": since,
        "before": since - LONGEST_SHIFT,
        "until": min(until, now),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, values)
        return [StateSpan(*row) for row in cursor.fetchall()]
