"""Reading one contact, or the few at hand, with the right to do so."""
# ruff: noqa: S608 - statements are put together from our own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.http import Http404

from qiao.contact.models import Interaction
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_one
from qiao.customers.queries import stands_for

RIGHT = "interactions.view"
_LAST: Final = """
SELECT agent_id FROM contact_interaction
 WHERE {who} AND started_at >= %(since)s AND state <> 'abandoned'
 ORDER BY started_at DESC LIMIT 1
"""
_LAST_OF_CUSTOMER: Final = _LAST.format(who="customer_id = %(who)s")
_LAST_OF_NUMBER: Final = _LAST.format(who="caller_phone = %(who)s AND caller_phone <> ''")
_CALLS_FROM: Final = """
SELECT count(*) FROM (
       SELECT 1 FROM contact_interaction
        WHERE caller_phone = %(phone)s AND caller_phone <> '' AND started_at >= %(since)s
          AND state <> 'abandoned' AND organisation_id = ANY(%(organisations)s::bigint[])
        LIMIT %(limit)s) AS recent
"""


class NotVisible(Http404):
    """No such contact, or none that the actor may see: outsiders cannot tell the difference."""


def get_interaction_for(
    *, actor: Actor, interaction_id: int, permission: str = RIGHT
) -> Interaction:
    """The contact, with its customer, account, agent and unit at hand, in one statement.

    Raises `NotVisible` unless the actor holds `permission` in the contact's organisation.
    """
    wanted = Interaction.objects.filter(
        id=interaction_id, organisation_id__in=actor.organisations(permission)
    ).select_related("organisation", "agent", "customer", "account")
    found = next(iter(wanted), None)
    if found is None:
        raise NotVisible(f"contact {interaction_id}")
    return found


@dataclass(frozen=True, slots=True)
class InteractionRow:
    """A contact as a list shows it. `words` are the latest that were typed into it."""

    interaction_id: int
    number: str
    channel: str
    direction: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    subject: str
    reason: str
    outcome: str
    resolved: bool
    caller_name: str
    caller_phone: str
    place: str
    customer_id: int | None
    customer_name: str
    tier: str
    agent_id: int | None
    agent_name: str
    unknown_reason: str
    words: str


ROW = f"""
SELECT i.id, i.number, i.channel, i.direction, i.state, i.started_at, i.ended_at, i.subject,
       i.reason, i.outcome, i.resolved, i.caller_name, i.caller_phone, i.place, cu.id,
       coalesce(cu.name, ''), coalesce(cu.tier, ''), i.agent_id, coalesce(s.name, ''),
       i.unknown_reason,
       coalesce((SELECT d.note FROM contact_interactiondraft d WHERE d.interaction_id = i.id
                  ORDER BY d.saved_at DESC LIMIT 1), i.summary)
  FROM contact_interaction i
  LEFT JOIN staff_staff s ON s.id = i.agent_id
  LEFT JOIN customers_customer held ON held.id = i.customer_id
  LEFT JOIN customers_customer cu ON cu.id = {stands_for("held")}
"""
_SCOPES = {
    "mine": "i.agent_id = %(me)s",
    "team": "i.agent_id IN (SELECT staff_id FROM staff_membership WHERE team_id = ANY(%(teams)s))",
    "all": "true",
}
_AT_HAND = """
 WHERE i.state IN ('open', 'wrap_up') AND i.organisation_id = ANY(%(organisations)s)
   AND {scope}
 ORDER BY i.started_at, i.id
 LIMIT %(limit)s
"""


def interactions_at_hand(
    *, actor: Actor, scope: str = "mine", limit: int = 50
) -> Sequence[InteractionRow]:
    """Contacts not yet closed: one's own, the team's or all that one may see; oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            ROW + _AT_HAND.format(scope=_SCOPES[scope]),
            {
                "me": actor.staff_id,
                "teams": list(actor.team_ids),
                "organisations": list(actor.organisations(RIGHT)),
                "limit": limit,
            },
        )
        return [InteractionRow(*row) for row in cursor.fetchall()]


_COUNTS = """
SELECT count(*) FILTER (WHERE i.agent_id = %(me)s),
       count(*) FILTER (WHERE i.agent_id IN (
           SELECT staff_id FROM staff_membership WHERE team_id = ANY(%(teams)s))),
       count(*)
  FROM contact_interaction i
 WHERE i.state IN ('open', 'wrap_up') AND i.organisation_id = ANY(%(organisations)s)
"""


def count_at_hand(*, actor: Actor) -> dict[str, int]:
    """How many contacts are not yet closed: one's own, the team's, all; few at any time."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "me": actor.staff_id,
                "teams": list(actor.team_ids),
                "organisations": list(actor.organisations(RIGHT)),
            },
        )
        return dict(zip(("mine", "team", "all"), cursor.fetchone(), strict=True))


def find_row(*, actor: Actor, interaction_id: int) -> InteractionRow | None:
    """One contact as a list shows it, or None if the actor may not see it."""
    with connection.cursor() as cursor:
        cursor.execute(
            ROW + " WHERE i.id = %(id)s AND i.organisation_id = ANY(%(organisations)s)",
            {"id": interaction_id, "organisations": list(actor.organisations(RIGHT))},
        )
        row = cursor.fetchone()
    return InteractionRow(*row) if row else None


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case that the contact opened or went on with."""

    case_id: int
    number: str
    title: str
    kind: str
    type_key: str
    priority: str
    phase: str
    closed_at: datetime | None


def cases_of(*, actor: Actor, interaction_id: int) -> Sequence[LinkedCase]:
    """The contact's cases that the actor may see, in the order they were linked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.number, c.title, l.kind, t.key, c.priority, c.phase, c.closed_at"
            "  FROM contact_interactioncase l JOIN cases_case c ON c.id = l.case_id"
            "  JOIN cases_casetype t ON t.id = c.case_type_id"
            " WHERE l.interaction_id = %(id)s AND c.organisation_id = ANY(%(organisations)s)"
            " ORDER BY l.id",
            {"id": interaction_id, "organisations": list(actor.organisations("cases.view"))},
        )
        return [LinkedCase(*row) for row in cursor.fetchall()]


def last_agent_for(*, customer_id: int | None, phone: str, since: datetime) -> int | None:
    """Who spoke last with a customer, or with whoever has the number. Reads across all units: it
    only tells to whom a contact may be given."""
    if customer_id is None and not phone:
        return None
    statement = _LAST_OF_NUMBER if customer_id is None else _LAST_OF_CUSTOMER
    found = fetch_one(statement, {"who": customer_id or phone, "since": since})
    return int(found[0]) if found else None


def calls_from(*, actor: Actor, phone: str, since: datetime, limit: int = 20) -> int:
    """How often this number has been in touch since then, `limit` at most."""
    if not phone:
        return 0
    found = fetch_one(
        _CALLS_FROM,
        {
            "phone": phone, "since": since, "limit": limit,
            "organisations": list(actor.organisations(RIGHT)),
        },
    )  # fmt: skip
    return int(found[0]) if found else 0
