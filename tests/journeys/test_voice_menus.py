"""An administrator gives a key of the voice menu something new to do, and a caller meets it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from qiao.telephony.models import Call, CallEntry, OwedCall, VoiceMenu, VoiceMenuDraft
from qiao.telephony.operations import add_line, install_menus, save_step
from qiao.telephony.queries import histories
from qiao.telephony.rules.menu_edit import part_of
from qiao.telephony.tests.test_screen_phones import running
from tests.journeys.site import PATIENCE, PHONE_NUMBER, Site, see, settle

pytestmark = pytest.mark.browser
KEY, LINE = "water.hotline", "96390"
WORDS = {
    "zh-hans": "请说出您看到的水表读数。",
    "yue": "請講出您見到嘅水錶讀數。",
    "en": "Tell us the reading of your meter.",
}


@contextmanager
def played() -> Iterator[None]:
    """The played switch and its controller, beside the browser."""
    over = threading.Event()

    async def conduct() -> None:
        async with running():
            await asyncio.to_thread(over.wait)

    def live() -> None:
        asyncio.run(conduct())
        connections.close_all()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def until(page: Page, what: Callable[[], bool]) -> None:
    """Look again and again until something holds."""
    for _look in range(PATIENCE // 100):
        if what():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to that")


def open_line() -> None:
    with transaction.atomic():
        install_menus(timezone.now())
        company = Organisation.objects.get(code="city")
        add_line(
            number=LINE, name="热线", organisation_id=company.pk, queue="water.billing", menu=KEY
        )


def give_key_seven(site: Site, page: Page) -> None:
    """Key 7 leads to a new message; what it lacks is told at once, and mended."""
    page.goto(f"{site.address}/calls/menus/")
    page.get_by_role("link", name="Hotline").click()
    page.get_by_role("button", name="New draft").click()
    page.locator("#menu-tree a[href$='step=main'][hx-get]").first.click()
    page.select_option("#step-pane [name=keys-7]", "+message")
    expect(page.locator("#menu-head")).to_contain_text("3 faults")
    page.locator("#menu-tree a[href$='step=message']").click()
    expect(page.locator("#step-pane .vm-slot .q-error")).to_have_count(3)
    for language, words in WORDS.items():
        page.fill(f"#step-pane [name=text-message-{language}]", words)
    page.select_option("#step-pane [name=next]", "left")
    expect(page.locator("#menu-head")).to_contain_text("no faults")
    settle(page)


def be_overtaken(page: Page) -> None:
    """The words that are open are changed elsewhere: both are shown, the second word counts."""
    draft = VoiceMenuDraft.objects.get(key=KEY)
    part = part_of(draft.data, "message")
    with transaction.atomic():
        save_step(
            key=KEY, step="message", values=part.values, seen=part.stamp, now=timezone.now(),
            texts={"message": {"en": "Say it now."}},
            actor=actor_for(Staff.objects.get(name="郑岩"), day=timezone.localdate()),
        )  # fmt: skip
    pane, words = page.locator("#step-pane"), page.locator("[name=text-message-en]")
    words.fill("Tell it.")
    words.blur()
    expect(pane).to_contain_text("Somebody changed this step meanwhile")
    expect(pane.locator("table")).to_contain_text("Say it now.")
    expect(pane.locator("table")).to_contain_text("Tell it.")
    words.fill(WORDS["en"])
    words.blur()
    expect(page.locator("#menu-head")).to_contain_text("saved")
    settle(page)
    assert VoiceMenuDraft.objects.get(key=KEY).data["texts"]["message"]["en"] == WORDS["en"]


def try_it(page: Page) -> None:
    """By keys alone, at night too."""
    page.get_by_role("link", name="Try", exact=True).click()
    page.select_option("#try-language", "en")
    page.select_option("#try-when", "night")
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_role("button", name="Nothing known").click()
    see(page, "For bills and payment press 1")
    page.keyboard.press("7")
    expect(page.locator(".vm-course")).to_contain_text(WORDS["en"])
    page.get_by_role("button", name="Leave a message and press #").click()
    see(page, "Your message has number")
    see(page, "The trial is over")
    assert not Call.objects.exists()


def publish(page: Page) -> None:
    page.get_by_role("link", name="To the draft").click()
    page.get_by_role("link", name="Publish…").click()
    page.fill("[name=reason]", "Readings are told by voice")
    page.get_by_role("button", name="Publish", exact=True).click()
    see(page, "In service. The next call meets it.")
    assert VoiceMenu.objects.get(version=2).reason == "Readings are told by voice"


def call_in(site: Site, page: Page) -> None:
    """The telephone on the screen meets the new key."""
    page.goto(f"{site.address}/calls/phone/")
    page.fill("[name=caller]", PHONE_NUMBER)
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator(".q-said")).to_contain_text("供水服务热线")
    page.get_by_role("button", name="7", exact=True).click()
    expect(page.locator(".q-said")).to_contain_text(WORDS["zh-hans"])
    call = Call.objects.get()
    assert histories([call.pk])[call.pk].menu_version == 2
    until(page, lambda: CallEntry.objects.filter(call=call, kind="recording_began").exists())
    page.get_by_role("button", name="Hang up").click()
    until(page, lambda: OwedCall.objects.filter(call=call, kind="message").exists())


def test_a_new_key_is_drawn_tried_published_and_met_by_the_next_call(site: Site) -> None:
    open_line()
    with played():
        page = site.sign_in("郑岩")
        give_key_seven(site, page)
        be_overtaken(page)
        try_it(page)
        publish(page)
        call_in(site, page)
