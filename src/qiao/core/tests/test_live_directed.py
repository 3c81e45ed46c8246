"""Events that are not for everybody reach the people whom they name, and those who watch."""

import asyncio
import json
from typing import Any

import pytest
from django.db import connection

from qiao.core import events, live
from qiao.core.actor import Actor

PEOPLE = {"right": "agents.watch", "org": 7, "to": [3]}


def actor(staff_id: int, **grants: tuple[int, ...]) -> Actor:
    rights = {key.replace("_", "."): value for key, value in grants.items()}
    return Actor(staff_id, "x", 7, rights)


def reaches(message: dict[str, Any], who: Actor) -> bool:
    watcher = live.Watcher(who, {each for ids in who.grants.values() for each in ids})
    return watcher.is_reached(message)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (actor(3, cases_view=(7,)), True),
        (actor(4, cases_view=(7,)), False),
        (actor(4, agents_watch=(7,)), True),
        (actor(4, agents_watch=(8,)), False),
    ],
)
def test_a_directed_event_reaches_its_person_and_those_who_watch(
    who: Actor, expected: bool
) -> None:
    assert reaches(PEOPLE, who) is expected


def test_an_event_for_all_reaches_whoever_has_any_right_there() -> None:
    message = {"org": 7}
    assert reaches(message, actor(4, cases_view=(7,)))
    assert not reaches(message, actor(4, cases_view=(8,)))


def test_people_are_woken_by_name_alone(own_database: str) -> None:
    del own_database
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {events.LIVE_CHANNEL}")
        events.wake_people(["call-5"], [3, 4])
        events.wake_people(["call-6"], [])
        events.wake_people(["living"], [], right="calls.watch", organisation_id=7)
        cursor.execute("SELECT 1")
        heard = [json.loads(n.payload) for n in connection.connection.notifies(timeout=0.2)]
        cursor.execute(f"UNLISTEN {events.LIVE_CHANNEL}")
    assert [(each["topics"], each["to"]) for each in heard] == [
        (["call-5"], [3, 4]),
        (["living"], []),
    ]
    assert reaches(heard[0], actor(4))
    assert not reaches(heard[0], actor(5, agents_watch=(7,)))
    assert reaches(heard[1], actor(5, calls_watch=(7,)))
    assert not reaches(heard[1], actor(5, calls_watch=(8,), cases_view=(7,)))


def told(number: int, **more: Any) -> str:
    return json.dumps({"org": 7, "topics": [str(number)], **more})


def topics(piece: bytes | None) -> list[str]:
    assert piece is not None
    lines = [line[6:] for line in piece.decode().splitlines() if line.startswith("data: ")]
    return [topic for line in lines for topic in json.loads(line)["topics"]]


def opened(hub: live.Hub, who: Actor) -> live.Stream:
    stream = live.Stream(live.Watcher(who, {7}))
    hub._streams.add(stream)  # noqa: SLF001 - what `join` does, without listening
    return stream


def test_a_browser_that_stalls_is_told_to_read_anew_and_no_old_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "MOST_WAITING", 3)
    hub = live.Hub()
    stream = opened(hub, actor(3, cases_view=(7,)))
    for number in range(4):
        hub.send(told(number))
    assert asyncio.run(stream.taken()) == live.RESYNC
    hub.send(told(5))
    assert topics(asyncio.run(stream.taken())) == ["5"]


def test_what_comes_within_a_breath_goes_in_one_piece_and_a_silent_one_gives_a_sign_of_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = live.Hub()
    stream = opened(hub, actor(3, cases_view=(7,)))
    for number in range(3):
        hub.send(told(number))
    hub.send(told(3).replace("7", "8", 1))  # of another unit
    assert topics(asyncio.run(stream.taken())) == ["0", "1", "2"]
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    assert asyncio.run(stream.taken()) is None


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ({"data": {"staff_id": 3}}, False),
        ({"right": "agents.watch", "to": [3]}, False),
        ({"data": {"staff_id": 4}}, True),
        ({}, True),
    ],
)
def test_what_is_about_its_person_does_not_wait_for_the_next_breath(
    more: dict[str, Any], waits: bool
) -> None:
    hub = live.Hub()

    async def story() -> bool:
        stream = opened(hub, actor(3, cases_view=(7,)))
        hub.send(told(1))
        await stream.taken()
        breath = asyncio.create_task(stream.breathe(60))
        await asyncio.sleep(0)
        hub.send(told(2, **more))
        for _turn in range(5):
            await asyncio.sleep(0)
        still = not breath.done()
        breath.cancel()
        return still

    assert asyncio.run(story()) is waits


def test_a_breath_is_longer_the_more_streams_a_process_has() -> None:
    hub = live.Hub()
    breaths = []
    for _ in range(150):
        opened(hub, actor(3, cases_view=(7,)))
        breaths.append(hub.breath)
    assert breaths[0] == breaths[24] == 0.25
    assert breaths[49] == 0.5
    assert breaths[99] == breaths[149] == 1


@pytest.mark.parametrize(
    ("age", "expected"), [(10, ["0", "1"]), (3, ["1"]), (0, []), (25, ["resync"])]
)
def test_a_page_is_told_what_came_while_it_was_on_its_way(age: float, expected: list[str]) -> None:
    clock = [1000.0]
    hub = live.Hub(lambda: clock[0])
    hub._hears_since = 980.0  # noqa: SLF001 - as if it listened since then
    for number in range(2):
        clock[0] = 995.0 + 4 * number
        hub.send(told(number))
    hub.send(json.dumps({"org": 8, "topics": ["elsewhere"]}))
    clock[0] = 1001.0
    stream = live.Stream(live.Watcher(actor(3, cases_view=(7,)), {7}))
    hub._catch_up(stream, clock[0] - age)  # noqa: SLF001 - what `join` does, without listening
    waiting = b"".join(stream._frames)  # noqa: SLF001 - what would be sent
    assert topics(waiting) == expected


def test_browsers_whose_server_went_away_do_not_all_come_back_at_once() -> None:
    greetings = [live._hello().decode() for _ in range(20)]  # noqa: SLF001 - a stream's first words
    pauses = {int(each.splitlines()[0].removeprefix("retry: ")) for each in greetings}
    assert len(pauses) > 1
    least, most = live.RETRY_MS
    assert all(least <= pause < most for pause in pauses)


def test_what_was_told_long_ago_is_forgotten_and_its_page_reads_anew() -> None:
    clock = [1000.0]
    hub = live.Hub(lambda: clock[0])
    hub._hears_since = 0.0  # noqa: SLF001 - as if it listened since then
    for number in range(3):
        clock[0] += 20
        hub.send(told(number))
    assert len(hub._told) == 2  # noqa: SLF001 - what is kept
    stream = live.Stream(live.Watcher(actor(3, cases_view=(7,)), {7}))
    hub._catch_up(stream, clock[0] - 31)  # noqa: SLF001 - what `join` does, without listening
    assert topics(asyncio.run(stream.taken())) == ["resync"]
