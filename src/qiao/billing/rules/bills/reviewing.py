"""Which bills somebody looks at before they are issued: against the account's own past, and
against its neighbours.

A dry summer or a cold week changes everybody: an account is measured by how its use changed
beside how the use of its neighbours did. One without a past is measured by what its neighbours
use. Limits are the company's (see `contributions.PARAMETERS`).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MORE, LESS, NOTHING = "more", "less", "nothing"
UNLIKE, CREDIT, LARGE, LONG, SHORT, ESTIMATED = (
    "unlike", "credit", "large", "long", "short", "estimated",
)  # fmt: skip
FINDINGS: Final = (MORE, LESS, NOTHING, UNLIKE, CREDIT, LARGE, LONG, SHORT, ESTIMATED)
FEW: Final = 20
"""Fewer neighbours than this tell nothing."""
SWING: Final = (Decimal("0.5"), Decimal(2))
"""Neighbours excuse at most so much: if all use tenfold, the meters are wrong."""
DAYS_IN_MONTH: Final = Decimal("30.4")
_LEAST: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on somebody looks.

    `factor`: so many times the usual use, or the usual use divided by it; `least`: and at least so
    many units more or less over the whole bill. `large`: an amount in minor units, 0 for none.
    `length`: so many times the days that a bill covers usually. `estimates`: so many estimated
    bills one after another.
    """

    factor: Decimal = Decimal(3)
    least: Decimal = Decimal(10)
    large: int = 0
    length: Decimal = Decimal("1.6")
    estimates: int = 3


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Accounts of the same run under the same tariff: how many have a past, how their use a day
    stands to it in the middle, how many there are in all, and what nine of ten use at most."""

    with_past: int = 0
    ratio: Decimal = Decimal(1)
    count: int = 0
    high: Decimal | None = None

    @property
    def swing(self) -> Decimal:
        """What is excused by what everybody does."""
        if self.with_past < FEW:
            return Decimal(1)
        return min(max(self.ratio, SWING[0]), SWING[1])


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A bill that would be issued: its days, use, use a day, the usual use a day (None without a
    past), its total in minor units, how many months it covers by its terms, how many bills in a
    row, this one among them, rest on estimates."""

    days: int
    usage: Decimal | None
    usual: Decimal | None
    minor: int
    months: int
    estimates: int = 0
    is_first: bool = False


def findings(bill: Reckoned, neighbours: Neighbours, limits: Limits) -> list[str]:
    """Why somebody looks at a bill, as codes of `FINDINGS`; none: it may be issued."""
    found = []
    if bill.usage is not None:
        found += _of_use(bill, bill.usage, neighbours, limits)
    if bill.minor < 0:
        found.append(CREDIT)
    if limits.large and bill.minor >= limits.large:
        found.append(LARGE)
    usual = bill.months * DAYS_IN_MONTH
    if bill.days > usual * limits.length:
        found.append(LONG)
    elif bill.days * limits.length < usual and not bill.is_first:
        found.append(SHORT)
    if limits.estimates and bill.estimates >= limits.estimates:
        found.append(ESTIMATED)
    return found


def _of_use(bill: Reckoned, usage: Decimal, neighbours: Neighbours, limits: Limits) -> list[str]:
    daily = usage / bill.days
    if bill.usual is None:
        high = neighbours.high
        if high is None or neighbours.count < FEW:
            return []
        is_far = daily >= high * limits.factor and (daily - high) * bill.days >= limits.least
        return [UNLIKE] if is_far else []
    expected = bill.usual * neighbours.swing
    if daily >= expected * limits.factor and (daily - expected) * bill.days >= limits.least:
        return [MORE]
    if (expected - daily) * bill.days < limits.least:
        return []
    if daily <= _LEAST:
        return [NOTHING]
    return [LESS] if daily * limits.factor <= expected else []
