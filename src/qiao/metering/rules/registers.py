"""The register of a meter: what may stand on it, how far it went, how a span is shared by days."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final
from unicodedata import normalize

TOTAL: Final = "total"
PERIOD: Final = "period"
DEMAND: Final = "demand"
KINDS: Final = (TOTAL, PERIOD, DEMAND)
MOST_DIGITS: Final = 10
MOST_DECIMALS: Final = 4

# Wide enough for every register: products and sums below are exact, nothing is lost unseen.
EXACT: Final = Context(prec=60)
_SHAPE: Final = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,40})(?:\.([0-9]{0,40}))?")


class BadValue(ValueError):  # noqa: N818 - a refusal, not a fault
    """This cannot stand on the register. `code`: empty, number, negative, digits, decimals."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Register:
    """A register: its kind, how many digits stand before and behind the point, and from which day
    its difference counts how many times (in order; once before the first)."""

    digits: int
    decimals: int = 0
    kind: str = TOTAL
    multipliers: tuple[tuple[date, Decimal], ...] = ()

    @property
    def capacity(self) -> Decimal:
        """What it goes back to nought at, in units of the register."""
        return Decimal(10) ** self.digits

    @property
    def step(self) -> Decimal:
        """The smallest difference that it shows."""
        return Decimal(1).scaleb(-self.decimals)

    def multiplier_on(self, day: date) -> Decimal:
        """How many times a difference counts on that day."""
        found = Decimal(1)
        for since, factor in self.multipliers:
            if since <= day:
                found = factor
        return found

    def changes(self) -> tuple[date, ...]:
        """The days on which the multiplier changed."""
        found, before = [], Decimal(1)
        for since, factor in self.multipliers:
            if factor != before:
                found.append(since)
            before = factor
        return tuple(found)


def read_value(raw: str, register: Register) -> Decimal:
    """What was typed, read off or sent, as it stands on the register.

    Full-width digits and thousands commas are understood; nothing else is guessed. Raises
    `BadValue`: NaN, signs, powers of ten, more digits than the register has are refused.
    """
    if raw.isascii() and raw.isdigit() and len(raw) <= register.digits:  # as most are
        plain = Decimal(raw)
        return plain.quantize(register.step, context=EXACT) if register.decimals else plain
    text = normalize("NFKC", raw).strip()
    if not text:
        raise BadValue("empty")
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise BadValue("number")
    sign, whole, behind = found[1], found[2].replace(",", ""), (found[3] or "").rstrip("0")
    if sign == "-" and (whole.strip("0") or behind):
        raise BadValue("negative")
    if len(whole.lstrip("0")) > register.digits:
        raise BadValue("digits")
    if len(behind) > register.decimals:
        raise BadValue("decimals")
    return Decimal(f"{whole}.{behind or '0'}").quantize(register.step, context=EXACT)


def wrapped(start: Decimal, end: Decimal, register: Register) -> Decimal:
    """The use between two values if the register went once past its last figure."""
    return EXACT.add(EXACT.subtract(end, start), register.capacity)


def is_plausible(
    used: Decimal, *, days: int, usual_per_day: Decimal | None, times: Decimal
) -> bool:
    """Whether a use across the last figure of the register fits what the meter used before.

    Without a use before, nothing is plausible: a person looks at it.
    """
    if usual_per_day is None or days < 1:
        return False
    return used <= EXACT.multiply(EXACT.multiply(usual_per_day, Decimal(days)), times)


def share_at(total: Decimal, *, passed: int, days: int, step: Decimal) -> Decimal:
    """How much of `total`, spread evenly over `days`, lies in the first `passed` of them.

    Rounded half up to `step`, or as fine as the total itself: shares that are differences of such
    values sum to the total exactly.
    """
    if passed >= days:
        return total
    if passed <= 0:
        return Decimal(0)
    exponent = min(step.as_tuple().exponent, total.as_tuple().exponent)
    part = EXACT.divide(EXACT.multiply(total, Decimal(passed)), Decimal(days))
    return part.quantize(Decimal(1).scaleb(int(exponent)), ROUND_HALF_UP, EXACT)


def shares(total: Decimal, days: Sequence[int], *, step: Decimal) -> list[Decimal]:
    """A total shared over spans by their days; the shares sum to it exactly.

    Raises `ValueError` without a day.
    """
    whole = sum(days)
    if whole < 1 or min(days) < 0:
        raise ValueError("a total is shared over one day at least")
    found, before, passed = [], Decimal(0), 0
    for each in days:
        passed += each
        upto = share_at(total, passed=passed, days=whole, step=step)
        found.append(EXACT.subtract(upto, before))
        before = upto
    return found
