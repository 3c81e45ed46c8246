"""A pilot from its plan to its decision: a unit tries and says what it thinks, two decide."""

import re

import pytest
from playwright.sync_api import Page, expect

from qiao.rollout.models import Pilot, Remark
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
TITLE, WORDS, ANSWER = "宏试点", "宏的菜单能否按常用排序？", "下一版按使用次数排序"


def _plan(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/rollout/pilots/")
    page.get_by_role("link", name="New pilot").click()
    page.locator("#pilot-title").fill(TITLE)
    page.locator("#pilot-aim").fill("少点几次鼠标")
    page.get_by_text("Macros", exact=True).click()
    page.get_by_text("滨湖供水所", exact=True).last.click()
    today = page.evaluate("new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10)")
    page.locator("#pilot-since").fill(today)
    page.locator("#pilot-helpers").select_option(label="沈国良 1008")
    page.locator("#pilot-off_elsewhere").uncheck()
    page.get_by_role("button", name="Plan the pilot").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()


def _say(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/cases/")
    page.get_by_role("link", name="Say something about Qiao").click()
    page.locator("#remark-text").fill(WORDS)
    page.get_by_text("An idea", exact=True).click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("You can follow what becomes of it").first).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)


def _answer(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/rollout/pilots/{Pilot.objects.get().pk}/")
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("link", name=Remark.objects.get().case.number).click()
    page.get_by_role("button", name="Answer", exact=True).first.click()
    page.locator("dialog[open] textarea").first.fill(ANSWER)
    page.locator("dialog[open] [data-primary]").click()
    expect(page.locator("#case-head .q-badge", has_text="Filed")).to_be_visible()


def test_a_pilot_is_planned_spoken_of_answered_evaluated_and_decided_by_two(site: Site) -> None:
    keeper, agent = site.sign_in("郑岩"), site.sign_in("林晓岚")
    helper, leader = site.sign_in("沈国良"), site.sign_in("唐慧")
    _plan(keeper, site)
    _say(agent, site)
    _answer(helper, site)
    site.work()
    agent.goto(f"{site.address}/rollout/said")
    expect(agent.get_by_text(ANSWER)).to_be_visible()

    pilot = f"{site.address}/rollout/pilots/{Pilot.objects.get().pk}/"
    keeper.goto(pilot)
    keeper.get_by_role("button", name="Evaluate").click()
    keeper.locator("#evaluation-words").fill("更快，没有坏处")
    keeper.get_by_role("button", name="Keep the evaluation").click()
    keeper.get_by_role("button", name="Decide", exact=True).click()
    keeper.get_by_text("Go on in these units", exact=True).click()
    keeper.locator("#decision-reason").fill("反映良好")
    keeper.get_by_role("button", name="Ask a second person").click()
    expect(keeper.get_by_text("waits for a second person").first).to_be_visible()

    leader.goto(f"{site.address}/rollout/pilots/")
    leader.get_by_role("link", name=TITLE).click()
    leader.get_by_role("link", name="Look at it").click()
    leader.get_by_role("button", name="Agree and carry out").click()
    keeper.goto(pilot)
    expect(keeper.get_by_text("Go on in these units")).to_be_visible()


def test_what_a_unit_switched_off_is_refused_there_by_name(site: Site) -> None:
    keeper, agent = site.sign_in("郑岩"), site.sign_in("林晓岚")
    agent.goto(f"{site.address}/cases/macros/")
    expect(agent.get_by_role("heading", name="Macros").first).to_be_visible()
    keeper.goto(f"{site.address}/rollout/")
    keeper.get_by_role("button", name=re.compile("^Macros, 滨湖供水所")).click()
    keeper.get_by_label("Reason").fill("先在别处试用")
    keeper.get_by_role("button", name="Decide", exact=True).click()
    expect(keeper.get_by_text("先在别处试用")).to_be_visible()
    site.complaints.clear()
    agent.goto(f"{site.address}/cases/macros/")
    expect(agent.get_by_text("“Macros” is not switched on here")).to_be_visible()
    site.complaints.clear()  # the browser itself complains of an answer of 403
