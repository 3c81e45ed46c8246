"""`./qiao telephony`: the controller of the switch, a switch set up, logs of other centres."""

import argparse
import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from qiao.config.cli import acd_log, environment, succession, switch_setup
from qiao.config.cli.failure import CommandError

if TYPE_CHECKING:
    from qiao.customers.queries import SomeCustomer
    from qiao.telephony.controller import Controller

_PLAY_SECONDS = 4.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="conduct the calls of the switch")
    run.add_argument("--callers", action="store_true", help="played: people call by themselves")
    switch_setup.arguments(commands)
    acd_log.arguments(commands)


def run(args: argparse.Namespace) -> int:
    """Conduct calls until told to stop, set a switch up, or take a log in."""
    if args.what in switch_setup.COMMANDS:
        return switch_setup.run(args)
    if args.what != "run":
        return acd_log.run(args)
    with environment.database():
        environment.set_up_django()
        from django.conf import settings

        if settings.SWITCH == "played":
            return succession.carry_on(partial(_led, partial(_play, with_callers=args.callers)))
        if settings.SWITCH == "asterisk":
            switch_setup.ari_address()  # refused here, where it can be said
            return succession.carry_on(partial(_led, _conduct))
        message = "no switch is named: set QIAO_SWITCH to played or asterisk"
        raise CommandError(message)


def _led(lead: Callable[[], Coroutine[Any, Any, None]]) -> int:
    from qiao.core.grants import assert_plain_role

    assert_plain_role()
    asyncio.run(lead())
    return 0


async def _play(*, with_callers: bool) -> None:
    from django.utils import timezone

    from qiao.telephony.controller import Controller
    from qiao.telephony.played import PlayedExchange

    exchange = PlayedExchange(timezone.now)
    controller = Controller(exchange.engine, timezone.now)
    parts: list[Coroutine[Any, Any, None]] = [exchange.run()]
    if with_callers:
        parts += _life(exchange)
    await _until_stopped(controller, parts)


def _life(exchange: Any) -> list[Coroutine[Any, Any, None]]:
    """Callers who ring by themselves, and colleagues who take their calls."""
    from django.utils import timezone

    from qiao.telephony.demo.callers import Callers
    from qiao.telephony.demo.colleagues import Colleagues

    colleagues = Colleagues()
    exchange.answering = colleagues.phone
    callers = Callers(exchange.engine.switch, timezone.now)
    return [callers.run(lambda: asyncio.to_thread(_draw)), _live(colleagues)]


def _draw() -> "Sequence[SomeCustomer]":
    from random import random

    from qiao.customers.queries import some_customers
    from qiao.staff.queries import company_id, system_actor

    actor = system_actor(organisation_id=company_id())
    return some_customers(actor=actor, place=random() * 0.98, limit=5)  # noqa: S311 - a play


async def _live(colleagues: Any) -> None:
    from django.db import DatabaseError
    from django.utils import timezone

    def look(now: datetime) -> None:
        try:
            colleagues.live(now=now)
        except DatabaseError as trouble:
            print(f"qiao: telephony: {type(trouble).__name__}, trying again", flush=True)

    while True:
        await asyncio.to_thread(look, timezone.now())
        await asyncio.sleep(_PLAY_SECONDS)


async def _conduct() -> None:
    from django.utils import timezone

    from qiao.telephony.controller import Controller
    from qiao.telephony.engines.ari import AriEngine

    engine = AriEngine(switch_setup.ari_address(), timezone.now)
    await _until_stopped(Controller(engine, timezone.now), [])


async def _until_stopped(
    controller: "Controller", parts: Sequence[Coroutine[Any, Any, None]]
) -> None:
    """Run until Ctrl-C or TERM; calls go on where the switch is a real one."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, controller.stop)
    beside = [asyncio.create_task(part) for part in parts]
    try:
        await controller.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
