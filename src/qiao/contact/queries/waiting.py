"""What waits, and who was asked to take it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiao.contact.models import Offer
from qiao.core.prepared import fetch_all, fetch_one

_OPEN: Final = """
SELECT o.id, w.subject_kind, w.subject_id, w.queue, w.since, o.made_at, o.expires_at,
       w.is_emergency
  FROM contact_offer o JOIN contact_waiting w ON w.id = o.waiting_id
 WHERE o.staff_id = %(staff)s AND o.state = 'open'
 ORDER BY o.takes DESC, o.id DESC LIMIT 1
"""
_IS_EMERGENCY: Final = """
SELECT w.is_emergency FROM contact_waiting w
 WHERE w.subject_kind = %(kind)s AND w.subject_id = %(subject)s ORDER BY w.id DESC LIMIT 1
"""
_IS_OFFERED: Final = """
SELECT EXISTS (SELECT 1 FROM contact_waiting w
                WHERE w.subject_kind = %(kind)s AND w.subject_id = %(subject)s
                  AND w.state = 'offered')
"""
_EMERGENCIES: Final = """
SELECT w.subject_id, w.organisation_id, w.since,
       coalesce(jsonb_object_agg(o.staff_id, o.made_at) FILTER (WHERE o.id IS NOT NULL), '{}')
  FROM contact_waiting w
  LEFT JOIN LATERAL (SELECT DISTINCT ON (f.staff_id) f.id, f.staff_id, f.made_at
                       FROM contact_offer f WHERE f.waiting_id = w.id
                      ORDER BY f.staff_id, f.id DESC) o ON true
 WHERE w.state = 'waiting' AND w.is_emergency AND w.subject_kind = %(kind)s
   AND w.since <= %(before)s
 GROUP BY w.id ORDER BY w.since, w.id
"""
_TAKEN: Final = """
SELECT w.subject_id
  FROM contact_offer o
  JOIN contact_waiting w ON w.id = o.waiting_id AND w.subject_kind = %(kind)s
 WHERE o.staff_id = %(staff)s AND o.state = 'taken' AND o.released_at IS NULL
 ORDER BY o.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody is asked to take now, and until when."""

    offer_id: int
    subject_kind: str
    subject_id: int
    queue: str
    since: datetime
    made_at: datetime
    expires_at: datetime
    is_emergency: bool


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency that waits and is offered to nobody at this moment; `asked` are those who were,
    each with when they were last."""

    subject_id: int
    organisation_id: int
    since: datetime
    asked: Mapping[int, datetime]


def emergencies_waiting(*, subject_kind: str, before: datetime) -> Sequence[Emergency]:
    """Emergencies that have waited since before a moment, the oldest first."""
    rows = fetch_all(_EMERGENCIES, {"kind": subject_kind, "before": before})
    return [
        Emergency(
            subject,
            unit,
            since,
            {int(staff): datetime.fromisoformat(at) for staff, at in json.loads(asked).items()},
        )
        for subject, unit, since, asked in rows
    ]


def offered_to(*, staff_id: int) -> Offered | None:
    """What somebody is asked to take at this moment; a call before what takes a part of them."""
    found = fetch_one(_OPEN, {"staff": staff_id})
    return Offered(*found) if found else None


def is_offered(*, subject_kind: str, subject_id: int) -> bool:
    """Whether somebody is asked at this moment to take it."""
    found = fetch_one(_IS_OFFERED, {"kind": subject_kind, "subject": subject_id})
    return bool(found and found[0])


def came_as_emergency(*, subject_kind: str, subject_id: int) -> bool:
    """Whether what waited overtook all others when it did so last."""
    found = fetch_one(_IS_EMERGENCY, {"kind": subject_kind, "subject": subject_id})
    return bool(found and found[0])


def taken_by(*, staff_id: int, subject_kind: str) -> int | None:
    """What somebody has taken and is at still, by its id."""
    found = fetch_one(_TAKEN, {"staff": staff_id, "kind": subject_kind})
    return int(found[0]) if found else None


def expired_offers(*, subject_kind: str, now: datetime) -> Sequence[tuple[int, int]]:
    """Open offers whose time has run out, as (offer, subject), the oldest first."""
    found = Offer.objects.filter(
        state=Offer.State.OPEN, expires_at__lte=now, waiting__subject_kind=subject_kind
    )
    return list(found.order_by("id").values_list("id", "waiting__subject_id"))
