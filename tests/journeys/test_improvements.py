"""A complaint from its first word to a proven improvement: written down with its deadlines,
coded; opened by rule, acted on, measured again, told to those who complained, closed."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, code_causes, open_case
from qiao.core.actor import Actor
from qiao.customers.models import Account, Customer
from qiao.feedback.models import Improvement, ImprovementRule
from qiao.feedback.operations.watching import watch_causes
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, see, settle

pytestmark = pytest.mark.browser
CAUSE = "water.service_no_call_back"
TYPE = "water.service_complaint"
BEFORE = 8  # so many complaints, one a day
TITLE, ACTION = "等了三天没人回电话", "承诺回电一律登记为任务"


def actor_of(number: str) -> Actor:
    return actor_for(Staff.objects.get(number=number), day=timezone.localdate())


def complaint(actor: Actor, now: datetime, customer_id: int | None) -> None:
    """Somebody waited for a call, and it was found why."""
    account = Account.objects.filter(parties__customer__name=CUSTOMER).distinct().get()
    case = open_case(
        request=OpenRequest(
            type_key=TYPE,
            organisation_id=account.organisation_id,
            title=TITLE,
            description="说好回电，一直没有人回电话。",
            channel="phone",
            area=AREA,
            customer_id=customer_id,
            facts={},
        ),
        actor=actor,
        now=now,
    )
    code_causes(case_id=case.pk, main=CAUSE, actor=actor, now=now)


def begin() -> Improvement:
    """Complaints of a week two months ago, and what the rule makes of them on its last day."""
    agent, now = actor_of("1027"), timezone.now()
    start = now - timedelta(days=70)
    with transaction.atomic():
        customer = Customer.objects.get(name=CUSTOMER)
        add_email(customer_id=customer.pk, address="chen@example.com", actor=agent, now=now)
        ImprovementRule.objects.update(valid_from=date(2020, 1, 1))
        for place in range(BEFORE):  # the last of them by somebody who is not known
            known = None if place == BEFORE - 1 else customer.pk
            complaint(agent, start + timedelta(days=place), known)
        (row,) = watch_causes(now=start + timedelta(days=BEFORE))
    return row


def write_down(page: Page, address: str) -> Case:
    """The first word: the agent writes it down while the customer speaks; deadlines run."""
    customer = Customer.objects.get(name=CUSTOMER)
    page.goto(f"{address}/cases/new?customer={customer.pk}&type={TYPE}")
    form = page.locator("#case-form")
    expect(form).to_contain_text(CUSTOMER)
    form.locator("[name=fact-about][value=agent]").check(force=True)
    settle(page)
    form.locator("[name=fact-happened_on]").fill(timezone.localdate().isoformat())
    form.locator("[name=fact-what_happened]").fill("说好回电，等了三天")
    form.locator("[name=title]").fill(TITLE)
    form.locator("[data-primary]").click()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    case = Case.objects.latest("id")
    expect(page.locator("#case-clocks")).to_contain_text("due")
    page.get_by_role("link", name="Why these?").click()
    for words in ("First contact", "Answer", "still running", "Office"):
        expect(page.locator("main")).to_contain_text(re.compile(words, re.IGNORECASE))
    return case


def code(page: Page, address: str, case: Case) -> None:
    """The agent says the cause, found by its initials, with the keyboard."""
    page.goto(address + reverse("cases:detail", args=[case.pk]))
    page.keyboard.press("w")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=cause_q]").fill("cnhdwh")
    expect(dialog.locator(f"[name=main][value='{CAUSE}']:checked")).to_have_count(1)
    dialog.locator("[data-primary]").click()
    expect(page.locator("[id='panel-cases.causes']")).to_contain_text("Nobody rang back")
    case.refresh_from_db()
    assert case.main_cause is not None
    assert case.main_cause.key == CAUSE


def fill_in(page: Page, button: str, **given: str) -> None:
    """Open a dialog of the improvement and send it."""
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.locator("dialog[open]")
    for name, text in given.items():
        dialog.locator(f"[name={name}]").fill(text)
    dialog.locator("[data-primary]").click()
    expect(dialog).to_have_count(0)
    settle(page)


def improve(page: Page, row: Improvement) -> None:
    """An action, in effect since the complaints ended; the figure is taken again."""
    since = timezone.localdate() - timedelta(days=70 - BEFORE - 1)
    fill_in(page, "Plan an action", text=ACTION, due_date=since.isoformat())
    expect(page.locator("main")).to_contain_text(ACTION)
    fill_in(page, "It is in effect", effective_date=since.isoformat())
    page.get_by_role("button", name="Measure now").click()
    settle(page)
    expect(page.locator(".q-pagehead")).to_contain_text("Proved")
    row.refresh_from_db()
    assert (row.verdict, row.after_count) == ("proved", 0)


def test_a_complaint_becomes_an_improvement_that_is_proven_and_told(site: Site) -> None:
    row = begin()
    assert (row.state, row.before_count, row.opened_by) == ("open", BEFORE, None)
    agent, chief = site.sign_in("林晓岚"), site.sign_in("沈国良")
    code(agent, site.address, write_down(agent, site.address))

    chief.goto(site.address + reverse("feedback:improvement", args=[row.pk]))
    improve(chief, row)
    chief.get_by_role("button", name="Told by phone").first.click()
    expect(chief.get_by_text("told", exact=True)).to_have_count(1)
    fill_in(chief, "Tell those who complained")
    see(chief, f"1 of {BEFORE} told · {BEFORE - 1} on the way")
    message = Message.objects.get(kind="improvement")
    assert message.to_address == "chen@example.com"
    assert row.title in message.body
    fill_in(chief, "Close", text="回电登记为任务后不再遗漏")
    expect(chief.locator(".q-pagehead")).to_contain_text("Closed")
    chief.goto(f"{site.address}{reverse('feedback:improvements')}?view=proved")
    expect(chief.locator("#improvements")).to_contain_text(row.number)
