"""A list of calls of the branch: somebody at hand, and a result."""

from datetime import time

from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.operations import ListDraft, make_call_list, turn_call_list
from tests.world.canaries import World, marked


def add_call_list(world: World) -> None:
    """Everybody of the branch's segment; the customer is at the agent's hand."""
    agent, now = world.company.agent, world.now
    draft = ListDraft(
        marked("calls"),
        world.company.lake.pk,
        segment_id=world.ids["segment"],
        script=marked("script"),
        begins=time(0),
        ends=time(23, 59),
    )
    made = make_call_list(draft=draft, actor=agent, now=now)
    turn_call_list(list_id=made.pk, state=CallList.State.RUNNING, actor=agent, now=now)
    entry = CallListEntry.objects.get(call_list=made, customer_id=world.ids["customer"])
    entry.state, entry.taken_by_id, entry.taken_at = "taken", agent.person_id, now
    entry.why, entry.ended_at = "", None
    entry.save()
    world.ids |= {"call_list": made.pk, "list_entry": entry.pk}
