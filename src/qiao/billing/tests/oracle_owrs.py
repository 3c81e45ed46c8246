"""Bills by the Open Water Rate Specification, read a second way from the same YAML.

Written from the description of the format and from how its reference implementation goes about
tiers, with the conventions that the reader states; nothing of the reader or the engine is used.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import yaml

from qiao.billing.tests.oracle import rounded
from qiao.billing.tests.oracle_formula import value_of

USE = {"usage_ccf": "usage", "usage_kgal": "usage", "days_in_period": "days"}
NAME = re.compile(r"[^\W\d]\w*")


def parts_of(text: str) -> dict[str, dict[str, Any]]:
    """The classes of customers of a file, each with its parts, all scalars as text."""
    data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but text
    return {
        str(name): {key.strip(): part for key, part in parts.items()}
        for name, parts in data["rate_structure"].items()
        if isinstance(parts, dict)
    }


def size(label: str) -> str:
    """Meter sizes are written as 1 1/2", 1_1/2" and 1|1/2"."""
    return re.sub(r"(\d)\s*[_| ]\s*(\d+/\d)", r"\1 \2", label.strip())


class OwrsBill:
    """One bill of one class. `below`: how many units less than a start lie below its tier;
    `replaces`: a drought's charge stands for the other of its kind."""

    def __init__(
        self,
        parts: Mapping[str, Any],
        labels: Mapping[str, str],
        numbers: Mapping[str, Fraction],
        *,
        below: int = 1,
        replaces: bool = False,
    ) -> None:
        self.parts, self.labels, self.numbers = parts, labels, numbers
        self.below, self.replaces = below, replaces

    def lines(self) -> dict[str, Fraction]:
        """Amounts by line, rounded to the cent; a factor over all is a line of its own."""
        bill = self.parts["bill"].replace(" ", "")
        factor, inner = re.fullmatch(r"(?:([\d.]+)\*)?\(?([\w+]+)\)?", bill).groups()  # type: ignore[union-attr]
        names = inner.split("+")
        found = {name: self.charge(name) for name in names}
        for name in ("fixed_drought_surcharge", "variable_drought_surcharge"):
            if self.labels.get("drought") == "on" and name not in names:
                part = self.parts.get(name, "0")
                if part not in ("", "0", "0.0", "0.00"):
                    found[name] = self.charge(name)
                    if self.replaces:
                        gone = {"f": "service_charge", "v": "commodity_charge"}[name[0]]
                        found[gone] = Fraction(0)
        if factor:
            of = sum((found[name] for name in names), Fraction(0))
            found["surcharge_on_all"] = rounded(of * (Fraction(factor) - 1), 2)
        return found

    def charge(self, name: str) -> Fraction:
        """One line, rounded to the cent."""
        kind = next((k for k in ("commodity", "drought", "wastewater") if k in name), "")
        part = self.parts[name]
        if isinstance(part, str) and part.strip() in ("Tiered", "Budget"):
            return rounded(self.tiers(kind, part.strip()), 2)
        return rounded(self.figure(self.chosen(part), kind), 2)

    def part(self, name: str, kind: str) -> Any:
        """A part by its name: that of the kind of charge, or the common one."""
        return self.parts.get(f"{name}_{kind}", self.parts.get(name)) if kind else (
            self.parts.get(name)
        )  # fmt: skip

    def chosen(self, part: Any) -> Any:
        """What a part says for the labels of the bill."""
        if not isinstance(part, dict):
            return part
        by = part["depends_on"]
        names = [by] if isinstance(by, str) else list(by)
        used = {
            name
            for figure in part["values"].values()
            if isinstance(figure, str)
            for name in NAME.findall(figure)
        }
        wanted = [self.labels[name] for name in names if name not in used]
        for key, figure in part["values"].items():
            split = [key] if len(wanted) == 1 else _split(key)
            if [size(each) for each in split] == wanted:
                return figure
        raise KeyError(wanted)

    def figure(self, figure: Any, kind: str) -> Fraction:
        """What a figure or formula comes to."""
        if isinstance(figure, list):
            (figure,) = figure
        return value_of(figure, lambda name: self.known(name, kind))

    def known(self, name: str, kind: str) -> Fraction:
        """A name in a formula: another part, or what is known of the customer."""
        part = self.part(name, kind)
        if part is None:
            return self.numbers[USE.get(name, name)]
        value = self.figure(self.chosen(part), kind)
        whole = name.startswith(("indoor", "outdoor")) or "budget" in name
        return rounded(value, 0) if whole else value

    def tiers(self, kind: str, how: str) -> Fraction:
        """Use in tiers: all that is used at the first price, and what each tier is dearer above
        its threshold."""
        starts = self.chosen(self.part("tier_starts", kind))
        prices = [self.figure(each, kind) for each in _listed(
            self.chosen(self.part("tier_prices", kind)))]  # fmt: skip
        use = self.numbers["usage"]
        limits = list(self.limits(_listed(starts), kind, how))
        reached, amount = Fraction(0), use * prices[0]
        for limit, dearer in zip(limits, _steps(prices), strict=True):
            reached = max(reached, limit)
            amount += max(use - reached, Fraction(0)) * dearer
        return amount

    def limits(self, starts: list[str], kind: str, how: str) -> Iterator[Fraction]:
        """Where the second tier and each further begins."""
        for start in starts[1:]:
            if "%" in start:
                share = Fraction(start.replace("%", "").strip()) / 100
                yield rounded(share * self.known("budget", kind), 0)
            elif how == "Budget":
                yield self.figure(start, kind)
            else:
                yield max(self.figure(start, kind) - self.below, Fraction(0))


def _steps(prices: list[Fraction]) -> list[Fraction]:
    return [two - one for one, two in pairwise(prices)]


def _listed(part: Any) -> list[str]:
    return list(part) if isinstance(part, list) else [part]


def _split(key: str) -> list[str]:
    """Labels of one row; the bar before a fraction of an inch divides nothing."""
    return re.sub(r"(\d)\|(\d+/\d)", r"\1 \2", key).split("|")
