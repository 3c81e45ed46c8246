"""The engine speaks with a switch as it was recorded, on every recorded scenario."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from django.conf import settings
from django.utils import timezone

from qiao.telephony.engines.ari import Address, AriEngine
from qiao.telephony.engines.ari_words import outcome_of, request_of, view_of
from qiao.telephony.engines.port import EngineDown
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Create, Dial, HangUp, Join, Outcome, Signal, StopPlaying
from qiao.telephony.tests.ari_double import AriDouble, Call, script

LONG = 20.0
STATES = {"Up": "Up", "Ringing": "Rings"}
TOLD_BY: dict[str, Callable[[dict[str, Any]], str]] = {
    "StasisStart": lambda e: "Arrived" if e["args"][:1] == ["inbound"] else "Ready",
    "ChannelStateChange": lambda e: {"Up": "Up", "Ringing": "Rings"}.get(
        e["channel"]["state"], ""
    ),
    "ChannelDtmfReceived": lambda _e: "KeyPressed",
    "ChannelHold": lambda _e: "HeldByPhone",
    "ChannelUnhold": lambda _e: "HeldByPhone",
    "ChannelHangupRequest": lambda _e: "HangsUp",
    "StasisEnd": lambda _e: "Left",
    "ChannelDestroyed": lambda _e: "Gone",
    "ChannelEnteredBridge": lambda _e: "Joined",
    "ChannelLeftBridge": lambda _e: "Parted",
    "BridgeDestroyed": lambda _e: "BridgeEnded",
    "PlaybackFinished": lambda _e: "PlaybackEnded",
    "RecordingFinished": lambda _e: "RecordingEnded",
    "ChannelTransfer": lambda e: "" if e.get("state") else "TransferAsked",
    "BridgeBlindTransfer": lambda _e: "TransferDone",
    "BridgeAttendedTransfer": lambda _e: "TransferDone",
    "ApplicationReplaced": lambda _e: "Replaced",
}
FAILING = {  # what a refusal meant where it was recorded, by order and status
    (Create, 500): Outcome.UNREACHABLE,
    (Dial, 409): Outcome.NOT_YET,
    (HangUp, 404): Outcome.ALREADY,
    (StopPlaying, 404): Outcome.ALREADY,
    (Join, 400): Outcome.GONE,
    (Join, 404): Outcome.GONE,
    (switch.Answer, 404): Outcome.GONE,
    (switch.Leave, 400): Outcome.ALREADY,
    (switch.Music, 409): Outcome.ALREADY,
    (switch.Record, 409): Outcome.ALREADY,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a recording; one that is skipped where there are none."""
    if "recording" in metafunc.fixturenames:
        found = sorted((Path(settings.QIAO_SHARED) / "data" / "ari-traces").glob("*.jsonl"))
        metafunc.parametrize("recording", found or [None], ids=lambda each: each and each.stem)


@asynccontextmanager
async def playing(double: AriDouble) -> AsyncIterator[AriEngine]:
    """An engine that speaks with a double, on the loopback."""
    runner = web.AppRunner(double.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    address = Address(f"http://127.0.0.1:{port}", "qiao", "secret", "cc")
    engine = AriEngine(address, timezone.now)
    try:
        await engine.start()
        yield engine
    finally:
        await engine.stop()
        await runner.cleanup()


async def replay(path: Path) -> tuple[AriDouble, list[Signal], list[tuple[Any, int, Outcome]]]:
    """Give the recorded orders one after the other; what was heard, and what became of them."""
    double = AriDouble(script(path))
    heard: list[Signal] = []
    outcomes = []
    async with playing(double) as engine:

        async def listen() -> None:
            heard.extend([signal async for signal in engine.signals()])

        listening = asyncio.create_task(listen())
        for call, order in double.orders():
            outcomes.append((order, call.status, await engine.give(order)))
        while double.at < len(double.rows):
            before = double.at
            await asyncio.sleep(0.05)
            if double.at == before and double.socket and not double.socket.closed:
                break
        await asyncio.sleep(0.05)
    await listening
    return double, heard, outcomes


def test_every_recording_is_spoken_as_it_was(recording: Path | None) -> None:
    if recording is None:
        pytest.skip("the recordings of QIAO_SHARED are not here")
    double, heard, outcomes = asyncio.run(asyncio.wait_for(replay(recording), LONG))
    assert double.wrong == []
    for order, status, outcome in outcomes:
        meant = Outcome.DONE if status < 300 else FAILING[(type(order), status)]
        assert (order, outcome) == (order, meant)
    told = Counter(type(each).__name__ for each in heard)
    lost, back = told.pop("LineLost", 0), told.pop("LineBack", 0)
    said = Counter(
        TOLD_BY[event["type"]](event)
        for kind, event, _moment in double.rows
        if kind == "event" and event["type"] in TOLD_BY
    )
    del said[""]
    closed = any(kind == "close" for kind, _value, _moment in double.rows)
    if closed:
        assert (lost, back) == (1, 1)
        assert told.keys() <= said.keys()
    else:
        assert told == said
        assert (lost, back) == (said["Replaced"], 0)


def test_what_was_recorded_covers_what_is_said() -> None:
    """Every kind of signal is translated from something; none is told by nothing."""
    kinds = {each.__name__ for each in _all_signals(Signal)} - {"Signal", "OfChannel"}
    assert kinds - {"LineLost", "LineBack"} == {
        "Arrived", "Ready", "Up", "Rings", "KeyPressed", "HeldByPhone", "HangsUp", "Left", "Gone",
        "Joined", "Parted", "BridgeEnded", "PlaybackEnded", "RecordingEnded", "TransferAsked",
        "TransferDone", "Replaced",
    }  # fmt: skip


def _all_signals(kind: type[Signal]) -> list[type[Signal]]:
    found: list[type[Signal]] = [kind]
    for child in kind.__subclasses__():
        found += _all_signals(child)
    return found


def test_what_stands_is_seen_by_who_listens_to_everything_and_by_nobody_else() -> None:
    """Such an application holds no channel by name: recorded so from Asterisk 22.10.1."""
    known = {"channel_ids": ["__AST_CHANNEL_ALL_TOPIC"], "bridge_ids": ["__AST_BRIDGE_ALL_TOPIC"]}
    seen = [
        ("h1-1.1", "Stasis", "qiao,inbound,95598"),
        ("q1-a2", "", ""),  # only just made
        ("h1-2.2", "Stasis", "qiao-world,caller"),
        ("h1-3.3", "Dial", "PJSIP/9000,45"),
    ]
    channels = [
        {
            "id": name, "state": "Up", "caller": {"number": "1"},
            "dialplan": {"exten": "95598", "app_name": app, "app_data": data},
        }
        for name, app, data in seen
    ]  # fmt: skip
    bridges = [
        {"id": "q1-t3", "channels": []},
        {"id": "talk", "channels": ["h1-1.1"]},
        {"id": "theirs", "channels": ["h1-3.3"]},
    ]
    view = view_of(channels, bridges, known, "qiao")
    assert [each.channel for each in view.channels] == ["h1-1.1", "q1-a2"]
    assert [each.bridge for each in view.bridges] == ["q1-t3", "talk"]


def test_a_sound_is_named_as_one_that_may_be_played() -> None:
    """A bare name is taken with 201; nothing is heard then, and nothing told of an end."""
    given = request_of(switch.Play("c", "p", ("qiao-en-1", "sound:cc/bill")), "qiao")
    assert given.query == {"media": "sound:qiao-en-1,sound:cc/bill"}


def test_a_bridge_that_stands_is_found_made() -> None:
    told = outcome_of(switch.MakeBridge("q1-t3"), 409, "Bridge with id 'q1-t3' already exists")
    assert told is Outcome.ALREADY


def test_what_is_left_out_of_a_recording_waits_until_it_has_begun() -> None:
    early = {"message": "Recording not in session"}
    path = "/recordings/live/q1-r4/pause"
    answers = [(409, early), (409, early), (204, None)]
    double = AriDouble(
        [("call", Call("POST", path, {}, status, told, 0, 0), 0.0) for status, told in answers]
    )

    async def pause() -> Outcome:
        async with playing(double) as engine:
            return await engine.give(switch.PauseRecording("q1-r4", on=True))

    assert asyncio.run(asyncio.wait_for(pause(), LONG)) is Outcome.DONE
    assert (double.at, double.wrong) == (3, [])


def test_the_end_of_a_recording_is_told_once() -> None:
    """Who listens to everything hears it of the bridge and of who recorded there."""
    event = {
        "type": "RecordingFinished", "timestamp": "2026-11-29T21:36:05.000+0000",
        "recording": {"name": "q1-r4", "duration": 2},
    }  # fmt: skip
    double = AriDouble([("event", event, 0.0), ("event", event, 0.0)])

    async def listen() -> list[Signal]:
        async with playing(double) as engine:
            await asyncio.sleep(0.1)
        return [signal async for signal in engine.signals()]

    heard = asyncio.run(asyncio.wait_for(listen(), LONG))
    assert [type(each).__name__ for each in heard if not isinstance(each, switch.LineLost)] == [
        "RecordingEnded"
    ]


def test_a_switch_that_does_not_know_us_is_told_in_words() -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=401)

    async def attempt() -> None:
        double = AriDouble([])
        double._events = refuse  # type: ignore[method-assign,assignment]  # noqa: SLF001
        async with playing(double):
            pass

    with pytest.raises(EngineDown, match=r"ari\.conf"):
        asyncio.run(attempt())


def test_a_switch_that_is_not_there_is_told_in_words() -> None:
    async def attempt() -> None:
        engine = AriEngine(Address("http://127.0.0.1:9", "a", "b"), timezone.now)
        await engine.start()

    with pytest.raises(EngineDown, match="cannot be reached"):
        asyncio.run(attempt())


def test_a_job_asks_for_recordings_beside_the_controller_who_listens() -> None:
    """A second listener would take the place of the first: a job must not become one."""
    path = Path(settings.QIAO_SHARED) / "data" / "ari-traces" / "08_recording.jsonl"
    if not path.is_file():
        pytest.skip("the recordings of QIAO_SHARED are not here")
    double = AriDouble(script(path))
    files = [value.path for kind, value, _at in double.rows if kind == "call"]
    name = next(each.split("/")[3] for each in files if each.endswith("/file"))

    async def fetch() -> int:
        async with playing(double) as listening:
            socket = double.socket
            job = AriEngine(listening._address, timezone.now)  # noqa: SLF001
            await job.reach()
            try:
                sound = b"".join([block async for block in job.fetch_recording(name)])
                await job.drop_recording(name)
                with pytest.raises(KeyError):
                    [block async for block in job.fetch_recording(name)]
            finally:
                await job.stop()
            assert double.socket is socket
            return len(sound)

    assert asyncio.run(asyncio.wait_for(fetch(), LONG)) == 32684
