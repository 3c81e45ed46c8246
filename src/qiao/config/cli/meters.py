"""`./qiao meters listen`: hear the head-ends of meters that send by a broker (MQTT)."""

import argparse
import asyncio
import signal

from qiao.config.cli import environment
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    commands.add_parser("listen", help="take in what head-ends send, until told to stop")


def run(args: argparse.Namespace) -> int:
    """Listen until told to stop."""
    del args
    with environment.database():
        environment.set_up_django()
        from django.conf import settings

        from qiao.core.grants import assert_plain_role
        from qiao.metering.broker import BadAddress, read_address

        assert_plain_role()
        if not settings.MQTT_URL:
            message = "no broker is named: set QIAO_MQTT_URL to mqtt://USER:PASSWORD@HOST:1883"
            raise CommandError(message)
        try:
            address = read_address(settings.MQTT_URL)
        except BadAddress as error:
            message = f"QIAO_MQTT_URL names no broker: {error}"
            raise CommandError(message) from error
        asyncio.run(_listen(address))
    return 0


async def _listen(address: "object") -> None:
    from django.conf import settings
    from django.utils import timezone

    from qiao.metering.broker import Address
    from qiao.metering.listener import Listener

    assert isinstance(address, Address)
    listener = Listener(address, settings.MQTT_CLIENT, timezone.now)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, listener.stop)
    await listener.run()
