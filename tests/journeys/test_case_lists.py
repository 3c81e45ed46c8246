"""A morning with the list of cases by the keyboard alone: found, kept, changed, set aside."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import Case, CaseSnooze, SavedView
from qiao.cases.operations import OpenRequest, open_case
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, Site, settle
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
TITLES = ("厨房漏水", "水表漏水", "没有热水", "账单疑问")


def _open() -> list[Case]:
    with transaction.atomic():
        now = timezone.now()
        actor = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate(now))
        lake = Organisation.objects.get(code="lake")
        return [
            open_case(
                request=OpenRequest(
                    type_key="water.general_enquiry",
                    organisation_id=lake.pk,
                    title=title,
                    channel="phone",
                    area=AREA,
                ),
                actor=actor,
                now=now,
            )
            for title in TITLES
        ]


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_morning_with_the_list_by_the_keyboard_alone(  # noqa: PLR0915 - a morning is long
    site: Site, own_database: str, tmp_path: Path
) -> None:
    cases = _open()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/?view=open")
    _press(page, "/")
    page.keyboard.type("漏水")
    _press(page, "Enter")
    page.wait_for_url(re.compile("q="))
    expect(page.locator("#case-list tr[data-case]")).to_have_count(2)
    expect(page.locator("#case-list mark").first).to_have_text("漏水")

    _press(page, "v")
    page.locator("#cs-save-name").wait_for()
    page.keyboard.type("Leaks")
    _press(page, "Enter")
    page.wait_for_url(re.compile("saved="))
    expect(page.locator("#cs-kept a[aria-current=page]")).to_contain_text("Leaks")
    expect(page.locator("#cs-kept .q-count")).to_have_text("2")
    assert SavedView.objects.get().query.startswith("view=open")

    _press(page, "j", "x", "j", "x")
    page.locator(".q-bulkbar [popovertarget=cs-more-bulk]").press("Enter")
    page.get_by_role("menuitem", name="Change priority").press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.locator("input[value=high]").press("Space")
    _press(page, "Enter")
    expect(dialog).to_contain_text("2 cases will be changed")
    dialog.get_by_role("button", name="Change priority").press("Enter")
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        expect(dialog).to_contain_text("2 cases were changed", timeout=60_000)
    assert Case.objects.filter(priority="high").count() == 2
    dialog.get_by_role("button", name="Close").press("Enter")
    settle(page)

    _press(page, "j", "Enter")
    page.wait_for_url(re.compile(r"/cases/\d+/\?"))
    first = page.url
    page.locator("[popovertarget=case-more]").press("Enter")
    page.locator("#case-more").get_by_role("menuitem", name="Set aside").press("Enter")
    dialog.locator("input[value='1h']").press("Space")
    dialog.locator("button[name=then]").press("Enter")
    page.wait_for_url(lambda url: url != first and "/cases/" in url)
    assert CaseSnooze.objects.count() == 1
    assert {case.pk for case in cases} > {CaseSnooze.objects.get().case_id}
