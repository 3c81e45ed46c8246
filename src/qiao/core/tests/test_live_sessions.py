"""Streams end with the session in which their page was opened, and follow its person's rights."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

from qiao.core import live
from qiao.core.actor import Actor
from qiao.core.registry import registry

EVENT = '{"org": 7, "topics": ["cases"]}'
DIRECTED = '{"right": "agents.watch", "org": 7, "to": [3], "topics": ["agents"]}'


def actor(staff_id: int, *rights: str) -> Actor:
    return Actor(staff_id, "x", 7, dict.fromkeys(rights, (7,)))


class House:
    """Who is signed in by which session, and who was told to be present."""

    def __init__(self) -> None:
        self.known: dict[str, Actor] = {}
        self.asked: list[set[str]] = []
        self.present: dict[str, set[int]] = {}
        self.is_down = False

    def signed_in(self, *, sessions: Collection[str], now: Any) -> dict[str, Actor]:
        del now
        self.asked.append(set(sessions))
        if self.is_down:
            raise DatabaseError
        return {key: each for key, each in self.known.items() if key in sessions}

    def presence(self) -> list[tuple[str, Callable[..., None]]]:
        def tell(right: str) -> Callable[..., None]:
            return lambda *, people, now: self.present.update({right: people}) or now

        return [(right, tell(right)) for right in ("", "interactions.work")]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(registry, "signed_in", made.signed_in)
    monkeypatch.setattr(registry, "presence", made.presence)
    return made


def opened(hub: live.Hub, who: Actor, session: str) -> live.Stream:
    stream = live.Stream(live.Watcher.of(who), session)
    hub._streams.add(stream)  # noqa: SLF001 - what `join` does, without listening
    return stream


def waiting(stream: live.Stream) -> list[bytes]:
    return stream._frames  # noqa: SLF001 - what would be sent


@pytest.mark.django_db
def test_the_streams_of_a_session_that_has_ended_end_and_keep_nobody_present(house: House) -> None:
    hub, one, other = live.Hub(), actor(3, "interactions.work"), actor(4, "interactions.work")
    gone = [opened(hub, one, "out") for _tab in range(2)]
    stays = opened(hub, other, "in")
    taken = opened(hub, one, "another's")
    house.known = {"in": other, "another's": other}
    hub.send(EVENT)
    asyncio.run(hub.look_after())
    assert house.asked == [{"in", "out", "another's"}]
    assert house.present == {"": {4}, "interactions.work": {4}}
    hub.send(DIRECTED)
    for stream in (*gone, taken):
        assert stream.is_over
        assert waiting(stream) == [live.SIGNED_OUT]
    assert not stays.is_over
    assert len(waiting(stays)) == 1


@pytest.mark.django_db
def test_a_right_that_was_withdrawn_is_withdrawn_from_open_pages(house: House) -> None:
    hub, was = live.Hub(), actor(3, "interactions.work", "cases.view")
    stream = opened(hub, was, "in")
    house.known = {"in": was}
    asyncio.run(hub.look_after())
    assert waiting(stream) == []
    house.known, house.present = {"in": actor(3)}, {}
    asyncio.run(hub.look_after())
    assert house.present == {"": {3}}
    assert asyncio.run(stream.taken()) == live.RESYNC
    hub.send(EVENT)
    assert waiting(stream) == []


@pytest.mark.django_db
def test_who_looks_after_streams_keeps_no_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a server share a few connections: each that was kept would be lost to them."""

    async def looked() -> tuple[bool, Any]:
        await hub.look_after()
        return bool(used), await sync_to_async(lambda: connection.connection)()

    def signed_in(**_asked: Any) -> dict[str, Actor]:
        connection.ensure_connection()
        used.append(connection.connection)
        return {"in": actor(3)}

    hub, used = live.Hub(), list[Any]()
    opened(hub, actor(3), "in")
    monkeypatch.setattr(registry, "signed_in", signed_in)
    assert asyncio.run(looked()) == (True, None)
    assert house.present == {"": {3}}


@pytest.mark.django_db
def test_a_database_that_does_not_answer_ends_no_stream(house: House) -> None:
    hub = live.Hub()
    stream = opened(hub, actor(3), "in")
    house.is_down = True
    asyncio.run(hub.look_after())
    assert not stream.is_over
    assert house.present == {}


@pytest.mark.django_db
def test_whoever_is_signed_out_gets_the_word_for_it_and_the_end_of_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = live.Stream(live.Watcher.of(actor(3)), "in")
    monkeypatch.setattr(live.hub, "join", lambda *_args, **_more: stream)

    async def story() -> list[bytes]:
        stream.settle(None)
        return [piece async for piece in live.events_for(actor(3), session="in", age=0)]

    hello, last = asyncio.run(story())
    assert b"event: hello" in hello
    assert last == live.SIGNED_OUT
