"""The administrator takes somebody on, who signs in, reports a problem and reads the answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from qiao.desk.models import Problem
from qiao.staff.models import Organisation, Staff
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser
PASSWORD = "willow-bridge-17"
TROUBLE = "Print cuts the last line"


def add_unit(site: Site, page: Page) -> None:
    """A team below the branch."""
    page.goto(f"{site.address}/administration/codes/staff.units/")
    page.locator("tr", has_text="滨湖供水所").locator("a").first.click()
    page.get_by_role("link", name="Add a unit below").click()
    page.select_option("[name=kind]", "team")
    page.fill("[name=code]", "lake-office")
    page.fill("[name=name]", "滨湖营业厅")
    page.fill("[name=name-en]", "Lake office")
    page.click("form [data-primary]")
    see(page, "The unit stands in the tree")


def take_on(site: Site, page: Page) -> None:
    """A person of that team with a first role."""
    page.goto(f"{site.address}/administration/codes/staff.people/")
    page.get_by_role("link", name="Take on a person").click()
    page.fill("[name=number]", "6200")
    page.fill("[name=name]", "苏文")
    page.select_option("[name=unit]", str(Organisation.objects.get(code="lake-office").pk))
    page.select_option("[name=role]", "agent")
    page.fill("[name=password]", PASSWORD)
    page.click("form [data-primary]")
    see(page, "may sign in")


def sign_in(site: Site) -> Page:
    """The new person comes in with number and password."""
    page = site.visitor()
    page.goto(f"{site.address}/account/login/")
    page.fill("[name=login]", "6200")
    page.fill("[name=password]", PASSWORD)
    page.locator("form:has([name=password]) button").first.click()
    page.wait_for_url(re.compile("/workspace/"))
    return page


def test_somebody_taken_on_signs_in_reports_a_problem_and_reads_in_which_version_it_is_fixed(
    site: Site,
) -> None:
    keeper = site.sign_in("郑岩")
    add_unit(site, keeper)
    take_on(site, keeper)
    person = sign_in(site)
    person.click("[popovertarget=q-person]")
    person.get_by_role("menuitem", name="Report a problem").click()
    person.fill("[name=title]", TROUBLE)
    person.fill("[name=body]", "A4, landscape")
    person.click("form [data-primary]")
    see(person, "It stands in the problem log")
    problem = Problem.objects.get(title=TROUBLE)
    assert problem.path == "/workspace/"
    assert problem.reported_by == Staff.objects.get(number="6200")

    keeper.goto(f"{site.address}/administration/problems/")
    keeper.locator("tr", has_text=TROUBLE).locator("a").first.click()
    keeper.select_option("[name=state]", "fixed")
    keeper.fill("[name=fixed_in]", "0.2.0")
    keeper.fill("[name=answer]", "The footer has its own room now")
    keeper.click("form [data-primary]")
    see(keeper, "reads your answer")

    person.goto(f"{site.address}/workspace/")
    person.locator(".q-inbox, main").get_by_text(TROUBLE).first.click()
    see(person, "The footer has its own room now")
    see(person, "fixed in 0.2.0")
    person.get_by_role("button", name="Read").click()
    person.wait_for_url(re.compile("/workspace/"))
    expect(person.get_by_text(TROUBLE)).to_have_count(0)
    problem.refresh_from_db()
    assert problem.answer_seen_at is not None
    assert site.complaints == []
