"""An agent writes on a case: a text filled for it, words of knowledge, a colleague, a macro."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.operations.macros import MacroDraft, save_macro
from qiao.cases.rules.macros import MacroStep
from qiao.customers.models import Customer
from qiao.knowledge.models import TextModuleKept
from qiao.staff.models import Notice, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, settle

pytestmark = pytest.mark.browser


def prepare() -> Case:
    """A case of the customer, and a macro for it."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    now = timezone.now()
    with transaction.atomic():
        macro = MacroDraft(
            {"en": "Urgent"}, [MacroStep("priority", "urgent"), MacroStep("take")], position=1
        )
        save_macro(draft=macro, actor=agent, now=now)
        request = OpenRequest(
            type_key="water.small_leak",
            organisation_id=agent.organisation_id,
            title="Water in the hall",
            channel="phone",
            area=AREA,
            customer_id=Customer.objects.get(name=CUSTOMER).pk,
            facts={"leak_at": "before_meter", "paid_service": "no"},
        )
        return open_case(request=request, actor=agent, now=now)


def insert(page: Page, box: str, typed: str, *keys: str) -> None:
    """Type in a box as a person does, then choose by the keyboard."""
    page.locator(box).focus()
    page.keyboard.press("End")
    page.keyboard.type(typed)
    expect(page.locator("#q-insert [role=option]").first).to_be_visible()
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#q-insert")).to_have_count(0)


def test_an_agent_writes_by_the_keyboard_alone(site: Site) -> None:
    case = prepare()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    settle(page)
    insert(page, "#reply-text", "::thanks", "Enter")
    assert case.number in page.locator("#reply-text").input_value()
    insert(page, "#note-text", "??frozen", "Enter")
    assert "flame" in page.locator("#note-text").input_value()
    page.keyboard.type(" @@zm")
    expect(page.locator("#q-insert [role=option]").first).to_contain_text("周明")
    page.keyboard.press("Escape")
    expect(page.locator("#q-insert")).to_have_count(0)
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    page.keyboard.type(" ")
    insert(page, "#note-text", "@@zhou", "Enter")
    page.get_by_role("button", name="Keep for colleagues").click()
    settle(page)
    note = CaseEvent.objects.get(case=case, kind="note").data
    told = Staff.objects.get(number="1028")
    assert note["mentions"] == [told.pk]
    assert Notice.objects.filter(staff=told, kind="cases.mention").count() == 1
    assert TextModuleKept.objects.get(text_module__key="thanks").use_count == 1
    run_macro(page, case)


def test_enter_takes_the_first_of_what_is_found_for_all_that_was_typed(site: Site) -> None:
    """Who types fast is ahead of what is offered: that was found for fewer letters."""
    case = prepare()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    settle(page)
    page.locator("#note-text").focus()
    page.keyboard.type("@@")
    first = page.locator("#q-insert [role=option]").first
    expect(first).to_be_visible()
    assert "周明" not in first.inner_text()
    page.keyboard.type("zhou")
    page.keyboard.press("Enter")
    expect(page.locator("#q-insert")).to_have_count(0)
    assert "周明" in page.locator("#note-text").input_value()
    assert "zhou" not in page.locator("#note-text").input_value()


def run_macro(page: Page, case: Case) -> None:
    """m 1 shows what it will do, Enter does it."""
    page.locator("body").click(position={"x": 700, "y": 90})
    page.keyboard.press("m")
    expect(page.locator("#case-macros button").first).to_be_visible()
    page.keyboard.press("1")
    dialog = page.locator("#case-dialog dialog[open]")
    expect(dialog).to_contain_text("Urgent")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    settle(page)
    case.refresh_from_db()
    assert (case.priority, case.assignee_id) == ("urgent", Staff.objects.get(number="1027").pk)
    assert CaseEvent.objects.filter(case=case, kind="macro_run").count() == 1
