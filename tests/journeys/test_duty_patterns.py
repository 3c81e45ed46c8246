"""A supervisor plans the weekly pattern of a duty roster from a day on, and takes it back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.staff.models import DutyPattern, DutyRoster, Staff
from qiao.staff.operations.duty import plan_roster
from qiao.staff.rules.roster import Need, Shift
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser


def a_roster() -> DutyRoster:
    """Somebody is on duty every night."""
    agent = Staff.objects.get(number="1027")
    with transaction.atomic():
        return plan_roster(
            unit=agent.organisation,
            name="Nights",
            anchor=timezone.localdate(),
            weeks=1,
            shifts=[Shift(0, day, 1200, 480, agent.pk) for day in range(7)],
            needs=[Need(day, 1200, 480) for day in range(7)],
        )


def choose(page: Page, week: int, span: int, day: int, number: str) -> None:
    """Give a cell to somebody."""
    person = Staff.objects.get(number=number)
    page.select_option(f"[name=c_{week}_{span}_{day}]", str(person.pk))


def test_a_pattern_is_planned_from_a_day_on_looked_at_and_taken_back(site: Site) -> None:
    roster = a_roster()
    since = timezone.localdate() + timedelta(days=21 - timezone.localdate().weekday())
    page = site.sign_in("沈国良")
    page.goto(f"{site.address}/me/duty/{roster.pk}/")
    page.click("a[href$='/pattern/']")
    see(page, "20:00–08:00")
    page.keyboard.press("n")
    expect(page.locator("[name=start_0]")).to_have_value("20:00")
    page.fill("[name=since]", since.isoformat())
    page.select_option("[name=weeks]", "2")
    page.click("button[value=span]")
    page.fill("[name=start_1]", "08:00")
    page.fill("[name=end_1]", "20:00")
    choose(page, 0, 1, 5, "1028")
    choose(page, 1, 0, 0, "1028")
    page.click("button[value=preview]")
    see(page, "The first two weeks")
    expect(page.locator(".q-dutyhole")).not_to_have_count(0)
    page.click("button[value=keep]")
    see(page, "The pattern is planned.")
    pattern = DutyPattern.objects.get()
    assert (pattern.since, pattern.weeks) == (since, 2)
    page.click(f"a[href*='since={since.isoformat()}']")
    see(page, "08:00–20:00")
    page.click("form[action$='/drop/'] button")
    see(page, "The pattern is taken back.")
    assert not DutyPattern.objects.exists()
