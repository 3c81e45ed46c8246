"""Measuring one case beside its floor, in turns, so that both meet the same machine."""

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

Call = Callable[[int], object]
WARM = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What a case must keep: p95 in milliseconds, and how many times its floor at the median.

    `most` and `least` bound figures that the case tells beside its times.
    """

    p95: float | None = None
    ratio: float | None = None
    most: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A measured case in milliseconds; `ratio` compares medians."""

    case: str
    p50: float
    p95: float
    floor: float | None
    limits: Limits
    details: dict[str, Any]

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return None if not self.floor else self.p50 / self.floor

    @property
    def broken(self) -> list[str]:
        """The limits that the case does not keep, in words."""
        found = []
        if self.limits.p95 is not None and self.p95 > self.limits.p95:
            found.append(f"{self.case}: p95 {self.p95:.1f} ms > {self.limits.p95:g} ms")
        if self.limits.ratio is not None and (self.ratio or 0) > self.limits.ratio:
            found.append(f"{self.case}: {self.ratio:.2f} × the floor > {self.limits.ratio:g} ×")
        for name, most in self.limits.most.items():
            if self.details[name] > most:
                found.append(f"{self.case}: {name} {self.details[name]} > {most:g}")
        for name, least in self.limits.least.items():
            if self.details[name] < least:
                found.append(f"{self.case}: {name} {self.details[name]} < {least:g}")
        return found

    def data(self) -> dict[str, Any]:
        """The line of the report."""
        told = {
            "case": self.case,
            "p50": round(self.p50, 3),
            "p95": round(self.p95, 3),
            "floor": None if self.floor is None else round(self.floor, 3),
            "ratio": None if self.ratio is None else round(self.ratio, 2),
            "limit_p95": self.limits.p95,
            "limit_ratio": self.limits.ratio,
            "ok": not self.broken,
        }
        return told | self.details


def measure(
    case: str,
    run: Call,
    floor: Call | None = None,
    *,
    rounds: int = 150,
    limits: Limits | None = None,
    **details: Any,
) -> Result:
    """Run the case and its floor in turns, each call with the number of its round.

    They take turns at going first as well: whoever goes second finds the pages warm.
    """
    for number in range(WARM):
        run(number)
        if floor is not None:
            floor(number)
    taken: list[float] = []
    bare: list[float] = []
    own: list[float] = []  # processor time of this process: the same on a busy machine
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            if floor is not None and number % 2:
                bare.append(_timed(floor, number))
            before = time.process_time()
            taken.append(_timed(run, number))
            own.append((time.process_time() - before) * 1000)
            if floor is not None and not number % 2:
                bare.append(_timed(floor, number))
    finally:
        gc.enable()
    details["cpu"] = round(percentiles(own)[0], 3)
    return result(case, taken, bare, limits or Limits(), details)


def result(
    case: str,
    taken: Sequence[float],
    bare: Sequence[float],
    limits: Limits,
    details: dict[str, Any],
) -> Result:
    """Percentiles of what was taken, in milliseconds."""
    p50, p95 = percentiles(taken)
    return Result(case, p50, p95, percentiles(bare)[0] if bare else None, limits, details)


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    if len(values) < 2:
        return values[0], values[0]
    cut = quantiles(values, n=20, method="inclusive")
    return cut[9], cut[18]


def once(
    case: str,
    seconds: float,
    floor: float | None = None,
    *,
    limits: Limits | None = None,
    **details: Any,
) -> Result:
    """A case that is run a single time, as a million rows are; times are given in seconds."""
    bare = [] if floor is None else [floor * 1000]
    details["seconds"] = round(seconds, 2)
    return result(case, [seconds * 1000], bare, limits or Limits(), details)


def machine() -> str:
    """What it was measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def _timed(call: Call, number: int) -> float:
    began = time.perf_counter()
    call(number)
    return (time.perf_counter() - began) * 1000
