"""A list of customers is asked for in its dialog, written by the worker and fetched."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from qiao.core.models import Disclosure
from qiao.core.sheets import open_sheet
from tests.journeys.site import CUSTOMER, Site
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser


def test_a_list_is_asked_for_written_and_fetched(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    page = site.sign_in("沈国良")
    page.goto(f"{site.address}/customers/?tier=C")
    page.click("[popovertarget=customers-more]")
    page.get_by_role("menuitem", name="Export this list").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Tier C")
    dialog.locator("textarea").fill("Annual audit")
    dialog.locator(".btn-primary").click()
    page.wait_for_url(re.compile("/files/"))
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        expect(page.locator("a[download]")).to_be_visible(timeout=60_000)
    with page.expect_download() as fetched:
        page.click("a[download]")
    target = tmp_path / "list.xlsx"
    fetched.value.save_as(target)
    (row,) = open_sheet(target).rows()
    assert row.cells[1] == CUSTOMER
    assert "138 **** 2264" in row.cells
    assert Disclosure.objects.get().reason == "Annual audit"
