"""The contact of a call: it begins when somebody has the call, and goes with it."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from qiao.contact.operations import (
    InteractionRefusal,
    WrongState,
    end_interaction,
    identify_customer,
    recognise,
    start_interaction,
    take_over,
)
from qiao.contact.queries import NotVisible, get_interaction_for
from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.customers.queries import NotVisible as CustomerNotVisible
from qiao.staff.queries import actor_by_id, local_days
from qiao.telephony.models import Call

if TYPE_CHECKING:
    from qiao.contact.models import Interaction

log: Final = structlog.get_logger(__name__)


def begin_contact(row: Call, staff_id: int, now: datetime) -> None:
    """Put the contact of a call into the hands of who has it now; into a contact of their own
    where they may not see the one before, which is another unit's.

    A contact that cannot be written must not cost a customer the call: the log says why.
    """
    actor = actor_of(staff_id, now)
    try:
        with transaction.atomic(), events.together():
            if row.interaction_id is None or not _goes_along(row.interaction_id, actor, now):
                made = start_interaction(
                    channel="phone",
                    direction=row.direction,
                    actor=actor,
                    phone=row.phone,
                    started_at=min(row.arrived_at, now),
                    now=now,
                )
                row.interaction_id = made.pk
                row.customer_id = _who_it_is(row, made, actor, now)
                row.save(update_fields=["interaction", "customer"])
    except (InteractionRefusal, Forbidden) as refusal:
        log.warning("call_without_contact", call=row.pk, why=repr(refusal))


def _who_it_is(row: Call, made: "Interaction", actor: Actor, now: datetime) -> int | None:
    """Whoever was called is known; who calls is told by their number, where it leads to one."""
    if row.direction == Call.Direction.OUT and row.customer_id is not None:
        try:
            with transaction.atomic(), events.together():
                identify_customer(
                    interaction_id=made.pk, customer_id=row.customer_id, actor=actor, now=now
                )
        except CustomerNotVisible:  # who has the call by now may not see them
            log.info("customer_of_call_not_shown", call=row.pk)
        return row.customer_id
    return recognise(interaction=made, actor=actor, now=now)


def _goes_along(interaction_id: int, actor: Actor, now: datetime) -> bool:
    try:
        with transaction.atomic(), events.together():
            take_over(interaction_id=interaction_id, actor=actor, now=now)
    except WrongState:  # closed while the caller waited, unless it is in their own hands
        return _has_at_hand(interaction_id, actor)
    except (ObjectDoesNotExist, Forbidden):
        return False
    return True


def _has_at_hand(interaction_id: int, actor: Actor) -> bool:
    try:
        found = get_interaction_for(actor=actor, interaction_id=interaction_id)
    except NotVisible:
        return False
    return found.is_at_hand and found.agent_id == actor.staff_id


def end_contact(row: Call, now: datetime) -> None:
    """The other side has gone: what is left of the contact is the wrap-up."""
    if row.interaction_id is None or row.staff_id is None:
        return
    try:
        with transaction.atomic(), events.together():
            actor = actor_of(row.staff_id, now)
            end_interaction(interaction_id=row.interaction_id, actor=actor, now=now)
    except (InteractionRefusal, Forbidden) as refusal:
        log.info("contact_ended_before", call=row.pk, why=repr(refusal))


def actor_of(staff_id: int, now: datetime) -> Actor:
    """Somebody with the rights of today."""
    return actor_by_id(staff_id, day=next(iter(local_days(now).values())))
