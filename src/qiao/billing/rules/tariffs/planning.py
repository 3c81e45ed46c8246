"""How a bill falls into parts: where a price, a household or a season changes amid the period.

Everything is shared out by days, as the trade does it:

- A use between two readings is spread over its days; a cut amid them takes its share, whole units
  of the register's last digit, and what is left goes to the longest part.
- Readings of two meters of one point after an exchange are one use under one allowance.
- Tiers that fill over a year go on filling across all cuts but a new year's day and a change of
  owner; the year's allowance is that of each household for its days of the year.
- Tiers that fill over a month or a bill are as wide as the part's share of the bill's days, and
  begin anew with each part.
- Fixed amounts are charged for the part's share, and so come to one whole bill in the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from qiao.core.rules.periods import Period, contains, intersect, split

DIGITS: Final = 3
"""Registers and shares of a use have so many digits behind the point."""


class CannotPlan(ValueError):  # noqa: N818 - a finding about the input
    """A day of the period has no terms, or a use lies outside; the message names the day."""


@dataclass(frozen=True, slots=True)
class Use:
    """What was used between two readings, by quantity (``usage``, ``peak_kwh``)."""

    period: Period
    quantities: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a customer is billed for a while: a version of a tariff and its inputs.

    `version` tells one dated version of a tariff from another; a season is a label, and ends terms
    like any other change.
    """

    period: Period
    version: str
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TierYear:
    """A year of tiers, or what of it the customer has: from moving in, to moving out.

    `whole` is the year's number of days; `before` what was used in it before the bill.
    """

    period: Period
    whole: int
    before: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """A share of a tier period's allowance under some inputs."""

    weight: Fraction
    labels: Mapping[str, str]
    numbers: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Part:
    """What is rated as one row: the inputs that hold in it, and what its tiers are as wide as.

    `share` is its share of the bill's days, `months` the months of it that fall into the part.
    `year_rooms` and `before` are for tiers of a year, `rooms` for those of a month or a bill.
    """

    period: Period
    version: str
    labels: Mapping[str, str]
    numbers: Mapping[str, Decimal]
    quantities: Mapping[str, Decimal]
    share: Fraction
    months: Fraction
    before: Mapping[str, Decimal]
    year_rooms: tuple[Room, ...]


def plan(
    *,
    period: Period,
    months: int | Fraction,
    uses: Sequence[Use],
    terms: Sequence[Terms],
    years: Sequence[TierYear] = (),
) -> tuple[Part, ...]:
    """Cut a bill of `months` months into parts, in order.

    `terms` cover the period and, where there are years, those as well. Raises `CannotPlan`.
    """
    held = [*(each.period for each in terms), *(each.period for each in years)]
    cuts = {day for each in held for day in (each.start, each.end) if day}
    pieces = split(period, cuts)
    spread = _spread(uses, period, pieces)
    whole = _days(period)
    used: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    parts = []
    for piece in pieces:
        under = _held(terms, piece)
        year = next(
            (place for place, y in enumerate(years) if contains(y.period, piece.start)), -1
        )
        share = Fraction(_days(piece), whole)
        quantities = spread[piece.start]
        before = {
            name: (years[year].before.get(name, Decimal(0)) if year >= 0 else Decimal(0))
            + used[year, name]
            for name in quantities
        }
        for name, quantity in quantities.items():
            used[year, name] += quantity
        rooms = _rooms(years[year], terms) if year >= 0 else ()
        parts.append(
            Part(piece, under.version, under.labels, under.numbers, quantities, share,
                 months * share, before, rooms)
        )  # fmt: skip
    return tuple(parts)


def tier_year(day: date, *, starts: tuple[int, int] = (1, 1)) -> Period:
    """The year of tiers that a day lies in, where years begin on a month and day.

    A year that begins on 29 February begins on 1 March where there is none.
    """
    begins = _that_day(day.year, starts)
    if day < begins:
        return Period(_that_day(day.year - 1, starts), begins)
    return Period(begins, _that_day(day.year + 1, starts))


def _that_day(year: int, starts: tuple[int, int]) -> date:
    month, day = starts
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1) + timedelta(days=1)


def _days(period: Period) -> int:
    days = period.days
    if days is None:
        raise CannotPlan(f"{period.start}: a period that is billed has an end")
    return days


def _held(terms: Iterable[Terms], piece: Period) -> Terms:
    for each in terms:
        if contains(each.period, piece.start):
            return each
    raise CannotPlan(f"{piece.start}: no tariff holds on this day")


def _rooms(year: TierYear, terms: Sequence[Terms]) -> tuple[Room, ...]:
    """The allowance of a year: the days of it that each household had, or will have as things
    stand."""
    found = []
    covered = 0
    for each in terms:
        common = intersect(each.period, year.period)
        if common is not None:
            covered += _days(common)
            weight = Fraction(_days(common), year.whole)
            found.append(Room(weight, each.labels, each.numbers))
    if covered != _days(year.period):
        raise CannotPlan(f"{year.period.start}: terms do not cover the year of tiers once")
    return tuple(found)


def _spread(
    uses: Sequence[Use], period: Period, pieces: Sequence[Period]
) -> dict[date, dict[str, Decimal]]:
    """Uses by the pieces that they fall into; a piece without any has none of each."""
    names = dict.fromkeys(name for use in uses for name in use.quantities)
    found = {piece.start: dict.fromkeys(names, Decimal(0)) for piece in pieces}
    for use in uses:
        end = use.period.end
        if end is None or use.period.start < period.start or (period.end and end > period.end):
            raise CannotPlan(f"{use.period.start}: a use lies outside of the bill's period")
        if len(pieces) == 1:  # as nearly all bills are
            own = found[period.start]
            for name, quantity in use.quantities.items():
                own[name] += quantity
            continue
        mine = [(piece, intersect(piece, use.period)) for piece in pieces]
        shares = [(piece.start, _days(part)) for piece, part in mine if part is not None]
        for name, quantity in use.quantities.items():
            parts = _shared(quantity, [days for _start, days in shares])
            for (start, _), part in zip(shares, parts, strict=True):
                found[start][name] += part
    return found


def _shared(quantity: Decimal, days: Sequence[int]) -> list[Decimal]:
    """A quantity by days, in steps of its own last digit or the register's, whichever is finer;
    what is left goes to the longest."""
    if len(days) == 1:
        return [quantity]
    digits = max(DIGITS, -int(quantity.as_tuple().exponent))
    whole = int(quantity.scaleb(digits))
    sign = -1 if whole < 0 else 1
    parts = [sign * (abs(whole) * each // sum(days)) for each in days]
    parts[days.index(max(days))] += whole - sum(parts)
    return [Decimal(part).scaleb(-digits) for part in parts]
