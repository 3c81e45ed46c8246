"""An account goes from one owner to the next on a day, is read by day, and is taken back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Account, CustomerPhone, Move
from tests.journeys.site import CUSTOMER, Site, see

pytestmark = pytest.mark.browser
COMER = "后来人"


def hand_over(page: Page, *, too_early: str, day: str) -> None:
    """Fill the guided page: who leaves is marked already, who comes is new.

    The account was opened on the day that is tried first.
    """
    page.fill("[name=day]", too_early)
    expect(page.locator("#who-leaves input[type=checkbox]").first).to_be_checked()
    page.fill("[name=forwarding_phone]", "13911112222")
    page.fill("[name=new_name]", COMER)
    page.fill("[name=new_phone]", "13922223333")
    page.fill("[name=final_reading]", "812.5")
    page.click("[data-primary]")
    see(page, f"Hand over on {day} or later")
    page.fill("[name=day]", day)
    page.click("[data-primary]")
    page.wait_for_url(re.compile(r"/moves/\d+/"))


def owner_on(site: Site, page: Page, account: Account, day: str) -> str:
    """What the page of the place says of that day."""
    assert account.service_point is not None
    page.goto(f"{site.address}/customers/premises/{account.service_point.premises_id}/?on={day}")
    return page.locator(".q-daybox").first.inner_text()


def test_somebody_moves_out_another_in_on_a_day_and_it_is_taken_back(site: Site) -> None:
    account = Account.objects.select_related("service_point").first()
    assert account is not None
    numbers = CustomerPhone.objects.count()
    today = timezone.localdate()
    before, after = f"{today}", f"{today + timedelta(days=1)}"
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/customers/accounts/{account.pk}/move/")
    see(page, CUSTOMER)
    hand_over(page, too_early=before, day=after)
    see(page, COMER)
    see(page, "812.5")
    record = page.url
    assert CUSTOMER in owner_on(site, page, account, before)
    assert COMER not in owner_on(site, page, account, before)
    assert COMER in owner_on(site, page, account, after)
    page.goto(record)
    page.get_by_role("button", name="Take back").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=reason]").fill("录错户号")
    dialog.locator(".btn-primary, .btn-danger").first.click()
    expect(page.locator(".q-badge", has_text="Taken back").first).to_be_visible()
    assert CUSTOMER in owner_on(site, page, account, after)
    assert COMER not in owner_on(site, page, account, after)
    assert Move.objects.get().undone_at is not None
    assert CustomerPhone.objects.count() == numbers + 1, "who came is held, the rest is gone"
