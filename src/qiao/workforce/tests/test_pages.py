"""Pages of planning: the week, its cells, shifts, one's own shifts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.staff.tests.cast import Company, make_company, person
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek, ShiftWish
from qiao.workforce.operations.weeks import publish_week, set_cell
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.tests.factories import add_calls, make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def group(world: Company) -> PlanningGroup:
    return make_group(world)


@pytest.fixture
def row(group: PlanningGroup) -> RosterWeek:
    """The week after this one, empty."""
    monday = monday_of(timezone.localdate()) + timedelta(weeks=1)
    demand = {
        "calls": [0.5] * 336, "low": [0.0] * 336, "high": [1.0] * 336,
        "needs": ([0] * 16 + [1] * 16 + [0] * 16) * 7,
        "queue_needs": {}, "work_seconds": {"water.billing": 240.0},
        "shrinkage": 12.0, "patience_seconds": 120, "known_until": "2026-11-18",
    }  # fmt: skip
    return RosterWeek.objects.create(
        group=group, monday=monday, created_at=timezone.now(), demand=demand
    )


@pytest.fixture
def page(world: Company, client: Client) -> Client:
    client.force_login(world.agent_staff)
    return client


def week(row: RosterWeek) -> str:
    return reverse("workforce:week", args=[row.group_id, row.monday.isoformat()])


def put(row: RosterWeek, world: Company, who: int, name: str = "早班") -> None:
    set_cell(
        week_id=row.pk,
        staff_id=who,
        day=row.monday,
        shift_id=row.group.shifts.get(name=name).pk,
        today=timezone.localdate(),
        actor=world.agent,
        now=timezone.now(),
    )


def test_a_week_shows_who_works_and_why_hours_are_not_covered(
    page: Client, world: Company, row: RosterWeek
) -> None:
    put(row, world, world.agent.person_id)
    text = page.get(week(row), headers={"accept-language": "en"}).content.decode()
    assert "林晓岚" in text
    assert "Tue 08:00–16:00" in text
    assert "Mon 08:00–16:00" not in text
    assert "5 could come" in text


def test_any_day_of_a_week_leads_to_its_monday(page: Client, row: RosterWeek) -> None:
    thursday = (row.monday + timedelta(days=3)).isoformat()
    answer = page.get(reverse("workforce:week", args=[row.group_id, thursday]))
    assert answer["Location"] == week(row)


def test_a_cell_says_which_rule_a_shift_would_break_and_refuses_it(
    page: Client, world: Company, row: RosterWeek
) -> None:
    put(row, world, world.agent.person_id, "晚班")
    day = (row.monday + timedelta(days=1)).isoformat()
    address = reverse("workforce:cell", args=[row.pk, world.agent.person_id, day])
    early = row.group.shifts.get(name="早班")
    text = page.get(address, headers={"accept-language": "en"}).content.decode()
    assert "too little rest between two shifts" in text
    answer = page.post(address, {"shift": early.pk}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "This breaks a rule" in answer.content.decode()
    assert page.post(address, {"shift": ""}).status_code == 302
    cell = RosterCell.objects.get(week=row, day=row.monday + timedelta(days=1))
    assert (cell.shift, cell.is_pinned) == (None, True)


def test_a_week_is_begun_and_given_to_the_job(
    page: Client, world: Company, group: PlanningGroup
) -> None:
    monday = monday_of(timezone.localdate())
    address = reverse("workforce:begin", args=[group.pk])
    page.post(address, {"monday": monday.isoformat()})
    assert not RosterWeek.objects.exists()  # without calls nothing is foretold
    add_calls(world, days=60)
    page.post(address, {"monday": monday.isoformat()})
    found = RosterWeek.objects.get()
    assert (found.monday, found.solving) == (monday, "waiting")
    assert b"hx-trigger" in page.get(week(found)).content
    assert page.get(reverse("workforce:standing", args=[found.pk])).status_code == 200


def test_a_shift_through_midnight_is_kept_with_its_breaks(
    page: Client, group: PlanningGroup
) -> None:
    given = {
        "name": "夜班", "begins": "20:00", "ends": "08:00", "is_night": "on",
        "break_1": "00:30", "break_1_end": "01:00", "break_2": "05:00", "break_2_end": "05:15",
    }  # fmt: skip
    address = reverse("workforce:shift_new", args=[group.pk])
    assert page.post(address, given).status_code == 302
    shift = group.shifts.get(name="夜班")
    assert (shift.begins, shift.ends, shift.is_night) == (1200, 1920, True)
    assert shift.breaks == [[1470, 1500], [1740, 1755]]
    assert page.post(address, given).status_code == 422


def test_one_sees_ones_own_shifts_only_once_they_are_published_and_wishes_for_others(
    page: Client, world: Company, row: RosterWeek
) -> None:
    put(row, world, world.agent.person_id)
    mine = reverse("workforce:mine")
    assert "早班" not in page.get(mine).content.decode()
    publish_week(week_id=row.pk, actor=world.agent, now=timezone.now())
    assert "早班" in page.get(mine).content.decode()
    day = row.monday + timedelta(days=2)
    address = reverse("workforce:wish", args=[day.isoformat()])
    assert page.post(address, {"day": day.isoformat(), "shift": ""}).status_code == 302
    assert ShiftWish.objects.get().day == day
    page.post(address, {"day": day.isoformat(), "shift": "none"})
    assert not ShiftWish.objects.exists()


def test_who_may_not_see_rosters_sees_none_and_who_may_not_plan_changes_none(
    client: Client, world: Company, row: RosterWeek
) -> None:
    reader = person(number="7001", name="只读", branch=world.lake, permissions=("workforce.view",))
    client.force_login(reader)
    assert client.get(week(row)).status_code == 200
    assert b'<button type="button" class="wf-cell' not in client.get(week(row)).content
    assert client.post(reverse("workforce:publish", args=[row.pk])).status_code == 403
    client.force_login(world.outsider_staff)
    assert client.get(week(row)).status_code == 404


def test_the_page_of_a_week_takes_as_many_statements_for_few_as_for_many(
    page: Client, world: Company, row: RosterWeek
) -> None:
    def counted() -> int:
        page.get(week(row))
        with CaptureQueriesContext(connection) as caught:
            page.get(week(row))
        return len(caught)

    few = counted()
    for n in range(20):
        someone = person(
            number=f"60{n:02}", name=f"新人{n}", branch=world.lake, team=world.lake_team
        )
        put(row, world, someone.pk)
    assert counted() == few
