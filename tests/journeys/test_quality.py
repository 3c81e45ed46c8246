"""Closed cases are drawn by lot; one is judged, released, appealed against and decided by a third
person; a coaching follows, and the figures of whom it is about."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.core.rules.spans import first_of
from qiao.feedback.models import Evaluation, SampleDraw
from qiao.feedback.operations.sampling import draw_due
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for, company_id
from tests.journeys.site import AREA, Site, see

pytestmark = pytest.mark.browser
CLOSED, DRAWN = 3, 2
PLAN = "每人每周两件"
FAILED = "promise_kept"
BEFORE, AFTER = "65.0", "100.0"  # the section of what failed, a critical question, weighs 35
OBJECTION = "答复在承诺时限之内，见历史第二条"
BECAUSE = "计时记录显示按时办结"
TOPIC = "办结时写明答复时间"


def prepare() -> None:
    """Enquiries that the agent answered last week."""
    zone = ZoneInfo("Asia/Shanghai")
    monday = first_of(timezone.localdate(timezone.now(), zone), "week") - timedelta(days=7)
    noon = datetime.combine(monday, time(12), tzinfo=zone)
    agent = actor_for(Staff.objects.get(number="1027"), day=monday)
    with transaction.atomic():
        for place in range(CLOSED):
            at = noon + timedelta(hours=place)
            case = open_case(
                request=OpenRequest(
                    type_key="water.general_enquiry",
                    organisation_id=Organisation.objects.get(code="lake").pk,
                    title="营业厅几点开门",
                    channel="phone",
                    area=AREA,
                    at=at,
                ),
                actor=agent,
                now=at,
            )
            take_action(
                case_id=case.pk,
                action="answer_now",
                given={"answer_given": "每天八点半"},
                actor=agent,
                now=at + timedelta(minutes=6),
            )


def plan_and_draw(page: Page, site: Site) -> None:
    """The supervisor says what is drawn; the Monday's job draws; how it was drawn can be read."""
    page.goto(f"{site.address}/follow-ups/quality/")
    page.get_by_role("link", name="Plans and cards").click()
    page.get_by_role("link", name="New plan").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=title]").fill(PLAN)
    dialog.locator("[name=unit]").select_option(str(company_id()))
    dialog.locator("[name=basis]").select_option("person")
    dialog.locator("[name=amount]").fill(str(DRAWN))
    dialog.locator("[name=second_percent]").fill("0")
    dialog.locator("[data-primary]").click()
    expect(page.locator("tr", has_text=PLAN)).to_contain_text(str(DRAWN))
    with transaction.atomic():
        assert draw_due(now=timezone.now()) == DRAWN
    page.reload()
    row = page.locator("tr", has_text=PLAN)
    expect(row).to_contain_text(f"{DRAWN}/{CLOSED}")
    row.locator("a").first.click()
    see(page, "the same")
    assert SampleDraw.objects.get().plan.title == PLAN


def ring(page: Page, site: Site, words: str) -> None:
    """Look at the alerts and follow one."""
    page.goto(f"{site.address}/")
    page.locator("#bell button").click()
    page.locator("#q-notices").get_by_text(re.compile(words)).first.click()
    page.wait_for_url(re.compile("/quality/"))


def judge(page: Page, site: Site) -> Evaluation:
    """One for each who may judge. Everything was good but one thing; it is finished, released."""
    ring(page, site, "1 case to evaluate")
    page.locator("#evaluations tbody a").first.click()
    for question in page.locator(".ql-question").all():
        choices = question.locator("input[type=radio]")
        values = [each.get_attribute("value") or "" for each in choices.all()]
        best = max((each for each in values if each.isdecimal()), key=int)
        failed = question.get_attribute("id") == f"q-{FAILED}"
        question.locator(f"input[value='{'0' if failed else best}']").check(force=True)
    page.fill(f"[name=c-{FAILED}]", "没有看到按时答复")
    page.fill("[name=comment]", "记录清楚；注意时限")
    number = page.locator(".q-crumb b").inner_text()
    page.get_by_role("button", name="Finish", exact=True).click()
    see(page, "is evaluated")
    row = Evaluation.objects.get(number=number)
    assert f"{row.score:.1f}" == BEFORE
    page.goto(f"{site.address}/follow-ups/quality/{row.pk}/")
    page.get_by_role("button", name="Release").click()
    see(page, "can see it now")
    return row


def appeal(page: Page, site: Site) -> None:
    """The agent reads what was said, and objects to one answer."""
    ring(page, site, "was evaluated")
    expect(page.locator(".ql-total")).to_contain_text(BEFORE)
    question = page.locator(f"#q-{FAILED}")
    question.locator("summary").click()
    question.locator("textarea").fill(OBJECTION)
    page.get_by_role("button", name="Appeal").click()
    see(page, "on its way to another person")


def decide(page: Page, site: Site) -> None:
    """Somebody who neither judged nor was judged decides it."""
    ring(page, site, "ppeal")
    question = page.locator(f"#q-{FAILED}")
    expect(question).to_contain_text(OBJECTION)
    question.locator("input[value='1']").check(force=True)
    question.locator(f"[name=because-{FAILED}]").fill(BECAUSE)
    page.get_by_role("button", name="Decide").click()
    see(page, "both scores are kept")
    expect(page.locator(".ql-total")).to_contain_text(AFTER)


def coach(page: Page, site: Site, row: Evaluation) -> None:
    """The supervisor agrees on a coaching, and later says what was done."""
    page.goto(f"{site.address}/follow-ups/quality/{row.pk}/")
    expect(page.get_by_role("button", name="Decide")).to_have_count(0)
    page.get_by_role("button", name="Agree on a coaching").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=topic]").fill(TOPIC)
    dialog.locator("[name=question]").select_option(FAILED)
    dialog.locator("[data-primary]").click()
    see(page, TOPIC)
    page.goto(f"{site.address}/follow-ups/quality/coaching/")
    page.locator("tr", has_text=TOPIC).get_by_role("button", name="Done").click()
    dialog.locator("[name=result]").fill("一起看了三件工单")
    dialog.locator("[data-primary]").click()
    expect(page.locator("tr", has_text=TOPIC)).to_have_count(0)


def read_own(page: Page, site: Site, row: Evaluation) -> None:
    """The agent sees both scores, the reason of the decision, the coaching and the mean."""
    page.goto(f"{site.address}/follow-ups/quality/mine")
    line = page.locator("tr", has_text=row.number)
    expect(line).to_contain_text(AFTER)
    expect(line).to_contain_text(BEFORE)
    expect(page.locator(".q-stat").first).to_contain_text(AFTER)
    expect(page.locator("main")).to_contain_text(TOPIC)
    line.locator("a").click()
    expect(page.locator(f"#q-{FAILED}")).to_contain_text(BECAUSE)


def test_a_closed_case_is_judged_appealed_against_decided_and_coached(site: Site) -> None:
    prepare()
    chief, agent, third = (site.sign_in(name) for name in ("沈国良", "林晓岚", "唐慧"))
    plan_and_draw(chief, site)
    row = judge(chief, site)
    appeal(agent, site)
    decide(third, site)
    coach(chief, site, row)
    read_own(agent, site, row)
    chief.goto(f"{site.address}/follow-ups/quality/figures?by=person")
    figures = chief.locator("#quality-rows tr", has_text="林晓岚")
    expect(figures).to_contain_text(AFTER)
    figures.locator("a").click()
    expect(chief.locator("tbody tr")).to_have_count(1)
    expect(chief.locator("tbody tr")).to_contain_text(row.number)
