"""A supervisor hears a call, whispers to its agent, and moves the caller who waits behind."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.staff.models import Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import company_id
from qiao.telephony.controller import Controller
from qiao.telephony.models import CallWatch
from qiao.telephony.operations import add_line
from qiao.telephony.played import PlayedExchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site, see

LINE, QUEUE, REPAIRS = "96390", "water.billing", "water.repair"
AGENT, SUPERVISOR = "林晓岚", "沈国良"


class Exchange:
    """The played switch with its controller, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()))

    async def _run(self) -> None:
        self._played = PlayedExchange(timezone.now)
        controller = Controller(self._played.engine, timezone.now)
        tasks = [asyncio.create_task(each) for each in (self._played.run(), controller.run())]
        self._ready.set()
        await self._stop.wait()
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def call(self, number: str) -> str:
        """Somebody calls the line; their channel."""
        return str(self._do(lambda: self._played.engine.switch.call(number, LINE)))

    def put_down(self, channel: str) -> None:
        self._do(lambda: self._played.engine.switch.put_down(channel))

    def _do(self, act: Callable[[], Any]) -> Any:
        done: Future[Any] = Future()
        self._loop.call_soon_threadsafe(lambda: done.set_result(act()))
        return done.result(timeout=10)


@pytest.fixture
def exchange(site: Site) -> Iterator[Exchange]:
    del site
    with transaction.atomic():
        define_skill(key=QUEUE, names={"en": QUEUE})
        give_skill(staff=Staff.objects.get(number="1027"), skill_key=QUEUE, level=3)
        add_line(number=LINE, name="供水热线", organisation_id=company_id(), queue=QUEUE)
    made = Exchange()
    made.start()
    yield made
    made.stop()
    connections.close_all()


def bar(page: Page) -> Any:
    return page.locator("#q-watch")


def rows(page: Page, heading: str) -> Any:
    return page.locator("section", has=page.locator(heading)).locator("tbody tr")


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

    exchange.put_down(first)
    expect(bar(watcher)).to_contain_text("The call has ended")
    assert CallWatch.objects.get().why == "over"
