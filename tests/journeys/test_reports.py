"""The supervisor's week: the report, the cases behind a number, and an Excel that equals it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from qiao.cases.operations import OpenRequest, open_case
from qiao.core.models import Disclosure
from qiao.core.rules.spans import first_of
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, Site

pytestmark = pytest.mark.browser
CHANNELS = ("phone", "phone", "phone", "wechat", "wechat", "counter")


def prepare() -> None:
    """Six cases of last week, by three channels."""
    now = timezone.now()
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    monday = first_of(timezone.localdate(now), "week")
    back = timezone.localdate(now) - monday + timedelta(days=3)
    with transaction.atomic():
        for channel in CHANNELS:
            open_case(
                request=OpenRequest(
                    type_key="water.small_leak",
                    organisation_id=Organisation.objects.get(code="lake").pk,
                    title="表前漏水",
                    channel=channel,
                    area=AREA,
                    facts={"leak_at": "before_meter", "paid_service": "no"},
                ),
                actor=agent,
                now=now - back,
            )


def shown(page: Page) -> list[list[str]]:
    """The numbers of the table as they are read."""
    lines = page.locator("#rp-table tbody tr, #rp-table tfoot tr")
    return [
        [
            line.locator("th").inner_text(),
            *(value.inner_text() for value in line.locator(".rp-value").all()),
        ]
        for line in lines.all()
    ]


def test_a_week_is_read_followed_to_its_cases_and_taken_away_as_it_stands(
    site: Site, tmp_path: Path
) -> None:
    prepare()
    page = site.sign_in("沈国良")
    page.goto(f"{site.address}/cases/reports/?by=channel&fig=opened&fig=standing&fig=chased")
    screen = shown(page)
    assert [line[1] for line in screen] == ["3", "2", "1", "6"]
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Excel").click()
    target = tmp_path / "week.xlsx"
    fetched.value.save_as(target)
    sheet = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()
    heads = page.locator("#rp-table thead th").all_inner_texts()
    places = [sheet[0].index(head.split("\n")[0]) for head in heads]
    assert [[_as_read(line[place]) for place in places] for line in sheet[1:]] == [
        [_as_read(value) for value in line] for line in screen
    ]
    assert Disclosure.objects.get(subject="cases.report").row_count == 3
    page.locator("#rp-table tbody tr").first.get_by_role("link").first.click()
    expect(page.locator("#case-list tbody tr")).to_have_count(3)


def _as_read(value: object) -> object:
    """A number as a number, whatever wrote it."""
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        return value
