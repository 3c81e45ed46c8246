"""An answer by e-mail, taken back, then really sent; a letter looked at, printed and posted."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Customer
from qiao.messaging.channels.smtp import Smtp
from qiao.messaging.models import Message, PrintBatch
from qiao.messaging.operations import add_email
from qiao.messaging.tasks import send_due
from qiao.messaging.tests.mailserver import mail_server
from qiao.staff.queries import actor_by_number
from tests.journeys.site import CUSTOMER, Site, see, settle

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
WORDS = "您好！维修人员今天下午三点上门，请您留意电话。"


@pytest.fixture
def case(site: Site) -> Case:
    """A case of the customer, who has an e-mail address."""
    agent = actor_by_number("1027", day=timezone.localdate())
    customer = Customer.objects.get(name=CUSTOMER)
    now = timezone.now()
    with transaction.atomic():
        add_email(customer_id=customer.pk, address="chen@example.com", actor=agent, now=now)
        request = OpenRequest(
            type_key="water.small_leak",
            organisation_id=agent.organisation_id,
            customer_id=customer.pk,
            title="翠湖花园漏水",
            channel="phone",
            area="339102",
            facts={"leak_at": "before_meter", "paid_service": "no"},
        )
        return open_case(request=request, actor=agent, now=now)


def write(page: Page, words: str) -> None:
    page.locator("#reply-text").fill(words)


def test_an_answer_is_taken_back_then_sent_and_a_letter_goes_to_the_post(
    site: Site, case: Case, settings: Settings
) -> None:
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    write(page, WORDS)
    send = page.get_by_role("button", name=f"Send to {CUSTOMER} · Email")
    send.click()
    see(page, "May be taken back")
    page.locator(".q-toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".cs-sent .mute")).to_contain_text("Cancelled")  # the page came anew
    expect(page.locator("#reply-text")).to_have_value(WORDS)
    send.click()
    see(page, "May be taken back")
    with mail_server(settings) as server:
        later = timezone.now() + timedelta(seconds=13)
        assert send_due(channel=Smtp(), clock=lambda: later) == 1
        with transaction.atomic():
            run_deliveries()
    assert server.mails[0].get_content().strip() == WORDS
    assert case.number in server.mails[0]["Subject"]
    page.reload()
    settle(page)
    expect(page.locator(".cs-sent .ok")).to_contain_text("Sent")
    by_letter(site, page)
    assert site.complaints == []


def by_letter(site: Site, page: Page) -> None:
    """The same case is answered by letter, which a supervisor prints and posts."""
    page.locator(".cs-ways label", has_text="Letter").click()
    expect(page.get_by_role("button", name=f"Send to {CUSTOMER} · Letter")).to_be_visible()
    write(page, WORDS)
    page.get_by_role("button", name="Preview").click()
    sheet = page.locator("dialog[open] img.cs-sheet")
    expect(sheet).to_have_count(1)
    assert sheet.evaluate("async i => { await i.decode(); return i.naturalWidth > 500; }")
    page.locator("dialog[open]").get_by_role("button", name="Go on writing").click()
    page.get_by_role("button", name=f"Send to {CUSTOMER} · Letter").click()
    see(page, "May be taken back")
    past = timezone.now() - timedelta(minutes=1)
    Message.objects.filter(channel="letter").update(held_until=past, due_at=past)
    office = site.sign_in("沈国良")
    office.goto(f"{site.address}/messages/letters/")
    office.get_by_role("button", name="Collect for printing").click()
    with office.expect_popup() as printed:
        office.get_by_role("button", name="Print", exact=True).click()
    for _ in range(100):
        if PrintBatch.objects.filter(printed_at__isnull=False).exists():
            break
        office.wait_for_timeout(200)
    printed.value.close()
    office.reload()
    office.get_by_role("button", name="Went to the post").click()
    see(office, "Kept as posted")
    assert Message.objects.get(channel="letter").state == "sent"
