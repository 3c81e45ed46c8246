"""The played switch for journeys, with its controller, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

from django.utils import timezone

from qiao.telephony.controller import Controller
from qiao.telephony.played import PlayedExchange

LINE: Final = "96390"
QUEUE: Final = "water.billing"


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

    def lift(self, endpoint: str) -> None:
        """Take the call that rings at a telephone."""
        switch = self._played.engine.switch
        self._do(lambda: switch.take(switch.at_endpoint(endpoint, "ringing")))

    def _do(self, act: Callable[[], Any]) -> Any:
        done: Future[Any] = Future()
        self._loop.call_soon_threadsafe(lambda: done.set_result(act()))
        return done.result(timeout=10)
