"""Work of the crew on cases, and what is asked of customers after it."""

from typing import Any

from qiao.cases import operations as cases
from qiao.core.models import Attachment
from qiao.core.tests.deliveries import run_deliveries
from qiao.dispatch import operations as dispatch
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.rules.sheets import sheet_from_data
from qiao.feedback import operations as feedback
from qiao.feedback.models import FollowUp
from tests.world.canaries import MARK, World, marked, picture
from tests.world.cases import open_leak


def work_order(world: World, title: str) -> WorkOrder:
    """The work order of a leak that was handed to the crew."""
    case = open_leak(world, title)
    agent, now = world.company.agent, world.now
    for action in ("hand_over", "send_crew"):
        cases.take_action(case_id=case.pk, action=action, given={}, actor=agent, now=now)
    run_deliveries()
    order = WorkOrder.objects.get(case=case, finished_at__isnull=True)
    world.canaries.add(order.number)
    return order


def fill(order: WorkOrder) -> dispatch.Filling:
    """All that the order's sheet asks for, its texts marked."""
    sheet = sheet_from_data(order.sheet)
    return dispatch.Filling(
        checks={check.key: True for check in sheet.checks},
        readings={r.key: str(r.low if r.low is not None else r.high or 1) for r in sheet.readings},
        note=marked("work note"),
        pictures=[(photo.key, picture(name=f"{MARK}.png")) for photo in sheet.photos],
        signature=picture("black"),
    )


def arrive(world: World, order: WorkOrder) -> dict[str, Any]:
    """Let the agent's own crew take it and get there; who does what is done there, and when."""
    told: dict[str, Any] = {
        "work_order_id": order.pk,
        "actor": world.company.agent,
        "now": world.now,
    }
    dispatch.accept(**told)
    dispatch.arrive(**told)
    return told


def finish_work(world: World, order: WorkOrder) -> None:
    """Take it from the pool to done, as the agent's own crew."""
    dispatch.complete(filling=fill(order), **arrive(world, order))
    run_deliveries()


def add_work(world: World) -> None:
    """A work order that the crew is at, and a planned one."""
    at_hand, planned = work_order(world, "at hand"), work_order(world, "planned")
    dispatch.save_progress(filling=fill(at_hand), **arrive(world, at_hand))
    shown = Attachment.objects.filter(owner_kind__contains="work", owner_id=at_hand.pk)
    world.ids |= {
        "order": at_hand.pk,
        "planned": planned.pk,
        "picture": shown.values_list("pk", flat=True)[0],
    }


def follow_up(world: World, title: str) -> FollowUp:
    """The open follow-up of a leak that the crew has mended."""
    order = work_order(world, title)
    finish_work(world, order)
    return FollowUp.objects.get(case_id=order.case_id, finished_at__isnull=True)


def add_follow_ups(world: World) -> None:
    """A customer who waits for a call, and one who was called."""
    waiting, done = follow_up(world, "to call"), follow_up(world, "called")
    told: dict[str, Any] = {"actor": world.company.colleague, "now": world.now, "channel": "call"}
    feedback.log_attempt(
        follow_up_id=waiting.pk, outcome="no_answer", note=marked("attempt"), **told
    )
    feedback.confirm(
        follow_up_id=done.pk, rating="satisfied", resolved=True, words=marked("words"), **told
    )
    run_deliveries()
    world.ids |= {
        "follow_up": waiting.pk,
        "followed": done.pk,
        "colleague": world.company.colleague.person_id,
    }
