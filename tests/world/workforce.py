"""A planned group of the lake branch with a week to come, its names marked."""

from datetime import timedelta

from django.utils import timezone

from qiao.workforce.models import RosterWeek
from qiao.workforce.operations.groups import GroupPlan, ShiftPlan, add_group, keep_shift
from qiao.workforce.operations.people import add_certificate
from qiao.workforce.operations.weeks import set_cell
from qiao.workforce.queries.rosters import monday_of
from tests.world.canaries import World, marked


def add_workforce(world: World) -> None:
    """A shift, and a week in which the agent has it."""
    company = world.company
    group = add_group(
        plan=GroupPlan(
            unit_id=company.lake.pk,
            calls_of_id=company.lake.pk,
            name=marked("group"),
            team_ids=[company.lake_team.pk],
        )
    )
    shift = keep_shift(group=group, plan=ShiftPlan(marked("shift"), 480, 960, ((705, 750),)))
    today = timezone.localdate()
    monday = monday_of(today) + timedelta(weeks=1)
    week = RosterWeek.objects.create(group=group, monday=monday, created_at=world.now)
    set_cell(
        week_id=week.pk,
        staff_id=company.agent.person_id,
        day=monday,
        shift_id=shift.pk,
        today=today,
        actor=company.agent,
        now=world.now,
    )
    certificate = add_certificate(
        group=group,
        staff_id=company.agent.person_id,
        name=marked("certificate"),
        issued=today,
        expires=None,
        actor=company.agent,
        now=world.now,
    )
    world.ids |= {
        "certificate": certificate.pk,
        "crew": group.pk,
        "week": week.pk,
        "shift": shift.pk,
        "colleague": company.colleague.person_id,
        "week_monday": monday.isoformat(),
        "next_monday": (monday + timedelta(weeks=1)).isoformat(),
    }
