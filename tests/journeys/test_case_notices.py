"""A customer is told that the case was received; what an agent promises is kept in time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from qiao.cases.models import Case, CaseWord
from qiao.cases.operations.telling import HOLD, tell_due
from qiao.core.tests.deliveries import run_deliveries
from qiao.messaging.channels.smtp import Smtp
from qiao.messaging.models import Message
from qiao.messaging.tasks import send_due
from qiao.messaging.tests.mailserver import mail_server
from tests.journeys.site import Site, see, settle
from tests.journeys.test_messages import case

__all__ = ["case"]
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
PROMISED = "今天下班前给您回电"


def test_the_customer_hears_of_the_case_and_a_promise_in_words_is_kept(
    site: Site,
    case: Case,
    settings: Settings,
) -> None:
    with transaction.atomic():
        assert tell_due(now=timezone.now() + HOLD) == 1
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    panel = page.locator("[id='panel-cases.told']")
    expect(panel).to_contain_text("Case received")
    expect(panel).to_contain_text("Waits to be sent")
    notice = Message.objects.get(kind="case_received")
    with mail_server(settings) as server:
        assert send_due(channel=Smtp(), clock=lambda: notice.due_at) == 1  # not in quiet hours
        with transaction.atomic():
            run_deliveries()
    assert case.number in server.mails[0]["Subject"]
    page.reload()
    settle(page)
    see(page, "Told that the case was received")
    promise(page)
    assert site.complaints == []


def promise(page: Page) -> None:
    """Something is promised, stands in the head, and is done."""
    page.locator("#case-answer").get_by_role("button", name="Something was promised").click()
    dialog = page.locator("#case-dialog dialog[open]")
    dialog.locator("[name=text]").fill(PROMISED)
    until = timezone.localtime(timezone.now() + timedelta(hours=30))
    dialog.locator("[name=due]").fill(f"{until:%Y-%m-%dT%H:%M}")
    dialog.locator("[data-primary]").click()
    expect(page.locator("#case-head")).to_contain_text("Promised until")
    panel = page.locator("[id='panel-cases.words']")
    expect(panel).to_contain_text(PROMISED)
    panel.get_by_role("button", name="Done").click()
    expect(page.locator("#case-head")).not_to_contain_text("Promised until")
    assert CaseWord.objects.get().state == "kept"
