"""The log of another system comes in by its columns and words, is told, and is taken back."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qiao.cases.models import Case, CaseSource
from qiao.core.sheets import open_sheet
from tests.journeys.site import Site, see
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
PUBLISHED = Path(os.environ.get("QIAO_SHARED", "")) / "data/service_requests_nyc311/requests.csv"
BAD = (
    "90000001,13/45/2022 12:00:00 AM,,NYPD,Rodent,Rat,,Open,,,BRONX,,,,,\n"
    "90000002,05/01/2022 02:00:00 AM,05/01/2022 01:00:00 AM,NYPD,Rodent,Rat,,Closed,,,BRONX,,,,,\n"
)


def log(folder: Path) -> tuple[Path, int]:
    """The published log, or an invented one like it, with two faulty rows; how many are good."""
    path = folder / "requests.csv"
    if os.environ.get("QIAO_SHARED") and PUBLISHED.is_file():
        text = PUBLISHED.read_text(encoding="utf-8")
    else:
        lines = [
            f"{n},05/{1 + n % 28:02d}/2022 09:{n % 60:02d}:00 AM,05/{1 + n % 28:02d}/2022 11:00:00"
            f" AM,DOT,Street Condition,Pothole,,Closed,,,QUEENS,,,,,Filled."
            for n in range(300)
        ]
        header = (
            "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Location Type,"
            "Status,Due Date,Resolution Action Updated Date,Borough,Community Board,Incident Zip,"
            "Latitude,Longitude,Resolution Description"
        )
        text = "\n".join([header, *lines]) + "\n"
    path.write_text(text + BAD, encoding="utf-8")
    return path, len(list(open_sheet(path).rows())) - 2


def upload(site: Site, page: Page, path: Path) -> None:
    """Upload the log and say in which zone and order its moments are."""
    page.goto(f"{site.address}/cases/intake/")
    page.get_by_role("link", name="Take a log in").first.click()
    page.fill("input[name=source]", "City 311")
    page.set_input_files("input[type=file]", path)
    page.click("form[enctype] [data-primary]")
    page.wait_for_url(re.compile(r"/intake/\d+/"))
    expect(page.locator("select[name=column-0]")).to_have_value("number")
    page.select_option("select[name=zone]", "America/New_York")
    page.select_option("select[name=order]", "mdy")
    page.click("[data-primary]")
    expect(page.get_by_text("Codes of the log").first).to_be_visible(timeout=90_000)


def test_a_log_is_mapped_checked_taken_in_reported_and_taken_back(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    path, good = log(tmp_path)
    before = Case.objects.count(), CaseSource.objects.count()
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        page = site.sign_in("沈国良")
        upload(site, page, path)
        expect(page.locator(".q-strip")).to_contain_text(f"{good:,}")
        expect(page.get_by_text("Opened at is no moment")).to_be_visible()
        page.get_by_role("button", name="Take the good rows in").click()
        expect(page.locator("h1 + .q-badge")).to_have_text("Done", timeout=120_000)
        assert Case.objects.count() == before[0] + good
        with page.expect_download() as told:
            page.get_by_role("button", name="Refused rows, Excel").click()
        told.value.save_as(tmp_path / "refused.xlsx")
        refused = [row.cells for row in open_sheet(tmp_path / "refused.xlsx").rows()]
        assert [row[1] for row in refused] == ["90000001", "90000002"]
        page.get_by_role("link", name="What came in").click()
        expect(page.locator(".q-strip")).to_contain_text(f"{good:,}")
        see(page, "Median to close")
        page.go_back()
        page.get_by_role("button", name="Take back").click()
        page.locator("dialog[open] .btn-danger").click()
        expect(page.locator("h1 + .q-badge")).to_have_text("Rolled back", timeout=120_000)
    assert (Case.objects.count(), CaseSource.objects.count()) == before
