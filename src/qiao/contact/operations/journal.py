"""Locking a contact and writing its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.contact.events import InteractionChanged
from qiao.contact.models import VIEW, Interaction, InteractionEvent
from qiao.contact.operations.refusals import NotYours, WrongState
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rows import Reading, write_changed, write_new
from qiao.core.transactions import required
from qiao.staff.queries import organisation

RIGHT = "interactions.work"
_LOCKED: Final = Reading(
    Interaction,
    where="t.id = %(id)s AND t.organisation_id = ANY(%(units)s::bigint[])",
    lock=True,
)


def lock_interaction(*, interaction_id: int, actor: Actor) -> Interaction:
    """The contact, locked for this transaction.

    Raises `Interaction.DoesNotExist` also when the actor may not see it; `Forbidden` if they may
    see but not work on it.
    """
    required()
    found = _LOCKED.first(id=interaction_id, units=list(actor.organisations(VIEW)))
    if found is None:
        raise Interaction.DoesNotExist(str(interaction_id))
    actor.require(RIGHT, found.organisation_id)
    return found


def lock_at_hand(*, interaction_id: int, actor: Actor) -> Interaction:
    """The contact, locked, still to be closed and in the actor's hands.

    Raises `WrongState`, `NotYours`, and what `lock_interaction` raises.
    """
    found = lock_interaction(interaction_id=interaction_id, actor=actor)
    if not found.is_at_hand:
        raise WrongState(found.state)
    if found.agent_id != actor.staff_id:
        raise NotYours(str(found.agent_id))
    return found


def local(moment: datetime, interaction: Interaction) -> datetime:
    """The moment in the time zone of the contact's organisation."""
    return moment.astimezone(ZoneInfo(organisation(interaction.organisation_id).timezone))


def write(
    interaction: Interaction,
    kind: str,
    data: Mapping[str, Any] | None = None,
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Save the contact with one more line of its history."""
    interaction.event_count += 1
    if interaction.pk is not None:
        interaction.version += 1
        write_changed(interaction)
    else:
        write_new(interaction)
    line = InteractionEvent(
        interaction=interaction,
        seq=interaction.event_count,
        kind=kind,
        at=now,
        actor_id=actor.staff_id if actor else None,
        data=dict(data or {}),
    )
    write_new(line)


def tell(interaction: Interaction, event: Any, *, actor: Actor | None, now: datetime) -> None:
    """Publish an event of the contact."""
    events.publish(event, organisation_id=interaction.organisation_id, actor=actor, now=now)


def change(
    interaction: Interaction,
    kind: str,
    data: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> Interaction:
    """Save a change with its line of history and tell the screens."""
    write(interaction, kind, data, actor=actor, now=now)
    event = InteractionChanged(interaction.pk, kind, interaction.customer_id)
    tell(interaction, event, actor=actor, now=now)
    return interaction
