"""An agent works with several customers at once: tabs, files, long texts, keys alone."""

import io
import re

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.core.models import Attachment
from qiao.customers.models import Customer
from qiao.customers.operations import register_customer
from qiao.desk.models import Tab
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, see, settle

pytestmark = pytest.mark.browser
OTHER = "王磊"
DROP = """([place, files]) => {
  const data = new DataTransfer();
  for (const [name, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name));
  document.querySelector(place).dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
PASTE = """([place, length]) => {
  const data = new DataTransfer();
  data.setData("text/plain", "x".repeat(length));
  document.querySelector(place).dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
MEGABYTE = 1024 * 1024


def a_case(title: str, *, customer: str = CUSTOMER) -> Case:
    """A case of a customer of the site, opened by the agent."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    request = OpenRequest(
        type_key="water.small_leak",
        organisation_id=agent.organisation_id,
        title=title,
        channel="phone",
        area=AREA,
        customer_id=Customer.objects.get(name=customer).pk,
        facts={"leak_at": "before_meter", "paid_service": "no"},
    )
    with transaction.atomic():
        return open_case(request=request, actor=agent, now=timezone.now())


def another_customer() -> Customer:
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    with transaction.atomic():
        return register_customer(
            actor=agent,
            now=timezone.now(),
            organisation_id=agent.organisation_id,
            name=OTHER,
        )


def look(site: Site, page: Page, case: Case) -> None:
    page.goto(f"{site.address}/cases/{case.pk}/")
    settle(page)


def mains(page: Page) -> list[str]:
    """The names on the main tabs, in their order."""
    names = page.locator("#q-tabs .q-tabrow:not(.inner) .q-tab > a > .cut")
    return names.all_inner_texts()


def test_two_customers_stand_as_tabs_that_survive_another_computer_and_close_by_keys(
    site: Site,
) -> None:
    other = another_customer()
    first, second = a_case("Water in the hall"), a_case("Bill too high", customer=OTHER)
    page = site.sign_in("林晓岚")
    look(site, page, first)
    look(site, page, second)
    page.goto(f"{site.address}/customers/{other.pk}/")
    settle(page)
    expect(page.locator("#q-tabs .q-tab.on").first).to_contain_text(OTHER)
    assert mains(page) == [CUSTOMER, OTHER]
    inner = page.locator("#q-tabs .inner .q-tab")
    expect(inner).to_have_count(2)
    expect(inner.nth(1)).to_contain_text(second.number)

    see_latest_first(site.sign_in("林晓岚", phone=True), site)
    close_and_bring_back(page, first, other)
    assert Tab.objects.filter(staff__number="1028").count() == 0


def see_latest_first(elsewhere: Page, site: Site) -> None:
    """On a phone of the same person."""
    elsewhere.goto(f"{site.address}/cases/")
    elsewhere.locator(".q-taball").click()
    lines = elsewhere.locator("#q-tabs-all a[role=menuitem]")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(OTHER)


def close_and_bring_back(page: Page, first: Case, other: Customer) -> None:
    """By the keyboard; a draft is marked and stays."""
    page.keyboard.press(",")
    page.wait_for_url(re.compile(f"/cases/{first.pk}/"))
    settle(page)
    page.locator("#note-text").fill("half a sentence")
    expect(page.locator("#case-note [data-draft-state]")).to_contain_text(re.compile("saved"))
    page.locator("h1").first.click()
    page.keyboard.press(".")
    page.wait_for_url(re.compile(f"/customers/{other.pk}/"))
    expect(page.locator("#q-tabs .q-tab").first.locator(".q-tabdraft")).to_be_visible()
    page.keyboard.press("q")
    page.wait_for_url(re.compile(f"/cases/{first.pk}/"))
    settle(page)
    assert mains(page) == [CUSTOMER]
    page.locator("[data-undo-now]").click()
    expect(page.locator("#q-tabs .q-tabrow:not(.inner) .q-tab")).to_have_count(2)
    assert mains(page) == [CUSTOMER, OTHER]
    assert page.locator("#note-text").input_value() == "half a sentence"


def picture() -> list[int]:
    content = io.BytesIO()
    Image.new("RGB", (640, 400), "teal").save(content, format="PNG")
    return list(content.getvalue())


def test_files_are_dropped_together_and_looked_at_in_the_page(site: Site) -> None:
    case = a_case("Water in the hall")
    page = site.sign_in("林晓岚")
    look(site, page, case)
    files = [["hall.png", picture()], ["setup.exe", [77, 90, 0, 1]], ["words.txt", [104, 105]]]
    page.evaluate(DROP, ["#case-files", files])
    refused = page.locator(".cs-drops li.bad")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("setup.exe")
    expect(page.locator("#case-files .q-photo img")).to_have_count(1)
    expect(refused).to_have_count(1)  # it outlives the panel that was drawn anew
    assert Attachment.objects.filter(owner_kind="case", owner_id=case.pk).count() == 2
    page.locator("#case-files .q-photo").click()
    expect(page.locator(".cs-look img")).to_be_visible()
    page.keyboard.press("[")
    expect(page.locator(".cs-look .cs-plain")).to_have_text("hi")
    page.keyboard.press("Escape")


def test_fifty_megabytes_pasted_are_refused_with_the_figure_and_nothing_is_lost(
    site: Site,
) -> None:
    case = a_case("Water in the hall")
    page = site.sign_in("林晓岚")
    look(site, page, case)
    page.locator("#note-text").fill("what I wrote before")
    page.evaluate(PASTE, ["#note-text", 50 * MEGABYTE])
    notice = page.locator("#case-note p[data-too-long]")
    expect(notice).to_contain_text("52,428,800")
    expect(notice).to_contain_text("4,000")
    assert page.locator("#note-text").input_value() == "what I wrote before"
    notice.locator("button").click()
    expect(page.locator(".cs-drops li.bad")).to_contain_text("15 MB")


def test_two_people_at_one_case_see_each_other_and_a_draft_waits_on_the_server(
    site: Site,
) -> None:
    case = a_case("Water in the hall")
    first, second = site.sign_in("林晓岚"), site.sign_in("周明")
    look(site, first, case)
    look(site, second, case)
    see(second, "林晓岚 is looking at this case too")
    first.locator("#note-text").fill("half a sentence")
    expect(first.locator("#case-note [data-draft-state]")).to_contain_text(re.compile("saved"))
    look(site, second, case)
    see(second, "林晓岚 is typing here")
    assert second.locator("#note-text").input_value() == ""
    again = site.sign_in("林晓岚")
    look(site, again, case)
    assert again.locator("#note-text").input_value() == "half a sentence"


def test_going_back_shows_the_whole_desk_again_not_a_piece_of_it(site: Site) -> None:
    """The address of a contact is that of a piece which htmx put there: the browser must not keep
    that piece as the page."""
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/workspace/")
    settle(page)
    page.keyboard.press("n")
    page.keyboard.press("p")
    page.wait_for_url(re.compile(r"/workspace/\?new=phone"))
    settle(page)
    page.locator(".q-rail a[href='/tariffs/']").click()
    page.wait_for_url(re.compile("/tariffs/"))
    settle(page)
    page.go_back()
    page.wait_for_url(re.compile(r"/workspace/\?new=phone"))
    settle(page)
    expect(page.locator(".q-rail")).to_be_visible()
    expect(page.locator("#q-middle")).to_be_visible()
