"""A segment is put together line by line, saved, and follows what happens to customers."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.actor import Actor
from qiao.core.sheets import open_sheet
from qiao.customers import segment_tasks
from qiao.customers.models import Customer, Segment
from qiao.customers.operations import NewPhone, register_customer, restate_protections
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, Site, settle
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
FIRM = "滨湖酒店"
NAME = "要先打电话的客户"


def rest(page: Page) -> None:
    """Wait until the builder has answered the last change."""
    page.wait_for_timeout(250)
    settle(page)


def choose(page: Page, line: str, field: str, op: str, value: str = "") -> None:
    """Fill in one line of the builder."""
    page.select_option(f"[name={line}-field]", field)
    expect(page.locator(f"[name={line}-op]")).to_be_visible()
    rest(page)
    page.select_option(f"[name={line}-op]", op)
    rest(page)
    if value:
        boxes = page.locator(f"input[type=checkbox][name={line}-value][value={value}]")
        if boxes.count():
            boxes.check(force=True)
        else:
            page.select_option(f"[name={line}-value]", value)
        rest(page)


def finds(page: Page, count: int, *names: str) -> None:
    """What the panel beside the builder says."""
    expect(page.locator(".q-segtotal")).to_have_text(str(count))
    for name in names:
        expect(page.locator("#builder aside")).to_contain_text(name)


def build(page: Page, address: str) -> None:
    """Three conditions in two groups: persons with a mobile number, or firms that protect."""
    page.goto(f"{address}/customers/segments/")
    page.get_by_role("link", name="New segment").first.click()
    page.fill("[name=name]", NAME)
    expect(page.locator("[name=organisation] option:checked")).to_have_text("临江水务")
    choose(page, "g0-0", "customers.kind", "in", "person")
    finds(page, 1, CUSTOMER)
    page.get_by_role("button", name="Add a line").click()
    rest(page)
    choose(page, "g0-1", "customers.mobile", "no")
    finds(page, 0)
    choose(page, "g0-1", "customers.mobile", "yes")
    finds(page, 1, CUSTOMER)
    page.get_by_role("button", name="Add a group").click()
    rest(page)
    choose(page, "g1-0", "customers.flags", "has", "school")
    finds(page, 0)
    page.locator("input[name=join][value=any]").check(force=True)
    rest(page)
    finds(page, 1, CUSTOMER)
    page.locator("[data-primary]").click()
    page.wait_for_url(re.compile(r"/segments/\d+/$"))


def take_away(site: Site, page: Page, tmp_path: Path) -> None:
    """The members as a file."""
    segment = Segment.objects.get(name=NAME)
    page.goto(f"{site.address}/customers/segments/{segment.pk}/")
    page.get_by_role("button", name="Export this list").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(NAME)
    dialog.locator("textarea").fill("Called one by one this week")
    dialog.locator(".btn-primary").click()
    page.wait_for_url(re.compile("/files/"))
    expect(page.locator("a[download]")).to_be_visible(timeout=60_000)
    with page.expect_download() as fetched:
        page.click("a[download]")
    target = tmp_path / "members.xlsx"
    fetched.value.save_as(target)
    assert {row.cells[1] for row in open_sheet(target).rows()} == {CUSTOMER, FIRM}


def hears_of_it(site: Site, page: Page, firm: Customer, tmp_path: Path) -> None:
    """What changed shows on the page, in the list and in the file."""
    flag(firm, "school")
    page.reload()
    expect(page.locator("#segment-page table")).to_contain_text(FIRM)
    moves = page.locator("#segment-moves")
    expect(moves).to_contain_text(FIRM)
    expect(moves).to_contain_text("Protected because of")
    expect(moves).not_to_contain_text(CUSTOMER)

    page.get_by_role("link", name="Show in the list").click()
    expect(page.locator("#customers table")).to_contain_text(FIRM)
    page.locator("select[name=tier]").select_option("A")
    expect(page.locator("#customers")).to_contain_text("Nobody of this kind")
    take_away(site, page, tmp_path)


def supervisor() -> Actor:
    """Who changes things on the other side of the building."""
    return actor_for(Staff.objects.get(number="1008"), day=timezone.localdate())


def flag(customer: Customer, *flags: str) -> None:
    """A change, and the minute's job after it."""
    now = timezone.now()
    with transaction.atomic():
        restate_protections(
            actor=supervisor(), now=now, customer_id=customer.pk, kinds=flags, reason="tested"
        )
    segment_tasks.refresh(now)


def test_a_segment_is_built_saved_and_follows_its_customers(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    with transaction.atomic():
        firm = register_customer(
            actor=supervisor(), now=timezone.now(), name=FIRM, kind="organisation",
            organisation_id=supervisor().organisation_id, phones=[NewPhone("057188880000")],
        )  # fmt: skip
    page = site.sign_in("沈国良")
    build(page, site.address)
    members = page.locator("#segment-page table")
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        expect(members).to_contain_text(CUSTOMER)  # without a reload
        expect(members).not_to_contain_text(FIRM)
        hears_of_it(site, page, firm, tmp_path)
    flag(firm)
    person = Customer.objects.get(name=CUSTOMER)
    page.goto(f"{site.address}/customers/{person.pk}/")
    page.locator("a.q-chip", has_text=NAME).first.click()
    page.wait_for_url(re.compile(r"/segments/\d+/$"))
    expect(members).to_contain_text(CUSTOMER)
    expect(members).not_to_contain_text(FIRM)
    expect(page.locator("#segment-moves [data-way=out]")).to_have_count(1)
