"""The customers of a company come over from a messy workbook, and go back out again."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.sheets import open_sheet
from qiao.customers.models import Account, Customer, CustomerImport
from qiao.customers.operations.sampling import write_sample
from tests.journeys.site import PROJECT, Site, see

pytestmark = pytest.mark.browser
ROWS, FAULTY = 5_000, 300


@contextmanager
def worker(database: str, media: Path, log: Path) -> Iterator[None]:
    """The worker of background jobs, on that database."""
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "qiao.config.settings",
        "PYTHONPATH": str(PROJECT / "src"),
        "QIAO_MEDIA": str(media),
        "QIAO_NO_POOL": "1",
    }
    words = ["procrastinate", "worker", "--queues=bulk", "--delete-jobs=never"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "django", *words], env=environment, stdout=out, stderr=out
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def ended(page: Page) -> None:
    """Wait until the head of the import asks no more."""
    expect(page.locator("#import-head")).to_be_visible()
    expect(page.locator("#import-head[hx-get]")).to_have_count(0, timeout=90_000)


def name_columns(site: Site, page: Page, book: Path) -> None:
    """Upload the workbook and take the columns as they are proposed."""
    page.goto(f"{site.address}/customers/imports/")
    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", book)
    page.click("form[enctype] [data-primary]")
    page.wait_for_url(re.compile("/files/"))
    expect(page.locator("select[name=column-0]")).to_have_value("account_number")
    page.click("[data-primary]")


def refused_rows(page: Page, target: Path) -> list[tuple[str, ...]]:
    """Fetch the refused rows and read them back."""
    with page.expect_download() as told:
        page.get_by_role("button", name="Refused rows, Excel").click()
    told.value.save_as(target)
    return [row.cells for row in open_sheet(target).rows()]


def take_back(page: Page) -> None:
    """Take the import back, as the dialog asks."""
    page.get_by_role("button", name="Take back").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("4,700 rows")
    dialog.locator(".btn-danger").click()
    expect(page.locator("h1 + .q-badge")).to_have_text("Rolled back", timeout=90_000)


def test_a_messy_workbook_is_taken_in_told_and_taken_back(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    book = tmp_path / "用户资料.xlsx"
    write_sample(book, rows=ROWS, faulty=FAULTY, today=timezone.localdate() - timedelta(days=1))
    before = Customer.objects.count(), Account.objects.count()
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        page = site.sign_in("沈国良")
        name_columns(site, page, book)
        expect(page.locator(".q-strip")).to_contain_text("4,700")
        expect(page.locator("table")).to_contain_text("is no telephone number")
        assert CustomerImport.objects.count() == 0
        page.click("[data-primary]")
        page.wait_for_url(re.compile(r"/imports/\d+/"))
        ended(page)
        job = CustomerImport.objects.get()
        assert (job.state, job.created_count, job.refused_count) == ("done", 4_700, FAULTY)
        lines = refused_rows(page, tmp_path / "refused.xlsx")
        assert len({number for number, *_ in lines}) == FAULTY
        fields = {field for _, field, *_ in lines}
        assert {"Telephone number", "Account number", "Day of opening"} <= fields
        take_back(page)
        see(page, "Taken back")
    assert (Customer.objects.count(), Account.objects.count()) == before
