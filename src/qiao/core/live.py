"""The live screen: one LISTEN connection per process, one stream per browser.

Events reach PostgreSQL's NOTIFY in the transaction that published them; each process hears
them once and hands them to its open streams, filtered by the rights of whoever watches.
"""

import asyncio
import contextlib
import json
import math
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Final

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
from qiao.core.transactions import lent_connection

HEARTBEAT_SECONDS = 10
MOST_WAITING: Final = 200  # frames of a stream that its browser does not take
# From one piece of a stream to the next, unless it is about its person: longer the more streams a
# process has, since each piece is a write.
BREATH_SECONDS: Final = (0.25, 1.0)
PIECES_A_SECOND: Final = 100
RECONNECT_SECONDS = 2
PRESENCE_SECONDS = 20
RETRY_MS: Final = (
    1000,
    6000,
)  # not all browsers come back at once to a server that was started anew
LOOK_BACK_SECONDS: Final = 30  # a page that took longer from its drawing to its stream reads anew
log = structlog.get_logger(__name__)


def _frame(payload: str) -> bytes:
    return f"event: live\ndata: {payload}\n\n".encode()


RESYNC: Final = _frame(json.dumps({"name": "core.resync", "topics": ["resync"], "org": None}))
# Its page reads anew as well, and is led to the sign-in page by the answer.
SIGNED_OUT: Final = _frame(
    json.dumps({"name": "core.signed_out", "topics": ["resync"], "org": None})
)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whoever looks at an open page, and the organisations in which they hold any right."""

    actor: Actor
    visible: Collection[int]

    @classmethod
    def of(cls, actor: Actor) -> "Watcher":
        """Whoever acts."""
        return cls(actor, frozenset(each for ids in actor.grants.values() for each in ids))

    def is_reached(self, message: Mapping[str, Any]) -> bool:
        """Whether an event is for them: see `qiao.core.events.event_type`."""
        if "right" in message:
            watches = message["org"] in self.actor.organisations(message["right"])
            return watches or self.actor.staff_id in message["to"]
        return message["org"] is None or message["org"] in self.visible

    def is_named(self, message: Mapping[str, Any]) -> bool:
        """Whether an event is about themselves: their telephone rings, their call has moved."""
        me = self.actor.staff_id
        return me in message.get("to", ()) or message.get("data", {}).get("staff_id") == me


class Stream:
    """What waits to be sent to one open page.

    A busy company tells hundreds of things a second, and a write for each to each of hundreds of
    pages is what a server would spend its time on. So what comes within a breath goes in one
    piece; what is about whoever watches does not wait for it. `session` is the key of the session
    in which the page was opened: the stream ends with it.
    """

    def __init__(self, watcher: Watcher, session: str = "") -> None:
        self.watcher, self.session = watcher, session
        self.is_over = False
        self._frames: list[bytes] = []
        self._some = asyncio.Event()
        self._urgent = asyncio.Event()

    def put(self, frame: bytes, *, is_urgent: bool) -> None:
        """One frame more. A browser that stalls has lost the thread: it is told to read anew."""
        if len(self._frames) >= MOST_WAITING:
            self._frames = [RESYNC]
        else:
            self._frames.append(frame)
        self._some.set()
        if is_urgent:
            self._urgent.set()

    def settle(self, actor: Actor | None) -> None:
        """Go on for whoever acts in the session now; their page reads anew what they may see where
        that has changed. None, or somebody else, ends the stream: what waits is not theirs."""
        if actor is None or actor.staff_id != self.watcher.actor.staff_id:
            self._frames, self.is_over = [SIGNED_OUT], True
            self._some.set()
            self._urgent.set()
        elif actor != self.watcher.actor:
            self.watcher = Watcher.of(actor)
            self.put(RESYNC, is_urgent=True)

    async def taken(self) -> bytes | None:
        """All that waits, as soon as there is something; None where nothing comes for so long that
        a sign of life is due."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._some.wait()
        except TimeoutError:
            return None
        EVENTS_SENT.inc(len(self._frames))
        piece, self._frames = b"".join(self._frames), []
        self._some.clear()
        self._urgent.clear()
        return piece

    async def breathe(self, seconds: float) -> None:
        """Wait a breath, or for what is urgent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._urgent.wait()


class Hub:
    """Hands each heard event to this process's streams."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._streams: set[Stream] = set()
        self._told: deque[tuple[float, Mapping[str, Any], bytes]] = deque()
        self._hears_since = math.inf
        self._task: asyncio.Task[None] | None = None
        self._presence: asyncio.Task[None] | None = None

    def join(self, actor: Actor, *, session: str = "", age: float = 0) -> Stream:
        """A stream that gets every event for whoever watches from now on, as it was told, and
        those of the last `age` seconds, in which its page was drawn; where these are not known,
        the page is told to read anew. The first stream starts listening."""
        stream = Stream(Watcher.of(actor), session)
        self._streams.add(stream)
        self._catch_up(stream, self._clock() - age)
        if self._task is None or self._task.done():
            self._task = _of_the_process(self._listen())
        if self._presence is None or self._presence.done():
            self._presence = _of_the_process(self._look_in())
        return stream

    def _catch_up(self, stream: Stream, since: float) -> None:
        if self._hears_since == math.inf:  # it is told when this process hears
            return
        if since < max(self._hears_since, self._clock() - LOOK_BACK_SECONDS):
            stream.put(RESYNC, is_urgent=True)
            return
        for moment, message, frame in self._told:
            if moment >= since and stream.watcher.is_reached(message):
                stream.put(frame, is_urgent=True)

    @property
    def breath(self) -> float:
        """The seconds from one piece of a stream to the next."""
        least, most = BREATH_SECONDS
        return min(most, max(least, len(self._streams) / PIECES_A_SECOND))

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        self._streams.discard(stream)

    async def _look_in(self) -> None:
        while self._streams:
            await self.look_after()
            await asyncio.sleep(PRESENCE_SECONDS)

    async def look_after(self) -> None:
        """End the streams of whoever is signed out, let the others go on with today's rights, and
        tell modules whose browsers are heard of: an open stream is a sign of life that no browser
        slows down, as it does the timers of a page that nobody looks at."""
        streams = tuple(self._streams)  # others may join meanwhile
        actors = await sync_to_async(_signed_in)({each.session for each in streams})
        if actors is None:
            return
        for stream in streams:
            stream.settle(actors.get(stream.session))
            if stream.is_over:
                self.leave(stream)
        await sync_to_async(_tell_presence)(tuple(actors.values()))

    async def _listen(self) -> None:
        while self._streams:
            try:
                await self._hear()
            except psycopg.Error:
                log.warning("live_connection_lost")
                await asyncio.sleep(RECONNECT_SECONDS)
            finally:
                self._hears_since = math.inf

    async def _hear(self) -> None:
        parameters = await sync_to_async(connection_parameters)()
        async with await psycopg.AsyncConnection.connect(autocommit=True, **parameters) as conn:
            await conn.execute(f"LISTEN {LIVE_CHANNEL}")
            self._hears_since = self._clock()
            for stream in self._streams:  # what was told until now nobody here has heard
                stream.put(RESYNC, is_urgent=True)
            while self._streams:
                async for notice in conn.notifies(timeout=HEARTBEAT_SECONDS):
                    self.send(notice.payload)

    def send(self, payload: str) -> None:
        """Once for all: hundreds of screens stand open, and most events are for few."""
        now, message, frame = self._clock(), json.loads(payload), _frame(payload)
        while self._told and self._told[0][0] < now - LOOK_BACK_SECONDS:
            self._told.popleft()
        self._told.append((now, message, frame))
        for stream in self._streams:
            watcher = stream.watcher
            if watcher.is_reached(message):
                stream.put(frame, is_urgent=watcher.is_named(message))


def _of_the_process(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that outlives the request in which it begins, and has nothing of it: not its number
    in the log, nor its thread."""
    return asyncio.create_task(work, context=Context())


def _signed_in(sessions: Collection[str]) -> Mapping[str, Actor] | None:
    """Who is signed in by which sessions; None where the database does not say."""
    with lent_connection():
        try:
            return registry.signed_in(sessions=sessions, now=timezone.now())
        except DatabaseError:  # it is asked again soon
            log.warning("sessions_not_read", sessions=len(sessions))
            return None


def _tell_presence(actors: Collection[Actor]) -> None:
    with lent_connection():
        for right, tell in registry.presence():
            people = {each.person_id for each in actors if not right or each.can(right)}
            if not people:
                continue
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


def _hello() -> bytes:
    least, most = RETRY_MS
    retry = least + secrets.randbelow(most - least)
    return f"retry: {retry}\nevent: hello\ndata: {_tick()}\n\n".encode()


async def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in actor of an asynchronous view."""
    return await sync_to_async(lambda: getattr(request, "actor", None))()


async def events_for(actor: Actor, *, session: str, age: float) -> AsyncIterator[bytes]:
    """The stream's frames: events of organisations in which the actor holds any right, from those
    of the last `age` seconds on, until `session` ends.

    The browser tells the topics apart (`frontend/js/livestream.js`): one frame an event.
    """
    # A request keeps its connection to its end, and a stream has none: a page that stands open
    # must not take one of the few that the others share.
    await sync_to_async(connections.close_all)()
    stream = hub.join(actor, session=session, age=age)
    STREAMS.inc()
    try:
        # Its page reads anew what it may have missed, unless this is its first stream.
        yield _hello()
        while True:
            piece = await stream.taken()
            if piece is None:
                yield f"event: tick\ndata: {_tick()}\n\n".encode()
                continue
            yield piece
            if stream.is_over:
                return
            await stream.breathe(hub.breath)
    finally:
        STREAMS.dec()
        hub.leave(stream)
