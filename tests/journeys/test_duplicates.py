"""One person is held twice: found, merged, seen as one, taken apart again."""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer
from qiao.customers.operations import NewPhone, register_customer
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, see, settle

pytestmark = pytest.mark.browser
SECOND = "陈惠敏"


def hold_twice() -> Customer:
    """A colleague registers the customer again, one character mistyped."""
    with transaction.atomic():
        agent = Staff.objects.get(number="1027")
        return register_customer(
            actor=actor_for(agent, day=timezone.localdate()),
            now=timezone.now(),
            organisation_id=Customer.objects.get().organisation_links.get().organisation_id,
            name=SECOND,
            gender="f",
            phones=[NewPhone(PHONE_NUMBER), NewPhone("13905710000")],
        )


def merge(site: Site, page: Page) -> None:
    """From the worklist to the page of the one who stands for both."""
    page.goto(f"{site.address}/customers/duplicates/")
    row = page.locator(".cu-pairs tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("same mobile number")
    row.get_by_role("link", name="Compare").click()
    expect(page.locator(".cu-merge tr.differs").first).to_contain_text("Name")
    page.locator("label", has_text=CUSTOMER).locator("[name=name]").check()
    page.locator("[data-primary]").click()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))


def test_one_person_held_twice_becomes_one_and_two_again(site: Site) -> None:
    page = site.sign_in("沈国良")
    second = hold_twice()
    site.work()
    merge(site, page)
    expect(page.locator("h1")).to_have_text(CUSTOMER)
    page.get_by_role("link", name="1 record merged").click()
    see(page, "Merged into this one")
    page.goto(f"{site.address}/customers/?q={PHONE_NUMBER}")
    expect(page.locator("#customers tbody tr")).to_have_count(1)
    page.goto(f"{site.address}/customers/{second.pk}/")
    settle(page)
    page.get_by_role("link", name="1 record merged").click()
    page.locator("#panel-customersmerged").get_by_role("button", name="Undo").click()
    see(page, "The two are held as two customers again")
    page.goto(f"{site.address}/customers/?q={PHONE_NUMBER}")
    expect(page.locator("#customers tbody tr")).to_have_count(2)
    site.work()
    page.goto(f"{site.address}/customers/duplicates/")
    page.get_by_role("button", name="Two people").click()
    page.fill("dialog [name=reason]", "Sisters, confirmed by telephone")
    page.locator("dialog .btn-primary").click()
    see(page, "Nobody seems to be held twice")
    assert site.complaints == []
