"""An administrator alters a process, or draws a new way in it, tries it on a past case, another
agrees; running cases keep theirs, new ones go the new way."""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.definitions import case_types
from qiao.cases.models import Case, ProcessDraft, ProcessVersion
from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.cases.rules.process_refusals import MissingFields
from qiao.cases.tests.designing import change
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import Site, see, settle

pytestmark = pytest.mark.browser
KEY = "water.enquiry"
FIELD = "question_note"
ENGINEER, ANSWERED, BACK = "Ask the engineer", "Engineer answered", "Back to the line"


def agent_of(number: str = "1027") -> Staff:
    return Staff.objects.get(number=number)


def opened(type_key: str) -> Case:
    """A case that the agent opens on the telephone."""
    staff = agent_of()
    with transaction.atomic():
        return open_case(
            request=OpenRequest(
                type_key=type_key,
                organisation_id=Organisation.objects.get(pk=staff.organisation_id).pk,
                title="Why is the bill higher?",
                channel="phone",
            ),
            actor=actor_for(staff, day=timezone.localdate()),
            now=timezone.now(),
        )


def take(case: Case, action: str, **given: str) -> Case:
    with transaction.atomic():
        return take_action(
            case_id=case.pk,
            action=action,
            given=given,
            actor=actor_for(agent_of(), day=timezone.localdate()),
            now=timezone.now(),
        )


def a_type() -> str:
    """A case type of the pack that runs the process."""
    return next(key for key, each in case_types().items() if each.process == KEY)


def alter(site: Site, page: Page) -> str:
    """The first step must have a field now, and a time."""
    page.goto(f"{site.address}/cases/processes/{KEY}/")
    page.locator("form[action$='/begin'] button.btn-primary").click()
    page.locator("#step-list a[href*='part=step:on_line']").click()
    expect(page.locator("#part-pane select[name='phase']")).to_have_value("intake")
    page.fill("#part-pane [name=amount]", "30")
    page.select_option("#part-pane [name=unit]", "min")
    page.select_option("#part-pane [name=calendar]", index=1)
    page.select_option(f"#part-pane [name='ask-{FIELD}']", "required")
    expect(page.locator("#draft-head")).to_contain_text("saved")
    expect(page.locator("#draft-faults .ok")).to_be_visible()
    be_overtaken(page)
    return page.url.partition("?")[0]


def be_overtaken(page: Page) -> None:
    """The step that is open is changed elsewhere: both are shown, and the second word counts."""
    with transaction.atomic():
        change(
            ProcessDraft.objects.get(key=KEY),
            "step:on_line",
            actor_for(agent_of("9001"), day=timezone.localdate()),
            timezone.now(),
            time_limit="45min",
        )
    page.fill("#part-pane [name=amount]", "20")
    page.locator("#part-pane [name=amount]").blur()
    pane = page.locator("#part-pane")
    expect(pane).to_contain_text("Somebody changed this meanwhile")
    expect(pane.locator("table")).to_contain_text("45 min")
    expect(pane.locator("table")).to_contain_text("20 min")
    pane.locator(".btn-primary").click()
    expect(pane.locator("table")).to_have_count(0)
    expect(page.locator("#part-pane [name=amount]")).to_have_value("20")


def agree(site: Site, words: str = "Required fields") -> None:
    """Somebody else reads the differences and agrees."""
    second = site.sign_in("唐慧")
    second.goto(f"{site.address}/administration/decisions/")
    second.locator("tr", has_text="New version of a process").locator("a").first.click()
    see(second, words)
    second.click("form [name=word][value=agree]")
    see(second, "Agreed to and carried out")


def meet_the_new_step(site: Site, case: Case) -> None:
    """The agent of a new case is asked for what the step asks now."""
    agent = site.sign_in("林晓岚")
    agent.goto(f"{site.address}/cases/{case.pk}/actions/answer_now")
    expect(agent.locator(f"[name='fact-{FIELD}']")).to_be_visible()
    agent.fill(f"[name='fact-{FIELD}']", "Which months")
    agent.fill("[name='fact-answer_given']", "A leak behind the meter")
    agent.locator("main form[action$='answer_now'] button:not([type=button])").last.click()
    agent.wait_for_url(f"**/cases/{case.pk}/")
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_changed_process_is_tried_agreed_to_and_met_by_new_cases_alone(site: Site) -> None:
    kind = a_type()
    past, running = opened(kind), opened(kind)
    take(past, "answer_now", answer_given="Meter was read twice")

    designer = site.sign_in("郑岩")
    draft = alter(site, designer)
    designer.goto(f"{draft}try?number={past.number}")
    see(designer, "not filled in then")
    designer.goto(f"{draft}publish")
    designer.fill("[name=reason]", "Questions were passed on without words")
    designer.click("form [data-primary]")
    see(designer, "Asked.")
    assert ProcessVersion.objects.filter(key=KEY).count() == 1

    agree(site)
    assert ProcessVersion.objects.get(key=KEY, version=2).source == "house"
    assert take(running, "answer_now", answer_given="A leak").closed_at is not None
    fresh = opened(kind)
    assert fresh.process.version == 2
    with pytest.raises(MissingFields):
        take(fresh, "answer_now", answer_given="A leak")
    meet_the_new_step(site, fresh)


def keep_part(page: Page, words: str) -> None:
    """Keep the part that is being changed, under its name."""
    for language in ("en", "zh_hans", "zh_hant"):
        page.fill(f"#part-form [name=name-{language}]", words)
    page.locator("#part-form .btn-primary").click()
    settle(page)
    expect(page.locator("#part-title")).to_contain_text(words)


def draw_action(page: Page, step: str, words: str, *, to: str, kind: str) -> None:
    """Draw a way out of a step."""
    name = page.locator(".m", has_text=re.compile(f"^{step}$"))
    page.locator("#step-list a[href*='part=step:']").filter(has=name).click()
    expect(page.locator("#part-title")).to_contain_text(step)
    page.get_by_role("button", name="Add an action").click()
    expect(page.locator("#part-form [name=to]")).to_be_visible()
    page.select_option("#part-form [name=to]", label=to)
    page.select_option("#part-form [name=kind]", kind)
    page.locator("#part-form [name=reason_required]").set_checked(kind == "return")
    if words == ANSWERED:
        page.locator("#part-form [name=needs][value=answer_given]").check()
        page.locator("#part-form [name=marks][value=answered]").check()
    keep_part(page, words)


def draw(site: Site, page: Page) -> str:
    """A new step with a role and a time, a branch to it, its end, and a return from it."""
    page.goto(f"{site.address}/cases/processes/{KEY}/")
    page.locator("form[action$='/begin'] button.btn-primary").click()
    page.locator("#step-list button[value=step]").click()
    expect(page.locator("#part-form [name=phase]")).to_be_visible()
    page.select_option("#part-form [name=phase]", "work")
    page.select_option("#part-form [name=role]", "agent")
    page.fill("#part-form [name=amount]", "4")
    page.select_option("#part-form [name=calendar]", index=1)
    keep_part(page, ENGINEER)
    expect(page.locator("#draft-faults .ok")).to_have_count(0)  # it leads nowhere yet
    draw_action(page, "Answer", ENGINEER, to=ENGINEER, kind="branch")
    draw_action(page, ENGINEER, ANSWERED, to="Archive", kind="")
    draw_action(page, ENGINEER, BACK, to="Answer", kind="return")
    expect(page.locator("#draft-faults .ok")).to_be_visible()
    expect(page.locator("svg.pd")).to_contain_text(ENGINEER)
    return page.url.partition("?")[0]


def go(page: Page, words: str, **given: str) -> None:
    """Take an action of the case's page, with what its dialog asks for."""
    page.get_by_role("button", name=words, exact=True).first.click()
    settle(page)
    dialog = page.locator("#case-dialog dialog[open]")
    for name, text in given.items():
        dialog.locator(f"[name='{name}']").fill(text)
    if given:
        dialog.locator("[data-primary]").click()
    expect(dialog).to_have_count(0)
    settle(page)


def test_a_way_that_is_drawn_while_cases_run_is_gone_by_new_cases_alone(site: Site) -> None:
    kind = a_type()
    past, running = opened(kind), opened(kind)
    take(past, "answer_now", answer_given="Meter was read twice")
    agent = site.sign_in("林晓岚")
    agent.goto(f"{site.address}/cases/{running.pk}/")

    designer = site.sign_in("郑岩")
    address = draw(site, designer)
    designer.goto(f"{address}try?number={past.number}")
    see(designer, "1 the same")
    designer.goto(f"{address}publish")
    designer.fill("[name=reason]", "Engineers are asked by telephone today, and nobody sees it")
    designer.click("form [data-primary]")
    see(designer, "Asked.")
    agree(site, ENGINEER)

    for _visit in range(2):
        expect(agent.locator("#case-steps")).to_contain_text("Pass on to look up")
        expect(agent.locator("#case-steps")).not_to_contain_text(ENGINEER)
        agent.reload()
    go(agent, "Answered", **{"fact-answer_given": "A leak behind the meter"})
    running.refresh_from_db()
    assert (running.closed_at is not None, running.process.version) == (True, 1)

    fresh = opened(kind)
    agent.goto(f"{site.address}/cases/{fresh.pk}/")
    go(agent, ENGINEER)
    expect(agent.locator("#case-head")).to_contain_text(ENGINEER)
    go(agent, BACK, reason="The question was not clear")
    go(agent, ENGINEER)
    go(agent, ANSWERED, **{"fact-answer_given": "The meter runs too fast"})
    fresh.refresh_from_db()
    assert (fresh.closed_at is not None, fresh.process.version) == (True, 2)
