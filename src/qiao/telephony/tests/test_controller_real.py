"""The controller as it is run, a process with its database, leads a real Asterisk; it is killed
amid calls, and another takes them up. See `real_files` for the switch."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import be_ready, sign_on
from qiao.core.packs.enabled import catalogue
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.models import Call, CallEntry, Line
from qiao.telephony.operations import add_line, install_menus
from qiao.telephony.rules import asks
from qiao.telephony.rules.switch_files import APP
from qiao.telephony.tests.performing import DIALLED, FIRST
from qiao.telephony.tests.real_stage import World, address
from qiao.telephony.tests.test_controller import ask, in_phase, logs_tell_what_stands, until

pytestmark = pytest.mark.skipif(
    "ARI_URL" not in os.environ, reason="ARI_URL names no real Asterisk"
)
BILLS = "water.billing"
BEGINS = 60.0  # seconds in which a process has begun to lead, on a busy machine too


@pytest.fixture
def company(own_database: str) -> Iterator[Company]:
    """A company with a hotline and its menu, and somebody with a telephone."""
    environment = dict(os.environ)
    url = urlsplit(environment["DATABASE_URL"])
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{own_database}"))
    with transaction.atomic():
        made = make_company()
        for key in sorted({each.skill for each in catalogue().queues.values() if each.skill}):
            define_skill(key=key, names={"en": key})
        give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
        install_menus(timezone.now())
        add_line(
            number=DIALLED, name="热线", organisation_id=made.company.pk, queue=BILLS,
            menu="water.hotline",
        )  # fmt: skip
    try:
        yield made
    finally:
        os.environ["DATABASE_URL"] = environment["DATABASE_URL"]


class Lead:
    """A controller in a process of its own."""

    def __init__(self, world: World, log: Path) -> None:
        self._world, self._log = world, log

    async def begins(self) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "QIAO_EMBEDDED"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "qiao.config.cli", "telephony", "run"],
                env={**environment, "QIAO_SWITCH": "asterisk"}, cwd=settings.BASE_DIR,
                stdout=log, stderr=log,
            )  # fmt: skip
        await self._listens(True)

    async def _listens(self, on: bool) -> None:
        """Wait until the switch has somebody who listens, or nobody."""
        end = time.monotonic() + BEGINS
        while bool(await self._world.get(f"applications/{APP}")) != on:
            assert time.monotonic() < end, self._log.read_text()
            await asyncio.sleep(0.1)

    async def dies(self) -> None:
        self._process.kill()
        self._process.wait()
        await self._listens(False)


@contextlib.asynccontextmanager
async def led(log: Path) -> AsyncIterator[tuple[World, Lead]]:
    world = World(address())
    await world.start()
    lead = Lead(world, log)
    try:
        assert not await world.get(f"applications/{APP}"), "a controller listens to this switch"
        await lead.begins()
        yield world, lead
        assert world.troubles == []
    finally:
        with contextlib.suppress(Exception):
            await lead.dies()
        await world.stop()
        await sync_to_async(connections.close_all)()


def is_ready(company: Company) -> None:
    with transaction.atomic():
        sign_on(actor=company.agent, endpoint=FIRST, now=timezone.now())


def has_done(company: Company) -> None:
    """The work after the call is over."""
    with transaction.atomic():
        be_ready(actor=company.agent, now=timezone.now())


def newest() -> Call:
    return Call.objects.latest("id")


async def in_the_menu(world: World) -> Call:
    """Somebody has called and is in the menu."""
    before = await sync_to_async(Call.objects.count)()
    world.next(world.call())
    await until(lambda: Call.objects.count() > before and newest().phase == "menu")
    found: Call = await sync_to_async(newest)()
    return found


async def is_empty(world: World) -> None:
    """Nothing of ours stands at the switch any more."""
    for _ in range(100):
        if all(each["creator"] != "Stasis" for each in await world.get("bridges")):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await world.get("bridges"))


async def talks_on(world: World, lead: Lead, company: Company) -> None:
    """Through the menu to an agent, who goes on talking while nobody conducts; then the call is
    conducted to its end."""
    call = await in_the_menu(world)
    world.next(world.press(call.channel, "1"))
    await until(in_phase("waiting"))
    await sync_to_async(is_ready)(company)
    await until(in_phase("talking"))
    await lead.dies()
    assert max(len(each["channels"]) for each in await world.get("bridges")) == 2
    await lead.begins()
    await sync_to_async(ask)(call, company.agent, asks.Hold(on=True))
    await until(in_phase("held"))
    await sync_to_async(ask)(call, company.agent, asks.Hold(on=False))
    await until(in_phase("talking"))
    world.next(world.put_down(call.channel))
    await until(in_phase("ended"))
    await until(lambda: AgentState.objects.filter(state="wrap_up").exists())


async def is_taken_unheard(world: World, lead: Lead, company: Company) -> Call:
    """In the menu while nobody conducts, and taken while nobody does."""
    call = await in_the_menu(world)
    await lead.dies()
    await lead.begins()
    world.manners["1001"] = ("silent", 0.0)
    world.next(world.press(call.channel, "1"))
    await until(in_phase("ended", "waiting"))
    await sync_to_async(has_done)(company)
    await until(lambda: CallEntry.objects.filter(call=call, kind="rings").exists())
    await lead.dies()
    world.next(world.take_now())
    await asyncio.sleep(0.5)
    await lead.begins()
    await until(in_phase("ended", "talking"))
    return call


async def ends_unheard(world: World, lead: Lead, call: Call) -> None:
    await lead.dies()
    world.next(world.put_down(call.channel))
    await asyncio.sleep(0.5)
    await lead.begins()
    await until(in_phase("ended", "ended"))
    await until(lambda: not AgentState.objects.filter(state="busy").exists())
    await is_empty(world)


def test_a_controller_is_killed_on_a_real_asterisk_and_another_goes_on(
    company: Company, tmp_path: Path
) -> None:
    log = tmp_path / "controller.log"

    async def scenes() -> None:
        async with led(log) as (world, lead):
            await talks_on(world, lead, company)
            call = await is_taken_unheard(world, lead, company)
            await ends_unheard(world, lead, call)

    asyncio.run(asyncio.wait_for(scenes(), 5 * BEGINS))
    assert logs_tell_what_stands()
    assert not Offer.objects.filter(state="open").exists()
    assert not Waiting.objects.filter(state__in=["waiting", "offered"]).exists()
    assert "Traceback" not in log.read_text()


def greets(seconds: int) -> None:
    """The line has no menu, and a greeting of so many seconds."""
    with transaction.atomic():
        Line.objects.update(menu="", greeting=["sound:cc/welcome"] * seconds)


async def dies_while_greeting(world: World, lead: Lead, seconds: int) -> Call:
    await sync_to_async(greets)(seconds)
    before = await sync_to_async(Call.objects.count)()
    world.next(world.call())
    await until(lambda: Call.objects.count() > before and newest().phase == "greeted")
    await asyncio.sleep(0.3)
    await lead.dies()
    found: Call = await sync_to_async(newest)()
    return found


def anew(call: Call) -> int:
    return CallEntry.objects.filter(call=call, kind="greeted_anew").count()


def test_a_greeting_that_a_kill_cut_on_a_real_asterisk_is_said_anew_and_one_that_was_over_is_not(
    company: Company, tmp_path: Path
) -> None:
    del company
    log = tmp_path / "controller.log"

    async def scenes() -> None:
        async with led(log) as (world, lead):
            call = await dies_while_greeting(world, lead, int(BEGINS))
            await lead.begins()
            await until(lambda: anew(call) == 1)
            assert (await sync_to_async(newest)()).phase == "greeted"
            world.next(world.put_down(call.channel))
            await until(in_phase("ended"))
            call = await dies_while_greeting(world, lead, 1)
            await asyncio.sleep(1.5)
            await lead.begins()
            await until(in_phase("ended", "waiting"))
            assert await sync_to_async(anew)(call) == 0
            world.next(world.put_down(call.channel))
            await until(in_phase("ended", "ended"))
            await is_empty(world)

    asyncio.run(asyncio.wait_for(scenes(), 5 * BEGINS))
    assert "Traceback" not in log.read_text()
