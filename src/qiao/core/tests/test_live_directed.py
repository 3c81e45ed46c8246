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


def test_a_browser_that_stalls_is_told_to_read_anew_and_no_old_event() -> None:
    hub, watcher = live.Hub(), live.Watcher(actor(3, cases_view=(7,)), {7})
    queue: asyncio.Queue[str] = asyncio.Queue(3)
    hub._queues[queue] = watcher  # noqa: SLF001 - what `join` does in a running loop
    for number in range(4):
        hub._send(json.dumps({"org": 7, "topics": [str(number)]}))  # noqa: SLF001
    assert [queue.get_nowait() for _each in range(queue.qsize())] == [live.RESYNC]
