"""What is done on a page before its picture is taken."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

PAUSE = 250  # milliseconds for fragments to settle


def palette(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector("#q-palette[open] input, #q-palette input:visible")
    page.keyboard.type("wang")
    page.wait_for_timeout(600)


def claim(page: Any) -> None:
    page.click("[popovertarget=customer-more]")
    page.locator("#customer-more [hx-get$='/protection/']").click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def protected(page: Any) -> None:
    page.locator("table tbody a").first.click()
    page.wait_for_selector("#panel-customersprotection")
    page.locator("#panel-customersprotection summary").first.click()
    page.wait_for_timeout(PAUSE)


def first_cause(page: Any) -> None:
    page.locator("table tbody a").first.click()
    page.wait_for_selector(".cs-reports")


def week_after(page: Any) -> None:
    page.locator(".q-seg a").last.click()
    page.wait_for_selector(".wf-grid")
    page.wait_for_timeout(PAUSE)


def first_row(page: Any) -> None:
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    page.wait_for_timeout(PAUSE)


def keys(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_timeout(PAUSE)


def compare(page: Any) -> None:
    page.locator(".cu-pairs a.btn-primary").first.click()
    page.wait_for_selector(".cu-merge")
    page.wait_for_timeout(PAUSE)


def household(page: Any) -> None:
    page.locator("#panel-customersgroups a.b").first.click()
    page.wait_for_selector(".q-fold")
    page.wait_for_timeout(PAUSE)


def differing(page: Any) -> None:
    """The newest import of the demo world added to known customers and told what differs."""
    page.locator("section.q-panel").last.locator("a.b").first.click()
    page.wait_for_selector("nav.q-tabs")
    page.wait_for_timeout(PAUSE)


def visit(page: Any) -> None:
    page.locator("#portfolio tbody .btn").first.click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def acting(page: Any) -> None:
    page.locator("#panel-customersacting .btn").last.click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def tags(page: Any) -> None:
    page.locator("#customer-tags button").first.click()
    page.wait_for_selector("#tags-dialog[open]")
    page.wait_for_timeout(PAUSE)


def merge_tags(page: Any) -> None:
    page.locator("button[hx-get$='/merge/']").first.click()
    page.wait_for_selector("#change-dialog[open]")
    page.locator("#change-dialog select").select_option(index=2)
    page.wait_for_selector("#merge-preview .q-strip")


def case_form(page: Any) -> None:
    page.locator("#t-new").click()
    page.wait_for_selector("#contact-case form")
    page.wait_for_timeout(PAUSE)


def opens(selector: str, shown: str = "dialog[open]") -> Callable[[Any], None]:
    """Press what the selector finds first, wait until something is shown."""

    def act(page: Any) -> None:
        page.locator(selector).first.click()
        page.wait_for_selector(shown)
        page.wait_for_timeout(PAUSE)

    return act


def follows(*selectors: str) -> Callable[[Any], None]:
    """Follow the first link that the selector finds, then that of the next one on its page."""

    def act(page: Any) -> None:
        for selector in selectors:
            address = page.locator(selector).first.get_attribute("href")
            page.goto(urljoin(page.url, address))
        page.wait_for_timeout(PAUSE)

    return act


def tariff_draft(tab: str = "") -> Callable[[Any], None]:
    """A tab of the draft of other prices that was begun."""

    def act(page: Any) -> None:
        tariffs = page.locator("tbody a[href*='/tariffs/']").all()
        addresses = [urljoin(page.url, each.get_attribute("href")) for each in tariffs]
        for address in addresses:
            page.goto(address)
            draft = page.locator("a[href*='/tariffs/drafts/']")
            if draft.count():
                page.goto(urljoin(page.url, draft.first.get_attribute("href")) + tab)
                break
        page.wait_for_timeout(PAUSE)

    return act


def tariff_version(page: Any) -> None:
    """What changed with the newest version of a tariff that has two."""
    tariffs = page.locator("tbody a[href*='/tariffs/']").all()
    addresses = [urljoin(page.url, each.get_attribute("href")) for each in tariffs]
    for address in addresses:
        page.goto(address)
        version = page.locator("a[href*='/versions/']")
        if version.count():
            page.goto(urljoin(page.url, version.first.get_attribute("href")))
            break
    page.wait_for_timeout(PAUSE)


def bulk(page: Any) -> None:
    for box in range(3):
        page.locator("#case-list tbody input[type=checkbox]").nth(box).check()
    page.wait_for_timeout(PAUSE)


COLUMNS = opens("[popovertarget=cs-columns]", "#cs-columns:popover-open")
VIEWS = opens("[hx-get='/cases/views/kept']")
SAVING_VIEW = opens("[hx-get^='/cases/views?']")
MENU = opens("[popovertarget=case-more]", "#case-more:popover-open")
MACROS = opens("[popovertarget=case-macros]", "#case-macros:popover-open")
SAVING_REPORT = opens("[hx-get^='/cases/reports/save']")
CALENDAR = follows("main a[href^='/cases/calendars/']")
DIGEST = follows("tr[data-href] a.num")
ARTICLE = follows("#kb-lines a.kb-line")
MAIN_CASE = follows("a[href^='/cases/alike/']")


# The newest summary has an account that somebody else pays and of which instalments are asked.
_SUMMARY = "tbody a[href*='/summaries/']"
_ACCOUNT = "tbody tr:has([data-equal]) a[href*='/account/']"
SUMMARY_PAID = follows(_SUMMARY, "a[href$='/pay/']")
INSTALMENTS = follows(_SUMMARY, _ACCOUNT)
INSTALMENT = follows(_SUMMARY, "tbody tr:has([data-equal]) td:nth-child(3) a")
INSTALMENTS_NEW = follows(
    _SUMMARY, "tbody tr:not(:has([data-equal])) a[href*='/account/']", "a[href$='/budget/']"
)
INSTALMENTS_CHANGE = follows(_SUMMARY, _ACCOUNT, "a[href$='/budget/change/']")
TERMS = follows(_SUMMARY, _ACCOUNT, "a[href$='/terms/']")
TERMS_EDIT = follows(_SUMMARY, _ACCOUNT, "a[href$='/terms/']", "a[href$='/terms/edit/']")
PAYER = follows(_SUMMARY, ".q-pagehead a[href*='/customers/']")
PAID_BY_OTHER = follows(
    _SUMMARY, ".q-pagehead a[href*='/customers/']", ".bl-money p a[href^='/customers/']"
)


def at_counter(page: Any) -> None:
    """What the counter shows of that account."""
    INSTALMENTS(page)
    account = page.url.rstrip("/").rpartition("/")[2]
    page.goto(urljoin(page.url, f"/counter/accounts/{account}/"))
    page.wait_for_timeout(PAUSE)
