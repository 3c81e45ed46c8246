"""What people ask of a call that they have; what is asked by who watches: see `watching`."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import connection

from qiao.contact.queries import offered_to
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.telephony.models import Call, CallAsk
from qiao.telephony.operations.calls_at_hand import OF_AGENTS, first_queue
from qiao.telephony.operations.owed_places import OWED
from qiao.telephony.queries import histories
from qiao.telephony.queries.dialling import calling_now
from qiao.telephony.rules import asks
from qiao.telephony.rules.asks import Ask

HEARD_ON: Final = "qiao_call_asks"
RIGHT: Final = "interactions.work"


class NotYourCall(Exception):  # noqa: N818 - a refusal, not a fault
    """A colleague has this call; who may watch over calls may take it over."""


def ask_of_call(*, call_id: int, ask: Ask, actor: Actor, now: datetime) -> CallAsk:
    """Leave it to the controller, which hears of it when the transaction commits.

    Raises `Call.DoesNotExist` for a call that the actor may not see, `Forbidden`, `NotYourCall`,
    `TypeError` for what only the router or somebody in charge asks.
    """
    required()
    call = Call.objects.visible_to(actor).get(pk=call_id)
    if not isinstance(ask, OF_AGENTS):
        raise TypeError(f"an agent may not ask {ask!r}")
    actor.require(RIGHT, actor.organisation_id)
    if call.staff_id != actor.person_id or call.phase == Call.Phase.WAITING:
        raise NotYourCall
    return leave_ask(call.pk, ask, actor, now)


def send_to_colleague(
    *, call_id: int, staff_id: int, words: str, actor: Actor, now: datetime
) -> CallAsk:
    """Send the caller on to a colleague without asking them first: they are rung, and where they
    do not take the call, it waits in its queue for others. Raises as `ask_of_call`."""
    queue = Call.objects.filter(pk=call_id).values_list("queue", flat=True).first()
    ask = asks.TransferTo(queue or first_queue(), words, staff_id)
    return ask_of_call(call_id=call_id, ask=ask, actor=actor, now=now)


def leave_talk(*, call_id: int, actor: Actor, now: datetime) -> CallAsk:
    """Leave a talk to which a colleague asked the actor; the others go on.

    Raises `NotYourCall` for whoever was not asked, `Call.DoesNotExist` where they may not even
    see the call.
    """
    required()
    call = Call.objects.get(pk=call_id)
    third = histories([call.pk])[call.pk].leg("consulted")
    if third is None or not third.is_up or third.staff != actor.person_id:
        Call.objects.visible_to(actor).get(pk=call_id)
        raise NotYourCall
    return leave_ask(call.pk, asks.LeaveTalk(actor.person_id), actor, now)


def decline_call(*, actor: Actor, now: datetime) -> CallAsk:
    """Do not take the call that rings at the actor's telephone, or that they are to make.

    Raises `NotYourCall` if none does.
    """
    required()
    offered = offered_to(staff_id=actor.person_id)
    if offered is None:
        raise NotYourCall
    call_id = offered.subject_id
    if offered.subject_kind == OWED:
        rings = calling_now(actor=actor)
        if rings is None:
            raise NotYourCall
        call_id = rings.pk
    return leave_ask(call_id, asks.Decline(offered.offer_id), actor, now)


def leave_ask(call_id: int, ask: Ask, actor: Actor, now: datetime) -> CallAsk:
    """Leave it to the controller; whoever calls this has looked whether the actor may ask it."""
    asked = CallAsk.objects.create(
        call_id=call_id,
        kind=type(ask).__name__,
        data=asdict(ask),
        asked_by_id=actor.staff_id,
        asked_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [HEARD_ON, str(asked.pk)])
    return asked
