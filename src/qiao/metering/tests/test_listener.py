"""The listener at a real broker: told twice, out of order, poisoned, away and back."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from qiao.metering.broker import BadAddress, read_address
from qiao.metering.listener import Listener
from qiao.metering.models import AsideMessage, HeadEnd, ListenerState, Reading
from qiao.metering.operations.head_ends import add_head_end, switch_head_end
from qiao.metering.queries.heads import listening
from qiao.metering.tests.cast import Metered, make_metered
from qiao.metering.tests.mosquitto import Mosquitto, a_broker, write_certificate

SECONDS = 30.0
TOPIC = "heads/1"
pytestmark = pytest.mark.enable_socket


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of its own."""
    found = a_broker(tmp_path / "broker")
    try:
        yield found
    finally:
        found.stop()


@pytest.fixture
def metered(own_database: str, media: Path) -> Metered:
    """Two meters and a head-end, committed."""
    with transaction.atomic():
        found = make_metered(2)
        company = found.company
        add_head_end(
            actor=company.agent, now=timezone.now(), organisation_id=company.lake.pk,
            name="集抄一", topic="heads/+", form="json",
        )  # fmt: skip
    return found


def readings(metered: Metered, *days: int, which: int = 0) -> tuple[str, bytes]:
    """A message: so many days ago, each with a greater value the later it is."""
    meter = metered.points[which].meter_number
    rows = [
        {
            "key": f"{which}-{day}", "meter_number": meter, "value": str(1_000 - day),
            "read_at": (timezone.now() - timedelta(days=day)).isoformat(),
        }
        for day in days
    ]  # fmt: skip
    return TOPIC, json.dumps({"readings": rows}).encode()


def while_listening(
    broker: Mosquitto, *steps: Callable[[], Any], until: Callable[[], bool], more: str = "",
    seconds: float = SECONDS,
) -> None:  # fmt: skip
    """Do the steps while a listener hears the broker, one after the other; end when it is so."""

    began = timezone.now()

    async def play() -> None:
        listener = Listener(read_address(broker.address + more), "qiao-test", timezone.now)
        task = asyncio.create_task(listener.run())
        try:
            async with asyncio.timeout(seconds):
                await _is_so(task, lambda: is_connected(since=began))
                for step in steps:
                    await asyncio.to_thread(_closing, step)
                await _is_so(task, until)
        finally:
            listener.stop()
            await task

    asyncio.run(play())


async def _is_so(task: "asyncio.Task[None]", until: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(_closing, until):
        assert not task.done()
        await asyncio.sleep(0.1)


def _closing(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connections.close_all()


def is_connected(*, since: datetime | None = None) -> bool:
    """Whether the page says so, of a connection that is no older."""
    found = listening(timezone.now())
    if found.state != "connected" or found.said is None or found.said.connected_at is None:
        return False
    return since is None or found.said.connected_at >= since


def keys() -> set[str]:
    """The keys of all readings."""
    return set(Reading.objects.values_list("key", flat=True))


def test_what_is_told_while_nobody_listens_waits_and_is_taken_in_once(
    broker: Mosquitto, metered: Metered
) -> None:
    while_listening(broker, until=is_connected)  # from now on the broker keeps what is told
    first, second = readings(metered, 9, 8), readings(metered, 8, 7)
    broker.tell([second, first, first])  # out of order, and twice
    while_listening(
        broker, lambda: broker.tell([second]), until=lambda: keys() == {"0-9", "0-8", "0-7"}
    )
    assert Reading.objects.count() == 3
    assert AsideMessage.objects.count() == 0
    assert set(Reading.objects.values_list("state", flat=True)) == {"valid"}


def test_a_broker_of_an_older_protocol_is_heard_too(broker: Mosquitto, metered: Metered) -> None:
    older = "?protocol=3.1.1"
    while_listening(broker, until=is_connected, more=older)
    broker.tell([readings(metered, 4)])
    while_listening(broker, until=lambda: keys() == {"0-4"}, more=older)


def test_a_broker_is_heard_by_tls_and_only_with_the_right_authority(
    tmp_path: Path, metered: Metered
) -> None:
    broker = a_broker(tmp_path / "secure", is_secure=True)
    try:
        while_listening(
            broker, lambda: broker.tell([readings(metered, 4)]), until=lambda: keys() == {"0-4"}
        )
        with pytest.raises(TimeoutError):
            while_listening(
                broker, until=is_connected, more=f"&ca={other_authority(tmp_path)}", seconds=4
            )
        assert "certificate" in ListenerState.objects.get().error
    finally:
        broker.stop()


def other_authority(folder: Path) -> Path:
    """A certificate that vouches for somebody else."""
    other = folder / "other"
    other.mkdir()
    write_certificate(other)
    return other / "ca.pem"


def test_poison_holds_nothing_up_and_is_told_once(broker: Mosquitto, metered: Metered) -> None:
    poison = [(TOPIC, b"\xff"), (TOPIC, b"{}"), ("heads/2", b"[" * 50_000), (TOPIC, b"")]
    good = readings(metered, 5)

    def is_done() -> bool:
        return keys() == {"0-5"} and AsideMessage.objects.count() == len(poison)

    while_listening(broker, lambda: broker.tell([*poison, good, *poison]), until=is_done)
    while_listening(broker, until=is_connected)  # nothing of it is told again
    assert set(AsideMessage.objects.values_list("told_count", flat=True)) == {2}


def test_a_broker_that_goes_away_and_comes_back_is_heard_again(
    broker: Mosquitto, metered: Metered
) -> None:
    began = timezone.now()

    def away() -> None:
        nonlocal began
        broker.stop()
        began = timezone.now()

    def back() -> None:
        assert ListenerState.objects.get() is not None
        broker.start()
        broker.tell([readings(metered, 6)])

    while_listening(
        broker,
        lambda: broker.tell([readings(metered, 7)]),
        away,
        back,
        until=lambda: keys() == {"0-7", "0-6"} and is_connected(since=began),
    )
    assert ListenerState.objects.get().error != ""


def test_a_head_end_that_is_switched_off_is_asked_for_no_more(
    broker: Mosquitto, metered: Metered
) -> None:
    head_end = HeadEnd.objects.get()

    def switch(*, is_active: bool) -> None:
        with transaction.atomic():
            switch_head_end(
                actor=metered.company.agent, head_end_id=head_end.pk, is_active=is_active
            )

    while_listening(broker, until=is_connected)
    switch(is_active=False)
    while_listening(broker, until=is_connected)
    broker.tell([readings(metered, 3)])  # nobody has asked for it
    switch(is_active=True)
    while_listening(
        broker, lambda: broker.tell([readings(metered, 2)]), until=lambda: keys() == {"0-2"}
    )


def test_addresses_of_brokers_are_read_and_show_no_password() -> None:
    found = read_address("mqtts://u:p%40ss@broker.example?ca=/etc/ca.pem&protocol=3.1.1")
    assert (found.port, found.password, found.is_secure) == (8883, "p@ss", True)
    assert found.shown == "broker.example:8883"
    for bad in ("broker", "http://a", "mqtt://", "mqtt://a?x=1", "mqtt://a?protocol=4"):
        with pytest.raises(BadAddress):
            read_address(bad)
