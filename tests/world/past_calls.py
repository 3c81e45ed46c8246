"""A call of the branch that is over, with its contact, its log and what is counted of it."""

from datetime import timedelta

from django.utils import timezone

from qiao.core.incoming_files import place_for, take_brought
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.models import Call, CallEntry, CallRecording
from qiao.telephony.operations import keep_recording, play_recording, record_turns
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
    _add_recording(world, call)


def _add_recording(world: World, call: Call) -> None:
    """The talk, recorded and kept; the agent has begun to play it."""
    name = f"q{call.pk}-r5"
    row = CallRecording.objects.create(
        name=name, call=call, kind="talk", state="due", queue=call.queue,
        began_at=call.connected_at, ended_at=call.ended_at, seconds=3, next_at=world.now,
    )  # fmt: skip
    shelf = Shelf()
    shelf.put(name, 3)
    brought = place_for(name)
    brought.write_bytes(b"".join(shelf.sound_of(name)))
    written = take_brought(brought, file_name=f"{name}.wav", content_type="audio/wav")
    keep_recording(recording_id=row.pk, written=written, seconds=3, now=world.now)
    heard = play_recording(actor=world.company.agent, now=timezone.now(), recording_id=row.pk)
    world.canaries.add(name)
    world.ids |= {"recording": row.pk, "recording_play": heard.pk}
