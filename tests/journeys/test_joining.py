"""Two cases of one matter are merged after a look, read as one, and stand apart again."""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, add_note, open_case
from qiao.customers.models import Customer
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, see, settle

pytestmark = pytest.mark.browser


def prepare() -> tuple[Case, Case]:
    """The same leak, reported twice by one customer."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    now = timezone.now()
    with transaction.atomic():
        pair = [
            open_case(
                request=OpenRequest(
                    type_key="water.small_leak",
                    organisation_id=Organisation.objects.get(code="lake").pk,
                    title=title,
                    channel="phone",
                    area=AREA,
                    customer_id=Customer.objects.get(name=CUSTOMER).pk,
                    facts={"leak_at": "before_meter", "paid_service": "no"},
                ),
                actor=agent,
                now=now,
            )
            for title in ("表前漏水", "楼道渗水")
        ]
        add_note(case_id=pair[1].pk, text="水流到了一楼", actor=agent, now=now)
    return pair[0], pair[1]


def test_a_merge_is_looked_at_read_as_one_and_undone(site: Site) -> None:
    stays, goes = prepare()
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{stays.pk}/")
    page.locator("[popovertarget=case-more]").click()
    page.locator("#case-more").get_by_text("Merge…").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("#merge-preview")).to_contain_text("Choose at least one other case")
    dialog.locator(f"[name=with][value='{goes.pk}']").check()
    expect(dialog.locator("#merge-preview")).to_contain_text("One customer")
    dialog.locator(f"[name=survivor][value='{stays.pk}']").check()
    settle(page)
    dialog.locator(".btn-primary").click()
    expect(page.locator("#case-merged")).to_contain_text(goes.number)
    expect(page.locator("#case-feed")).to_contain_text("水流到了一楼")
    goes.refresh_from_db()
    assert goes.merged_into_id == stays.pk

    page.goto(f"{site.address}/cases/{goes.pk}/")
    page.wait_for_url(re.compile(rf"/cases/{stays.pk}/"))
    see(page, "was merged into this case")
    page.locator("#case-feed").get_by_role("button", name="Undo").first.click()
    page.locator("dialog[open] .btn-primary").click()
    expect(page.locator("#case-merged")).to_be_hidden()
    goes.refresh_from_db()
    assert goes.merged_into_id is None
    assert site.complaints == []
