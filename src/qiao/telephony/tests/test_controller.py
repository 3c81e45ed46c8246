"""The controller on the played switch and a real database: calls, asks, kills, a lost database."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from qiao.contact.models import AgentState, Interaction, Offer, Waiting
from qiao.contact.operations import sign_on
from qiao.core.actor import Actor
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony import controller
from qiao.telephony.controller import Controller
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.models import Call, CallAsk, CallEntry
from qiao.telephony.operations import add_line, ask_of_call
from qiao.telephony.operations.asking import NotYourCall
from qiao.telephony.queries import histories
from qiao.telephony.rules import asks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONG = 20.0
BILLS = "water.billing"
CALLER, HOTLINE = "13805712264", "96111"


@pytest.fixture
def world(own_database: str) -> Company:
    """A company with a hotline and three people who take its calls."""
    del own_database
    with transaction.atomic():
        made = make_company()
        define_skill(key=BILLS, names={"en": BILLS})
        for staff in (made.agent_staff, made.colleague_staff, made.outsider_staff):
            give_skill(staff=staff, skill_key=BILLS, level=3)
        add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


def on_duty(*people: Actor) -> None:
    with transaction.atomic():
        for each in people:
            sign_on(actor=each, endpoint=phone_of(each), now=timezone.now())


def phone_of(person: Actor) -> str:
    return f"PJSIP/{person.person_id}"


class Hotline:
    """A switch that lives on while controllers come and go."""

    def __init__(self, *people: Actor) -> None:
        self.set_by = timedelta()
        self.engine = SimEngine(LoopClock(self.now))
        for each in people:
            self.phone(each)

    def phone(self, person: Actor, manner: Any = "answers") -> None:
        endpoint = phone_of(person)
        self.engine.switch.phones[endpoint] = Phone(endpoint, manner, after_seconds=0.05)

    def now(self) -> datetime:
        """The clock of the day, which may be set."""
        return timezone.now() + self.set_by

    @asynccontextmanager
    async def led(self) -> "AsyncIterator[Controller]":
        """A controller that leads for a block, and is killed at its end."""
        controller = Controller(self.engine, self.now)
        running = asyncio.create_task(controller.run())
        try:
            yield controller
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


def seen(what: Callable[[], Any]) -> Any:
    """What is there now; nothing where our own connection was cut, which is opened anew."""
    try:
        return what()
    except OperationalError:
        connection.close()
        return None


async def until(what: Callable[[], Any]) -> Any:
    """Look at the database again and again until something holds."""
    end = time.monotonic() + LONG
    while not (found := await sync_to_async(seen)(what)):
        assert time.monotonic() < end, "it never came to that"
        await asyncio.sleep(0.02)
    return found


def in_phase(*phases: str) -> Callable[[], Any]:
    return lambda: sorted(Call.objects.values_list("phase", flat=True)) == sorted(phases)


def in_order() -> list[int]:
    """The calls that wait, the first to be served first."""
    waiting = Waiting.objects.filter(state="waiting").order_by("since", "id")
    return list(waiting.values_list("subject_id", flat=True))


def played(scene: Awaitable[None]) -> None:
    async def bounded() -> None:
        try:
            await asyncio.wait_for(scene, 3 * LONG)
        finally:
            await sync_to_async(connections.close_all)()  # this database goes with the test

    asyncio.run(bounded())


def ask(call: Call, actor: Actor, what: asks.Ask) -> None:
    with transaction.atomic():
        ask_of_call(call_id=call.pk, ask=what, actor=actor, now=timezone.now())


def logs_tell_what_stands() -> bool:
    """Each call's row is what its log gives, without a gap."""
    folded = histories(list(Call.objects.values_list("pk", flat=True)))
    for row in Call.objects.all():
        call = folded[row.pk]
        entries = CallEntry.objects.filter(call=row).order_by("seq")
        assert list(entries.values_list("seq", flat=True)) == list(range(1, row.entry_count + 1))
        assert (row.phase, row.queue, row.end) == (call.phase, call.queue, call.end)
    return True


def test_a_call_is_taken_becomes_a_contact_and_leaves_wrap_up(world: Company) -> None:
    on_duty(world.agent)
    hotline = Hotline(world.agent)

    async def scene() -> None:
        async with hotline.led():
            caller = hotline.engine.switch.call(CALLER, HOTLINE)
            await until(in_phase("talking"))
            call = await until(lambda: Call.objects.filter(interaction__isnull=False).first())
            assert (call.phone, call.staff_id) == (f"+86{CALLER}", world.agent.person_id)
            assert hotline.engine.switch.heard_by(caller) == "talk"
            await sync_to_async(ask)(call, world.agent, asks.Hold(on=True))
            await until(in_phase("held"))
            await until(lambda: hotline.engine.switch.heard_by(caller) == "music")
            hotline.engine.switch.put_down(caller)
            await until(in_phase("ended"))
            await until(lambda: AgentState.objects.filter(state="wrap_up").exists())

    played(scene())
    contact = Interaction.objects.get()
    assert (contact.state, contact.channel, contact.agent_id) == (
        "wrap_up", "phone", world.agent.person_id,
    )  # fmt: skip
    assert CallAsk.objects.filter(done_at__isnull=True).count() == 0
    assert logs_tell_what_stands()


def test_whoever_does_not_answer_is_passed_and_a_transfer_takes_the_contact_along(
    world: Company,
) -> None:
    on_duty(world.agent)
    hotline = Hotline(world.agent)
    hotline.phone(world.agent, "rejects")

    async def scene() -> None:
        async with hotline.led():
            caller = hotline.engine.switch.call(CALLER, HOTLINE)
            await until(lambda: AgentState.objects.filter(state="not_ready").exists())
            hotline.phone(world.colleague)
            hotline.phone(world.outsider)
            await sync_to_async(on_duty)(world.colleague)
            await until(in_phase("talking"))
            call = await until(lambda: Call.objects.filter(interaction__isnull=False).first())
            assert call.staff_id == world.colleague.person_id
            await sync_to_async(on_duty)(world.outsider)
            third = asks.Consult(0, world.outsider.person_id, "", 20)
            await sync_to_async(ask)(call, world.colleague, third)
            await until(lambda: CallEntry.objects.filter(kind="consult_answered").exists())
            await sync_to_async(ask)(call, world.colleague, asks.HandOver())
            theirs = Interaction.objects.filter(agent_id=world.outsider.person_id, calls=call)
            await until(theirs.exists)
            with pytest.raises(Call.DoesNotExist):
                await sync_to_async(ask)(call, world.colleague, asks.HangUp())
            with pytest.raises(NotYourCall):
                await sync_to_async(ask)(call, world.chief, asks.HangUp())
            hotline.engine.switch.put_down(caller)
            await until(in_phase("ended"))

    played(scene())
    assert logs_tell_what_stands()
    assert set(Offer.objects.values_list("state", flat=True)) == {"taken", "refused"}


def test_a_killed_controller_leaves_no_call_and_no_agent_stuck_and_the_queue_its_order(
    world: Company,
) -> None:
    on_duty(world.agent, world.colleague)
    hotline = Hotline(world.agent, world.colleague)
    callers = [f"138057122{n:02d}" for n in range(12)]

    async def scene() -> None:
        switch = hotline.engine.switch
        async with hotline.led():
            channels = [switch.call(each, HOTLINE) for each in callers]
            await until(in_phase("talking", "talking", *["waiting"] * 10))
        for gone in (channels[0], channels[4]):  # one who talks, one who waits
            switch.put_down(gone)
        late = switch.call("13900001111", HOTLINE)
        async with hotline.led():
            await until(in_phase("ended", "ended", "talking", *["waiting"] * 10))
            await until(lambda: AgentState.objects.filter(state="wrap_up").exists())
            order = await until(in_order)
            assert order == sorted(order)
            for each in [*channels, late]:
                switch.put_down(each)
            await until(in_phase(*["ended"] * 13))
        view = switch.view()
        assert (view.channels, view.bridges) == ((), ())

    played(scene())
    assert logs_tell_what_stands()
    assert not Offer.objects.filter(state="open").exists()
    assert not Waiting.objects.filter(state__in=["waiting", "offered"]).exists()
    assert set(AgentState.objects.values_list("state", flat=True)) <= {"wrap_up", "ready"}


def cut() -> bool:
    """Whether connections to the database were there to be cut."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            "   AND usename = current_user"
        )
        return bool(cursor.fetchone()[0])


def test_a_lost_database_connection_costs_nothing_that_was_heard(world: Company) -> None:
    on_duty(world.agent)
    hotline = Hotline(world.agent)

    async def scene() -> None:
        async with hotline.led():
            first = hotline.engine.switch.call(CALLER, HOTLINE)
            await until(in_phase("talking"))
            await until(cut)
            second = hotline.engine.switch.call("13900001111", HOTLINE)
            hotline.engine.switch.put_down(first)
            await until(in_phase("ended", "waiting"))
            hotline.engine.switch.put_down(second)
            await until(in_phase("ended", "ended"))

    played(scene())
    connections.close_all()  # ours was cut as well
    assert logs_tell_what_stands()


def test_while_the_database_is_away_the_switch_is_left_to_its_dial_plan(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_duty(world.agent)
    hotline = Hotline(world.agent)
    connects, is_away = psycopg.AsyncConnection.connect, [False]

    async def connect(*given: Any, **named: Any) -> Any:
        if is_away[0]:
            raise psycopg.OperationalError("away")
        return await connects(*given, **named)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)
    monkeypatch.setattr(controller, "AWAY_SECONDS", 0.3)

    async def scene() -> None:
        switch_ = hotline.engine.switch
        async with hotline.led():
            first = switch_.call(CALLER, HOTLINE)
            await until(in_phase("talking"))
            is_away[0] = True
            await until(cut)
            await until(lambda: not switch_.hears)
            assert switch_.view().channels  # they go on talking
            is_away[0] = False
            await until(lambda: switch_.hears)
            switch_.call("13900001111", HOTLINE)
            await until(in_phase("talking", "waiting"))
            switch_.put_down(first)
            await until(in_phase("ended", "waiting"))

    played(scene())
    connections.close_all()
    assert logs_tell_what_stands()


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_set_costs_nobody_their_shift_or_their_place(
    world: Company, minutes: int
) -> None:
    on_duty(world.agent)
    hotline = Hotline(world.agent)

    async def scene() -> None:
        async with hotline.led():
            first = hotline.engine.switch.call(CALLER, HOTLINE)
            await until(in_phase("talking"))
            hotline.engine.switch.call("13900001111", HOTLINE)
            await until(in_phase("talking", "waiting"))
            hotline.set_by = timedelta(minutes=minutes)
            hotline.engine.switch.put_down(first)
            await until(in_phase("ended", "waiting"))
            await asyncio.sleep(2.5)  # two rounds
            await until(lambda: AgentState.objects.filter(state="wrap_up").exists())
            waits = await sync_to_async(Waiting.objects.get)(state="waiting")
            assert abs(hotline.now() - waits.since) < timedelta(seconds=LONG)

    played(scene())
    assert logs_tell_what_stands()


def test_only_one_controller_leads(world: Company) -> None:
    del world
    hotline = Hotline()

    async def scene() -> None:
        async with hotline.led():
            hotline.engine.switch.call(CALLER, HOTLINE)
            await until(in_phase("waiting"))
            waits = Controller(hotline.engine, timezone.now)
            second = asyncio.create_task(waits.run())
            await asyncio.sleep(0.3)
            assert waits.board.living == 0
            assert not second.done()
        await until(lambda: waits.board.living == 1)
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second

    played(scene())
