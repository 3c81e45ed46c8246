"""A tag is made, given to three customers, asked for, merged, and told to another system."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.api.tests.programs import make_key
from qiao.customers.models import Customer, CustomerTag, Tag
from qiao.customers.operations import register_customer
from qiao.customers.operations.tags import create_tag
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for, company_id
from tests.journeys.site import CUSTOMER, Site, settle
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
OTHERS = ("周志远", "许文静")
TAG, TWIN = "出租房", "租户"


def prepare() -> str:
    """Two more customers, a tag that means the same, and a key for another system."""
    chief = actor_for(Staff.objects.get(number="9001"), day=timezone.localdate())
    now = timezone.now()
    with transaction.atomic():
        for name in OTHERS:
            register_customer(
                actor=chief, now=now, name=name, organisation_id=chief.organisation_id
            )
        create_tag(actor=chief, now=now, name=TWIN)
        return make_key(chief, scopes=["customers:read"], organisation_id=company_id())


def make(page: Page, address: str) -> None:
    """The supervisor adds a word to the vocabulary."""
    page.goto(f"{address}/customers/tags/")
    page.get_by_role("button", name="New tag").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=name]").fill(TAG)
    dialog.locator("[name=about]").fill("Somebody else lives there")
    dialog.locator("[name=tone][value=info]").check(force=True)
    dialog.locator(".btn-primary").click()
    expect(page.locator("table")).to_contain_text(TAG)


def give(page: Page, address: str, name: str, tag: str) -> None:
    """The agent gives a tag from the customer's head, by keyboard."""
    customer = Customer.objects.get(name=name)
    page.goto(f"{address}/customers/{customer.pk}/")
    page.locator("#customer-tags button").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=find]")).to_be_focused()
    page.keyboard.type(tag)
    expect(dialog.locator("[name=tag]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#customer-tags .q-badge", has_text=tag)).to_be_visible()


def merge(page: Page, address: str) -> None:
    """The supervisor looks at what merging comes to, and merges."""
    page.goto(f"{address}/customers/tags/")
    page.get_by_role("row", name=TWIN).get_by_role("button", name="Merge…").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("select").select_option(label=TAG)
    expect(dialog.locator("#merge-preview")).to_contain_text("Afterwards")
    expect(dialog.locator("#merge-preview b").last).to_have_text("3")
    dialog.locator(".btn-primary").click()
    expect(page.locator("table")).not_to_contain_text(TWIN)


def test_a_tag_is_made_given_asked_for_merged_and_told(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    key = prepare()
    chief, agent = site.sign_in("沈国良"), site.sign_in("林晓岚")
    make(chief, site.address)
    for name in (CUSTOMER, *OTHERS[:1]):
        give(agent, site.address, name, TAG)
    give(agent, site.address, OTHERS[1], TWIN)

    agent.goto(f"{site.address}/customers/")
    agent.locator("select[name=tag]").select_option(label=TAG)
    rows = agent.locator("#customers tbody tr")
    expect(rows).to_have_count(2)
    expect(agent.locator("#customers")).not_to_contain_text(OTHERS[1])

    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        merge(chief, site.address)
        expect(chief.locator("#tag-runs")).not_to_contain_text(TWIN, timeout=60_000)
    settle(chief)
    tag = Tag.objects.get(name=TAG)
    assert CustomerTag.objects.filter(tag=tag).count() == 3
    chief.reload()
    chief.get_by_role("row", name=TAG).get_by_role("link", name="3").click()
    chief.wait_for_url(re.compile(rf"tag={tag.pk}"))
    expect(chief.locator("#customers tbody tr")).to_have_count(3)

    answer = chief.request.get(
        f"{site.address}/api/v1/customers?tag={tag.pk}",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert {each["name"] for each in answer.json()["items"]} == {CUSTOMER, *OTHERS}
    assert site.complaints == []
