"""One run of the listener for the kill test: dies by its own hand before a given statement of what
takes messages in, or (a negative number) before it acknowledges that many batches.

``python -m tests.kills.meter_listener NUMBER``; 0 lets it live until it is told to stop.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")


def main(number: int) -> None:
    """Listen, and die in time."""
    from qiao.metering import listener as module
    from qiao.metering.broker import Session, read_address

    class Mortal(module.Listener):
        """Dies before a statement."""

        def _take(self, messages: Sequence[Any]) -> Any:
            if number > 0 and not connection.execute_wrappers:  # one to each thread
                connection.execute_wrappers.append(die_before(number))
            return super()._take(messages)

    batches = 0

    class Forgetful(Session):
        """Dies with rows that are committed and not acknowledged."""

        def acknowledge(self, messages: Any) -> None:
            nonlocal batches
            batches -= 1
            if batches == number:
                os.kill(os.getpid(), signal.SIGKILL)
            super().acknowledge(messages)

    module.Session = Forgetful  # type: ignore[misc]
    module.MOST_MESSAGES = 7  # type: ignore[misc]

    async def listen() -> None:
        listener = Mortal(read_address(settings.MQTT_URL), "qiao-kills", timezone.now)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, listener.stop)
        await listener.run()

    asyncio.run(listen())


def die_before(statement: int) -> Callable[..., Any]:
    """Kills this process without any farewell before a statement of that number."""
    left = statement

    def count(execute: Callable[..., Any], *about: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*about)

    return count


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
