"""A week's roster is made: a wish, calls foretold, a plan, a change by hand, published, seen."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from qiao.core.settings import put
from qiao.core.tests.deliveries import run_background
from qiao.staff.models import Organisation, Staff
from qiao.staff.operations import add_organisation, define_skill, give_skill, join_team
from qiao.workforce.models import PlanningGroup, RosterWeek
from qiao.workforce.operations.groups import GroupPlan, add_group
from qiao.workforce.parameters import SOLVING
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.tests.factories import add_calls_before
from tests.journeys.site import SINCE, Site, see

pytestmark = pytest.mark.browser
AGENT, SUPERVISOR = "林晓岚", "沈国良"
QUEUE = "water.billing"
BUSY_HOURS, EACH = (9, 10, 15), 2  # hours of the day, calls in each
WEDNESDAY, FRIDAY = 2, 4


def make_group(today: date) -> PlanningGroup:
    """Four people take calls about bills by day, as many each day for five weeks."""
    lake = Organisation.objects.get(code="lake")
    agent = Staff.objects.get(number="1027")
    with transaction.atomic():
        team = add_organisation(kind="team", code="calls", name="热线班", parent=lake)
        define_skill(key=QUEUE, names={"en": "Bills"})
        for each in Staff.objects.filter(number__in=["1027", "1028", "2001", "3101"]):
            join_team(staff=each, team=team)
            give_skill(staff=each, skill_key=QUEUE, level=3)
        put(
            key=SOLVING, value=3, valid_from=SINCE, source="test", actor=None, now=timezone.now()
        )  # enough for four people, whatever the machine
        add_calls_before(today, unit=lake, agent=agent, days=35, hours=BUSY_HOURS, each=EACH)
        plan = GroupPlan(lake.pk, lake.pk, "热线话务", [team.pk], queues=[QUEUE], day=(480, 960))
        return add_group(plan=plan)


def confirm(page: Page) -> None:
    page.locator("dialog[open] [data-primary]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def wish(site: Site, page: Page, day: date) -> None:
    """The agent would like a day off."""
    page.goto(f"{site.address}/rosters/mine/")
    see(page, "No week with a shift of yours is published yet")
    page.locator(f'[hx-get$="/mine/{day.isoformat()}/wish/"]').click()
    page.get_by_role("radio", name="to be free").check(force=True)
    confirm(page)
    expect(page.locator(f'[hx-get$="/mine/{day.isoformat()}/wish/"]')).to_contain_text("free")


def add_shift(page: Page, name: str, begins: str, ends: str, rest: tuple[str, str]) -> None:
    page.get_by_role("button", name="New shift").click()
    for field, value in {
        "name": name, "begins": begins, "ends": ends, "break_1": rest[0], "break_1_end": rest[1],
    }.items():  # fmt: skip
        page.fill(f"dialog[open] [name={field}]", value)
    confirm(page)
    expect(page.locator("main tr", has_text=name)).to_contain_text(f"{begins}–{ends}")


def planned(page: Page) -> RosterWeek:
    """The job plans; the page shows the plan by itself."""
    see(page, "The week waits to be planned")
    assert run_background() == 1
    see(page, "Who works when")
    expect(page.get_by_role("button", name="Publish")).to_be_visible()
    return RosterWeek.objects.get()


def cell(page: Page, person: int, day: date) -> Locator:
    return page.locator(f'.wf-cell[data-person="{person}"][data-day="{day.isoformat()}"]')


def make_week(site: Site, page: Page, group: PlanningGroup, monday: date) -> RosterWeek:
    """Shifts, then the week: calls are foretold and people follow from them."""
    page.goto(f"{site.address}/rosters/{group.pk}/shifts/")
    add_shift(page, "早班", "08:00", "16:00", ("11:45", "12:30"))
    add_shift(page, "晚班", "10:00", "18:00", ("13:00", "13:45"))
    page.goto(f"{site.address}/rosters/{group.pk}/{monday.isoformat()}/")
    page.get_by_role("button", name="Make the week").click()
    week = planned(page)
    foretold = sum(week.demand["calls"])
    assert foretold == pytest.approx(7 * EACH * len(BUSY_HOURS), rel=0.1)
    page.get_by_text("What this is planned for").click()
    see(page, f"{round(foretold)} from the calls before {week.demand['known_until']}")
    see(page, "Every half hour has the people it needs.")
    return week


def pin(page: Page, person: int, day: date) -> None:
    """By hand somebody has the late shift, and a new plan leaves it to them."""
    cell(page, person, day).click()
    page.get_by_role("radio", name="晚班").check(force=True)
    confirm(page)
    expect(cell(page, person, day)).to_contain_text("晚班")
    page.get_by_role("button", name="Plan again").click()
    planned(page)
    expect(cell(page, person, day)).to_contain_text("晚班")
    expect(cell(page, person, day)).to_contain_text("Pinned")


def test_a_week_is_planned_published_and_seen_by_who_works_it(site: Site) -> None:
    today = timezone.localdate()
    monday = monday_of(today) + timedelta(weeks=1)
    wednesday, friday = (monday + timedelta(days=n) for n in (WEDNESDAY, FRIDAY))
    group = make_group(today)
    me = Staff.objects.get(number="1027").pk
    agent = site.sign_in(AGENT)
    wish(site, agent, wednesday)

    boss = site.sign_in(SUPERVISOR)
    week = make_week(site, boss, group, monday)
    pin(boss, me, friday)
    own = week.cells.filter(staff_id=me, shift__isnull=False).order_by("day")
    assert wednesday not in own.values_list("day", flat=True)
    boss.get_by_role("button", name="Publish").click()
    see(boss, "The week is published: everybody in it has been told.")

    first = own.values_list("day", flat=True)[0]
    agent.goto(f"{site.address}/rosters/mine/")
    see(agent, f"Your next shift is on {first.isoformat()}.")
    expect(agent.locator(".wf-mine .wf-own")).to_have_count(own.count())
    late = agent.locator(".wf-mine td", has_text=friday.strftime("%m-%d"))
    expect(late).to_contain_text("10:00–18:00")
    agent.goto(f"{site.address}/me/notices/")
    see(agent, f"Roster of the week from {monday.isoformat()}")
