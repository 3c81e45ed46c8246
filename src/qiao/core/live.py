"""The live screen: one LISTEN connection per process, one stream per browser.

Events reach PostgreSQL's NOTIFY in the transaction that published them; each process hears
them once and hands them to its open streams, filtered by the rights of whoever watches.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.events import LIVE_CHANNEL
from qiao.core.metrics import EVENTS_SENT, STREAMS
from qiao.core.registry import registry

HEARTBEAT_SECONDS = 10
QUEUE_LENGTH = 200
RECONNECT_SECONDS = 2
PRESENCE_SECONDS = 20
RESYNC = json.dumps({"name": "core.resync", "topics": ["resync"], "org": None})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whoever looks at an open page, and the organisations in which they hold any right."""

    actor: Actor
    visible: Collection[int]

    def is_reached(self, message: Mapping[str, Any]) -> bool:
        """Whether an event is for them: see `qiao.core.events.event_type`."""
        if "right" in message:
            watches = message["org"] in self.actor.organisations(message["right"])
            return watches or self.actor.staff_id in message["to"]
        return message["org"] is None or message["org"] in self.visible


class Hub:
    """Hands each heard event to the queues of this process's streams."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[str], Watcher] = {}
        self._task: asyncio.Task[None] | None = None
        self._presence: asyncio.Task[None] | None = None

    def join(self, actor: Actor) -> asyncio.Queue[str]:
        """A queue that gets every event for whoever watches from now on, as it was told; the first
        one starts listening."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LENGTH)
        visible = frozenset(o for ids in actor.grants.values() for o in ids)
        self._queues[queue] = Watcher(actor, visible)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        if self._presence is None or self._presence.done():
            self._presence = asyncio.create_task(self._tell_presence())
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        """Forget a queue."""
        self._queues.pop(queue, None)

    async def _tell_presence(self) -> None:
        """Tell modules whose browsers are heard of: an open stream is a sign of life that no
        browser slows down, as it does the timers of a page that nobody looks at."""
        while self._queues:
            people = {each.actor.person_id for each in self._queues.values()}
            await sync_to_async(_tell_presence)(tuple(people))
            await asyncio.sleep(PRESENCE_SECONDS)

    async def _listen(self) -> None:
        while self._queues:
            try:
                await self._hear()
            except psycopg.Error:
                log.warning("live_connection_lost")
                self._send(RESYNC)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        parameters = await sync_to_async(connection_parameters)()
        async with await psycopg.AsyncConnection.connect(autocommit=True, **parameters) as conn:
            await conn.execute(f"LISTEN {LIVE_CHANNEL}")
            while self._queues:
                async for notice in conn.notifies(timeout=HEARTBEAT_SECONDS):
                    self._send(notice.payload)

    def _send(self, payload: str) -> None:
        """Once for all: hundreds of screens stand open, and most events are for few."""
        message = json.loads(payload)
        for queue, watcher in self._queues.items():
            if not watcher.is_reached(message):
                continue
            if queue.full():  # a stalled browser has lost the thread: it is told to read anew
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RESYNC)
            else:
                queue.put_nowait(payload)


def _tell_presence(people: Collection[int]) -> None:
    for tell in registry.presence():
        try:
            with transaction.atomic():
                tell(people=people, now=timezone.now())
        except DatabaseError:  # it is told again soon
            log.warning("presence_not_told", people=len(people))


hub = Hub()


def connection_parameters() -> dict[str, Any]:
    """How to reach the database with a connection of one's own, such as one that listens."""
    parameters = connection.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert"}
    return {key: value for key, value in parameters.items() if key in wanted and value}


def _tick() -> str:
    """The server's clock, so that timers of a browser with a wrong one still tell the truth."""
    return json.dumps({"now": int(time.time() * 1000)})


async def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in actor of an asynchronous view."""
    return await sync_to_async(lambda: getattr(request, "actor", None))()


async def events_for(actor: Actor) -> AsyncIterator[bytes]:
    """The stream's frames: events of organisations in which the actor holds any right.

    The browser tells the topics apart (`frontend/js/livestream.js`): one frame an event.
    """
    # A request keeps its connection to its end, and a stream has none: a page that stands open
    # must not take one of the few that the others share.
    await sync_to_async(connections.close_all)()
    queue = hub.join(actor)
    STREAMS.inc()
    try:
        # Its page reads anew what it may have missed, unless this is its first stream.
        yield f"retry: 3000\nevent: hello\ndata: {_tick()}\n\n".encode()
        while True:
            try:
                payload = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield f"event: tick\ndata: {_tick()}\n\n".encode()
                continue
            EVENTS_SENT.inc()
            yield f"event: live\ndata: {payload}\n\n".encode()
    finally:
        STREAMS.dec()
        hub.leave(queue)
