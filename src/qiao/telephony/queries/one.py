"""One call with all that is kept of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.http import Http404

from qiao.contact.queries import LinkedCase, cases_of
from qiao.core.actor import Actor
from qiao.customers.queries import CustomerLine, lines_for
from qiao.telephony.models import Call, CallEntry, CallTurn

if TYPE_CHECKING:
    from qiao.contact.models import Interaction


class CallNotVisible(Http404):
    """No such call, or none that the actor may see: outsiders cannot tell the difference."""


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Who was asked to take a call, when, with which reason, and what became of it."""

    offer_id: int
    staff_id: int
    staff_name: str
    made_at: datetime
    answered_at: datetime | None
    state: str
    why: str
    reason: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallStory:
    """A call, its log, its turns, whom it was offered to, and what it is linked to. `contact` is
    None where the actor may not see it."""

    call: Call
    contact: "Interaction | None"
    entries: Sequence[CallEntry]
    turns: Sequence[CallTurn]
    offers: Sequence[AskedPerson]
    cases: Sequence[LinkedCase]
    customer: CustomerLine | None


_OFFERS = """
SELECT o.id, o.staff_id, s.name, o.made_at, o.answered_at, o.state, o.why, o.reason::text
  FROM contact_waiting w
  JOIN contact_offer o ON o.waiting_id = w.id
  JOIN staff_staff s ON s.id = o.staff_id
 WHERE w.subject_kind = 'call' AND w.subject_id = %s
 ORDER BY o.made_at, o.id
"""


def story_of(*, actor: Actor, call_id: int) -> CallStory:
    """All that is kept of a call. Raises `CallNotVisible`."""
    found = (
        Call.objects.visible_to(actor)
        .filter(pk=call_id)
        .select_related("line", "organisation", "staff", "interaction")
        .first()
    )
    if found is None:
        raise CallNotVisible(f"call {call_id}")
    contact = found.interaction
    if contact is not None and not actor.can_in("interactions.view", contact.organisation_id):
        contact = None
    customer_id = (contact.customer_id if contact else None) or found.customer_id
    lines = lines_for(actor=actor, customer_ids=[customer_id]) if customer_id else {}
    return CallStory(
        found,
        contact,
        list(found.entries.order_by("seq")),
        list(found.turns.select_related("staff").order_by("seq")),
        _offers_of(call_id),
        cases_of(actor=actor, interaction_id=contact.pk) if contact else [],
        lines.get(customer_id) if customer_id else None,
    )


def _offers_of(call_id: int) -> list[AskedPerson]:
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, [call_id])
        return [AskedPerson(*(*row[:7], json.loads(row[7]))) for row in cursor.fetchall()]
