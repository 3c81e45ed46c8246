"""A number that leads to somebody else is marked, waits among the work, and is replaced."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer, CustomerPhone, FormerPhone
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, see, settle

pytestmark = pytest.mark.browser
FRESH = "13905710001"


def say(page: Page, what: str, number: str = "") -> None:
    """In the dialog about a number."""
    dialog = page.locator("dialog[open]")
    dialog.locator(f"[name=what][value={what}]").check(force=True)
    if number:
        dialog.locator("[name=number]").fill(number)
    dialog.get_by_role("button", name="Keep").click()


def test_a_wrong_number_is_marked_and_replaced(site: Site) -> None:
    customer = Customer.objects.get()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/customers/{customer.pk}/?topic=customer.file")
    panel = page.locator("#panel-customersnumbers")
    panel.get_by_role("button", name="Verify").click()
    say(page, "wrong_person")
    see(page, "waits to be put right")
    expect(page).to_have_url(re.compile("topic=customer.file"))
    expect(panel.locator(".q-badge.bad")).to_have_attribute("title", re.compile("Somebody else"))
    expect(page.locator(".q-tierband .q-badge.bad")).to_contain_text("Wrong")
    clerk = site.sign_in("周明")
    clerk.goto(f"{site.address}/customers/numbers/")
    expect(clerk.locator("tbody tr")).to_have_count(1)
    clerk.get_by_role("button", name="Put right").click()
    say(clerk, "replace")
    see(clerk, "Write the number that takes its place")
    say(clerk, "replace", FRESH)
    clerk.wait_for_url(re.compile("/customers/numbers/"))
    see(clerk, "Every number is good")
    page.reload()
    settle(page)
    expect(page.locator(".q-badge.bad")).to_have_count(0)
    see(page, "1 former number")
    assert CustomerPhone.objects.get(customer=customer).number == f"+86{FRESH}"
    former = FormerPhone.objects.get()
    assert (former.number, former.reason) == (f"+86{PHONE_NUMBER}", "wrong_person")
    assert former.until <= timezone.now()
    page.goto(f"{site.address}/customers/?q={CUSTOMER}")
    settle(page)
    assert site.complaints == []
