"""The place of whoever waits in a queue, and how long it will probably take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiao.contact.models import Waiting
from qiao.contact.queries.queue_terms import contact_of, terms_of_queues
from qiao.contact.rules import routing
from qiao.core.prepared import fetch_one
from qiao.core.rows import Reading

_IN_QUEUE: Final = Reading(
    Waiting,
    where="t.state IN ('waiting', 'offered') AND t.queue = ("
    "SELECT w.queue FROM contact_waiting w WHERE w.subject_kind = %(kind)s"
    " AND w.subject_id = %(subject)s AND w.state IN ('waiting', 'offered'))"
    " AND (t.not_before IS NULL OR t.not_before <= %(now)s)",
)
LOOKED_AT: Final = 500  # of the last offers of all queues, so many are looked at
FEWEST: Final = 5  # below so many nobody is told a time: it would be a guess
# How long people had who took something of a queue: until they stood otherwise than at work.
_PACE: Final = """
SELECT count(*), avg(extract(epoch FROM f.at - t.answered_at)),
       (SELECT count(*) FROM contact_agentstate a
         WHERE %(queue)s = ANY(a.queues) AND a.lease_until > %(now)s
           AND a.state IN ('ready', 'reserved', 'busy', 'wrap_up'))
  FROM (SELECT o.staff_id, o.answered_at, o.waiting_id FROM contact_offer o
         WHERE o.state = 'taken' ORDER BY o.id DESC LIMIT %(most)s) t
  JOIN contact_waiting w ON w.id = t.waiting_id AND w.queue = %(queue)s
 CROSS JOIN LATERAL (
       SELECT s.at FROM contact_agentstatechange s
        WHERE s.staff_id = t.staff_id AND s.at > t.answered_at
          AND s.state NOT IN ('busy', 'wrap_up')
        ORDER BY s.at, s.id LIMIT 1) f
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody waits: 1 is next. `seconds` is what is to be expected until they are served,
    None where nobody serves the queue now, or too few were served to tell."""

    number: int
    seconds: float | None


def place_of(*, subject_kind: str, subject_id: int, now: datetime) -> Place | None:
    """The place of what waits among all in its queue, in the order in which the router serves
    them; None for what does not wait.

    The time to expect is the place times the mean time that one took of those served last (talk
    and wrap-up), shared among the people who serve the queue now.
    """
    rows = _IN_QUEUE.all(kind=subject_kind, subject=subject_id, now=now)
    own = next(
        (
            each
            for each in rows
            if (each.subject_kind, each.subject_id) == (subject_kind, subject_id)
        ),
        None,
    )
    if own is None:
        return None
    order = routing.ranked(
        terms_of_queues([own.queue], now), [contact_of(each) for each in rows], now
    )
    number = next(n for n, (_points, each) in enumerate(order, 1) if each.contact_id == own.pk)
    found = fetch_one(_PACE, {"queue": own.queue, "now": now, "most": LOOKED_AT})
    served, seconds, people = found or (0, None, 0)
    if served < FEWEST or not people:
        return Place(number, None)
    return Place(number, number * float(seconds) / people)
