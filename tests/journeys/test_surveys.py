"""A survey is designed, drawn and sent; a customer answers on the phone; the report shows it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer
from qiao.customers.operations.care import record_consent
from qiao.feedback.models import SurveyAnswer, SurveyInvitation
from qiao.feedback.operations.survey_sending import send_part
from qiao.messaging.models import Message
from qiao.staff.queries import actor_by_number
from tests.journeys.site import CUSTOMER, Site, see

pytestmark = pytest.mark.browser
NAME, ASKED = "供水服务满意度调查", "总体而言，您满意吗？"


def agree() -> None:
    """The customer wants to be asked."""
    with transaction.atomic():
        record_consent(
            actor=actor_by_number("1027", day=timezone.localdate()),
            now=timezone.now() - timedelta(days=1),
            customer_id=Customer.objects.get(name=CUSTOMER).pk,
            purpose="survey",
            is_given=True,
            how="spoken",
        )


def design(staff: Page, site: Site) -> None:
    """The survey and one question of satisfaction all in all."""
    staff.goto(f"{site.address}/follow-ups/surveys/")
    see(staff, "No survey yet")
    staff.locator(".q-pagehead").get_by_role("link", name="New survey").click()
    for part in ("en", "zh_hans", "zh_hant"):
        staff.fill(f"[name=name_{part}]", NAME)
        staff.fill(f"[name=intro_{part}]", "请告诉我们您的看法。")
    staff.get_by_role("button", name="Go on to the questions").click()
    staff.get_by_role("link", name="Add a question").click()
    box = staff.get_by_role("dialog")
    box.locator("[name=kind]").select_option("overall")
    for part in ("en", "zh_hans", "zh_hant"):
        box.locator(f"[name=text_{part}]").fill(ASKED)
    box.get_by_role("button", name="Save").click()
    expect(staff.locator("#questions")).to_contain_text(ASKED)


def send(staff: Page) -> SurveyInvitation:
    """Drawn, looked at, sent; the worker goes through it."""
    staff.get_by_role("link", name="Draw the next wave").click()
    staff.get_by_role("dialog").get_by_role("button", name="Draw", exact=True).click()
    expect(staff.locator("#strata")).to_be_visible()
    staff.get_by_role("link", name="Send the wave").click()
    staff.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(staff.locator("#sending")).to_be_visible()
    row = SurveyInvitation.objects.get()
    with transaction.atomic():
        while send_part(wave_id=row.wave_id, now=timezone.now()):
            pass
    row.refresh_from_db()
    return row


def test_a_survey_goes_from_the_design_to_the_report(site: Site) -> None:
    agree()
    staff = site.sign_in("沈国良")
    design(staff, site)
    row = send(staff)
    body = Message.objects.get(pk=row.message_id or 0).body
    link = next(word for word in body.split() if "/s/" in word)

    phone = site.visitor(language="zh-hans", phone=True)
    phone.goto(link)
    expect(phone.get_by_role("heading", name=NAME)).to_be_visible()
    phone.get_by_label("2", exact=True).check()
    expect(phone.get_by_text("已保存。")).to_be_visible()
    assert SurveyAnswer.objects.get().value == 2
    phone.get_by_role("button", name="提交答卷").click()
    expect(phone.get_by_text("谢谢您，答卷已收到。")).to_be_visible()

    staff.goto(f"{site.address}/follow-ups/surveys/waves/{row.wave_id}/")
    see(staff, "Takes answers")
    expect(staff.locator("#response")).to_contain_text("100.0%")
    see(staff, "Fewer than 5 answers: not shown")
    expect(staff.locator("#unhappy")).to_contain_text(CUSTOMER)
