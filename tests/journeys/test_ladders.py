"""An administrator changes on its page who is told of late cases: it holds for new cases; those
that were opened before climb the ladder of their day."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.operations.climbing import climb
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, Site, see

pytestmark = pytest.mark.browser
LADDER = "/cases/ladders/water.usual/"
TOLD = "2001"  # nobody whom the shipped ladder would name by number
WHY = "调度值班每晚看超时工单"


def a_leak(title: str, *, days_ago: int) -> Case:
    now = timezone.now() - timedelta(days=days_ago)
    with transaction.atomic():
        return open_case(
            request=OpenRequest(
                type_key="water.small_leak",
                organisation_id=Organisation.objects.get(code="lake").pk,
                title=title,
                channel="phone",
                area=AREA,
                facts={"leak_at": "before_meter", "paid_service": "no"},
                at=now,
            ),
            actor=actor_for(Staff.objects.get(number="1027"), day=timezone.localdate()),
            now=now,
        )


def change(page: Page, site: Site) -> None:
    """A named person is told as soon as a case is late; it is tried on today's cases first."""
    page.goto(site.address + LADDER)
    spare = page.locator(".cl-ladder tbody tr").filter(has=page.locator("[name$=-after]")).all()
    empty = next(row for row in spare if not row.locator("[name$=-after]").input_value())
    empty.locator("[name$=-figure]").fill("0")
    empty.locator("[name$=-after]").select_option("due")
    empty.locator("[name$=-tell]").select_option("person")
    empty.locator("[name$=-number]").fill("9999")
    page.fill("[name=source]", WHY)
    page.get_by_role("button", name="Try it with today's cases").click()
    see(page, "Nobody of this number works here")
    empty.locator("[name$=-number]").fill(TOLD)
    page.get_by_role("button", name="Try it with today's cases").click()
    expect(page.locator(".cl-foreseen")).to_contain_text("周启明")
    page.get_by_role("button", name="Change the ladder").click()
    see(page, "The ladder holds for cases opened from that day on")
    expect(page.locator(".cl-sets")).to_contain_text(WHY)


def told_by_number(case: Case) -> list[list[int]]:
    """Whom rungs with a named person told of a case."""
    raised = CaseEvent.objects.filter(case=case, kind="raised").values_list("data", flat=True)
    return [data["to"] for data in raised if data["why"] == f"staff:{TOLD}"]


def test_a_ladder_is_changed_on_its_page_and_a_late_case_is_told_of_by_it(site: Site) -> None:
    before = a_leak("昨天的漏水", days_ago=1)
    chief = site.sign_in("郑岩")
    change(chief, site)
    after = a_leak("今天的漏水", days_ago=0)
    late = timezone.now() + timedelta(days=30)
    with transaction.atomic():
        assert climb(now=late) == 2
        assert climb(now=late) == 0
    person = Staff.objects.get(number=TOLD)
    assert told_by_number(before) == []
    assert [person.pk] in told_by_number(after)

    page = site.sign_in("周启明")
    page.goto(f"{site.address}/")
    page.locator("#bell button").click()
    page.locator("#q-notices").get_by_text(after.number).first.click()
    page.wait_for_url(f"**/cases/{after.pk}/**")
    expect(page.locator("main")).to_contain_text("周启明")
