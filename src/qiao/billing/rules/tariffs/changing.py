"""How one version of a tariff differs from another, and what in it people should look at twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final

from qiao.billing.rules.tariffs.cells import FIELDS, Cell, Figure, cells_of, figures
from qiao.billing.rules.tariffs.formulas import Formula, Number
from qiao.billing.rules.tariffs.model import (
    OTHERWISE,
    Charge,
    Quantity,
    Table,
    Tariff,
    labels_needed,
    tables_of,
)

LARGE: Final = Decimal("0.30")
"""A price that changes by more than this share of itself is asked about."""
MOST: Final = 2_000
"""So many combinations of labels are looked for at most."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs, is new (`before` is None) or gone (`after` is None)."""

    figure: Figure
    before: Formula | None
    after: Formula | None


@dataclass(frozen=True, slots=True)
class MakeChange:
    """What differs of a part beside its figures: `field` of the charge, quantity or (part "")
    tariff, as data; None where there is nothing. `field` "" is the part as a whole."""

    part: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Jump:
    """A price that changes by more than `LARGE`: `share` of it, None where it was nothing."""

    cell: Cell
    before: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Fall:
    """A tier that is cheaper than the one before, where it was not so."""

    figure: Figure
    price: Decimal
    above: Decimal


@dataclass(frozen=True, slots=True)
class Gap:
    """Values of inputs for which a part had a figure and now has none."""

    part: str
    labels: tuple[tuple[str, str], ...]


def figure_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FigureChange]:
    """The figures that differ, in the order of the later version; those that are gone last."""
    old = {each.place: each for each in figures(before)}
    new = {each.place: each for each in figures(after)}
    found = [
        FigureChange(each, old[place].formula if place in old else None, each.formula)
        for place, each in new.items()
        if place not in old or old[place].formula != each.formula
    ]
    gone = (each for place, each in old.items() if place not in new)
    return [*found, *(FigureChange(each, each.formula, None) for each in gone)]


def make_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[MakeChange]:
    """What differs beside figures: charges that come and go, what they are reckoned by."""
    found = [
        MakeChange("", name, before.get(name), after.get(name))
        for name in ("currency", "unit", "defaults")
        if before.get(name) != after.get(name)
    ]
    for listed in ("quantities", "charges"):
        old = {each["key"]: each for each in before.get(listed, ())}
        new = {each["key"]: each for each in after.get(listed, ())}
        for key in dict.fromkeys((*old, *new)):
            if key not in old or key not in new:
                found.append(MakeChange(key, "", old.get(key), new.get(key)))
            else:
                found += _of_part(key, old[key], new[key])
    return found


def _of_part(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[MakeChange]:
    shown = {name for kind in FIELDS.values() for name, _kind, _many in kind} | {"value"}
    for name in dict.fromkeys((*old, *new)):
        if name not in shown and old.get(name) != new.get(name):
            yield MakeChange(key, name, old.get(name), new.get(name))


def jumps(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Jump]:
    """The prices, amounts and shares that change by more than `LARGE`."""
    old = {each.place: cells_of(each) for each in figures(before)}
    found = []
    for figure in figures(after):
        if figure.kind not in ("price", "amount", "rate"):
            continue
        own, earlier = cells_of(figure), old.get(figure.place, [])
        for one, two in zip(earlier, own, strict=False) if len(earlier) == len(own) else ():
            if abs(two.value - one.value) > LARGE * abs(one.value):
                share = (two.value - one.value) / one.value if one.value else None
                found.append(Jump(two, one.value, share))
    return found


def falls(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Fall]:
    """The tiers that are cheaper than those below them, where they were not."""
    known = {each.figure.place for each in _falls(before)}
    return [each for each in _falls(after) if each.figure.place not in known]


def _falls(data: Mapping[str, Any]) -> Iterator[Fall]:
    above: Figure | None = None
    for figure in figures(data):
        if figure.kind != "price" or not figure.tier:
            continue
        if figure.tier > 1 and above is not None:
            one, two = above.formula, figure.formula
            if isinstance(one, Number) and isinstance(two, Number) and two.value < one.value:
                yield Fall(figure, two.value, one.value)
        above = figure


def gaps(before: Tariff, after: Tariff, known: Mapping[str, frozenset[str]]) -> list[Gap]:
    """For which values of inputs, those that the earlier version or `known` names, a part of the
    later one has no figure though the earlier one had."""
    values = {name: set(own) for name, own in labels_needed(before).items()}
    for name, own in known.items():
        values.setdefault(name, set()).update(own)
    old = {part.key: part for part in _parts(before)}
    return [
        Gap(part.key, tuple(sorted(labels.items())))
        for part in _parts(after)
        for labels in _lacking(part, values)
        if part.key not in old or not _lacks(old[part.key], labels)
    ]


def _parts(tariff: Tariff) -> tuple[Charge | Quantity, ...]:
    return (*tariff.quantities, *tariff.charges)


def _tables(part: Charge | Quantity) -> tuple[Table, ...]:
    return (part.value,) if isinstance(part, Quantity) else tables_of(part.how)


def _lacking(
    part: Charge | Quantity, values: Mapping[str, set[str]]
) -> Iterator[Mapping[str, str]]:
    """The combinations of values for which a part has no figure, each once."""
    seen = set()
    for table in _tables(part):
        choices = [sorted(values.get(name) or {OTHERWISE}) for name in table.by]
        for key in islice(product(*choices), MOST):
            labels = dict(zip(table.by, key, strict=True))
            if OTHERWISE not in key and _asked(part, labels) and table.row_of(key) is None:
                if key not in seen:
                    yield labels
                seen.add(key)


def _asked(part: Charge | Quantity, labels: Mapping[str, str]) -> bool:
    """Whether a part is reckoned at all where these labels hold."""
    return isinstance(part, Quantity) or all(
        labels.get(name) in (None, *own) for name, own in part.when.items()
    )


def _lacks(part: Charge | Quantity, labels: Mapping[str, str]) -> bool:
    return _asked(part, labels) and any(
        table.row_of([labels[name] for name in table.by]) is None
        for table in _tables(part)
        if set(table.by) <= labels.keys()
    )
