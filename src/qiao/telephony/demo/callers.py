"""Callers who ring by themselves: each has a number, patience, and something to talk about."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from random import Random
from typing import Final

from qiao.core.demo_rhythm import demo_pack, demo_packs, pulse
from qiao.customers.queries import SomeCustomer
from qiao.telephony.engines.sim_switch import SimSwitch
from qiao.telephony.queries.scenes import PLAYED, scene_at
from qiao.telephony.rules.speech import PREFIX

FIRST_SECONDS: Final = 6.0  # a visitor who has just signed on should not wait for life
BUSIEST_SECONDS: Final = 26.0  # between two callers in the busiest hour, on average
LONGEST_SECONDS: Final = 45.0  # and at night: whoever looks at the demo then sees calls, too
PATIENCE_SECONDS: Final = 150.0
SHORTEST_PATIENCE: Final = 8.0
TALK_SECONDS: Final = 75.0
TALK_SPREAD: Final = 0.5  # of the logarithm of a talk
SHORTEST_TALK: Final = 18.0
LOOK_SECONDS: Final = 0.5
LISTENS_SECONDS: Final = 9.0
UNKNOWN_SHARE: Final = 0.08
WITHHELD_SHARE: Final = 0.02
MOST_CALLERS: Final = 12


class Callers:
    """People who call the lines of the demo world. Belongs to one event loop."""

    def __init__(self, switch: SimSwitch, now: Callable[[], datetime], *, seed: int = 1) -> None:
        self._switch = switch
        self._now = now
        lines = [line for pack in demo_packs() for line in pack.demo.lines]
        self._lines = [(line.number, line.weight) for line in lines]
        self._random = Random(seed)  # noqa: S311 - a play, no secret
        self._calling: set[asyncio.Task[None]] = set()

    async def run(self, draw: Callable[[], Awaitable[Sequence[SomeCustomer]]]) -> None:
        """Let people call until cancelled; `draw` brings some customers."""
        await asyncio.sleep(FIRST_SECONDS)
        while self._lines:
            if len(self._calling) < MOST_CALLERS:
                number = self._number(await draw())
                task = asyncio.create_task(self._call(number))
                self._calling.add(task)
                task.add_done_callback(self._calling.discard)
            await asyncio.sleep(self._random.expovariate(1 / self._pause()))

    def _pause(self) -> float:
        pack = demo_pack()
        busy = pulse(self._now(), pack) if pack else 1.0
        return min(LONGEST_SECONDS, BUSIEST_SECONDS / busy)

    def _number(self, customers: Sequence[SomeCustomer]) -> str:
        chance = self._random.random()
        if chance < WITHHELD_SHARE:
            return ""
        if chance < WITHHELD_SHARE + UNKNOWN_SHARE or not customers:
            return f"139{self._random.randrange(10**8):08d}"
        return self._random.choice(customers).number

    async def _call(self, number: str) -> None:
        """Call, wait as long as one's patience lasts, talk, hang up."""
        switch, chance = self._switch, self._random
        numbers, weights = zip(*self._lines, strict=True)
        line = chance.choices(numbers, weights)[0]
        channel = switch.call(number, line, by=PLAYED)
        patience = max(SHORTEST_PATIENCE, chance.expovariate(1 / PATIENCE_SECONDS))
        talk = max(SHORTEST_TALK, chance.lognormvariate(math.log(TALK_SECONDS), TALK_SPREAD))
        waited = talked = 0.0
        scene = scene_at(channel, line)
        keys = list(scene.keys) if scene else []
        while switch.standing(channel):
            await asyncio.sleep(LOOK_SECONDS)
            if keys and switch.heard_by(channel).startswith(PREFIX):
                await asyncio.sleep(chance.uniform(1.0, LISTENS_SECONDS))
                switch.press(channel, keys.pop(0))
            if switch.heard_by(channel) == "talk":
                talked += LOOK_SECONDS
            elif not talked:
                waited += LOOK_SECONDS
            if talked >= talk or (not talked and waited >= patience):
                switch.put_down(channel)
