"""People of one address become a household; another leads it; somebody acts for a child."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.actor import Actor
from qiao.customers.models import Account, Acting, Customer, GroupMember
from qiao.customers.operations import add_party, register_customer
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, Site, see, settle

pytestmark = pytest.mark.browser
MATE, CHILD = "周志远", "周子涵"


def agent_of() -> Actor:
    return actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())


def move_in() -> None:
    """Husband and child are customers as well; he lives at her account."""
    with transaction.atomic():
        actor, now = agent_of(), timezone.now()
        account = Account.objects.get()
        mate, _child = (
            register_customer(
                actor=actor, now=now, organisation_id=account.organisation_id, name=name
            )
            for name in (MATE, CHILD)
        )
        add_party(
            actor=actor, now=now, account_id=account.pk, customer_id=mate.pk, role="occupant",
            from_date=timezone.localdate(),
        )  # fmt: skip


def make_household(page: Page) -> None:
    """From the panel of those at the same address, in one dialog."""
    page.get_by_role("button", name="Make a household of these").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("input[name=members]:checked")).to_have_count(2)
    dialog.get_by_role("button", name="Make household").click()
    page.wait_for_url(re.compile(r"/customers/groups/\d+/$"))
    expect(page.locator("h1")).to_have_text(f"Household of {CUSTOMER}")


def change_head(page: Page) -> None:
    """He leads from tomorrow on."""
    page.get_by_role("button", name="Change the head").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=head]").select_option(label=MATE)
    yesterday = timezone.localdate() - timedelta(days=1)
    dialog.locator("[name=day]").fill(yesterday.isoformat())
    dialog.get_by_role("button", name="Change").click()
    expect(dialog).to_contain_text("Choose a later day")
    tomorrow = timezone.localdate() + timedelta(days=1)
    dialog.locator("[name=day]").fill(tomorrow.isoformat())
    dialog.get_by_role("button", name="Change").click()
    see(page, "The head has been changed")
    see(page, tomorrow.isoformat())


def act_for(page: Page, customer: Customer) -> None:
    """She acts for the child: found, chosen, kept."""
    panel = page.locator("#panel-customersacting")
    panel.get_by_role("button", name="Acting for another").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("#pick-q").press_sequentially(CHILD)
    dialog.locator("#picked input").check()
    dialog.locator("[name=proof]").fill("Birth certificate seen")
    dialog.get_by_role("button", name="Keep").click()
    see(page, "Both pages tell of it now")
    expect(panel).to_contain_text(CHILD)
    child = Customer.objects.get(name=CHILD)
    panel.get_by_role("link", name=CHILD).click()
    page.wait_for_url(re.compile(rf"/customers/{child.pk}/$"))
    page.get_by_role("link", name="Relations").click()
    expect(page.locator("#panel-customersacting")).to_contain_text(customer.name)


def test_a_household_is_made_led_by_another_and_a_mother_acts_for_her_child(site: Site) -> None:
    customer = Customer.objects.get()
    move_in()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/customers/{customer.pk}/")
    page.get_by_role("link", name="Relations").click()
    make_household(page)
    change_head(page)
    assert GroupMember.objects.count() == 4
    page.goto(f"{site.address}/customers/{customer.pk}/")
    page.get_by_role("link", name="Relations").click()
    act_for(page, customer)
    assert Acting.objects.get().proof == "Birth certificate seen"
    page.goto(f"{site.address}/workspace/?new=phone&customer={customer.pk}")
    settle(page)
    see(page, CHILD)
    assert site.complaints == []
