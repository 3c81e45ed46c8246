"""An agent asks a colleague and hands a call over; another one is sent on at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction
from playwright.sync_api import Page, expect

from qiao.contact.models import Interaction
from qiao.staff.models import Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import company_id
from qiao.telephony.models import Call
from qiao.telephony.operations import add_line
from tests.journeys.exchanges import LINE, Exchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, see, settle

pytestmark = pytest.mark.browser
QUEUE = "water.billing"
FIRST, SECOND = "林晓岚", "周明"
WORDS = "Doubts the bill of March, has sent a photo"
NOTE = "Bill of March is three times as high"


@pytest.fixture
def exchange(site: Site) -> Iterator[Exchange]:
    del site
    with transaction.atomic():
        define_skill(key=QUEUE, names={"en": QUEUE})
        for number in ("1027", "1028"):
            give_skill(staff=Staff.objects.get(number=number), skill_key=QUEUE, level=3)
        add_line(number=LINE, name="供水热线", organisation_id=company_id(), queue=QUEUE)
    made = Exchange()
    made.start()
    yield made
    made.stop()
    connections.close_all()


def stands(page: Page, state: str) -> None:
    expect(page.locator(f'#q-standing [data-s="{state}"]')).to_be_visible()


def tools(page: Page) -> Any:
    return page.locator("#q-calltools")


def pop(page: Page) -> Any:
    return page.locator("#q-pop-place .q-pop")


def take(page: Page) -> None:
    expect(page.locator("[data-accept]")).to_be_visible()
    page.keyboard.press("Space")


def talks(page: Page) -> None:
    expect(tools(page).get_by_role("button", name="Mute")).to_be_visible()
    expect(page.locator("#contact-head")).to_contain_text(CUSTOMER)
    settle(page)


def choose(page: Page, name: str) -> None:
    """Open the transfer, say what it is about, choose by name."""
    page.keyboard.press("Alt+t")
    expect(page.locator("#q-transfer-words")).to_be_focused()
    page.keyboard.type(WORDS)
    page.locator("#q-transfer").get_by_role("button", name=name).click()


def asked_first(first: Page, second: Page) -> None:
    """The colleague is asked, joins, and has the call then."""
    choose(first, SECOND)
    for words in (CUSTOMER, f"{FIRST} sends you this call", WORDS, NOTE):
        expect(pop(second)).to_contain_text(words)
    expect(tools(first)).to_contain_text(f"{SECOND} is being rung; the caller is on hold")
    take(second)
    expect(tools(first)).to_contain_text(f"You speak with {SECOND}; the caller is on hold")
    for words in (CUSTOMER, f"You speak with {FIRST}; the caller is on hold", WORDS, NOTE):
        expect(pop(second)).to_contain_text(words)
    first.keyboard.press("Alt+j")
    expect(tools(first)).to_contain_text(f"{SECOND} talks with you both")
    expect(pop(second)).to_contain_text(f"You talk with {FIRST} and the caller")
    first.keyboard.press("Alt+t")
    see(first, f"{SECOND} has this contact at hand.")
    stands(first, "wrap_up")
    first.keyboard.press("Alt+r")
    stands(first, "ready")


def sent_at_once(first: Page, second: Page) -> None:
    """The colleague is rung with the caller; whoever sent them on has nothing more to press."""
    first.keyboard.press("Alt+t")
    first.locator("#q-transfer-words").fill(WORDS)
    row = first.locator(".q-sendrow", has_text=SECOND)
    row.get_by_role("button", name="Send at once").click()
    expect(tools(first)).to_contain_text("Sent on: the caller waits in")
    expect(tools(first).get_by_role("button", name="Hang up")).to_have_count(0)
    expect(pop(second)).to_contain_text(WORDS)
    second.locator("[data-accept]").click()  # their focus is on the contact before
    talks(second)
    expect(tools(second)).to_contain_text(WORDS)
    see(first, f"{SECOND} has this contact at hand.")


def test_a_colleague_is_asked_joins_and_has_the_call_and_another_is_sent_on_at_once(
    site: Site, exchange: Exchange
) -> None:
    first, second = site.sign_in(FIRST), site.sign_in(SECOND)
    first.keyboard.press("Alt+s")
    stands(first, "ready")
    exchange.call(PHONE_NUMBER)
    take(first)
    talks(first)
    first.fill("#contact-wrap [name=note]", NOTE)
    kept = first.locator("#contact-wrap [data-draft-state]")
    expect(kept).to_have_attribute("data-state", "saved")
    second.keyboard.press("Alt+s")
    stands(second, "ready")
    asked_first(first, second)
    talks(second)
    expect(second.locator("#contact-wrap [name=note]")).to_have_value(NOTE)
    second.keyboard.press("Alt+x")
    stands(second, "wrap_up")
    contact = Interaction.objects.get()
    assert (contact.state, contact.agent.name) == ("wrap_up", SECOND)

    exchange.call(PHONE_NUMBER)
    take(first)
    talks(first)
    second.keyboard.press("Alt+r")
    stands(second, "ready")
    sent_at_once(first, second)
    assert Call.objects.latest("id").staff.name == SECOND
