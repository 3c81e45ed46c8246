"""A person is erased by law: asked for, agreed to by another, certified, and found no more."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.customers.models import Customer, Erasure
from qiao.customers.operations import NewPhone, register_customer
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, Site, see
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
PERSON, PHONE, REASON = "端木清秋", "13911112222", "Letter of 5 March, in the post book under 118"


def lake() -> Organisation:
    """The branch that knows the person."""
    return Organisation.objects.get(code="lake")


def arrive() -> Customer:
    """Somebody who asked something once and has no account."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    with transaction.atomic():
        return register_customer(
            actor=agent,
            now=timezone.now(),
            organisation_id=lake().pk,
            name=PERSON,
            phones=[NewPhone(PHONE)],
        )


def begin(page: Page, customer_id: int, site: Site) -> None:
    """From the page of the customer, by its menu."""
    page.goto(f"{site.address}/customers/{customer_id}/")
    page.click("[popovertarget=customer-more]")
    page.get_by_role("menuitem", name="Erase this person").click()
    page.wait_for_url(re.compile("/erase/"))


def hinder(page: Page, site: Site) -> None:
    """Somebody with a running account is not erased; the page says what has to end."""
    begin(page, Customer.objects.get(name=CUSTOMER).pk, site)
    see(page, "This has to end first")
    expect(page.get_by_role("button", name="Ask a second person")).to_be_disabled()


def ask(page: Page, customer_id: int, site: Site) -> None:
    """Ask with ground and reason; who asks cannot agree."""
    begin(page, customer_id, site)
    page.locator("[name=basis][value=request]").check(force=True)
    page.fill("[name=reason]", REASON)
    page.get_by_role("button", name="Ask a second person").click()
    see(page, "waits for a second person")
    see(page, "You asked for it")
    expect(page.get_by_role("button", name="Agree and erase")).to_have_count(0)


def agree(page: Page, site: Site) -> None:
    """The second person finds the request, reads it and agrees."""
    page.goto(f"{site.address}/customers/erasures/")
    page.get_by_role("link", name=PERSON).click()
    see(page, REASON)
    page.fill("[name=note]", "Compared with the letter")
    page.get_by_role("button", name="Agree and erase").click()
    see(page, "The person is being erased")


def certificate(page: Page) -> None:
    """The page shows it by itself as soon as the job is done."""
    heading = page.get_by_role("heading", name="Certificate of erasure")
    expect(heading).to_be_visible(timeout=90_000)
    for word in ("Names, replaced by a pseudonym", "Telephone numbers", "唐慧", "沈国良"):
        expect(page.locator("#erasure")).to_contain_text(word)
    expect(page.locator("#erasure")).not_to_contain_text(PERSON)
    expect(page.locator(".q-pagehead, nav, .q-crumb").first).not_to_contain_text(PERSON)


def gone(page: Page, site: Site, customer_id: int) -> None:
    """Neither by name nor by number; the page says why, in place of who it was."""
    for text in (PERSON, PHONE):
        page.goto(f"{site.address}/customers/?q={text}")
        see(page, "Nobody found")
        expect(page.locator("#customers tbody tr")).to_have_count(0)
    page.goto(f"{site.address}/customers/{customer_id}/")
    expect(page.locator("body")).not_to_contain_text(PERSON)
    expect(page.locator("body")).not_to_contain_text("3911")


def key(page: Page, site: Site) -> str:
    """A key for another system that reads customers."""
    page.goto(f"{site.address}/api-keys/new/")
    page.get_by_label("Program").first.fill("Cashier")
    page.get_by_label("Find and read customers").check()
    page.select_option("[name=organisation]", str(lake().pk))
    page.get_by_role("button", name="Make the key").click()
    see(page, "It is shown only now")
    return page.locator("#secret").inner_text()


def reader(page: Page, site: Site) -> Callable[[str], Any]:
    """What the other system is answered."""
    bearer = {"Authorization": f"Bearer {key(page, site)}"}
    return lambda path: page.request.get(f"{site.address}/api/v1/{path}", headers=bearer)


def test_a_person_is_erased_by_two_people_and_found_no_more(
    site: Site, own_database: str, tmp_path: Path
) -> None:
    customer = arrive()
    read = reader(site.sign_in("郑岩"), site)
    assert read(f"customers/{customer.pk}").json()["name"] == PERSON
    asker, second = site.sign_in("唐慧"), site.sign_in("沈国良")
    hinder(asker, site)
    ask(asker, customer.pk, site)
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        agree(second, site)
        certificate(second)
    assert Erasure.objects.get().state == "done"
    gone(site.sign_in("林晓岚"), site, customer.pk)
    answer = read(f"customers/{customer.pk}")
    assert (answer.status, PERSON in answer.text()) == (404, False)
    assert read(f"customers?q={PHONE}").json()["items"] == []
    asker.reload()
    expect(asker.get_by_role("heading", name="Certificate of erasure")).to_be_visible()
    assert site.complaints == []
