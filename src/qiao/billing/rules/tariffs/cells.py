"""The numbers of a tariff as cells of a form, and the same data with other numbers in them.

A cell is a number that stands somewhere in the data that `writing.write_tariff` gives: a price, a
start of a tier, an amount, or one of the numbers within a formula, such as the litres for each
person more. Whatever is no number stays as it is, so a form of cells keeps all that it does not
show.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal

from qiao.billing.rules.tariffs.exact import column
from qiao.billing.rules.tariffs.explaining import decimal_at
from qiao.billing.rules.tariffs.formulas import (
    Apply,
    Formula,
    Number,
    evaluate,
    names_of,
    read_formula,
    write_formula,
)

Kind = Literal["start", "price", "amount", "rate", "value", "number"]
Path = tuple[str | int, ...]
FIELDS: Final[Mapping[str, tuple[tuple[str, Kind, bool], ...]]] = {
    "fixed": (("amount", "amount", False),),
    "per_unit": (("price", "price", False),),
    "tiered": (("starts", "start", True), ("prices", "price", True)),
    "reckoned": (("amount", "amount", False),),
    "share": (("rate", "rate", False),),
    "at_least": (("amount", "amount", False),),
}
"""By kind of charge: where its figures stand, what they are, and whether there are many."""
PERCENT: Final = 2
"""Shares are written in per cent: so many digits are shifted."""
_WRITTEN: Final = re.compile(r"-?\d{1,12}(\.\d{1,8})?")
_PROBES: Final = range(1, 13)
"""Values of the names in formulas, such as people, for which tiers must be in order."""


class CellFault(StrEnum):
    """What is wrong with what was entered in a cell."""

    NO_NUMBER = "no_number"
    BELOW_NOTHING = "below_nothing"
    OUT_OF_ORDER = "out_of_order"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a tariff: a number or a formula, and where it stands.

    `part` is the key of its charge or quantity (of a number that is taken where nothing is known:
    its name), `labels` the inputs and their values of its row, `tier` counts from 1, 0 without.
    """

    path: Path
    part: str
    kind: Kind
    labels: tuple[tuple[str, str], ...]
    tier: int
    formula: Formula

    @property
    def place(self) -> tuple[str, str, tuple[tuple[str, str], ...], int]:
        """What it is a figure of, by which versions of a tariff are compared."""
        return (self.part, self.kind, self.labels, self.tier)

    @property
    def is_percent(self) -> bool:
        """Whether it is a plain share, shown in per cent."""
        return self.kind == "rate" and isinstance(self.formula, Number)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that can be edited: the `index`-th of its figure. `name` is one among all."""

    figure: Figure
    index: int
    value: Decimal

    @property
    def name(self) -> str:
        """What its field in a form is called."""
        return ".".join(str(each) for each in (*self.figure.path, self.index))

    @property
    def written(self) -> str:
        """The number as a form shows it; shares in per cent."""
        return format(self.value.scaleb(PERCENT) if self.figure.is_percent else self.value, "f")


def figures(data: Mapping[str, Any]) -> list[Figure]:
    """All figures of a tariff's data, in its order."""
    found: list[Figure] = []
    for place, quantity in enumerate(data.get("quantities", ())):
        at: Path = ("quantities", place, "value")
        found += _figures(quantity["value"], at, quantity["key"], "value", many=False)
    for place, charge in enumerate(data["charges"]):
        for name, kind, many in FIELDS[charge["kind"]]:
            at = ("charges", place, name)
            found += _figures(charge[name], at, charge["key"], kind, many=many)
    for name, number in data.get("numbers", {}).items():
        found.append(Figure(("numbers", name), name, "number", (), 0, _formula(number)))
    return found


def _figures(data: Any, at: Path, part: str, kind: Kind, *, many: bool) -> Iterator[Figure]:
    rows: Sequence[tuple[Path, tuple[tuple[str, str], ...], Any]] = [(at, (), data)]
    if isinstance(data, Mapping):
        rows = [
            ((*at, "rows", place, 1), tuple(zip(data["by"], labels, strict=True)), row)
            for place, (labels, row) in enumerate(data["rows"])
        ]
    for path, labels, row in rows:
        if not many:
            yield Figure(path, part, kind, labels, 0, _formula(row))
            continue
        for tier, each in enumerate(row, 1):
            yield Figure((*path, tier - 1), part, kind, labels, tier, _formula(each))


def _formula(data: Any) -> Formula:
    return read_formula(data) if isinstance(data, str) else Number(Decimal(data))


def cells_of(figure: Figure) -> list[Cell]:
    """The numbers of a figure that can be edited; not where the first tier starts."""
    if figure.kind == "start" and figure.tier == 1:
        return []
    numbers = enumerate(numbers_of(figure.formula))
    return [Cell(figure, index, number.value) for index, number in numbers]


def cells(data: Mapping[str, Any]) -> list[Cell]:
    """All cells of a tariff's data."""
    return [cell for figure in figures(data) for cell in cells_of(figure)]


def numbers_of(formula: Formula) -> Iterator[Number]:
    """The numbers of a formula, in the order in which they are written."""
    return (number for number, _sign in _numbers(formula, ""))


def floors_of(formula: Formula) -> frozenset[int]:
    """Which numbers of a formula are the nought below which a `max` does not go."""
    numbers = enumerate(_numbers(formula, ""))
    return frozenset(at for at, (number, sign) in numbers if sign == "max" and not number.value)


def _numbers(formula: Formula, sign: str) -> Iterator[tuple[Number, str]]:
    """Numbers, each with the sign of what it is directly a part of."""
    if isinstance(formula, Number):
        yield formula, sign
    elif isinstance(formula, Apply):
        for part in formula.parts:
            yield from _numbers(part, formula.sign)


def replaced(formula: Formula, numbers: Mapping[int, Formula]) -> Formula:
    """The formula with other parts in the place of some of its numbers, by their index."""
    found, _count = _replaced(formula, numbers, 0)
    return found


def _replaced(formula: Formula, numbers: Mapping[int, Formula], at: int) -> tuple[Formula, int]:
    if isinstance(formula, Number):
        return numbers.get(at, formula), at + 1
    if not isinstance(formula, Apply):
        return formula, at
    parts = []
    for part in formula.parts:
        made, at = _replaced(part, numbers, at)
        parts.append(made)
    return Apply(formula.sign, tuple(parts)), at


def changed(
    data: Mapping[str, Any], given: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, CellFault]]:
    """The data with what was entered, by names of cells, and what is wrong with it.

    A cell that is not given, or holds the number that stands there, stays as it is written. Where
    anything is wrong with one, the data has the number from before. What was wrong with the data
    already is not found.
    """
    made, faults = deepcopy(dict(data)), {}
    numbers: dict[Path, dict[int, Formula]] = {}
    known = {figure.path: figure for figure in figures(data)}
    for figure in known.values():
        for cell in cells_of(figure):
            number = _entered(cell, given.get(cell.name, cell.written))
            if isinstance(number, CellFault):
                faults[cell.name] = number
            elif number != cell.value:
                numbers.setdefault(figure.path, {})[cell.index] = Number(number)
    for path, own in numbers.items():
        _put(made, path, write_formula(replaced(known[path].formula, own)))
    for find in (_too_much, out_of_order):
        known_before = find(data)
        faults |= {name: each for name, each in find(made).items() if name not in known_before}
    return made, faults


def _entered(cell: Cell, text: str) -> Decimal | CellFault:
    if text == cell.written:
        return cell.value
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("−", "-").strip()
    if not _WRITTEN.fullmatch(plain):
        return CellFault.NO_NUMBER
    number = Decimal(plain)
    if cell.figure.is_percent:
        number = number.scaleb(-PERCENT)
    if number and not -12 <= number.adjusted() <= 12:
        return CellFault.NO_NUMBER
    if number < 0 <= cell.value:
        return CellFault.BELOW_NOTHING
    return number


def _put(data: Any, path: Path, text: str) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = text


def _too_much(data: Mapping[str, Any]) -> dict[str, CellFault]:
    """Taxes that are contained in prices, and would be all of them or more."""
    included = {each["key"] for each in data["charges"] if each.get("included")}
    return {
        cell.name: CellFault.WHOLE
        for cell in cells(data)
        if cell.figure.is_percent and cell.figure.part in included and cell.value >= 1
    }


def out_of_order(data: Mapping[str, Any]) -> dict[str, CellFault]:
    """The cells of tiers that start below the one before, for some household at least."""
    found = {}
    before: Figure | None = None
    for figure in figures(data):
        if figure.kind != "start":
            continue
        if before is not None and figure.tier > 1 and _below(before.formula, figure.formula):
            own = cells_of(figure)
            if own:
                found[own[0].name] = CellFault.OUT_OF_ORDER
        before = figure
    return found


def _below(one: Formula, two: Formula) -> bool:
    names = names_of(one) | names_of(two)
    count = len(_PROBES) if names else 1
    values = {name: column(list(_PROBES)) for name in names}
    try:
        first, second = evaluate(one, values, count), evaluate(two, values, count)
    except ZeroDivisionError:
        return False
    return any(decimal_at(second, at) < decimal_at(first, at) for at in range(count))
