"""After a talk: from hanging up to ready in three keys at most."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.contact.models import AgentState, Interaction
from qiao.customers.operations import NewPhone, register_customer
from qiao.staff.queries import actor_by_number
from tests.journeys.exchanges import Exchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, settle
from tests.journeys.test_journeys import open_leak

AGENT = "林晓岚"
SHARED = "13805710101"
MOST_KEYS = 3


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


@pytest.fixture
def agent(site: Site, exchange: Exchange) -> Page:
    del exchange
    page = site.sign_in(AGENT)
    page.keyboard.press("Alt+s")
    return page


def is_ready(page: Page) -> None:
    expect(page.locator('#q-standing [data-s="ready"]')).to_be_visible()


def takes(page: Page, exchange: Exchange) -> str:
    """The next call, with its contact on the screen."""
    is_ready(page)
    channel = exchange.call(PHONE_NUMBER)
    page.locator("[data-accept]").click()
    expect(page.locator("#q-calltools")).to_be_visible()
    expect(page.locator("#contact-head")).to_contain_text(CUSTOMER)
    return channel


def is_over(page: Page) -> None:
    expect(page.locator("#q-calltools")).to_contain_text("hung up")
    settle(page)


def closes(keys: Keys) -> Interaction:
    """The person is ready again, after three keys at most; the contact that was closed."""
    is_ready(keys.page)
    assert keys.count <= MOST_KEYS

    found: Interaction = Interaction.objects.filter(state="closed").latest("closed_at")
    return found


def outcomes(page: Page) -> Any:
    return page.locator("#contact-wrap [data-numbered] input")


def after_a_case(page: Page, exchange: Exchange) -> None:
    """A case was opened: all is proposed, and one key closes."""
    channel = takes(page, exchange)
    expect(page.locator("#contact-wrap [name=reason]")).to_have_value("water.bill_query")
    open_leak(page)
    expect(page.locator("#contact-wrap [name=reason]")).to_have_value("water.small_leak")
    exchange.put_down(channel)
    is_over(page)
    keys = Keys(page)
    keys.press("Control+Enter")
    found = closes(keys)
    assert (found.reason, found.outcome) == ("water.small_leak", "water.case_opened")


def after_hanging_up(page: Page, exchange: Exchange) -> None:
    """Nothing but a talk, and the agent hangs up: its end is one digit."""
    takes(page, exchange)
    keys = Keys(page)
    keys.press("Alt+x")
    is_over(page)
    expect(outcomes(page).first).to_be_focused()
    keys.press("1", "Control+Enter")
    found = closes(keys)
    assert (found.reason, found.outcome) == ("water.bill_query", "water.answered")
    assert found.subject


def while_writing(page: Page, exchange: Exchange) -> None:
    """They write when the caller hangs up: the focus stays, until the end is asked for."""
    channel = takes(page, exchange)
    note = page.locator("#contact-wrap [name=note]")
    note.click()
    page.keyboard.type("Asks what")
    exchange.put_down(channel)
    is_over(page)
    expect(note).to_be_focused()
    keys = Keys(page)
    keys.press("Control+Enter")
    expect(outcomes(page).first).to_be_focused()
    keys.press("2", "Control+Enter")
    found = closes(keys)
    assert (found.outcome, found.summary) == ("water.done_on_line", "Asks what")


def of_several(page: Page, exchange: Exchange) -> None:
    """The number is that of two people: digits say who it was before they say how it ended."""
    now, boss = timezone.now(), actor_by_number("1008", day=timezone.localdate())
    for name in ("王敏", "王强"):
        with transaction.atomic():
            register_customer(
                actor=boss, now=now, organisation_id=boss.organisation_id, name=name,
                phones=[NewPhone(SHARED)],
            )  # fmt: skip
    is_ready(page)
    channel = exchange.call(SHARED)
    page.locator("[data-accept]").click()
    expect(page.locator("#contact-head .q-pick")).to_have_count(2)
    exchange.put_down(channel)
    is_over(page)
    keys = Keys(page)
    keys.press("1")
    expect(outcomes(page).first).to_be_focused()
    keys.press("1", "Control+Enter")
    found = closes(keys)
    assert found.customer_id is not None
    assert found.outcome == "water.answered"


def rung_among_the_outcomes(page: Page, exchange: Exchange) -> None:
    """Ready before the contact is closed, and rung with the focus there: Space takes the call."""
    exchange.put_down(takes(page, exchange))
    is_over(page)
    page.keyboard.press("Control+Enter")
    expect(outcomes(page).first).to_be_focused()
    page.keyboard.press("Alt+r")
    is_ready(page)
    channel = exchange.call(PHONE_NUMBER)
    expect(page.locator("[data-accept]")).to_be_visible()
    expect(outcomes(page).first).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#q-calltools")).to_be_visible()
    exchange.put_down(channel)
    is_over(page)


def test_a_talk_is_wrapped_up_in_three_keys_at_most(exchange: Exchange, agent: Page) -> None:
    after_a_case(agent, exchange)
    after_hanging_up(agent, exchange)
    while_writing(agent, exchange)
    of_several(agent, exchange)
    assert AgentState.objects.get(staff__number="1027").state == "ready"
    takes(agent, exchange)
    agent.locator("h1").first.click()
    agent.keyboard.press("?")
    expect(agent.locator("#q-keys")).to_contain_text("Outcome, then its number")


def test_a_call_is_taken_by_space_among_the_outcomes(exchange: Exchange, agent: Page) -> None:
    rung_among_the_outcomes(agent, exchange)
