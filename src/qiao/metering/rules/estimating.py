"""What a register will have stood at on a day that nobody read: by days, from its own history.

The same season of last year is the surest; else what was used of late; else what accounts of the
class use a day at that time. An estimate says which, and is only ever held as an estimate: the
next real reading shares its span by days (`usage.reckon`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from qiao.metering.rules.registers import EXACT, Register
from qiao.metering.rules.spans import Past, of_season, spans_of, usual_per_day

LAST_YEAR: Final = "last_year"
RECENT: Final = "recent"
CLASS: Final = "class"
RECENT_SPANS: Final = 6


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value for a day, with the use a day that it rests on and where that comes from."""

    day: date
    value: Decimal
    used: Decimal
    per_day: Decimal
    basis: str


def estimate(
    past: Sequence[Past],
    *,
    day: date,
    register: Register,
    class_per_day: Decimal | None = None,
) -> Estimate | None:
    """The value of a register at the beginning of `day`; None where nothing tells it.

    It goes on from the last reading before that day, be it an estimate itself; its use a day comes
    from real readings alone. `class_per_day` is in units of the register.
    """
    earlier = sorted((each for each in past if each.day < day), key=lambda each: each.day)
    if not earlier:
        return None
    last = earlier[-1]
    spans = spans_of(earlier, register)
    choices = (
        (LAST_YEAR, of_season(spans, last.day, day)),
        (RECENT, usual_per_day(spans, most=RECENT_SPANS)),
        (CLASS, class_per_day),
    )
    basis, per_day = next(
        ((key, found) for key, found in choices if found is not None), ("", None)
    )
    if per_day is None or per_day < 0:
        return None
    exact = EXACT.multiply(per_day, Decimal((day - last.day).days))
    used = exact.quantize(register.step, ROUND_HALF_UP, EXACT)
    value = EXACT.remainder(EXACT.add(last.value, used), register.capacity)
    return Estimate(day, value, used, per_day, basis)
