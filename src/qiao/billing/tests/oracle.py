"""One bill reckoned a second way: fractions, one bill at a time, from the data as it is stored.

Nothing of the engine is used. Where a rule of tariffs changes, it is changed here by hand too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

from qiao.billing.tests.oracle_formula import value_of

CENTS = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}
Labels = Mapping[str, str]
Numbers = Mapping[str, Fraction]


@dataclass(frozen=True)
class Part:
    """A part of a tier period with inputs of its own."""

    weight: Fraction
    labels: Labels
    numbers: Numbers


@dataclass(frozen=True)
class Bill:
    """What the oracle makes of a bill: amounts in minor units, what is added together, how much
    lies in each tier."""

    amounts: dict[str, int]
    total: int
    tiers: dict[str, list[Fraction]] = field(default_factory=dict)


def fraction(written: object) -> Fraction:
    """A number as it stands in data."""
    return Fraction(str(written))


def rounded(value: Fraction, digits: int, way: str = "half_up") -> Fraction:
    """Rounded by size, so that a credit mirrors its charge."""
    unit = Fraction(10) ** -digits
    size = abs(value) / unit
    steps = {"down": floor(size), "up": ceil(size), "half_up": floor(size + Fraction(1, 2))}[way]
    return unit * steps * (-1 if value < 0 else 1)


class Reckoner:
    """One tariff for one bill."""

    def __init__(self, data: Mapping[str, Any], labels: Labels, numbers: Numbers) -> None:
        known = {name: value for name, value in labels.items() if value}
        self.labels = {**data.get("defaults", {}), **known}
        given = {name: fraction(value) for name, value in data.get("numbers", {}).items()}
        self.numbers = {**given, **numbers}
        for each in data.get("quantities", []):
            value = self.figure(each["value"])
            if "digits" in each:
                value = rounded(value, each["digits"], each.get("way", "half_up"))
            self.numbers[each["key"]] = value

    def row(self, table: Any) -> Any:
        """What a table says for the bill's labels."""
        if not isinstance(table, Mapping):
            return table
        mine = [self.labels[name] for name in table["by"]]
        for stars in range(len(mine) + 1):
            for key, figure in table["rows"]:
                fits = all(a in ("*", b) for a, b in zip(key, mine, strict=True))
                if fits and list(key).count("*") == stars:
                    return figure
        raise KeyError(mine)

    def figure(self, table: Any) -> Fraction:
        """The one figure of a table."""
        return self.value(self.row(table))

    def value(self, written: Any) -> Fraction:
        """What a figure comes to."""
        return value_of(str(written), self.numbers.__getitem__)

    def holds(self, charge: Mapping[str, Any]) -> bool:
        """Whether a charge is charged on this bill."""
        when = charge.get("when", {})
        return all(self.labels[name] in values for name, values in when.items())


def bill(
    data: Mapping[str, Any],
    labels: Labels,
    numbers: Numbers,
    before: Numbers | None = None,
    parts: Sequence[Part] | None = None,
) -> Bill:
    """Reckon one bill."""
    mine = Reckoner(data, labels, numbers)
    digits = CENTS[data["currency"]]
    amounts: dict[str, int] = {}
    tiers: dict[str, list[Fraction]] = {}
    total = 0
    for charge in data["charges"]:
        amount = Fraction(0)
        if mine.holds(charge):
            if charge["kind"] == "tiered":
                shares = [Reckoner(data, each.labels, each.numbers) for each in parts or []]
                weighed = None if parts is None else list(zip(parts, shares, strict=True))
                amount, tiers[charge["key"]] = _tiered(charge, mine, before or {}, weighed)
            else:
                amount = _plain(charge, mine, amounts, digits)
        amounts[charge["key"]] = int(rounded(amount, digits) * 10**digits)
        if not charge.get("included"):
            total += amounts[charge["key"]]
    return Bill(amounts, total, tiers)


def _plain(
    charge: Mapping[str, Any], mine: Reckoner, amounts: Mapping[str, int], digits: int
) -> Fraction:
    kind = charge["kind"]
    if kind == "per_unit":
        return mine.numbers[charge.get("quantity", "usage")] * mine.figure(charge["price"])
    if kind == "reckoned":
        return mine.figure(charge["amount"])
    of = sum((Fraction(amounts[key], 10**digits) for key in charge.get("of", [])), Fraction(0))
    if kind == "share":
        rate = mine.figure(charge["rate"])
        return of - of / (1 + rate) if charge.get("included") else of * rate
    times = {"bill": lambda: mine.numbers.get("share", Fraction(1)),
             "month": lambda: mine.numbers["months"],
             "day": lambda: mine.numbers["days"]}[charge.get("per", "bill")]()  # fmt: skip
    amount = mine.figure(charge["amount"]) * times
    if kind == "fixed":
        return amount
    assert kind == "at_least", kind
    return max(amount - of, Fraction(0))


def _tiered(
    charge: Mapping[str, Any],
    mine: Reckoner,
    before: Numbers,
    parts: Sequence[tuple[Part, Reckoner]] | None,
) -> tuple[Fraction, list[Fraction]]:
    """The amount, and how much lies in each tier: every tier is filled once up to what was used
    before and once up to what was used after; what was added is paid."""
    quantity = charge.get("quantity", "usage")
    if charge.get("period", "bill") != "year":  # what was before, and who lived there, is past
        before, parts = {}, None
    used = before.get(quantity, Fraction(0))
    prices = [mine.value(each) for each in mine.row(charge["prices"])]
    widths = _widths(charge, mine, parts, len(prices))
    low, high = _filled(used, widths), _filled(used + mine.numbers[quantity], widths)
    lies = [b - a for a, b in zip(low, high, strict=True)]
    return sum((a * b for a, b in zip(lies, prices, strict=True)), Fraction(0)), lies


def _widths(
    charge: Mapping[str, Any],
    mine: Reckoner,
    parts: Sequence[tuple[Part, Reckoner]] | None,
    count: int,
) -> list[Fraction | None]:
    thresholds = [Fraction(0)] * count
    period = charge.get("period", "bill")
    months = mine.numbers["months"] if period == "month" else Fraction(1)
    if period == "bill":
        months = mine.numbers.get("share", Fraction(1))
    weighed = [(Fraction(months), mine)] if parts is None else [(p.weight, r) for p, r in parts]
    first = 1 if charge.get("start_is", "threshold") == "first_unit" else 0
    for weight, reckoner in weighed:
        starts = [reckoner.value(each) - first for each in reckoner.row(charge["starts"])]
        for place in range(1, count):
            thresholds[place] += starts[place] * weight
    if "digits" in charge:
        way = charge.get("way", "half_up")
        thresholds = [rounded(each, charge["digits"], way) for each in thresholds]
    for place in range(1, count):
        thresholds[place] = max(thresholds[place], thresholds[place - 1])
    return [*(two - one for one, two in pairwise(thresholds)), None]


def _filled(used: Fraction, widths: Sequence[Fraction | None]) -> list[Fraction]:
    found = []
    for width in widths:
        here = used if width is None else min(used, width)
        found.append(here)
        used -= here
    return found


def coins(text: str) -> int:
    """Yuan and fen, dollars and cents as the smallest coin."""
    return int((Decimal(text) * 100).to_integral_exact(ROUND_HALF_UP))
