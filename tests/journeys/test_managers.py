"""Key customers get a manager, who visits one of them and hands all of them over."""

import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import CustomerVisit, KeyCustomer, ManagerAssignment, ValuePeriod
from qiao.customers.operations import register_customer
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import Site, see, settle

pytestmark = pytest.mark.browser
FIRST, SECOND = "苏婉清", "邓卓然"
FIRMS = [f"滨江第{n}印染厂" for n in range(1, 11)]


def prepare() -> None:
    """Ten firms that make four fifths of the value."""
    company = Organisation.objects.get(parent=None)
    now = timezone.now()
    with transaction.atomic():
        supervisor = actor_for(Staff.objects.get(number="1008"), day=timezone.localdate())
        period = ValuePeriod.objects.create(
            since=date(2026, 1, 1), until=date(2027, 1, 1), is_closed=False, customer_count=10,
            total=10_000_000, key_count=10, key_total=8_000_000, came=0, fell=0, computed_at=now,
        )  # fmt: skip
        for place, name in enumerate(FIRMS, start=1):
            firm = register_customer(
                actor=supervisor, now=now, organisation_id=company.pk, name=name,
                kind="organisation",
            )  # fmt: skip
            KeyCustomer.objects.create(
                period=period, place=place, customer_id=firm.pk, value=800_000, is_new=False
            )


def assign(page: Page, address: str) -> None:
    """The supervisor gives the key customers away, after a look at the counts."""
    page.goto(f"{address}/customers/managers/")
    page.get_by_role("link", name="Assign customers").click()
    page.select_option("[name=manager_id]", label=f"{FIRST} · 1601")
    since = timezone.localdate() - timedelta(days=5)
    page.fill("[name=since]", since.isoformat())
    page.fill("[name=reason]", "八成价值名单")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.locator("dl.q-kv dd").nth(1)).to_have_text("10")
    page.get_by_role("button", name="Assign", exact=True).click()
    see(page, "10 customers have the manager now.")


def visit(page: Page, address: str) -> None:
    """The manager finds ten customers and writes a visit of the first down."""
    page.goto(f"{address}/customers/portfolio/")
    expect(page.locator("#portfolio tbody tr")).to_have_count(10)
    row = page.locator("#portfolio tbody tr", has_text=FIRMS[0])
    row.get_by_role("button", name="Record").click()
    page.fill("dialog [name=topic]", "用水保障走访")
    page.locator("dialog label", has_text="Has a wish").click()
    page.fill("dialog [name=note]", "希望夏季增压")
    page.fill("dialog [name=next_step]", "请调度给出方案")
    page.get_by_role("button", name="Keep").click()
    see(page, "The visit has been recorded.")
    settle(page)
    expect(page).to_have_url(re.compile(r"/customers/portfolio/"))


def hand_over(page: Page, address: str) -> None:
    """The supervisor passes all of them to somebody else, with what to know."""
    page.goto(f"{address}/customers/managers/")
    page.locator("tbody tr", has_text=FIRST).get_by_role("button", name="Hand over").click()
    page.select_option("dialog [name=to_manager_id]", label=f"{SECOND} · 1602")
    page.fill("dialog [name=reason]", "岗位调整")
    page.fill("dialog [name=note]", "第一家在谈增压")
    page.locator("dialog .btn-primary").click()
    page.wait_for_url(re.compile(r"/hand-overs/\d+/"))
    expect(page.locator("tbody tr")).to_have_count(10)
    see(page, "第一家在谈增压")


def test_key_customers_are_assigned_visited_and_handed_over(site: Site) -> None:
    prepare()
    supervisor = site.sign_in("沈国良")
    assign(supervisor, site.address)
    manager = site.sign_in(FIRST)
    visit(manager, site.address)
    hand_over(supervisor, site.address)

    done = CustomerVisit.objects.get()
    assert (done.state, done.result, done.next_step) == ("done", "wish", "请调度给出方案")
    heirs = ManagerAssignment.objects.filter(period__endswith=None)
    assert {row.manager.name for row in heirs} == {SECOND}
    heir = site.sign_in(SECOND)
    heir.goto(f"{site.address}/customers/{done.customer_id}/visits/")
    for told in ("希望夏季增压", "第一家在谈增压", FIRST, "八成价值名单", "岗位调整"):
        see(heir, told)
