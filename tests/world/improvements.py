"""An improvement of the lake branch, every text of it marked."""

from datetime import timedelta

from qiao.cases.operations import code_causes
from qiao.feedback.operations.improvements import Finding, open_improvement
from qiao.feedback.rules.improvements import Period
from tests.world.canaries import World, marked


def add_improvement(world: World) -> None:
    """The cause of the case, and what is to be done about it."""
    agent, now = world.company.agent, world.now
    code_causes(case_id=world.ids["case"], main="water.works_late", actor=agent, now=now)
    day = now.date() - timedelta(days=1)
    row = open_improvement(
        finding=Finding(
            organisation_id=world.company.lake.pk,
            cause_key="water.works_late",
            title=marked("improvement"),
            finding=marked("finding"),
            subject=marked("subject"),
            owner_id=agent.person_id,
            period=Period(day - timedelta(days=29), day),
        ),
        actor=agent,
        now=now,
    )
    world.ids["improvement"] = row.pk
    world.canaries.add(row.number)
