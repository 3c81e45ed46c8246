"""The listener: hears the broker and has what it tells taken in, many messages at a time.

One at a time: an advisory lock of PostgreSQL chooses the leader, the others wait to take its
place. A message is acknowledged after its rows are committed, or after it was put aside; the
broker tells all others again. While the database is away the broker keeps what it has.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from random import random
from typing import Any, Final, TypeVar

import aiomqtt
import structlog
from django.db import close_old_connections, connection, connections

from qiao.core.leading import AGAIN_SECONDS, Leader, lead_lost, leading
from qiao.metering.broker import MOST_UNACKNOWLEDGED, Address, BrokerDown, Session
from qiao.metering.operations.listening import say_state
from qiao.metering.operations.message_reading import Message
from qiao.metering.operations.messages import AWAY, Counted, take_messages
from qiao.metering.queries.heads import LEAD, every_head_end
from qiao.metering.rules.patience import pause

T = TypeVar("T")
MOST_MESSAGES: Final = 500  # of one batch
MOST_BYTES: Final = 1 << 20
QUIET_SECONDS: Final = 0.05  # without another message, after which a batch is whole
LONGEST_SECONDS: Final = 0.5  # that a message waits for others
TOPICS_SECONDS: Final = 3.0  # until a head-end that was switched on or off is noticed
SAY_SECONDS: Final = 5.0
STEADY_SECONDS: Final = 30.0  # connected, after which earlier failures are forgiven
# What is told without a promise (QoS 0) knows no acknowledgement, and so no bound but this one.
MOST_HELD: Final = 10 * MOST_UNACKNOWLEDGED
log: Final = structlog.get_logger(__name__)


class Listener:
    """Hears one broker until it is told to stop."""

    def __init__(self, address: Address, client_id: str, now: Callable[[], datetime]) -> None:
        self._address = address
        self._client_id = client_id
        self._now = now
        self._stop = asyncio.Event()
        self._held: deque[aiomqtt.Message] = deque()
        self._came = asyncio.Event()
        self._work = ThreadPoolExecutor(1, thread_name_prefix="messages")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="topics")
        self._connected_at: datetime | None = None
        self._last_message_at: datetime | None = None
        self._error: tuple[str, datetime | None] = ("", None)
        self._failures = 0
        self._changed = asyncio.Event()  # how we fare: it is said at once

    def stop(self) -> None:
        """End soon; what is not acknowledged yet is told again to whoever listens next."""
        self._stop.set()

    async def run(self) -> None:
        """Listen until stopped; a lead that is lost is waited for again."""
        try:
            while not self._stop.is_set():
                async with leading(LEAD) as leader:
                    await self._lead(leader)
        finally:
            for thread in (self._work, self._beside):
                thread.submit(connections.close_all)
                thread.shutdown()

    async def _lead(self, leader: Leader) -> None:
        await _until_first(
            self._stay_connected(), self._say(), lead_lost(leader), self._stop_wait()
        )

    async def _stop_wait(self) -> None:
        await self._stop.wait()

    async def _stay_connected(self) -> None:
        while True:
            began = time.monotonic()
            try:
                async with Session(self._address, self._client_id) as session:
                    await self._hear(session)
            except (BrokerDown, OSError) as error:
                if _is_ended():  # taking leave failed: that is no reason to stay
                    raise asyncio.CancelledError from error
                self._note(str(error) or type(error).__name__)
            finally:
                self._fare(None)
            is_steady = time.monotonic() - began > STEADY_SECONDS
            self._failures = 0 if is_steady else self._failures + 1
            await asyncio.sleep(pause(self._failures, random()))  # noqa: S311 - a pause

    def _note(self, words: str) -> None:
        log.warning("broker_away", why=words, failures=self._failures)
        self._error = words, self._now()
        self._changed.set()

    def _fare(self, connected_at: datetime | None) -> None:
        self._connected_at = connected_at
        self._changed.set()

    async def _hear(self, session: Session) -> None:
        self._held.clear()  # what an earlier connection left is told again
        await _until_first(
            self._pump(session), self._keep_topics(session), self._deal_with(session)
        )

    async def _pump(self, session: Session) -> None:
        async for message in session.messages():
            self._last_message_at = self._now()
            if not message.qos and len(self._held) >= MOST_HELD:
                self._note("messages of QoS 0 come too fast: some were not heard")
                continue
            self._held.append(message)
            self._came.set()

    async def _keep_topics(self, session: Session) -> None:
        """Ask for the topics of all head-ends in use, and no more for those of others."""
        asked: set[str] = set()
        left: set[str] = set()
        while True:
            heads = await self._in_thread(self._beside, every_head_end)
            wanted = {each.topic for each in heads if each.is_active}
            off = {each.topic for each in heads} - wanted
            await session.ask_no_more(sorted(off - left))
            refused = await session.ask_for(sorted(wanted - asked))
            if refused:
                self._note(f"the broker refuses these topics: {', '.join(refused)}")
            asked, left = wanted, off
            if self._connected_at is None:
                self._fare(self._now())
                log.info("broker_heard", broker=self._address.shown, topics=len(asked))
            await asyncio.sleep(TOPICS_SECONDS)

    async def _deal_with(self, session: Session) -> None:
        while True:
            batch = await self._batch()
            messages = [Message(str(each.topic), _bytes_of(each)) for each in batch]
            counted = await self._in_thread(self._work, partial(self._take, messages))
            session.acknowledge(batch)
            log.info("messages_taken", **{name: getattr(counted, name) for name in _NAMES})

    def _take(self, messages: Sequence[Message]) -> Counted:
        return take_messages(messages=messages, now=self._now())

    async def _batch(self) -> list[aiomqtt.Message]:
        """Messages that came together: as many as come without a pause, within bounds."""
        loop = asyncio.get_running_loop()
        while not self._held:
            self._came.clear()
            await self._came.wait()
        found: list[aiomqtt.Message] = []
        size, until = 0, loop.time() + LONGEST_SECONDS
        while len(found) < MOST_MESSAGES and size < MOST_BYTES and loop.time() < until:
            if self._held:
                found.append(self._held.popleft())
                size += len(_bytes_of(found[-1]))
                continue
            self._came.clear()
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._came.wait()
            except TimeoutError:
                break
        return found

    async def _in_thread(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        """Do it in a thread of its own, again and again while the database is away."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(thread, work)
            except AWAY:
                log.warning("database_away")
                await loop.run_in_executor(thread, _let_go)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _say(self) -> None:
        while True:
            self._changed.clear()
            words, at = self._error
            about: dict[str, Any] = {
                "broker": self._address.shown, "connected_at": self._connected_at,
                "last_message_at": self._last_message_at, "waiting": len(self._held),
                "error": words, "error_at": at,
            }  # fmt: skip
            now = self._now()
            await self._in_thread(self._beside, partial(say_state, now=now, **about))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAY_SECONDS):
                    await self._changed.wait()


_NAMES: Final = ("messages", "taken", "known", "refused", "aside")


def _bytes_of(message: aiomqtt.Message) -> bytes:
    return bytes(message.payload)


def _is_ended() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _let_go() -> None:
    """Have the next attempt connect anew."""
    close_old_connections()
    connection.close()


async def _until_first(*parts: Coroutine[Any, Any, None]) -> None:
    """Run parts until the first of them ends, or raises; the others are ended with it."""
    tasks = [asyncio.create_task(each) for each in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in tasks:
            each.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
