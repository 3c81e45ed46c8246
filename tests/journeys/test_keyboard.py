"""The keyboard alone: a case from the list to its end, and on to the next; no mouse at all."""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.operations.macros import MacroDraft, save_macro
from qiao.cases.rules.macros import MacroStep
from qiao.customers.models import Customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.models import Notice, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, Site, settle

pytestmark = pytest.mark.browser
FIRST, SECOND, LAST = "暂停用水", "搬走后停水", "出国半年停水"
FOCUS = """() => {
  const place = document.activeElement;
  return {
    body: place === document.body,
    ring: place.matches(":focus-visible"),
    row: place.dataset.case ?? "",
    name: place.getAttribute("name") ?? "",
    id: place.id,
    text: place.textContent.trim().replace(/\\s+/g, " "),
  };
}"""


def prepare() -> list[Case]:
    """Three requests of one customer who reads e-mail, and a macro for them."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    now = timezone.now()
    with transaction.atomic():
        customer = Customer.objects.get(name=CUSTOMER)
        add_email(customer_id=customer.pk, address="chen@example.com", actor=agent, now=now)
        draft = MacroDraft({"en": "Hurry"}, [MacroStep("priority", "urgent")], position=1)
        save_macro(draft=draft, actor=agent, now=now)
        return [
            open_case(
                request=OpenRequest(
                    type_key="water.suspend_supply",
                    organisation_id=agent.organisation_id,
                    title=title,
                    channel="phone",
                    customer_id=customer.pk,
                    facts={"from_date": timezone.localdate().isoformat()},
                ),
                actor=agent,
                now=now,
            )
            for title in (FIRST, SECOND, LAST)
        ]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, wanted: str, *, back: bool = False) -> None:
    """Go on with Tab until the element has the focus; wherever it stands, it is seen."""
    for _press in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("w => document.activeElement.matches(w)", wanted):
            assert page.evaluate(FOCUS)["ring"], f"the focus on {wanted} is not seen"
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def stands_in(page: Page, wanted: str) -> None:
    """The focus is where somebody at the keyboard expects it."""
    page.wait_for_function("w => document.activeElement.matches(w)", arg=wanted)


def dialog_is_gone(page: Page) -> None:
    expect(page.locator("dialog[open]")).to_have_count(0)
    settle(page)


def choose(page: Page, typed: str) -> None:
    """Type a sign and the beginning of a word, take the first that is offered."""
    page.keyboard.type(typed)
    expect(page.locator("#q-insert [role=option]").first).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#q-insert")).to_have_count(0)


def open_from_list(page: Page, cases: list[Case]) -> Case:
    """Go to the list, down and up in it, look at the keys, open the case that stands first."""
    press(page, "g", "c")
    page.wait_for_url(re.compile("/cases/"))
    settle(page)
    press(page, "j")
    first = page.evaluate(FOCUS)
    assert first["ring"]
    assert first["row"] in {str(case.pk) for case in cases}
    press(page, "j", "k")
    assert page.evaluate(FOCUS)["row"] == first["row"]
    press(page, "?")
    sheet = page.locator("#q-keys")
    expect(sheet).to_contain_text("Next / previous")
    expect(sheet).to_contain_text("New case")
    press(page, "Escape")
    expect(sheet).to_have_count(0)
    assert page.evaluate(FOCUS)["row"] == first["row"]
    press(page, "Enter")
    page.wait_for_url(re.compile(rf"/cases/{first['row']}/\?"))
    settle(page)
    return next(case for case in cases if str(case.pk) == first["row"])


def note(page: Page, case: Case) -> None:
    """An inside note that names a colleague."""
    press(page, "i")
    stands_in(page, "#note-text")
    page.keyboard.type("Papers seen, ")
    choose(page, "@@zhou")
    press(page, "Control+Enter")
    expect(page.locator("#note-text")).to_have_value("")
    stands_in(page, "#note-text")
    told = Staff.objects.get(number="1028")
    assert CaseEvent.objects.get(case=case, kind="note").data["mentions"] == [told.pk]
    assert Notice.objects.filter(staff=told, kind="cases.mention").count() == 1


def reply(page: Page, case: Case) -> None:
    """Words to the customer: a text filled for the case, and who will call."""
    press(page, "Escape", "r")
    stands_in(page, "#reply-text")
    choose(page, "::thanks")
    assert case.number in page.locator("#reply-text").input_value()
    press(page, "End")
    page.keyboard.type(" ")
    choose(page, "@@zhou")
    assert "周明" in page.locator("#reply-text").input_value()
    press(page, "Control+Enter")
    expect(page.locator("#reply-text")).to_have_value("")
    stands_in(page, "#reply-text")
    message = Message.objects.get(subject_kind="case", subject_id=case.pk)
    assert message.channel == "email"
    assert case.number in message.body
    press(page, "Escape")


def change_field(page: Page, case: Case) -> None:
    """The title gets another word; the focus goes into the form and comes back to its button."""
    tab_to(page, "[hx-get$='/edit']", back=True)
    press(page, "Enter")
    stands_in(page, "#case-edit [name=title]")
    press(page, "End")
    page.keyboard.type("一年")
    press(page, "Control+Enter")
    expect(page.locator("#case-edit")).to_have_count(0)
    stands_in(page, "[hx-get$='/edit']")
    settle(page)
    case.refresh_from_db()
    assert case.title.endswith("一年")


def look_and_leave(page: Page) -> None:
    """A dialog that was opened from a menu is left by Escape; the focus stands where it was."""
    tab_to(page, "[popovertarget=case-more]", back=True)
    press(page, "Enter")
    expect(page.locator("#case-more")).to_be_visible()
    for _press in range(20):
        if "Change priority" in page.evaluate(FOCUS)["text"]:
            break
        press(page, "ArrowDown")
    press(page, "Enter")
    dialog = page.locator("#case-dialog dialog[open]")
    expect(dialog).to_be_visible()
    stands_in(page, "#case-dialog [name=priority]")
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    stands_in(page, "[popovertarget=case-more]")


def run_macro(page: Page, case: Case) -> None:
    """m 1 shows what it will do, Enter does it; the focus is where it was."""
    press(page, "m")
    expect(page.locator("#case-macros [data-key='1']")).to_be_visible()
    press(page, "1")
    expect(page.locator("#case-dialog dialog[open]")).to_contain_text("Hurry")
    press(page, "Enter")
    dialog_is_gone(page)
    stands_in(page, "[popovertarget=case-more]")
    case.refresh_from_db()
    assert case.priority == "urgent"


def take_step(page: Page, case: Case) -> None:
    """Ask for papers: the step that is not the usual one."""
    tab_to(page, "[hx-get$='/actions/ask_for_papers']")
    press(page, "Enter")
    stands_in(page, "#case-dialog [name='fact-missing_papers']")
    page.keyboard.type("Copy of the identity card")
    press(page, "Control+Enter")
    dialog_is_gone(page)
    case.refresh_from_db()
    assert case.step == "wait_for_papers"
    assert not page.evaluate(FOCUS)["body"]


def end_and_go_on(page: Page, cases: list[Case], waits: Case) -> Case:
    """Go to the case before in the list and end it; the next of the list opens, with the word why
    it is the next."""
    press(page, "[")
    page.wait_for_url(lambda url: f"/{waits.pk}/" not in url)
    settle(page)
    case = next(each for each in cases if f"/cases/{each.pk}/" in page.url)
    tab_to(page, "[hx-get$='/actions/refuse_request']")
    press(page, "Enter")
    stands_in(page, "#case-dialog [name='fact-answer_given']")
    page.keyboard.type("Too late for this year")
    press(page, "Tab")
    page.keyboard.type("The rule of November")
    press(page, "Control+Shift+Enter")
    page.wait_for_url(re.compile(rf"/cases/{waits.pk}/\?"))
    settle(page)
    case.refresh_from_db()
    assert case.closed_at is not None
    expect(page.locator(".q-crumb")).to_contain_text("urgent")
    return case


def find_the_last(page: Page, other: Case) -> None:
    """The palette is opened, left, opened again; it finds a case by its number."""
    press(page, "Control+k")
    expect(page.locator("#q-palette")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#q-palette")).to_be_hidden()
    press(page, "Control+k")
    page.keyboard.type(other.number)
    expect(page.locator("#q-palette [role=option]", has_text=other.title).first).to_be_visible()
    press(page, "Enter")
    page.wait_for_url(re.compile(f"/cases/{other.pk}/"))


def test_a_case_is_worked_from_the_list_to_its_end_by_the_keyboard_alone(site: Site) -> None:
    cases = prepare()
    page = site.sign_in("林晓岚")
    case = open_from_list(page, cases)
    note(page, case)
    reply(page, case)
    change_field(page, case)
    look_and_leave(page)
    run_macro(page, case)
    take_step(page, case)
    ended = end_and_go_on(page, cases, case)
    find_the_last(page, next(each for each in cases if each not in (case, ended)))


def test_no_key_means_two_things_on_a_page(site: Site) -> None:
    case = prepare()[0]
    page = site.sign_in("林晓岚")
    for path in ("/workspace/", "/cases/?view=open", f"/cases/{case.pk}/?view=open", "/cases/new"):
        page.goto(site.address + path)
        settle(page)
        keys: list[str] = page.evaluate(
            "() => [...document.querySelectorAll('[data-key]')].map((e) => e.dataset.key)"
        )
        assert sorted({key for key in keys if keys.count(key) > 1}) == [], path


def test_what_was_asked_for_comes_though_the_page_renews_itself_meanwhile(site: Site) -> None:
    """The answer to a button arrives after the parts of the page were told to be drawn anew, the
    first time while it was still held down."""
    case = prepare()[0]
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    settle(page)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile(rf"/cases/{case.pk}/edit(\?|$)"), hold)
    page.locator("#case-request [hx-get$='/edit']").hover()
    for held in (True, False, False):  # what stands still before is drawn anew afterwards
        if held:
            page.mouse.down()
        with page.expect_response(re.compile(rf"/cases/{case.pk}/live")):
            page.evaluate(
                f"document.body.dispatchEvent(new CustomEvent('live:case-{case.pk}~1s'))"
            )
        page.wait_for_timeout(1_100)
        page.mouse.up()
    (asked,) = waiting
    asked.continue_()
    expect(page.locator("#case-edit [name=title]")).to_be_visible()
    stands_in(page, "#case-edit [name=title]")


def draw_anew(page: Page, case: Case) -> None:
    """The parts of the case's page are drawn anew, as when a colleague has changed it."""
    with page.expect_response(re.compile(rf"/cases/{case.pk}/live")):
        page.evaluate(
            f"""() => {{
              window.before = document.querySelector("#case-request a");
              document.body.dispatchEvent(new CustomEvent("live:case-{case.pk}~1s"));
            }}"""
        )
    page.wait_for_function("() => !window.before.isConnected")
    settle(page)


def open_menu_and_dialog(page: Page, case: Case) -> None:
    """A menu that is drawn anew stays open; what is chosen there opens its dialog, as ever."""
    first = page.locator("#case-macros [data-key='1']")
    press(page, "m")
    expect(first).to_be_visible()
    draw_anew(page, case)
    expect(first).to_be_visible()
    stands_in(page, "#case-macros [data-key='1']")
    press(page, "1")
    expect(page.locator("#case-dialog dialog[open]")).to_be_visible()
    press(page, "Escape")
    dialog_is_gone(page)


def test_the_focus_is_found_again_where_it_was(site: Site) -> None:
    """The customer's name is a link in the tabs too. What opened a dialog may be drawn anew while
    the dialog is open. Who takes the focus away is not given it again."""
    case = prepare()[0]
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/{case.pk}/")
    settle(page)
    page.locator("#case-request a[href^='/customers/']").focus()
    draw_anew(page, case)
    stands_in(page, "#case-request a")
    page.locator("#case-request [hx-get$='/edit']").focus()
    press(page, "c")
    expect(page.locator("#case-dialog dialog[open]")).to_be_visible()
    draw_anew(page, case)
    press(page, "Escape")
    dialog_is_gone(page)
    stands_in(page, "#case-request [hx-get$='/edit']")
    open_menu_and_dialog(page, case)
    stands_in(page, "#case-request [hx-get$='/edit']")
    page.evaluate("document.activeElement.blur()")
    draw_anew(page, case)
    assert page.evaluate(FOCUS)["body"]


def test_a_type_is_found_by_its_words_and_enter(site: Site) -> None:
    """Enter takes what fits the words, though the list has not come yet, and sends no form."""
    page = site.sign_in("林晓岚")
    page.goto(f"{site.address}/cases/new")
    settle(page)
    kind = page.locator("#case-form .cs-type")
    for words, name in (("pressure", "Low pressure"), ("leak", "Small leak")):
        kind.press("Enter")
        stands_in(page, "[name=type_q]")
        page.keyboard.type(words)
        press(page, "Enter")
        expect(kind).to_contain_text(re.compile(name, re.IGNORECASE))
    kind.press("Enter")
    stands_in(page, "[name=type_q]")
    press(page, "ArrowDown", "ArrowDown", "ArrowUp")
    stands_in(page, "#case-type-list button:first-of-type")
    press(page, "ArrowUp")
    stands_in(page, "[name=type_q]")
    assert page.url.endswith("/cases/new")
