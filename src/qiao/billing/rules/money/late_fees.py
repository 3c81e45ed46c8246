"""Late fees (违约金): so much a day on the principal that is overdue, by a dated rule.

For electricity in mainland China the rules of supply (供电营业规则) have: households 0.1 % a
day; others 0.2 %, and 0.3 % on what is carried over the year; from the day after it was due to the
day of payment; less than one yuan counts as one. Every figure is the company's to set, with its
source and its dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from qiao.core.rules.periods import Period, contains, intersect, subtract


class BadRules(ValueError):  # noqa: N818 - a finding about the rules
    """Rules that overlap, or a rate below nothing; the message says which."""


@dataclass(frozen=True, slots=True)
class LateFeeRule:
    """A rule while it holds. Rates are shares of the principal a day (0.001 is 0.1 %).

    `carried` holds from the year after the one in which it was due; None: the same. `least` is the
    least fee of a bill in minor units, once there is any; `most` the most, as a share of the
    principal (None: no limit).
    """

    period: Period
    daily: Decimal
    carried: Decimal | None = None
    least: int = 0
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """How much principal of a bill was owed, in minor units, on each day of a period. What is paid
    on a day is owed on it still."""

    period: Period
    minor: int


def owed_days(bookings: Sequence[tuple[date, int]]) -> list[Owed]:
    """What was owed on which days, of what was booked on days in their order, in minor units."""
    found: list[Owed] = []
    standing = 0
    for place, (day, minor) in enumerate(bookings):
        standing += minor
        end = bookings[place + 1][0] + timedelta(days=1) if place + 1 < len(bookings) else None
        if standing:
            found.append(Owed(Period(day + timedelta(days=1), end), standing))
    return found


def less_disputed(
    owed: Sequence[Owed], disputed: Sequence[tuple[Period, int | None]]
) -> list[Owed]:
    """What is owed without what is disputed on some of the days: so much of it, or all (None)."""
    found = list(owed)
    for period, minor in disputed:
        cut: list[Owed] = []
        for each in found:
            common = intersect(each.period, period)
            cut += [Owed(left, each.minor) for left in subtract(each.period, period)]
            left_over = 0 if minor is None else max(each.minor - minor, 0)
            if common is not None and left_over:
                cut.append(Owed(common, left_over))
        found = sorted(cut, key=lambda each: each.period.start)
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which a fee ran at one rate on one principal: what the customer is shown."""

    period: Period
    minor: int
    daily: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class LateFee:
    """A fee in minor units and the days that it comes from; `fee` of a stretch is exact. What had
    run of it in a former billing system is among it, without its days."""

    minor: int
    stretches: tuple[Stretch, ...]


def late_fee(
    *,
    due: date,
    until: date,
    owed: Sequence[Owed],
    rules: Sequence[LateFeeRule],
    before: int = 0,
) -> LateFee:
    """The fee of a bill for the days after `due`, up to and with `until`; `before` is what had run
    of it elsewhere, on days on which nothing is `owed` here. Raises `BadRules`."""
    _check(rules)
    if until <= due:
        return LateFee(before, ())
    running = Period(due + timedelta(days=1), until + timedelta(days=1))
    new_year = date(due.year + 1, 1, 1)
    stretches = []
    for rule in rules:
        for debt in owed:
            for days, daily in _at_rates(running, rule, debt, new_year):
                count = days.days or 0
                fee = Decimal(debt.minor) * daily * count
                stretches.append(Stretch(days, debt.minor, daily, fee))
    stretches.sort(key=lambda each: each.period.start)
    total = sum((each.fee for each in stretches), Decimal(0))
    if not total:
        return LateFee(before, tuple(stretches))
    minor = _bounded(total + before, stretches, rules, until)
    return LateFee(max(minor, before), tuple(stretches))


def _at_rates(
    piece: Period, rule: LateFeeRule, debt: Owed, new_year: date
) -> list[tuple[Period, Decimal]]:
    common = intersect(piece, rule.period)
    days = intersect(common, debt.period) if common else None
    if days is None or not debt.minor:
        return []
    rates = [
        (Period(date.min, new_year), rule.daily),
        (Period(new_year), rule.daily if rule.carried is None else rule.carried),
    ]
    parts = [(intersect(days, years), daily) for years, daily in rates]
    return [(part, daily) for part, daily in parts if part is not None and daily]


def _bounded(
    total: Decimal, stretches: Sequence[Stretch], rules: Sequence[LateFeeRule], until: date
) -> int:
    """Rounded, not below the least nor above the most of the rule that holds at the end."""
    minor = int(total.quantize(Decimal(1), ROUND_HALF_UP))
    rule = next((each for each in rules if contains(each.period, until)), rules[-1])
    minor = max(minor, rule.least)
    if rule.most is not None:
        principal = max(each.minor for each in stretches)
        minor = min(minor, int((principal * rule.most).quantize(Decimal(1), ROUND_HALF_UP)))
    return minor


def _check(rules: Sequence[LateFeeRule]) -> None:
    ordered = sorted(rules, key=lambda each: each.period.start)
    for one, two in pairwise(ordered):
        if one.period.end is None or one.period.end > two.period.start:
            raise BadRules(f"{two.period.start}: two rules hold on this day")
    for rule in rules:
        if rule.daily < 0 or (rule.carried or 0) < 0 or rule.least < 0:
            raise BadRules(f"{rule.period.start}: a rate or a least fee below nothing")
