"""The calls that weeks of rosters were planned for, as the wallboard sees them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qiao.core.registry import registry
from qiao.staff.queries import subtree_of
from qiao.staff.tests.cast import Company, make_company
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek
from qiao.workforce.operations.groups import GroupPlan, ShiftPlan, add_group, keep_shift
from qiao.workforce.operations.weeks import begin_week
from qiao.workforce.queries.expected import expected_calls
from qiao.workforce.tests.factories import MONDAY, NOW, TODAY, add_calls, make_group

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
NEXT = MIDNIGHT + timedelta(days=1)


@pytest.fixture
def world() -> Company:
    company = make_company()
    add_calls(company)
    return company


@pytest.fixture
def row(world: Company) -> RosterWeek:
    return begin_week(
        group=make_group(world), monday=MONDAY, today=TODAY, actor=world.agent, now=NOW
    )


def test_the_hours_of_a_day_are_those_of_its_published_shifts(
    world: Company, row: RosterWeek
) -> None:
    units = [world.lake.pk]
    group, day = row.group, MONDAY + timedelta(days=1)

    def hours(on: date) -> tuple[int, int] | None:
        return registry.shift_hours(organisation_ids=units, day=on)

    late = group.shifts.get(name="晚班")
    RosterCell.objects.create(week=row, staff=world.agent_staff, day=day, shift=late)
    assert hours(day) is None  # nobody has published it
    RosterWeek.objects.update(state="published", published_at=NOW)
    assert hours(day) == (13, 21)
    night = keep_shift(group=group, plan=ShiftPlan("夜班", 1320, 1830, is_night=True))
    RosterCell.objects.create(week=row, staff=world.colleague_staff, day=day, shift=night)
    assert hours(day) == (13, 23)
    assert hours(day + timedelta(days=1)) == (0, 6)
    assert registry.shift_hours(organisation_ids=[world.river.pk], day=day) is None


def test_a_day_is_expected_as_its_week_was_planned(world: Company, row: RosterWeek) -> None:
    everything = subtree_of(world.company.pk)
    found = registry.expected_calls(organisation_ids=everything, since=MIDNIGHT, until=NEXT)
    assert found is not None
    assert "water.billing" in found.queues
    assert len(found.calls) == 48
    assert list(found.calls.values()) == row.demand["calls"][:48]
    nine = MIDNIGHT.replace(hour=9)
    assert found.calls[nine] + found.calls[nine + timedelta(minutes=30)] > 2
    assert found.calls[MIDNIGHT.replace(hour=3)] < 0.5
    part = expected_calls(
        organisation_ids=everything, since=nine, until=nine + timedelta(minutes=60)
    )
    assert part is not None
    assert list(part.calls) == [nine, nine + timedelta(minutes=30)]


def test_nothing_is_expected_of_other_units_and_without_a_week(
    world: Company, row: RosterWeek
) -> None:
    lake = subtree_of(world.lake.pk)
    assert expected_calls(organisation_ids=lake, since=MIDNIGHT, until=NEXT) is None
    later = {"since": NEXT + timedelta(weeks=2), "until": NEXT + timedelta(weeks=3)}
    everything = subtree_of(world.company.pk)
    assert expected_calls(organisation_ids=everything, **later) is None
    PlanningGroup.objects.update(is_active=False)
    assert expected_calls(organisation_ids=everything, since=MIDNIGHT, until=NEXT) is None


def test_calls_of_one_queue_are_expected_once(world: Company, row: RosterWeek) -> None:
    everything = subtree_of(world.company.pk)
    before = expected_calls(organisation_ids=everything, since=MIDNIGHT, until=NEXT)
    second = add_group(
        plan=GroupPlan(
            unit_id=world.lake.pk, calls_of_id=world.company.pk, name="热线二组",
            team_ids=[world.river_team.pk], queues=["water.billing"],
        )
    )  # fmt: skip
    begin_week(group=second, monday=MONDAY, today=TODAY, actor=world.agent, now=NOW)
    again = expected_calls(organisation_ids=everything, since=MIDNIGHT, until=NEXT)
    assert again == before
