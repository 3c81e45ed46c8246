"""One contract for every engine: the simulated switch, a recorded one, and a real one if there is.

A run on the simulator alone would prove nothing: each scenario is the recording of a real switch,
played back, and the simulator must tell the same of each channel in the same order.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.port import TelephonyEngine
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_phones import Manner, Phone
from qiao.telephony.rules.switch import Arrived, Signal
from qiao.telephony.tests.ari_double import AriDouble, script
from qiao.telephony.tests.performing import CALLER, DIALLED, Ear, Performance, told_of
from qiao.telephony.tests.real_stage import RealStage, World, address, real_stage
from qiao.telephony.tests.scenarios import SCENARIOS
from qiao.telephony.tests.test_ari_replay import playing

LONG = 30.0
QUICK = 0.05  # seconds until a played telephone is taken
SOUND = 0.2
MANNERS: dict[str, Manner] = {
    "silent": "silent", "busy": "busy", "off": "off", "declines": "declines",
}  # fmt: skip


@dataclass
class SimStage:
    """The simulated switch, its telephones played by the scenario."""

    engine: SimEngine

    def __post_init__(self) -> None:
        self._rung: list[str] = []
        played = self.engine.switch
        played.on_state = lambda channel, _state: self._rung.append(channel)

    def dials(self) -> None:
        self.engine.switch.call(CALLER, DIALLED)

    def puts_down(self, channel: str) -> None:
        self.engine.switch.put_down(channel)

    def presses(self, channel: str, keys: str) -> None:
        for key in keys:
            self.engine.switch.press(channel, key)

    def phone(self, endpoint: str, manner: str = "answers", after_seconds: float = QUICK) -> None:
        if manner == "takes now":
            for channel in reversed(self._rung):
                self.engine.switch.take(channel)
            return
        kept: Manner = MANNERS.get(manner, "answers")
        self.engine.switch.phones[endpoint] = Phone(endpoint, kept, after_seconds or QUICK)

    def holds(self, channel: str) -> None:
        for on in (True, False):
            self.engine.switch.hold(channel, on=on)

    def loses_line(self) -> None:
        self.engine.lose_line()
        asyncio.get_running_loop().call_later(QUICK, self.engine.get_line_back)


@dataclass
class RecordedStage:
    """A recording, in which everybody does by themselves what they did."""

    engine: TelephonyEngine

    def dials(self) -> None: ...
    def puts_down(self, channel: str) -> None: ...
    def presses(self, channel: str, keys: str) -> None: ...
    def phone(
        self, endpoint: str, manner: str = "answers", after_seconds: float = 0.0
    ) -> None: ...
    def holds(self, channel: str) -> None: ...
    def loses_line(self) -> None: ...


async def played(stage: SimStage | RecordedStage | RealStage, name: str) -> list[Signal]:
    """Play a scenario; all that was heard."""
    ear = Ear()
    listening = asyncio.create_task(ear.listen(stage.engine))
    try:
        await SCENARIOS[name](Performance(stage, ear))
        await asyncio.sleep(0.05)
    finally:
        listening.cancel()
    return ear.heard


async def on_simulator(name: str, *, told_late: bool = False) -> list[Signal]:
    engine = SimEngine(LoopClock(timezone.now), told_late=told_late)
    engine.switch.sound_seconds = lambda sound: 0.0 if "nosuch" in sound else SOUND
    await engine.start()
    return await played(SimStage(engine), name)


async def on_recording(path: Path) -> tuple[AriDouble, list[Signal]]:
    double = AriDouble(script(path))
    async with playing(double) as engine:
        return double, await played(RecordedStage(engine), path.stem)


@pytest.fixture(params=SCENARIOS)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.mark.parametrize("told_late", [False, True])
def test_the_simulator_keeps_the_contract(name: str, told_late: bool) -> None:
    asyncio.run(asyncio.wait_for(on_simulator(name, told_late=told_late), LONG))


def test_the_recorded_switch_keeps_the_contract_and_the_simulator_tells_the_same(
    name: str,
) -> None:
    path = Path(settings.QIAO_SHARED) / "data" / "ari-traces" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("the recordings of QIAO_SHARED are not here")
    double, recorded = asyncio.run(asyncio.wait_for(on_recording(path), LONG))
    assert double.wrong == []
    simulated = asyncio.run(asyncio.wait_for(on_simulator(name), LONG))
    real, sim = (told_of(heard, _caller(heard)) for heard in (recorded, simulated))
    assert sim.keys() == real.keys()
    for channel, told in sim.items():
        assert told == real[channel][: len(told)], channel


def _caller(heard: list[Signal]) -> dict[str, str]:
    return {each.channel: "caller" for each in heard if isinstance(each, Arrived)}


async def on_real_switch(name: str) -> list[Signal]:
    async with real_stage(address()) as stage:
        return await played(stage, name)


@pytest.mark.skipif("ARI_URL" not in os.environ, reason="ARI_URL names no real Asterisk")
def test_a_real_asterisk_keeps_the_contract_and_the_simulator_tells_the_same(name: str) -> None:
    """On a switch of the suite's own: `python -m qiao.telephony.tests.real_files FOLDER`."""
    heard = asyncio.run(asyncio.wait_for(on_real_switch(name), LONG))
    simulated = asyncio.run(asyncio.wait_for(on_simulator(name), LONG))
    real, sim = (told_of(each, _caller(each)) for each in (heard, simulated))
    for channel, told in sim.items():
        assert told == real[channel][: len(told)], channel


@pytest.mark.skipif("ARI_URL" not in os.environ, reason="ARI_URL names no real Asterisk")
def test_a_real_asterisk_takes_by_its_dial_plan_whom_nobody_conducts() -> None:
    """Without a fallback a busy tone: the caller is told so, and not left ringing."""

    async def call() -> set[str]:
        world = World(address())
        await world.start()
        try:
            await world.call()
            await asyncio.sleep(1)
            return {each["dialplan"]["app_name"] for each in await world.get("channels")}
        finally:
            await world.stop()

    assert "Busy" in asyncio.run(asyncio.wait_for(call(), LONG))
