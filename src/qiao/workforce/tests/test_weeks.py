"""Weeks of rosters: begun, planned, changed by hand, published, told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from qiao.core.actor import Forbidden
from qiao.staff.models import Absence, Notice
from qiao.staff.operations.absences import plan_absence
from qiao.staff.tests.cast import Company, make_company, person
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek, ShiftKind
from qiao.workforce.operations.groups import BadShift, ShiftPlan, end_shift, keep_shift
from qiao.workforce.operations.weeks import (
    RuleBroken,
    WeekRefused,
    ask_solving,
    begin_solving,
    begin_week,
    keep_solution,
    loosen_cell,
    move_shift,
    publish_week,
    set_cell,
)
from qiao.workforce.operations.wishes import WishRefused, drop_wish, make_wish
from qiao.workforce.queries.demand import NoHistory, demand_of
from qiao.workforce.queries.groups import group_for, members
from qiao.workforce.queries.rosters import WeekMissing, own_shifts, planned, week_for
from qiao.workforce.rules.cover import gaps
from qiao.workforce.rules.limits import Limit, faults
from qiao.workforce.rules.solving import solve
from qiao.workforce.tasks import plan_week
from qiao.workforce.tests.factories import MONDAY, NOW, TODAY, add_calls, make_group

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def world() -> Company:
    company = make_company()
    add_calls(company)
    return company


@pytest.fixture
def group(world: Company) -> PlanningGroup:
    return make_group(world)


@pytest.fixture
def row(world: Company, group: PlanningGroup) -> RosterWeek:
    return begin_week(group=group, monday=MONDAY, today=TODAY, actor=world.agent, now=NOW)


def early(group: PlanningGroup) -> ShiftKind:
    return group.shifts.get(name="早班")


def late(group: PlanningGroup) -> ShiftKind:
    return group.shifts.get(name="晚班")


def put(row: RosterWeek, world: Company, **given: Any) -> RosterWeek:
    values: dict[str, Any] = {
        "day": MONDAY,
        "today": TODAY,
        "actor": world.agent,
        "now": NOW,
    } | given
    return set_cell(week_id=row.pk, **values)


def test_a_week_begins_with_the_people_that_the_calls_before_it_foretell(
    world: Company, row: RosterWeek
) -> None:
    demand = demand_of(row.demand)
    assert demand.known_until == TODAY.isoformat()
    nine, three = 18, 6
    assert 1.2 < demand.calls[nine] < 3  # four calls in the hour from nine
    assert demand.calls[three] < 0.2
    assert demand.low[nine] < demand.calls[nine] < demand.high[nine]
    assert demand.queue_needs["water.billing"][nine] >= 1
    assert demand.needs[nine] >= demand.queue_needs["water.billing"][nine]
    assert demand.needs[24] == 1  # noon: nobody calls, one is wanted by day
    assert demand.needs[three] == 0
    assert demand.work_seconds["water.billing"] == 300


def test_a_week_is_begun_once_not_in_the_past_and_not_without_calls(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    given: dict[str, Any] = {"group": group, "today": TODAY, "actor": world.agent, "now": NOW}
    for monday, reason in (
        (MONDAY, "exists"),
        (MONDAY - timedelta(days=14), "past"),
        (MONDAY + timedelta(weeks=40), "far"),
    ):
        with pytest.raises(WeekRefused) as refusal:
            begin_week(monday=monday, **given)
        assert refusal.value.reason == reason
    group.calls_of = world.river
    with pytest.raises(NoHistory):
        begin_week(monday=MONDAY + timedelta(weeks=1), **given)


def test_the_database_refuses_weeks_and_cells_that_cannot_be(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterWeek.objects.create(group=group, monday=TUESDAY, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterCell.objects.create(week=row, staff=world.agent_staff, day=MONDAY)


def test_the_job_plans_the_week_within_the_rules_and_tells_what_it_found(
    world: Company, row: RosterWeek
) -> None:
    ask_solving(week_id=row.pk, today=TODAY, actor=world.agent)
    plan_week(row.pk, seconds=10)
    row.refresh_from_db()
    found = planned(row)
    assert row.solving == ""
    assert row.solved_at is not None
    assert found.assigned
    assert faults(found.rules, found.assigned) == []
    lacking = sum(gap.last - gap.first + 1 for gap in gaps(found.rules, found.assigned))
    assert lacking < 14  # of 168 half hours in which somebody is needed


def test_a_plan_made_for_a_week_that_was_changed_meanwhile_is_not_kept(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    found = begin_solving(week_id=row.pk)
    assert found is not None
    version = found.row.version
    put(row, world, staff_id=world.agent.person_id, shift_id=None)
    solution = solve(found.rules, seconds=2)
    assert not keep_solution(week_id=row.pk, version=version, solution=solution, now=NOW)
    plan_week(row.pk, seconds=2)
    cell = RosterCell.objects.get(week=row, staff=world.agent_staff, day=MONDAY)
    assert cell.shift_id is None


def test_a_hand_may_set_what_breaks_no_rule_and_is_told_the_rule_it_would_break(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    who = world.colleague_staff
    put(row, world, staff_id=who.pk, shift_id=late(group).pk)
    cell = RosterCell.objects.get(week=row, staff=who)
    assert (cell.shift, cell.is_pinned, cell.by_hand) == (late(group), True, True)
    with pytest.raises(RuleBroken) as refusal:
        put(row, world, staff_id=who.pk, shift_id=early(group).pk, day=TUESDAY)
    assert refusal.value.limits == (Limit.REST,)
    with pytest.raises(WeekRefused):
        put(row, world, staff_id=world.outsider_staff.pk, shift_id=early(group).pk)
    loosen_cell(week_id=row.pk, staff_id=who.pk, day=MONDAY, today=TODAY, actor=world.agent)
    assert not RosterCell.objects.get(week=row, staff=who).is_pinned


def test_leave_is_read_where_it_is_entered(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    put(row, world, staff_id=world.agent.person_id, shift_id=early(group).pk)
    plan_absence(
        staff=world.agent_staff,
        deputy=None,
        first=MONDAY,
        last=MONDAY,
        kind=Absence.Kind.LEAVE,
        today=TODAY,
        actor=world.agent,
        now=NOW,
    )
    with pytest.raises(RuleBroken) as refusal:
        publish_week(week_id=row.pk, actor=world.agent, now=NOW)
    assert refusal.value.limits == (Limit.AWAY,)


def test_two_people_exchange_a_day(world: Company, group: PlanningGroup, row: RosterWeek) -> None:
    me, other = world.agent.person_id, world.colleague_staff.pk
    put(row, world, staff_id=me, shift_id=early(group).pk)
    move: dict[str, Any] = {
        "week_id": row.pk,
        "day": MONDAY,
        "today": TODAY,
        "actor": world.agent,
        "now": NOW,
    }
    move_shift(from_id=me, to_id=other, **move)
    shifts = dict(row.cells.values_list("staff_id", "shift_id"))
    assert shifts == {me: None, other: early(group).pk}
    with pytest.raises(WeekRefused):
        move_shift(from_id=me, to_id=other, **move)


def test_publishing_tells_everybody_once_and_a_change_after_it_who_is_touched(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    me = world.agent.person_id
    with pytest.raises(WeekRefused):
        publish_week(week_id=row.pk, actor=world.agent, now=NOW)
    put(row, world, staff_id=me, shift_id=early(group).pk)
    span: dict[str, Any] = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}
    assert own_shifts(staff_id=me, **span) == []
    publish_week(week_id=row.pk, actor=world.agent, now=NOW)
    assert [each.shift for each in own_shifts(staff_id=me, **span)] == [early(group)]
    assert Notice.objects.filter(kind="workforce.roster", staff_id=me).count() == 1
    put(row, world, staff_id=world.colleague_staff.pk, shift_id=late(group).pk)
    told = Notice.objects.filter(kind="workforce.roster", staff=world.colleague_staff).get()
    assert told.facts == {"monday": MONDAY.isoformat(), "published": False}
    with pytest.raises(WeekRefused):
        ask_solving(week_id=row.pk, today=TODAY, actor=world.agent)


def test_who_may_not_plan_plans_nothing_and_an_outsider_sees_no_week(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    with pytest.raises(WeekMissing):
        week_for(actor=world.outsider, week_id=row.pk)
    with pytest.raises(Forbidden):
        put(row, world, staff_id=1, shift_id=None, actor=world.outsider)
    with pytest.raises(Forbidden):
        ask_solving(week_id=row.pk, today=TODAY, actor=world.outsider)
    assert group_for(actor=world.chief, group_id=group.pk) == group


def test_a_changed_shift_leaves_weeks_as_they_were(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    old = early(group)
    put(row, world, staff_id=world.agent.person_id, shift_id=old.pk)
    new = keep_shift(
        group=group, plan=ShiftPlan("早班", 450, 930), shift_id=old.pk, actor=world.agent
    )
    assert row.cells.get().shift == old
    assert not ShiftKind.objects.get(pk=old.pk).is_active
    assert planned(row).rules.shifts.keys() == {old.pk, new.pk, late(group).pk}
    with pytest.raises(BadShift):
        keep_shift(group=group, plan=ShiftPlan("x", 480, 960, ((900, 990),)), actor=world.agent)
    end_shift(group=group, shift_id=new.pk, actor=world.agent)
    assert planned(row).rules.shifts.keys() == {old.pk, late(group).pk}


def test_a_wish_is_for_days_to_come_and_reaches_the_planning(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    given: dict[str, Any] = {"today": TODAY, "actor": world.agent, "now": NOW}
    make_wish(day=MONDAY, shift_id=None, **given)
    make_wish(day=MONDAY, shift_id=late(group).pk, **given)
    assert planned(row).rules.wishes[0].shift == late(group).pk
    drop_wish(day=MONDAY, actor=world.agent)
    assert planned(row).rules.wishes == ()
    with pytest.raises(WishRefused):
        make_wish(day=TODAY, shift_id=None, **given)
    with pytest.raises(WishRefused):
        make_wish(day=MONDAY, shift_id=9_999_999, **given)


def test_few_people_and_many_are_read_with_as_many_statements(
    world: Company, group: PlanningGroup, row: RosterWeek
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            planned(row)
        return len(caught)

    few = statements()
    for n in range(20):
        someone = person(
            number=f"50{n:02}", name=f"新人{n}", branch=world.lake, team=world.lake_team
        )
        put(row, world, staff_id=someone.pk, shift_id=None)
    assert len(members(group)) > 20
    assert statements() == few
