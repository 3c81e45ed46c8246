"""A morning at the water company, in a real browser."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from qiao.cases.models import Case
from tests.journeys.site import CUSTOMER, Site, see, settle
from tests.world import picture

pytestmark = pytest.mark.browser
MATTER = "楼道水表前漏水"


def take_contact(site: Site, page: Page) -> None:
    """Begin a contact by the number; the customer is known by it."""
    page.goto(f"{site.address}/workspace/?new=phone")
    page.fill("form.q-newcontact [name=phone]", "138 0571 2264")
    page.click("form.q-newcontact [data-primary]")
    page.wait_for_url(re.compile("open=contact"))
    expect(page.locator("#contact-head")).to_contain_text(CUSTOMER)


def open_leak(page: Page) -> Case:
    """Open a case of a small leak beside the contact."""
    page.click("#t-new")
    page.click("#contact-case .cs-type")
    page.fill("#contact-case [name=type_q]", "small leak")
    page.locator("#case-type-list button", has_text="Small leak").click()
    where = page.locator("#case-form [name=fact-leak_at]")
    expect(where.first).to_be_attached()
    where.select_option("before_meter")
    page.fill("#case-form [name=title]", MATTER)
    page.click("#case-form [data-primary]")
    expect(page.locator("#case-form")).to_have_count(0)
    return Case.objects.latest("id")


def close_contact(page: Page) -> None:
    """Write a note, say how it ended, close."""
    settle(page)
    page.fill("#contact-wrap [name=note]", "Water drips in front of the meter since morning")
    page.locator("#contact-wrap [name=outcome][value='water.case_opened']").check(force=True)
    page.click("#contact-wrap [data-primary]")
    see(page, "closed")


def primary(page: Page) -> None:
    """Press the case's next step, and confirm if it asks."""
    page.locator("#case-head [data-primary]").click()
    settle(page)
    dialog = page.locator("#case-dialog dialog[open]")
    if dialog.count():
        dialog.locator("[data-primary]").click()
        settle(page)


def do_the_work(site: Site, page: Page, tmp_path: Path) -> None:
    """The technician's morning: accept, travel, arrive, fill in, sign, finish."""
    page.goto(f"{site.address}/jobs/")
    page.locator("a", has_text=MATTER).first.click()
    for words in ("Accept", "Set out", "I am there"):
        page.locator("#step-form .m-btn.ok", has_text=words).click()
    expect(page.locator("#job-form")).to_be_visible()
    photo = tmp_path / "pipe.png"
    photo.write_bytes(picture().content)
    for box in page.locator("#job-form input[type=checkbox]").all():
        box.check(force=True)
    for reading in page.locator("#job-form .m-reading").all():
        reading.fill(reading.get_attribute("data-min") or "1")
    page.fill("#job-form [name=note]", "Valve in front of the meter changed, tight again")
    for tile in page.locator("#job-form input[data-photo]:not([multiple])").all():
        tile.set_input_files(photo)
    page.wait_for_timeout(500)
    sign(page)
    page.locator("button[form=job-form]").click()
    page.wait_for_url(re.compile("/jobs/$"))


def call_back(site: Site, page: Page) -> None:
    """Ask the customer, and keep the word."""
    page.goto(f"{site.address}/follow-ups/?view=open")
    page.locator("tr", has_text=MATTER).locator("a").first.click()
    page.locator("input[name=rating][value=very_satisfied]").check(force=True)
    page.locator("input[name=resolved][value=yes]").check(force=True)
    page.fill("[name=words]", "Quick and clean")
    page.locator("[id^=word-form] [data-primary]").click()
    settle(page)


def sign(page: Page) -> None:
    """Draw a line with the finger."""
    pad = page.locator("#sign-pad")
    if not pad.count():
        return
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 60, steps=8)
    page.mouse.up()
    page.wait_for_timeout(300)


def test_a_contact_becomes_a_case_a_crew_goes_and_the_customer_is_called_back(
    site: Site, tmp_path: Path
) -> None:
    agent = site.sign_in("林晓岚")
    take_contact(site, agent)
    case = open_leak(agent)
    close_contact(agent)
    assert case.customer_id is not None
    agent.goto(f"{site.address}/cases/{case.pk}/")
    primary(agent)
    site.work()

    dispatcher = site.sign_in("周启明")
    dispatcher.goto(f"{site.address}/cases/{case.pk}/")
    primary(dispatcher)
    site.work()
    dispatcher.goto(f"{site.address}/jobs/board/")
    see(dispatcher, MATTER)

    do_the_work(site, site.sign_in("王建军", phone=True), tmp_path)
    site.work()

    call_back(site, agent)
    site.work()
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.phase == "closed"

    supervisor = site.sign_in("沈国良")
    supervisor.goto(f"{site.address}/overview/")
    supervisor.locator("main a[href*='/cases/?']").first.click()
    see(supervisor, MATTER)
    supervisor.locator("a", has_text=MATTER).first.click()
    see(supervisor, case.number)


def test_language_and_theme_are_switched_and_kept(site: Site) -> None:
    page = site.sign_in("林晓岚", language="")
    page.goto(f"{site.address}/workspace/")
    root = page.locator("html")
    for language, word in (("en", "Workspace"), ("zh-hant", "工作台"), ("zh-hans", "工作台")):
        page.click("[popovertarget=q-language]")
        page.click(f"#q-language [value={language}]")
        page.wait_for_load_state()
        expect(root).to_have_attribute("lang", re.compile(language, re.IGNORECASE))
        expect(page.locator(".q-crumb")).to_contain_text(word)
    page.click("[popovertarget=q-language]")
    page.click("#q-language [value=en]")
    page.wait_for_load_state()
    page.click("[popovertarget=q-theme]")
    page.click("#q-theme [data-theme-set=dark]")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"{site.address}/customers/")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    expect(root).to_have_attribute("lang", "en")
    page.wait_for_timeout(500)
    again = site.sign_in("林晓岚", language="")
    again.goto(f"{site.address}/customers/")
    expect(again.locator("html")).to_have_attribute("lang", "en")


def test_on_a_narrow_screen_the_contact_comes_first_and_nothing_of_it_is_squeezed(
    site: Site,
) -> None:
    page = site.sign_in("林晓岚", phone=True)
    take_contact(site, page)
    expect(page.locator("#contact-wrap [name=note]")).to_be_in_viewport(ratio=0.99)
    where = "s => document.querySelector(s).getBoundingClientRect().top"
    assert page.evaluate(where, "#q-middle") < page.evaluate(where, "#q-inbox")
    kept = "s => document.querySelector(s).scrollHeight <= document.querySelector(s).clientHeight"
    for part in ("#p-note", "#contact-side", "#q-inbox"):
        assert page.evaluate(kept, part), f"{part} scrolls within itself"


def form_of_a_leak(site: Site) -> Page:
    """A contact with the form of a small leak beside it."""
    page = site.sign_in("林晓岚")
    take_contact(site, page)
    page.click("#t-new")
    page.click("#contact-case .cs-type")
    page.locator("#case-type-list button", has_text="Small leak").click()
    expect(page.locator("#case-form [name=fact-leak_at]")).to_be_attached()
    return page


def test_what_is_typed_while_a_form_is_drawn_anew_stays_and_is_sent(site: Site) -> None:
    page = form_of_a_leak(site)
    page.route("**/cases/new/form", go_on_later)
    page.locator("#case-form [name=fact-leak_at]").select_option("after_meter")
    page.fill("#case-form [name=title]", MATTER)
    page.click("#case-form [data-primary]")
    settle(page)
    expect(page.locator("#case-form")).to_have_count(0)
    assert Case.objects.get().title == MATTER


def test_a_press_during_which_the_form_is_drawn_anew_sends_it(site: Site) -> None:
    page = form_of_a_leak(site)
    page.fill("#case-form [name=title]", MATTER)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/cases/new/form", hold)
    page.evaluate("document.getElementById('case-form').dataset.old = ''")
    page.locator("#case-form [name=fact-leak_at]").select_option("after_meter")
    page.hover("#case-form [data-primary]")
    page.mouse.down()
    held[0].continue_()
    expect(page.locator("#case-form[data-old]")).to_have_count(0)
    page.mouse.up()
    settle(page)
    expect(page.locator("#case-form")).to_have_count(0)
    assert Case.objects.get().title == MATTER


def go_on_later(route: Route) -> None:
    """A network that takes its time."""
    time.sleep(1)
    route.continue_()


def tab_to(page: Page, wanted: str) -> None:
    """Go on with the Tab key until the element has the focus."""
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("w => document.activeElement.matches(w)", wanted):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_the_keyboard_alone_leads_from_search_to_an_archived_case(site: Site) -> None:
    page = site.sign_in("林晓岚")
    take_contact(site, page)
    case = open_leak(page)
    page.goto(f"{site.address}/workspace/")
    page.mouse.move(0, 0)
    page.keyboard.press("Control+k")
    page.wait_for_timeout(300)
    page.keyboard.type(case.number)
    expect(page.locator("#q-palette [role=option]", has_text=MATTER).first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/cases/{case.pk}/"))
    tab_to(page, "[hx-get$='/actions/solved_by_phone']")
    page.keyboard.press("Enter")
    expect(page.locator("#case-dialog dialog[open]")).to_be_visible()
    tab_to(page, "#case-dialog textarea, #case-dialog input[type=text]")
    page.keyboard.type("Close the valve by a quarter turn; it holds.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case-dialog dialog[open]")).to_have_count(0)
    settle(page)
    case.refresh_from_db()
    assert case.closed_at is not None


def test_two_people_edit_one_case_and_both_texts_survive(site: Site) -> None:
    first = site.sign_in("林晓岚")
    take_contact(site, first)
    case = open_leak(first)
    second = site.sign_in("周明")
    for page in (first, second):
        page.goto(f"{site.address}/cases/{case.pk}/")
        page.locator("[hx-get$='/edit']").first.click()
        expect(page.locator("#case-edit [name=description]")).to_be_visible()
    first.fill("#case-edit [name=description]", "The first person's words")
    second.fill("#case-edit [name=description]", "The second person's words")
    second.fill("#case-edit [name=place]", "Stairs, ground floor")
    for page in (first, second):
        page.locator("#case-edit [data-primary]").click()
        settle(page)
    see(second, "The first person's words")
    see(second, "The second person's words")
    case.refresh_from_db()
    assert case.description == "The first person's words"
    assert case.place == "Stairs, ground floor"
    second.locator("#case-edit [data-primary]").click()
    settle(second)
    case.refresh_from_db()
    assert case.description == "The second person's words"
    told = "\n".join(str(data) for data in case.events.values_list("data", flat=True))
    assert "The first person's words" in told
