"""All that a bill is rated from, as a value that is stored with it and read again.

A bill is rated from nothing else, the first time and whenever it is reckoned again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from qiao.billing.rules.tariffs.planning import Part, Terms, TierYear, Use, plan, tier_year
from qiao.core.rules.periods import Period, intersect

Quantities = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Facts:
    """The period of a bill with the uses in it, the terms that hold, and its years of tiers.

    `months` is the bill's length as the company counts it, a part of them where it is cut short;
    see `planning.plan` for the others.
    """

    period: Period
    months: int | Fraction
    uses: tuple[Use, ...]
    terms: tuple[Terms, ...]
    years: tuple[TierYear, ...]

    def parts(self) -> tuple[Part, ...]:
        """The parts that are rated, in order. Raises `planning.CannotPlan`."""
        return plan(
            period=self.period,
            months=self.months,
            uses=self.uses,
            terms=self.terms,
            years=self.years,
        )

    def used(self) -> Quantities:
        """What was used in all, by quantity."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for use in self.uses:
            for name, quantity in use.quantities.items():
                found[name] += quantity
        return dict(found)


def years_of(
    period: Period, *, lived: Period, used: Mapping[date, Quantities],
    starts: tuple[int, int] = (1, 1),
) -> tuple[TierYear, ...]:  # fmt: skip
    """The years of tiers that a bill touches, of which the customer has the days `lived`.

    `used` is what earlier bills used, by the first day of the year that it fell into.
    """
    found = []
    day, end = period.start, period.end or period.start
    while day < end:
        year = tier_year(day, starts=starts)
        own = intersect(year, lived)
        if own is not None:
            found.append(TierYear(own, year.days or 0, used.get(year.start, {})))
        day = year.end or end
    return tuple(found)


def used_after(
    facts: Facts, parts: Sequence[Part], starts: tuple[int, int] = (1, 1)
) -> dict[date, dict[str, Decimal]]:
    """What was used in each year of tiers that the bill touches when it is over, by the first
    day of the year: what the next bill goes on from."""
    found: dict[date, dict[str, Decimal]] = {}
    for year in facts.years:
        first = tier_year(year.period.start, starts=starts).start
        used = defaultdict(Decimal, year.before)
        for part in parts:
            if intersect(part.period, year.period):
                for name, quantity in part.quantities.items():
                    used[name] += quantity
        found[first] = dict(used)
    return found


def write_facts(facts: Facts) -> dict[str, Any]:
    """The facts as JSON: days as ISO text, numbers as decimal text, parts of months as a
    fraction."""
    return {
        "period": _days(facts.period),
        "months": facts.months if isinstance(facts.months, int) else str(facts.months),
        "uses": [[*_days(use.period), _texts(use.quantities)] for use in facts.uses],
        "terms": [
            [*_days(each.period), each.version, dict(each.labels), _texts(each.numbers)]
            for each in facts.terms
        ],
        "years": [[*_days(year.period), year.whole, _texts(year.before)] for year in facts.years],
    }


def read_facts(data: Mapping[str, Any]) -> Facts:
    """The facts that `write_facts` gave. Raises `KeyError` and `ValueError` for others."""
    return Facts(
        _period(*data["period"]),
        months if isinstance(months := data["months"], int) else Fraction(months),
        tuple(Use(_period(start, end), _numbers(used)) for start, end, used in data["uses"]),
        tuple(
            Terms(_period(start, end), version, labels, _numbers(numbers))
            for start, end, version, labels, numbers in data["terms"]
        ),
        tuple(
            TierYear(_period(start, end), whole, _numbers(before))
            for start, end, whole, before in data["years"]
        ),
    )


def write_used(used: Mapping[date, Quantities]) -> dict[str, dict[str, str]]:
    """What was used by year, as JSON."""
    return {day.isoformat(): _texts(each) for day, each in used.items()}


def read_used(data: Mapping[str, Mapping[str, str]]) -> dict[date, Quantities]:
    """The use by year that `write_used` gave."""
    return {date.fromisoformat(day): _numbers(each) for day, each in data.items()}


def _days(period: Period) -> list[str | None]:
    return [period.start.isoformat(), period.end.isoformat() if period.end else None]


def _period(start: str, end: str | None) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def _texts(numbers: Quantities) -> dict[str, str]:
    return {name: format(number, "f") for name, number in numbers.items()}


def _numbers(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}
