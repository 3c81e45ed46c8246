"""A protection is claimed beside a call, confirmed with a paper, and ended by two people."""

import re

import pytest
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer, Protection
from tests.journeys.site import CUSTOMER, Site, see

pytestmark = pytest.mark.browser
PAPER, ISSUER, NUMBER = "制氧机租赁证明", "市第一人民医院", "YZ2026113007721"


def panel(page: Page) -> str:
    """The selector of the panel on the customer's page."""
    expect(page.locator("#panel-customersprotection")).to_be_visible()
    return "#panel-customersprotection"


def keep_paper(page: Page, site: Site, customer: Customer) -> None:
    """Put the hospital's paper into the customer's file."""
    page.goto(f"{site.address}/customers/{customer.pk}/documents/new/")
    page.select_option("[name=kind]", "other")
    page.fill("[name=title]", PAPER)
    page.set_input_files(
        "[name=file]", {"name": "o2.txt", "mimeType": "text/plain", "buffer": b"oxygen"}
    )
    page.click("[data-primary]")
    see(page, "has been kept")


def claim(page: Page) -> None:
    """Protect from now on, at home."""
    page.click("[popovertarget=customer-more]")
    page.get_by_role("menuitem", name="Protect this customer").click()
    page.select_option("[name=kind]", "life_support")
    page.select_option("[name=premises]", index=0)
    page.fill("[name=reason]", "Her husband breathes with an oxygen machine")
    page.get_by_role("button", name="Protect now").click()
    see(page, "The protection holds from now on")
    row = page.locator(panel(page))
    expect(row).to_contain_text("Never cut off")
    expect(row).to_contain_text("Evidence awaited")
    badge = page.locator(".q-tierband .q-badge", has_text="Life support at home")
    expect(badge).to_have_attribute("title", re.compile("Crews come first"))


def confirm(page: Page) -> None:
    """Take down the paper and the certificate, of which the number is not kept."""
    page.locator(panel(page)).get_by_role("button", name="Confirm with evidence").click()
    option = page.locator("[name=document] option", has_text=PAPER).get_attribute("value")
    page.select_option("[name=document]", option)
    page.fill("[name=issuer]", ISSUER)
    page.fill("[name=certificate]", NUMBER)
    page.get_by_role("button", name="Seen and confirmed").click()
    see(page, "The protection is confirmed")
    row = page.locator(panel(page))
    expect(row).to_contain_text(ISSUER)
    expect(row).not_to_contain_text(NUMBER)
    expect(row.get_by_role("link", name=PAPER).first).to_be_visible()


def ask_to_end(page: Page) -> None:
    """Say why it ends; it holds on."""
    page.locator(panel(page)).get_by_role("button", name="Let end").click()
    page.fill("[name=reason]", "The machine went back to the hospital")
    page.get_by_role("button", name="Ask a second person").click()
    see(page, "Until then the protection holds")
    expect(page.locator(panel(page))).to_contain_text("End asked for")


def agree(page: Page, site: Site) -> None:
    """The second person reads and agrees."""
    page.goto(f"{site.address}/administration/decisions/")
    page.locator("tr", has_text=CUSTOMER).locator("a").first.click()
    see(page, "The machine went back to the hospital")
    page.fill("[name=note]", "Called the hospital")
    page.locator("button[name=word][value=agree]").click()
    see(page, "Agreed to and carried out")


def test_life_support_is_claimed_confirmed_with_a_paper_and_ended_by_two(site: Site) -> None:
    clerk, second = site.sign_in("林晓岚"), site.sign_in("沈国良")
    customer = Customer.objects.get(name=CUSTOMER)
    home = f"{site.address}/customers/{customer.pk}/"
    clerk.goto(home)
    claim(clerk)
    keep_paper(clerk, site, customer)
    clerk.goto(home)
    confirm(clerk)
    ask_to_end(clerk)
    agree(second, site)
    assert Protection.objects.get().stage == "ended"
    clerk.goto(f"{home}?topic=customer.file")
    expect(clerk.locator(".q-tierband .q-badge", has_text="Life support")).to_have_count(0)
    history = clerk.locator("#panel-customersprotections details")
    history.locator("summary").click()
    expect(history).to_contain_text("沈国良")
    assert site.complaints == []
