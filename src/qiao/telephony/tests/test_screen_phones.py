"""Telephones on the screen: what is done at them is done at the played switch."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone

from qiao.contact.models import AgentState, Interaction, Offer
from qiao.contact.operations import be_ready
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony import operations
from qiao.telephony.controller import Controller
from qiao.telephony.models import Call, PhoneDeed
from qiao.telephony.operations.deeds import Kind
from qiao.telephony.played import SHORT_SECONDS, PlayedExchange
from qiao.telephony.queries import own_phone, what_is_heard
from qiao.telephony.rules.speech import Piece
from qiao.telephony.tests.test_controller import (
    CALLER,
    HOTLINE,
    in_phase,
    on_duty,
    played,
    until,
    world,
)
from qiao.telephony.tests.test_menu_versions import publish_other_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["world"]


@asynccontextmanager
async def running() -> "AsyncIterator[PlayedExchange]":
    """The played switch and the controller that conducts its calls."""
    exchange = PlayedExchange(timezone.now)
    controller = Controller(exchange.engine, timezone.now)
    tasks = [asyncio.create_task(each) for each in (exchange.run(), controller.run())]
    try:
        yield exchange
    finally:
        for each in tasks:
            each.cancel()
        for each in tasks:
            with suppress(asyncio.CancelledError):
                await each


async def do(act: Callable[..., Any], **given: Any) -> Any:
    def whole() -> Any:
        with transaction.atomic():
            return act(now=timezone.now(), **given)

    return await sync_to_async(whole)()


def state_of(actor: Actor) -> str:
    return AgentState.objects.get(staff_id=actor.person_id).state


def test_somebody_calls_in_is_taken_and_hangs_up(world: Company) -> None:
    async def scene() -> None:
        agent = world.agent
        await sync_to_async(on_duty)(agent)
        async with running():
            deed = await do(operations.call_in, caller=CALLER, dialled=HOTLINE, actor=agent)
            await until(lambda: state_of(agent) == "reserved")
            await until(lambda: Offer.objects.filter(state="open").exists())
            await do(operations.lift_receiver, actor=agent)
            await until(in_phase("talking"))
            phone = await sync_to_async(own_phone)(actor=agent, deed_id=deed.pk)
            assert phone is not None
            heard = await sync_to_async(what_is_heard)(phone)
            assert (heard.kind, heard.name) == ("talk", agent.name)
            await do(operations.put_down, deed_id=deed.pk, actor=agent)
            await until(in_phase("ended"))
            await until(lambda: state_of(agent) == "wrap_up")
        assert await sync_to_async(Interaction.objects.count)() == 1

    played(scene())


def test_who_declines_is_asked_no_more_until_they_are_ready_again(world: Company) -> None:
    async def scene() -> None:
        await sync_to_async(on_duty)(world.agent)
        async with running():
            await do(operations.call_in, caller=CALLER, dialled=HOTLINE, actor=world.colleague)
            await until(lambda: state_of(world.agent) == "reserved")
            await do(operations.decline_call, actor=world.agent)
            await until(lambda: state_of(world.agent) == "not_ready")
            assert await sync_to_async(lambda: Offer.objects.get().why)() == "rejected"
            assert await sync_to_async(in_phase("waiting"))()
            await do(be_ready, actor=world.agent)
            await until(lambda: state_of(world.agent) == "reserved")

    played(scene())


def test_a_deed_for_a_switch_that_is_gone_is_only_put_away(world: Company) -> None:
    async def scene() -> None:
        old = timezone.now() - timedelta(minutes=5)
        await sync_to_async(PhoneDeed.objects.create)(
            kind=Kind.DIAL,
            phone=CALLER,
            dialled=HOTLINE,
            asked_by_id=world.agent.person_id,
            asked_at=old,
        )
        async with running():
            await until(lambda: PhoneDeed.objects.filter(done_at__isnull=False).exists())
        assert not await sync_to_async(Call.objects.exists)()

    played(scene())


def test_words_that_are_published_while_the_switch_is_played_take_their_time(
    world: Company,
) -> None:
    async def scene() -> None:
        async with running() as exchange:
            await do(operations.call_in, caller=CALLER, dialled="none", actor=world.agent)
            await until(lambda: PhoneDeed.objects.filter(done_at__isnull=False).exists())
            await do(lambda now: publish_other_keys(world))  # noqa: ARG005 - as `do` calls it
            piece = Piece("留言请按1。", "zh-hans")
            seconds = exchange.engine.switch.sound_seconds
            assert seconds(piece.sound) == seconds("a name") == SHORT_SECONDS
            await until(lambda: seconds(piece.sound) == piece.seconds)
            assert seconds("a name") == SHORT_SECONDS

    played(scene())


@pytest.mark.django_db
def test_a_real_switch_has_no_telephones_on_the_screen(settings: LazySettings) -> None:
    made = make_company()
    settings.SWITCH = "asterisk"
    with pytest.raises(operations.NoScreenPhone):
        operations.call_in(caller=CALLER, dialled=HOTLINE, actor=made.agent, now=timezone.now())
    assert not PhoneDeed.objects.exists()
