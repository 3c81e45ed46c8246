"""Pilots of the lake branch, and what was said during one, every text of them marked."""

from datetime import timedelta

from django.utils import timezone

from qiao.rollout.operations.pilots import PilotPlan, evaluate_pilot, plan_pilot
from qiao.rollout.operations.remarks import Said, say
from tests.world.canaries import World, marked


def add_rollout(world: World) -> None:
    """One that runs with a remark, and one that was evaluated."""
    agent = world.company.agent
    today = timezone.localdate(world.now)
    plan = PilotPlan(
        title=marked("pilot"),
        features=["cases.macros"],
        units=[world.company.lake.pk],
        since=today,
        until=today + timedelta(days=14),
        aim=marked("aim"),
        helpers=[agent.person_id],
        off_elsewhere=False,
    )
    running = plan_pilot(plan=plan, actor=agent, now=world.now)
    evaluated = plan_pilot(plan=plan, actor=agent, now=world.now)
    evaluate_pilot(pilot_id=evaluated.pk, words=marked("evaluation"), actor=agent, now=world.now)
    remark = say(
        said=Said(marked("remark"), "idea", "cases:macros", "/cases/macros/"),
        actor=agent,
        now=world.now,
    )
    world.canaries.add(remark.case.number)
    world.ids |= {
        "pilot": running.pk,
        "pilot_evaluated": evaluated.pk,
        "later": (timezone.localdate() + timedelta(days=3)).isoformat(),
    }
