"""The supervisor's week: figures, the cases behind them, a report that is kept and comes by
itself, and workbooks that equal the screen in every figure."""

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.fixtures import Settings
from python_calamine import CalamineWorkbook

from qiao.cases.models import Case, ReportSchedule
from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.cases.operations.report_schedules import send_due
from qiao.core.models import Disclosure
from qiao.core.rules.spans import first_of
from qiao.core.tests.deliveries import run_background
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, Site, see

pytestmark = pytest.mark.browser
AT_ONCE, LATE, BACK, WEEK_BEFORE = 34, 8, 3, 5
FIGURES = ("opened", "closed", "kept", "first_contact", "reopened", "cost", "first_response")
BILLS, OTHERS = "water.bill_query", "water.general_enquiry"
MINUTE = timedelta(minutes=1)
NAME = "每周服务质量"


def case_of(number: str, kind: str, at: datetime, *, answered: timedelta) -> Case:
    """An enquiry that somebody takes and answers after a while."""
    agent = actor_for(Staff.objects.get(number=number), day=at.date())
    request = OpenRequest(
        type_key=kind,
        organisation_id=Organisation.objects.get(code="lake").pk,
        title="水费比上月多",
        channel="phone",
        area=AREA,
        facts={"doubt": "usage_jump"} if kind == BILLS else {},
        at=at,
    )
    case = open_case(request=request, actor=agent, now=at)
    act(case, number, "answer_now", at + answered, answer_given="水表后有漏")
    return case


def act(case: Case, number: str, action: str, at: datetime, **given: str) -> None:
    agent = actor_for(Staff.objects.get(number=number), day=at.date())
    take_action(case_id=case.pk, action=action, given=given, actor=agent, now=at)


def prepare() -> None:
    """A week of two people: one answers at once, one late; some cases come back; the week before
    was a quiet one."""
    zone = ZoneInfo("Asia/Shanghai")
    monday = first_of(timezone.localdate(timezone.now(), zone), "week") - timedelta(days=7)
    noon = datetime.combine(monday, time(10), tzinfo=zone)
    with transaction.atomic():
        Staff.objects.filter(number="1008").update(language="en")  # of what comes by itself
        for place in range(WEEK_BEFORE):
            at = noon - timedelta(days=5) + place * MINUTE
            case_of("1028", OTHERS, at, answered=10 * MINUTE)
        for place in range(AT_ONCE):
            kind = OTHERS if place % 3 else BILLS
            case_of("1027", kind, noon + place * MINUTE, answered=5 * MINUTE)
        for place in range(LATE):
            case = case_of("1028", BILLS, noon + place * MINUTE, answered=timedelta(days=3))
            if place < BACK:
                again = noon + timedelta(days=3, hours=2 + place)
                act(case, "1028", "open_enquiry_again", again, reason="客户不认可")
                act(case, "1028", "answer_now", again + 5 * MINUTE, answer_given="已改正")


def number(text: str) -> float | str:
    """A number as a number, whatever wrote it; a dash as nothing."""
    plain = text.strip().lstrip("▲▼ ").replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return "" if plain == "–" else plain


def cell_of(place: Locator) -> list[Any]:
    """All that a cell of the screen says: value, interval, cases, change."""
    sureness = place.locator(".xs:not(.rp-change)")
    said = re.fullmatch(r"([\d.]+)–([\d.]+) %, n = ([\d,]+)", _text(sureness) or "")
    interval = [number(each) for each in said.groups()] if said else ["", "", ""]
    return [
        number(_text(place.locator(".rp-value"))),
        *interval,
        _text(place.locator(".rp-change")),
    ]


def _text(place: Locator) -> str:
    return place.inner_text() if place.count() else ""


def on_screen(page: Page) -> list[tuple[str, list[list[Any]]]]:
    """The rows of the table as they are read, the total last."""
    lines = page.locator("#rp-table tbody tr, #rp-table tfoot tr").all()
    return [
        (line.locator("th").inner_text(), [cell_of(each) for each in line.locator("td").all()])
        for line in lines
    ]


def in_book(page: Page, target: Path) -> list[tuple[str, list[list[Any]]]]:
    """The same rows as the workbook holds them, found by the names of the columns."""
    head, *lines = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    names = [text.split("\n")[0] for text in page.locator("#rp-table thead th").all_inner_texts()]
    starts = [head.index(name) for name in names[1:]]
    found = []
    for line in lines:
        cells = []
        for start in starts:
            share = head[start + 1] == "from %"
            interval = line[start + 1 : start + 4] if share else ["", "", ""]
            change = line[start + 6] if share else line[start + 2]
            cells.append([line[start], *interval, change])
        found.append((line[0], cells))
    return found


def same(page: Page, target: Path, *, rows: int) -> None:
    """Fetch the workbook and compare it with the screen, figure by figure."""
    screen = on_screen(page)
    assert len(screen) == rows + 1
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Excel").click()
    fetched.value.save_as(target)
    assert in_book(page, target) == screen


def choose_figures(page: Page) -> None:
    page.click("[popovertarget=rp-figures]")
    boxes = page.locator("#rp-figures [name=fig]")
    for box in boxes.all():
        box.set_checked(box.get_attribute("value") in FIGURES)
    page.click("#rp-figures button")
    expect(page.locator("#rp-table thead th")).to_have_count(len(FIGURES) + 2)  # time has two


def rows_by(page: Page, name: str) -> None:
    page.click("[popovertarget=rp-by]")
    page.locator("#rp-by").get_by_role("menuitem", name=name, exact=True).click()
    expect(page.locator("#rp-table thead th").first).to_have_text(name)


def column(page: Page, name: str) -> int:
    heads = page.locator("#rp-table thead th").all_inner_texts()
    return next(place for place, head in enumerate(heads) if head.startswith(name))


def follow(page: Page, row: str, name: str, count: int) -> None:
    """Go to the cases behind a figure: there are as many as it says; and come back."""
    cell = page.locator("#rp-table tr", has_text=row).locator("th, td").nth(column(page, name))
    cell.locator(".rp-value a").click()
    expect(page.locator("#case-list tbody tr")).to_have_count(count)
    page.go_back()


def keep(page: Page, site: Site) -> None:
    """The report is kept under a name and comes every week."""
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("dialog[open] [name=name]").fill(NAME)
    page.locator("dialog[open] .btn-primary").click()
    page.wait_for_url("**/reports/saved/")
    page.get_by_role("button", name=re.compile(f"When {NAME}")).click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=every]").select_option("week")
    dialog.locator("[name=hour]").select_option("0")
    dialog.locator(".btn-primary").click()
    see(page, "The report comes by itself from now on")
    expect(page.locator("tr", has_text=NAME)).to_contain_text("Every week")
    expect(page.locator("tr", has_text=NAME)).to_contain_text("沈国良")


def come_by_itself(page: Page, site: Site, target: Path) -> None:
    """Its hour comes: the job makes the file, the supervisor fetches it; it equals the screen."""
    schedule = ReportSchedule.objects.get()
    schedule.made_day -= timedelta(days=14)
    schedule.save()
    with transaction.atomic():
        assert send_due(now=timezone.now()) == 1
    run_background()
    page.goto(f"{site.address}/me/files/")
    expect(page.locator("main")).to_contain_text(NAME)
    with page.expect_download() as fetched:
        page.locator("a[download]").first.click()
    fetched.value.save_as(target)
    page.goto(f"{site.address}/cases/reports/saved/")
    page.get_by_role("link", name=NAME).click()
    expect(page.locator("#rp-table tfoot tr")).to_have_count(1)  # the table is there whole
    assert in_book(page, target) == on_screen(page)


def test_a_week_is_read_followed_kept_and_taken_away_as_it_stands(
    site: Site, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    prepare()
    page = site.sign_in("沈国良")
    page.goto(f"{site.address}/cases/reports/")
    choose_figures(page)
    same(page, tmp_path / "type.xlsx", rows=2)
    rows_by(page, "Team")
    same(page, tmp_path / "team.xlsx", rows=1)
    rows_by(page, "First person")
    same(page, tmp_path / "person.xlsx", rows=2)
    follow(page, "周明", "Opened", LATE)
    follow(page, "周明", "Reopened", BACK)
    expect(page.locator("#rp-table tr", has_text="林晓岚")).to_contain_text(f"n = {AT_ONCE}")

    page.locator("#rp-table th a", has_text="周明").click()
    expect(page.locator("#rp-table tbody tr")).to_have_count(1)
    same(page, tmp_path / "one.xlsx", rows=1)
    page.get_by_role("link", name=re.compile("Remove filter")).click()
    expect(page.locator("#rp-table tbody tr")).to_have_count(2)
    page.click("[popovertarget=rp-units]")
    page.locator("#rp-units").get_by_role("menuitem", name="滨湖供水所").click()
    expect(page.locator("#rp-table tbody tr")).to_have_count(2)
    assert Disclosure.objects.filter(subject="cases.report").count() == 4

    keep(page, site)
    come_by_itself(page, site, tmp_path / "kept.xlsx")
