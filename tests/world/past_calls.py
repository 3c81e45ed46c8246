"""A call of the branch that is over, with its contact, its log and what is counted of it."""

from datetime import timedelta

from qiao.telephony.models import Call, CallEntry
from qiao.telephony.operations import record_turns
from tests.world.canaries import CALLER_PHONE, World


def add_past_calls(world: World) -> None:
    """One call that was answered."""
    start, agent = world.now - timedelta(minutes=20), world.company.agent
    call = Call.objects.create(
        organisation=world.company.lake,
        channel="walker-past",
        caller=CALLER_PHONE.removeprefix("+86"),
        phone=CALLER_PHONE,
        dialled="96390",
        phase=Call.Phase.ENDED,
        queue="water.billing",
        end="caller",
        staff_id=agent.person_id,
        customer_id=world.ids["customer"],
        interaction_id=world.ids["closed"],
        arrived_at=start,
        queued_at=start + timedelta(seconds=4),
        connected_at=start + timedelta(seconds=11),
        ended_at=start + timedelta(seconds=95),
        entry_count=5,
    )
    happened = [
        (0, "arrived", {"channel": "walker-past", "caller": call.caller, "dialled": "96390"}),
        (4, "queued", {"queue": call.queue, "bridge": "b"}),
        (5, "offered", {"offer": 1, "staff": agent.person_id, "channel": "a", "seconds": 20}),
        (11, "connected", {"offer": 1, "bridge": "t"}),
        (95, "ended", {"why": "caller"}),
    ]
    CallEntry.objects.bulk_create(
        CallEntry(
            call=call,
            seq=seq,
            kind=kind,
            at=start + timedelta(seconds=after),
            recorded_at=world.now,
            data=data,
        )
        for seq, (after, kind, data) in enumerate(happened, 1)
    )
    record_turns([call.pk])
    world.ids |= {"past_call": call.pk}
