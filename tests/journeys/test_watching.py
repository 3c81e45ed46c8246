"""A supervisor hears a call, whispers to its agent, moves who waits and puts them first."""

from typing import Any

from playwright.sync_api import Page, expect

from qiao.telephony.models import CallWatch
from tests.journeys.exchanges import Exchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, see

REPAIRS = "water.repair"
AGENT, SUPERVISOR = "林晓岚", "沈国良"


def bar(page: Page) -> Any:
    return page.locator("#q-watch")


def rows(page: Page, heading: str) -> Any:
    return page.locator("section", has=page.locator(heading)).locator("tbody tr")


def put_first(watcher: Page, waits: Any) -> None:
    """Say why; the row tells it."""
    waits.get_by_role("button", name="Put first").click()
    watcher.locator("dialog [name=reason]").fill("Cut off before")
    watcher.keyboard.press("Enter")
    expect(waits.get_by_role("button", name="Back to their place")).to_be_visible()
    expect(watcher.locator("dialog[open]")).to_have_count(0)


def test_a_supervisor_listens_whispers_and_moves_the_caller_who_waits(
    site: Site, exchange: Exchange
) -> None:
    agent = site.sign_in(AGENT)
    agent.keyboard.press("Alt+s")
    expect(agent.locator('#q-standing [data-s="ready"]')).to_be_visible()
    first = exchange.call(PHONE_NUMBER)
    agent.locator("[data-accept]").click()
    expect(agent.locator("#q-calltools")).to_be_visible()
    exchange.call("13900001111")

    watcher = site.sign_in(SUPERVISOR)
    watcher.goto(f"{site.address}/calls/living/")
    talked = rows(watcher, "#lc-talked")
    expect(talked).to_contain_text(CUSTOMER)
    talked.get_by_role("button", name="Listen").click()
    expect(bar(watcher)).to_contain_text(f"You listen to {AGENT}")
    expect(talked).to_contain_text("You listen")
    expect(agent.locator("#q-calltools")).not_to_contain_text(SUPERVISOR)

    watcher.keyboard.press("Alt+w")
    expect(bar(watcher)).to_contain_text(f"{AGENT} hears you, the caller does not")
    see(agent, f"{SUPERVISOR} whispers to you; the caller does not hear it")

    waits = rows(watcher, "#lc-waiting")
    expect(waits).to_contain_text("Bills and payment")
    waits.get_by_role("button", name="Move").click()
    watcher.locator("#lc-to-queue").select_option(REPAIRS)
    watcher.locator("dialog").get_by_role("button", name="Move", exact=True).click()
    expect(waits).to_contain_text("Repairs and supply")
    expect(watcher.locator("dialog[open]")).to_have_count(0)

    put_first(watcher, waits)
    exchange.put_down(first)
    expect(bar(watcher)).to_contain_text("The call has ended")
    assert CallWatch.objects.get().why == "over"
