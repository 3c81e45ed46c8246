"""What is told while a part of a page is on its way is on the page in the end, and what somebody
asked for arrives whatever else is on its way."""

import re

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from qiao.core.events import wake_people
from qiao.staff.models import Staff
from tests.journeys.site import PATIENCE, Site, settle

pytestmark = pytest.mark.browser
SUPERVISOR, AGENT = "沈国良", "林晓岚"
ARRIVES = 500  # milliseconds in which the browser has heard
BELL, BOX = "**/notices/bell/", "**/notices/box/"
SLOW = re.compile("q-slow")
MIDDLE = '<div class="q-middle" id="q-middle"><p id="what-comes-next"></p></div>'
PART = """<section id="part" hx-get="/x/part" hx-trigger="live:part from:body" hx-swap="outerHTML">
<button hx-{verb}="/x/asked" hx-target="#told" hx-swap="innerHTML">ask</button>
<p id="told">{word}</p></section>"""
HEARS_NOTHING = """() => {
  for (const each of document.querySelectorAll('[hx-trigger*="live:"]')) each.remove();
}"""
ENDS_WITHIN = 30_000  # milliseconds; streams ask every twenty seconds who is signed in
MANY = """<section id="part">
<i hx-get="/x/many" hx-trigger="live:many from:body" hx-swap="none"></i>
<p id="beside"{oob}>{word}</p><p id="typed"{oob}><input value="{word}"></p></section>"""
DRAWS = """(part) => {
  document.querySelector("#part")?.remove();
  document.querySelector("main").insertAdjacentHTML("beforeend", part);
  htmx.process(document.querySelector("#part"));
}"""
WAKES = "(name) => document.body.dispatchEvent(new CustomEvent(name))"
HIDES = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COMES_LATE = """() => {
  const now = Date.now;
  Date.now = () => now() + 5000;
}"""
STANDS_STILL = """() => {
  const now = Date.now();
  Date.now = () => now;
}"""
JOINS = """(age) => {
  const { live, liveWorker } = document.body.dataset;
  const { port } = new SharedWorker(liveWorker, { name: "another", type: "module" });
  window.joined = port;
  port.onmessage = ({ data }) => {
    if (data.event === "live") window.told = data.data.topics[0];
  };
  const url = new URL(live, location.href).href;
  port.postMessage({ join: url, who: "", born: Date.now() - age });
}"""


def wake(staff: Staff, topic: str = "") -> None:
    """Wake somebody's screens; without a topic their bell."""
    with transaction.atomic():
        wake_people([topic or f"notices-{staff.pk}"], [staff.pk])


def hears(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    page.wait_for_timeout(ARRIVES)  # whatever the page reads anew when it begins to hear


class Held:
    """Requests that are not answered before it is said."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        self._routes: list[Route] = []
        page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        self._routes.append(route)

    def first(self) -> Route:
        for _try in range(PATIENCE // 20):
            if self._routes:
                return self._routes.pop(0)
            self.page.wait_for_timeout(20)
        raise AssertionError(f"nobody asked for {self._url}")

    def let_go(self) -> None:
        self.page.unroute(self._url)
        for route in self._routes:
            route.continue_()


def test_what_is_told_while_the_answer_is_on_its_way_is_asked_for_again(site: Site) -> None:
    """What changed, and that nobody knows what changed."""
    page = site.sign_in(SUPERVISOR)
    staff = Staff.objects.get(number="1008")
    topic = f"watch-{staff.pk}"
    asked: list[str] = []
    told = ""

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        drawn = route.fetch()
        if len(asked) == 1:  # it is drawn; now something happens before it arrives
            wake(staff, told)
            page.wait_for_timeout(ARRIVES)
        route.fulfill(response=drawn)

    expect(page.locator("#q-watch")).to_be_attached()
    hears(page)
    page.route("**/calls/living/mine", answer)
    for told in (topic, "resync"):
        asked.clear()
        with page.expect_response("**/calls/living/mine"):
            wake(staff, topic)
        page.wait_for_timeout(2 * ARRIVES)
        assert len(asked) == 2, told
        page.wait_for_timeout(ARRIVES)
        assert len(asked) == 2, "and then no more"


def test_what_somebody_asked_for_arrives_and_nothing_told_is_lost(site: Site) -> None:
    page = site.sign_in(AGENT)
    staff = Staff.objects.get(number="1027")
    presses_while_something_is_sent(page, site.address)
    goes_on_after_the_end(page)
    hears(page)
    for verb in ("get", "post"):
        waits_for_what_was_asked_for(page, verb)
    ends_without_its_button(page)
    fails_without_its_button(page)
    leaves_what_is_typed(page)
    catches_up_when_seen(page, staff)
    joins_late(page)
    for is_slow in (False, True):
        hears_alone(page, staff, is_slow=is_slow)


def presses_while_something_is_sent(page: Page, address: str) -> None:
    """Another form opens in the middle while the first is on its way; then its answer comes."""
    page.goto(f"{address}/workspace/?new=phone")
    page.fill("form.q-newcontact [name=phone]", "138 0571 2264")
    held = Held(page, "**/new/phone/")
    page.click("form.q-newcontact [data-primary]")
    sent = held.first()
    page.click("[data-key='n c']")
    expect(page.locator("form.q-newcontact[hx-post*=counter]")).to_be_visible()
    sent.continue_()
    page.wait_for_url(re.compile("open=contact"))
    expect(page.locator("#contact-head")).to_be_visible()
    expect(page.locator("html")).not_to_have_class(SLOW)
    held.let_go()


def goes_on_after_the_end(page: Page) -> None:
    """What comes after a contact is in the middle, however fast it comes."""
    settle(page)
    page.route("**/workspace/next", lambda route: route.fulfill(body=MIDDLE))
    page.fill("#contact-wrap [name=note]", "Asked for the opening hours of the counter")
    page.locator("#contact-wrap [name=reason]").select_option(index=1, force=True)
    page.locator("#contact-wrap [name=outcome]").first.check(force=True)
    page.click("#contact-wrap [data-primary]")
    expect(page.locator("#what-comes-next")).to_be_attached()


def waits_for_what_was_asked_for(page: Page, verb: str) -> None:
    """A part is not drawn anew under a button that was pressed in it, and is afterwards."""
    presses, draws = Held(page, "**/x/asked"), Held(page, "**/x/part")
    page.evaluate(DRAWS, PART.format(verb=verb, word="first"))
    told, anew = page.locator("#told"), PART.format(verb=verb, word="anew")
    page.locator("#part button").click()
    asked = presses.first()
    page.evaluate(WAKES, "live:part")
    with page.expect_response("**/x/part"):
        draws.first().fulfill(body=anew)
    page.wait_for_timeout(ARRIVES)
    expect(told).to_have_text("first")
    asked.fulfill(body="the answer")
    again = draws.first()
    expect(told).to_have_text("the answer")
    again.fulfill(body=anew)
    expect(told).to_have_text("anew")
    presses.let_go()
    draws.let_go()


def ends_without_its_button(page: Page) -> None:
    """A slow press is over when its answer is here, though its button is another by then."""
    held = Held(page, BOX)
    page.locator("#bell button").click()
    asked = held.first()
    expect(page.locator("html")).to_have_class(SLOW)
    expect(page.locator("#q-notices")).to_have_attribute("aria-busy", "true")
    page.evaluate("document.querySelector('#bell').replaceWith(document.createElement('p'))")
    asked.continue_()
    expect(page.locator("html")).not_to_have_class(SLOW)
    expect(page.locator("#q-notices")).not_to_have_attribute("aria-busy", "true")
    held.let_go()
    page.reload()
    hears(page)


def fails_without_its_button(page: Page) -> None:
    """A press that fails says so, though its button is another by then."""
    presses = Held(page, "**/x/asked")
    page.evaluate(DRAWS, PART.format(verb="post", word="first"))
    page.locator("#part button").click()
    asked = presses.first()
    page.evaluate("document.querySelector('#part button').remove()")
    asked.fulfill(status=500, body="")
    expect(page.locator(".q-inlinefail")).to_be_visible()
    expect(page.locator(".q-inlinefail")).to_have_count(1)
    presses.let_go()
    page.reload()
    hears(page)


def leaves_what_is_typed(page: Page) -> None:
    """One of many parts that come together is not drawn anew under the field that is typed in, and
    is afterwards; the others are drawn at once."""
    draws = Held(page, "**/x/many")
    page.evaluate(DRAWS, MANY.format(oob="", word="first"))
    page.locator("#typed input").fill("half a wo")
    anew = MANY.format(oob=' hx-swap-oob="true"', word="anew")
    page.evaluate(WAKES, "live:many")
    draws.first().fulfill(body=anew)
    expect(page.locator("#beside")).to_have_text("anew")
    expect(page.locator("#typed input")).to_have_value("half a wo")
    page.locator("#typed input").blur()
    draws.first().fulfill(body=anew)
    expect(page.locator("#typed input")).to_have_value("anew")
    draws.let_go()


def catches_up_when_seen(page: Page, staff: Staff) -> None:
    """A page that nobody sees reads nothing anew, and everything when it is seen again."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(HIDES, True)
    wake(staff, "resync")
    page.wait_for_timeout(ARRIVES)
    assert [url for url in asked if url.endswith("/notices/bell/")] == []
    with page.expect_response(BELL):
        page.evaluate(HIDES, False)


def joins_late(page: Page) -> None:
    """A worker is told when its page began, not how old it was when it called the worker."""
    page.evaluate(JOINS, 60_000)
    page.wait_for_function("() => window.told === 'resync'")
    page.evaluate("window.joined.postMessage({ leave: true })")


def hears_alone(beside: Page, staff: Staff, *, is_slow: bool) -> None:
    """A browser without shared workers whose first line to the server fails, or is slow: what was
    told meanwhile is read. (The page beside it keeps the server listening.)"""
    page = beside.context.new_page()
    page.add_init_script("Object.defineProperty(window, 'SharedWorker', { value: undefined })")
    held = Held(page, "**/live/*")
    page.goto(beside.url)
    line = held.first()
    wake(staff)
    page.wait_for_timeout(ARRIVES)
    with page.expect_response(BELL):
        if is_slow:
            page.evaluate(COMES_LATE)
            line.continue_()
        else:
            page.evaluate(STANDS_STILL)  # nothing is late, and the page no older: it has failed
            line.fulfill(status=503)
        held.let_go()
    page.close()


def test_a_page_that_reads_nothing_anew_is_led_away_too_when_its_person_signs_out(
    site: Site,
) -> None:
    page = site.sign_in(AGENT)
    hears(page)
    page.evaluate(HEARS_NOTHING)
    other = page.context.new_page()
    other.goto(site.address + reverse("account_logout"))
    other.locator("form.box button").click()
    page.wait_for_url(re.compile("/login"), timeout=ENDS_WITHIN)
    other.close()
