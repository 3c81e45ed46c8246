"""Two people look after the data: a parameter for next month, an account number, the trail."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.parameters import find
from qiao.customers.models import Account
from tests.journeys.site import CUSTOMER, Site, see

pytestmark = pytest.mark.browser
WRONG, RIGHT = "30114408217", "30114408271"


def agree(site: Site, page: Page, about: str) -> None:
    """The second person opens what waits and agrees."""
    page.goto(f"{site.address}/administration/decisions/")
    page.locator("tr", has_text=about).locator("a").first.click()
    page.fill("[name=note]", "Compared with the paper")
    page.locator("button[name=word][value=agree]").click()
    see(page, "Agreed to and carried out")


def test_a_parameter_and_an_account_number_are_changed_by_two_people(site: Site) -> None:
    keeper, second = site.sign_in("郑岩"), site.sign_in("沈国良")
    keeper.goto(f"{site.address}/administration/parameters/feedback.attempts_needed/")
    keeper.fill("[name=value]", "4")
    keeper.fill("[name=source]", "Decision 12/2026 of the service meeting")
    first = date.fromisoformat(keeper.input_value("[name=valid_from]"))
    assert first.day == 1
    assert first > timezone.localdate()
    keeper.click("[data-primary]")
    see(keeper, "waits for a second person")
    agree(site, second, "Attempts before a follow-up")
    assert find("feedback.attempts_needed", day=first).value == 4
    assert find("feedback.attempts_needed", day=timezone.localdate()).value == 3

    keeper.goto(f"{site.address}/administration/corrections/new/")
    keeper.select_option("[name=kind]", "customers.account")
    keeper.fill("[name=number]", WRONG)
    keeper.click("[data-primary]")
    keeper.wait_for_url(re.compile("customers.account/"))
    keeper.fill("[name=field-number]", RIGHT)
    keeper.fill("[name=reason]", "Two digits were swapped when the contract was typed")
    keeper.click("[data-primary]")
    see(keeper, "waits for a second person")
    agree(site, second, WRONG)
    account = Account.objects.get(number=RIGHT)

    customer_id = account.parties.get(role="owner").customer_id
    second.goto(f"{site.address}/administration/changes/customers/{customer_id}/")
    see(second, CUSTOMER)
    change = second.locator("tr", has_text=RIGHT).first
    expect(change).to_contain_text(WRONG)
    expect(change).to_contain_text("沈国良")
    assert site.complaints == []


def test_on_a_phone_the_tab_and_the_place_in_the_rail_are_in_sight(site: Site) -> None:
    keeper = site.sign_in("郑岩")
    keeper.set_viewport_size({"width": 390, "height": 844})
    keeper.goto(f"{site.address}/administration/disclosures/")
    for row in (".q-tabs", ".q-rail"):
        current = keeper.locator(f"{row} [aria-current]").first
        expect(current).to_be_in_viewport(ratio=0.99)
