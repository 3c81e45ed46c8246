"""An administrator adds a question to a form, another agrees; new cases are asked, open ones not.

And what is found out by asking is owed by a colleague before the case may end.
"""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from qiao.cases.models import Case, ProcessVersion, SubTask
from qiao.cases.operations import OpenRequest, open_case
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import Site, see, settle

pytestmark = pytest.mark.browser
TYPE = "water.small_leak"
KEY = f"form:{TYPE}"
QUESTION = "Does it drip on to a lamp?"
WHY = "Drips on to a lamp"


def older_case() -> Case:
    """A case that was opened before anybody thought of the question."""
    staff = Staff.objects.get(number="1027")
    with transaction.atomic():
        return open_case(
            request=OpenRequest(
                type_key=TYPE,
                organisation_id=staff.organisation_id,
                title="Leak on the stairs",
                channel="phone",
                facts={"leak_at": "riser"},
            ),
            actor=actor_for(staff, day=timezone.localdate()),
            now=timezone.now(),
        )


def name_part(page: Page, what: str, words: str) -> None:
    """Give the part that is open its words in all three languages."""
    for language in ("en", "zh_hans", "zh_hant"):
        page.fill(f"#part-pane [name='{what}-{language}']", words)


def add_question(page: Page) -> None:
    page.click("#step-list button[value=field]")
    expect(page.locator("#part-pane [name='label-en']")).to_be_visible()
    page.select_option("#part-pane [name=kind]", "bool")
    expect(page.locator("#part-pane [name=listed]")).to_be_visible()
    page.fill("#part-pane [name=key]", "on_lamp")
    name_part(page, "label", QUESTION)
    page.click("#part-pane button.btn-primary")
    expect(page.locator("#step-list")).to_contain_text(QUESTION)


def add_rule(page: Page) -> None:
    page.click("#step-list button[value=rule]")
    expect(page.locator("#part-pane [name='name-en']")).to_be_visible()
    name_part(page, "name", WHY)
    page.select_option("#part-pane [name='when-0-field']", "on_lamp")
    expect(page.locator("#part-pane [name='when-0-op']")).to_be_visible()
    page.select_option("#part-pane [name='when-0-op']", "eq")
    settle(page)
    page.select_option("#part-pane [name='when-0-value']", "true")
    page.click("#part-pane button.btn-primary")
    expect(page.locator("#draft-faults .ok")).to_be_visible()
    expect(page.locator("#step-list")).to_contain_text(WHY)


def design(site: Site, page: Page) -> None:
    """A question and a rule more, tried, and asked for."""
    page.goto(f"{site.address}/cases/processes/{KEY}/")
    page.locator("form[action$='/begin'] button.btn-primary").click()
    add_question(page)
    add_rule(page)
    draft = page.url.partition("?")[0]
    page.goto(f"{draft}try")
    page.check("[name='fact-on_lamp']")
    see(page, f"Raised by an answer: {WHY}")
    page.goto(f"{draft}publish")
    see(page, QUESTION)
    page.fill("[name=reason]", "The crew met a lamp under water")
    page.click("form [data-primary]")
    see(page, "Asked.")


def agree(site: Site) -> None:
    """Somebody else reads the differences and agrees."""
    second = site.sign_in("唐慧")
    second.goto(f"{site.address}/administration/decisions/")
    second.locator("tr", has_text="process or form").locator("a").first.click()
    see(second, QUESTION)
    second.click("form [name=word][value=agree]")
    see(second, "Agreed to and carried out")


def is_asked(site: Site, agent: Page) -> Case:
    """The agent is asked, and the answer makes the case urgent; what was typed stays."""
    agent.goto(f"{site.address}/cases/new?type={TYPE}")
    agent.fill("#new-description", "It drips beside the lamp of the stairs")
    agent.select_option("[name='fact-leak_at']", "riser")
    settle(agent)
    agent.check("[name='fact-on_lamp']")
    expect(agent.locator("#case-form [role=status]")).to_contain_text(WHY)
    expect(agent.locator("[name=priority][value=urgent]")).to_be_checked()
    expect(agent.locator("#new-description")).to_have_value(re.compile("lamp of the stairs"))
    expect(agent.locator("[name='fact-leak_at']")).to_have_value("riser")
    agent.click("#case-form [data-primary]")
    agent.wait_for_url(re.compile(r"/cases/\d+/$"))
    see(agent, QUESTION)
    see(agent, f"Raised by an answer: {WHY}")
    return Case.objects.get(pk=int(agent.url.rstrip("/").rsplit("/", 1)[1]))


def hand_on(site: Site, agent: Page, case: Case) -> None:
    """A colleague owes a part of it, finds it and ends it in words."""
    agent.click(
        "#panel-casessubtasks button[hx-get$='/subtasks/add'], button[hx-get$='/subtasks/add']"
    )
    agent.fill("dialog [name=title]", "Ask the caretaker to switch the lamp off")
    colleague = Staff.objects.get(number="1028")
    agent.select_option("dialog [name=owner]", f"person:{colleague.pk}")
    agent.click("dialog button[data-primary]")
    see(agent, "Ask the caretaker to switch the lamp off")
    other = site.sign_in(colleague.name)
    other.goto(f"{site.address}/cases/{case.pk}/")
    other.click("button[hx-get$='/done']")
    other.fill("dialog [name=words]", "Switched off at the board")
    other.click("dialog button[data-primary]")
    see(other, "Switched off at the board")
    assert SubTask.objects.get(case=case).state == "done"


def test_a_question_is_designed_agreed_to_and_asked_of_new_cases_alone(site: Site) -> None:
    older = older_case()
    design(site, site.sign_in("郑岩"))
    assert ProcessVersion.objects.filter(key=KEY).count() == 1
    agree(site)
    assert ProcessVersion.objects.get(key=KEY, version=2).source == "house"

    agent = site.sign_in("林晓岚")
    fresh = is_asked(site, agent)
    assert (fresh.priority, fresh.facts["on_lamp"]) == ("urgent", True)
    assert fresh.form is not None
    assert fresh.form.version == 2

    agent.goto(f"{site.address}/cases/{older.pk}/")
    agent.click("#case-request button[hx-get$='/edit']")
    expect(agent.locator("[name='fact-leak_at']")).to_be_visible()
    expect(agent.locator("[name='fact-on_lamp']")).to_have_count(0)

    agent.goto(f"{site.address}/cases/{fresh.pk}/")
    hand_on(site, agent, fresh)


def test_answers_given_while_the_form_is_drawn_anew_are_all_heard(site: Site) -> None:
    agent = site.sign_in("林晓岚")
    agent.goto(f"{site.address}/cases/new?type=water.no_water")
    held: list[Route] = []
    asked: list[str] = []

    def hold_the_first(route: Route) -> None:
        asked.append(route.request.url)
        if held:
            route.continue_()
        else:
            held.append(route)

    agent.route("**/cases/new/form", hold_the_first)
    with agent.expect_request("**/cases/new/form"):
        agent.check("[name='fact-scope'][value=household]")
    agent.check("[name='fact-need_water']")
    agent.fill("#new-description", "Three floors without water")
    held[0].continue_()
    expect(agent.locator("[name='fact-vulnerable']").first).to_be_attached()
    expect(agent.locator("[name='fact-valve_checked']").first).to_be_attached()
    expect(agent.locator("[name='fact-need_water']")).to_be_checked()
    expect(agent.locator("#new-description")).to_have_value("Three floors without water")
    assert len(asked) == 2
