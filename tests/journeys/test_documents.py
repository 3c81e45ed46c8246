"""A paper is kept in the customer's file and found by what it says."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer, Document
from tests.journeys.site import CUSTOMER, Site
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
TITLE, WORDS = "来信", "六楼早晚高峰水压偏低，热水器无法点火"


def keep(page: Page, address: str, customer: Customer, paper: Path) -> None:
    """From the customer's page into the file."""
    page.goto(f"{address}/customers/{customer.pk}/documents/")
    expect(page.locator(".q-empty")).to_contain_text("No documents yet")
    page.get_by_role("link", name="Keep a document").click()
    page.locator("[name=file]").set_input_files(paper)
    page.locator("[name=kind]").select_option("letter")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=dated]").fill(timezone.localdate().isoformat())
    page.locator("[data-primary]").click()


def test_a_letter_is_kept_and_found_by_its_words(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    customer = Customer.objects.get(name=CUSTOMER)
    paper = tmp_path / "letter.txt"
    paper.write_text(f"尊敬的供水公司：\n{WORDS}。\n", encoding="utf-8")
    page = site.sign_in("林晓岚")
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        keep(page, site.address, customer, paper)
        found = page.locator("tbody tr", has_text=TITLE)
        for _try in range(60):
            page.goto(f"{site.address}/customers/{customer.pk}/documents/?q=热水器")
            if found.count():
                break
            page.wait_for_timeout(500)
        expect(found).to_have_count(1)
    page.goto(f"{site.address}/customers/{customer.pk}/documents/?q=电费")
    expect(page.locator(".q-empty")).to_contain_text("No document holds these words")
    page.goto(f"{site.address}/customers/documents/?q=水压偏低")
    page.locator("tbody tr", has_text=CUSTOMER).get_by_role("link", name=TITLE).click()
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    link = page.get_by_role("link", name="Open this document").get_attribute("href")
    answer = page.request.get(f"{site.address}{link}")
    assert WORDS in answer.text()
    document = Document.objects.get()
    assert (document.title, document.customer_id) == (TITLE, customer.pk)
    assert site.complaints == []
