"""Blind re-reads: which stops are drawn, and whether two figures can both be right."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from qiao.metering.rules.registers import EXACT, Register

TIMES: Final = Decimal(3)  # so many times the usual use may have run through meanwhile
STEPS: Final = Decimal(1)  # both readers round a turning figure: one step of the register


def draw(ids: Sequence[int], *, share_percent: Decimal, seed: int) -> list[int]:
    """A random part of the stops, in their order: at least one, the same for the same seed.

    Each id gets a lot by hashing it with the seed, and the smallest lots are taken: anybody can
    draw again and see that nobody chose. Raises `ValueError` for a share that is none.
    """
    if not 0 < share_percent <= 100:
        raise ValueError(f"{share_percent} is no share in percent")
    if not ids:
        return []
    part = Decimal(len(ids)) * share_percent / 100
    wanted = int(part.to_integral_value(ROUND_CEILING))
    lots = sorted(ids, key=lambda pk: _lot(seed, pk))
    chosen = set(lots[:wanted])
    return [pk for pk in ids if pk in chosen]


def _lot(seed: int, pk: int) -> bytes:
    return hashlib.sha256(f"{seed}:{pk}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The values that agree with a reading some days later or earlier, both included."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether a value agrees."""
        return self.low <= value <= self.high


def tolerance(
    *, value: Decimal, days: int, usual_per_day: Decimal | None, register: Register
) -> Tolerance:
    """What the second reader may see if the first one read right.

    A register only goes on: read `days` later it stands between the figure and the figure plus
    `TIMES` the usual use of these days (of one day at least, since both come at some hour); read
    earlier, the other way round. One step of the register is allowed either way. Without a usual
    use a register may have gone on by any amount up to its last figure, and only a lower figure
    differs. One near its last figure may go past it: see `agrees`.
    """
    step = EXACT.multiply(register.step, STEPS)
    if usual_per_day is None:
        # Not past its last figure, or every figure would agree.
        reach = EXACT.subtract(EXACT.subtract(register.capacity, value), 2 * step)
    else:
        reach = EXACT.multiply(EXACT.multiply(usual_per_day, Decimal(max(1, abs(days)))), TIMES)
    if days >= 0:
        return Tolerance(EXACT.subtract(value, step), EXACT.add(EXACT.add(value, reach), step))
    return Tolerance(EXACT.subtract(EXACT.subtract(value, reach), step), EXACT.add(value, step))


def agrees(seen: Decimal, allowed: Tolerance, register: Register) -> bool:
    """Whether a figure agrees, past the last figure of the register too."""
    return allowed.holds(seen) or allowed.holds(EXACT.add(seen, register.capacity))
