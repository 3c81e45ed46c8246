"""A complaint's first word becomes a proven improvement: coded, opened by rule, acted on, measured
again, told to those who complained, closed."""

from datetime import date, datetime, timedelta
from typing import Any

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
from qiao.feedback.operations.improvements import add_action, take_effect
from qiao.feedback.operations.watching import watch_causes
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, settle

pytestmark = pytest.mark.browser
CAUSE = "water.service_no_call_back"
TYPE = "water.service_complaint"
BEFORE, AFTER = 8, 30  # so many complaints, within so many days


def actor_of(number: str) -> Actor:
    return actor_for(Staff.objects.get(number=number), day=timezone.localdate())


def complaint(actor: Actor, now: datetime, *, coded: bool) -> Case:
    """Somebody waited for a call."""
    account = Account.objects.filter(parties__customer__name=CUSTOMER).distinct().get()
    case = open_case(
        request=OpenRequest(
            type_key=TYPE,
            organisation_id=account.organisation_id,
            title="等了三天没人回电话",
            description="说好回电，一直没有人回电话。",
            channel="phone",
            area=AREA,
            customer_id=Customer.objects.get(name=CUSTOMER).pk,
            facts={},
        ),
        actor=actor,
        now=now,
    )
    if coded:
        code_causes(case_id=case.pk, main=CAUSE, actor=actor, now=now)
    return case


def begin() -> tuple[Case, Improvement]:
    """Complaints of a month two months ago, and what the rule makes of them on its last day."""
    agent, now = actor_of("1027"), timezone.now()
    start = now - timedelta(days=70)
    with transaction.atomic():
        ImprovementRule.objects.update(valid_from=date(2020, 1, 1))
        for place in range(BEFORE):
            complaint(agent, start + timedelta(days=place), coded=True)
        (row,) = watch_causes(now=start + timedelta(days=BEFORE))
        today = complaint(agent, now, coded=False)
    return today, row


def act_in_the_past(row: Improvement) -> None:
    """The action took effect when the complaints ended, more than a month ago."""
    chief = actor_of("1008")
    moment = timezone.now() - timedelta(days=70 - BEFORE - 1)
    told: dict[str, Any] = {"improvement_id": row.pk, "actor": chief, "now": moment}
    with transaction.atomic():
        add_action(text="承诺回电一律登记", due_date=moment.date(), cost_minor=None, **told)
        take_effect(effective_date=moment.date(), **told)


def code(page: Page, address: str, case: Case) -> None:
    """The agent says the cause, found by its initials, with the keyboard."""
    page.goto(address + reverse("cases:detail", args=[case.pk]))
    page.keyboard.press("w")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=cause_q]").fill("cnhdwh")
    expect(dialog.locator(f"[name=main][value='{CAUSE}']:checked")).to_have_count(1)
    dialog.locator("[data-primary]").click()
    expect(page.locator("#panel-cases\\.causes, [id='panel-cases.causes']")).to_contain_text(
        "Nobody rang back"
    )


def test_a_complaint_becomes_an_improvement_that_is_proven_and_told(site: Site) -> None:
    case, row = begin()
    assert (row.state, row.before_count, row.opened_by) == ("open", BEFORE, None)
    agent, chief = site.sign_in("林晓岚"), site.sign_in("沈国良")
    code(agent, site.address, case)
    case.refresh_from_db()
    assert case.main_cause is not None
    assert case.main_cause.key == CAUSE
    act_in_the_past(row)

    story = site.address + reverse("feedback:improvement", args=[row.pk])
    chief.goto(story)
    chief.get_by_role("button", name="Measure now").click()
    settle(chief)
    expect(chief.locator(".q-pagehead")).to_contain_text("Proved")
    row.refresh_from_db()
    assert (row.verdict, row.after_count) == ("proved", 0)

    for _case in range(2):
        chief.get_by_role("button", name="Told by phone").first.click()
        settle(chief)
    expect(chief.get_by_text("told", exact=True)).to_have_count(2)
    chief.get_by_role("button", name="Close", exact=True).click()
    dialog = chief.locator("dialog[open]")
    dialog.locator("textarea").fill("回电登记为任务后不再遗漏")
    dialog.locator("[data-primary]").click()
    expect(chief.locator(".q-pagehead")).to_contain_text("Closed")
    chief.goto(f"{site.address}{reverse('feedback:improvements')}?view=proved")
    expect(chief.locator("#improvements")).to_contain_text(row.number)
