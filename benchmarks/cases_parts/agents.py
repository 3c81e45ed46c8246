"""Agents at work: each reads one page a second over loopback, as people do who also talk."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from measuring.browsing import Wire
from measuring.databases import url_of
from measuring.timing import Limits, Result, result

# A page to open: its address, and the statement that reads the same rows bare.
Page = tuple[str, str, Sequence[object]]
PACE = 1.0
WARM = 6


class Agent(threading.Thread):
    """One person with one connection, opening pages of each kind in turn until told to stop."""

    def __init__(
        self, port: int, cookie: str, kinds: Mapping[str, Callable[[random.Random], Page]],
        *, database: str, seed: int,
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self.kinds, self.chance = dict(kinds), random.Random(seed)
        self.wire = Wire(port, cookie)
        self.bare = psycopg.connect(url_of(database, "DATABASE_OWNER_URL"), autocommit=True)
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.floors: dict[str, list[float]] = defaultdict(list)
        self.stopping = threading.Event()
        self.fault: str = ""

    def run(self) -> None:
        """Open pages at the pace of a person; what fails ends it and is its fault."""
        names = list(self.kinds)
        self.chance.shuffle(names)
        opened = 0
        due = time.perf_counter() + self.chance.random() * PACE
        while not self.fault and not self.stopping.wait(max(0.0, due - time.perf_counter())):
            due += PACE
            name = names[opened % len(names)]
            took, floor = self._open(*self.kinds[name](self.chance))
            opened += 1
            if opened > WARM:
                self.taken[name].append(took)
                self.floors[name].append(floor)

    def _open(self, address: str, sql: str, values: Sequence[object]) -> tuple[float, float]:
        """The milliseconds of a page and of its rows bare."""
        began = time.perf_counter()
        status, location = self.wire.get(address)
        shown = time.perf_counter()
        if status != 200:
            self.fault = f"{address}: status {status} {location}"
        try:
            self.bare.execute(sql, values).fetchall()
        except psycopg.Error as error:
            self.fault = f"{address}: {error}"
        return (shown - began) * 1000, (time.perf_counter() - shown) * 1000


@contextmanager
def at_work(crew: Sequence[Agent]) -> Iterator[None]:
    """Let agents work for a block. Raises `RuntimeError` if one met a page that failed."""
    for agent in crew:
        agent.start()
    try:
        yield
    finally:
        for agent in crew:
            agent.stopping.set()
        for agent in crew:
            agent.join()
            agent.bare.close()
            agent.wire.socket.close()
    faults = [agent.fault for agent in crew if agent.fault]
    if faults:
        raise RuntimeError(f"an agent met {faults[0]}")


def read_by(
    crew: Sequence[Agent], *, case: str, limits: Limits, **details: float
) -> Iterator[Result]:
    """What opening each kind of page took, for all agents together."""
    for name in crew[0].kinds:
        taken = [ms for agent in crew for ms in agent.taken[name]]
        floors = [ms for agent in crew for ms in agent.floors[name]]
        if not taken:
            raise RuntimeError(f"nobody opened {name}: the time is too short")
        yield result(f"{case} {name}", taken, floors, limits, {"opened": len(taken), **details})
