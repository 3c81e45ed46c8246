"""A group of the lake branch with two shifts, its people, and weeks of calls."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from qiao.contact.models import Interaction
from qiao.staff.models import Organisation, Skill, Staff
from qiao.staff.operations import give_skill
from qiao.staff.tests.cast import Company, person
from qiao.workforce.models import PlanningGroup
from qiao.workforce.operations.groups import GroupPlan, ShiftPlan, add_group, keep_shift

TODAY = date(2026, 11, 18)  # a Wednesday
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def make_group(company: Company, *, more: int = 3) -> PlanningGroup:
    """Early and late shifts for the lake's team, with so many more people in it."""
    for n in range(more):
        person(number=f"30{n:02}", name=f"组员{n}", branch=company.lake, team=company.lake_team)
    for who in Staff.objects.filter(memberships__team=company.lake_team):
        for skill in Skill.objects.filter(key__in=["water.billing", "water.repair"]):
            give_skill(staff=who, skill_key=skill.key, level=3)
    group = add_group(
        plan=GroupPlan(
            unit_id=company.lake.pk,
            calls_of_id=company.company.pk,
            name="热线话务",
            team_ids=[company.lake_team.pk],
            least=(1, 0),
        )
    )
    keep_shift(group=group, plan=ShiftPlan("早班", 480, 960, ((705, 750),)))
    keep_shift(group=group, plan=ShiftPlan("晚班", 780, 1320, ((1020, 1065),)))
    return group


def add_calls(company: Company, *, days: int = 30, hours: Sequence[int] = (9, 10, 15)) -> None:
    """Calls of each day before `TODAY`, four in each of these hours, about bills."""
    add_calls_before(TODAY, unit=company.lake, agent=company.agent_staff, days=days, hours=hours)


def add_calls_before(
    today: date,
    *,
    unit: Organisation,
    agent: Staff,
    days: int,
    hours: Sequence[int],
    each: int = 4,
) -> None:
    """So many calls in each of these hours of the days before, about bills."""
    rows = []
    for back in range(1, days + 1):
        day = today - timedelta(days=back)
        for hour in hours:
            for n in range(each):
                begin = datetime(
                    day.year, day.month, day.day, hour - 8, n * 60 // each, tzinfo=UTC
                )
                rows.append(
                    Interaction(
                        number=f"T{back:03}{hour:02}{n}",
                        organisation=unit,
                        channel="phone",
                        state="closed",
                        agent=agent,
                        caller_phone="+8613805712264",
                        started_at=begin,
                        started_date=day,
                        started_hour=hour,
                        ended_at=begin + timedelta(minutes=4),
                        entered_at=begin,
                        closed_at=begin + timedelta(minutes=5),
                        subject="账单",
                        reason="water.bill_query",
                        outcome="water.answered",
                    )
                )
    Interaction.objects.bulk_create(rows)
