"""A visitor writes on a phone; it is screened, joined, voted for, answered by two people, read."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.feedback.models import Suggestion
from qiao.feedback.operations.suggestions import Wish, screen, take_suggestion
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for, company_id
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser
ANSWER = "从下月起提前 48 小时发短信。"
TITLE = "停水通知提前两天发到手机"


def earlier() -> Suggestion:
    """Somebody said it before."""
    actor = actor_for(Staff.objects.get(number="1008"), day=timezone.localdate())
    with transaction.atomic():
        row = take_suggestion(
            wish=Wish(
                organisation_id=company_id(),
                source="card",
                title=TITLE,
                text="停水的短信提前两天发，写清恢复的时间。",
                language="zh-hans",
            ),
            actor=None,
            now=timezone.now(),
        )
        return screen(
            suggestion_id=row.pk,
            verdict="public",
            title=row.title,
            text=row.text,
            category="works",
            actor=actor,
            now=timezone.now(),
        )


def write(visitor: Page, site: Site) -> None:
    """What a visitor writes on a phone."""
    visitor.goto(f"{site.address}/opinions/new")
    visitor.get_by_label("用一句话概括您的建议").fill("希望停水短信早点发")
    visitor.get_by_label("您希望我们怎么做？为什么？").fill(
        "停水的短信当天才到，希望提前两天发。我的电话 13800138000"
    )
    visitor.get_by_role("button", name="提交建议").click()
    expect(visitor.get_by_role("heading", name="谢谢您")).to_be_visible()


def screen_and_join(staff: Page, first: Suggestion) -> None:
    """A person passes it without the number and joins it with the one that was there."""
    staff.get_by_role("button", name="Screen", exact=True).click()
    expect(staff.get_by_label("Words for everybody")).to_have_value(
        "停水的短信当天才到，希望提前两天发。我的电话 138 **** 8000"
    )
    staff.get_by_role("button", name="Decide", exact=True).click()
    expect(staff.get_by_role("heading", name="What everybody reads")).to_be_visible()
    staff.get_by_role("button", name="Join", exact=True).first.click()
    staff.get_by_role("dialog").get_by_role("button", name="Join", exact=True).click()
    staff.wait_for_url(f"**/suggestions/{first.pk}/")


def answer(staff: Page, second: Page, site: Site) -> None:
    """One writes, another agrees."""
    staff.get_by_role("button", name="Answer", exact=True).click()
    box = staff.get_by_role("dialog")
    box.get_by_label("Answer").fill(ANSWER)
    box.get_by_role("button", name="Give the answer").click()
    see(staff, "Waits for a second person")
    second.goto(f"{site.address}/administration/decisions/")
    second.locator("tr", has_text=TITLE).locator("a").first.click()
    second.fill("[name=note]", "agreed")
    second.locator("button[name=word][value=agree]").click()
    see(second, "Agreed to and carried out")


def test_a_suggestion_goes_from_a_phone_to_a_public_answer(site: Site) -> None:
    first = earlier()
    visitor = site.visitor(language="zh-hans", phone=True)
    write(visitor, site)
    row = Suggestion.objects.get(source="page")
    own = f"{site.address}/opinions/{row.number}/"
    refused = visitor.goto(own)
    assert refused is not None
    assert refused.status == 404

    staff = site.sign_in("沈国良")
    staff.goto(f"{site.address}/follow-ups/suggestions/{row.pk}/")
    screen_and_join(staff, first)
    visitor.goto(own)
    expect(visitor.get_by_role("heading", name=TITLE)).to_be_visible()
    neighbour = site.visitor(language="zh-hans", phone=True)
    neighbour.goto(f"{site.address}/opinions/{first.number}/")
    neighbour.get_by_role("button", name="我也希望").click()
    expect(neighbour.get_by_role("button", name="取消支持")).to_contain_text("3")
    answer(staff, site.sign_in("唐慧"), site)
    visitor.goto(f"{site.address}/opinions/{first.number}/")
    expect(visitor.get_by_text(ANSWER)).to_be_visible()
