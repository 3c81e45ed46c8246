"""How the Open Water Rate Specification writes figures, labels and sums."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.formulas import (
    Apply,
    BadFormula,
    Formula,
    Name,
    Number,
    names_of,
    read_formula,
)
from qiao.billing.rules.tariffs.model import Charge, Quantity, Table, Tariff

_PLACE: Final = re.compile(r"(charges|quantities)\[(\d+)\]")
_FRACTION: Final = re.compile(r"\d+/\d+\"?")
_SIZE: Final = re.compile(r"(\d+)\s*[|_ ]\s*(\d+/\d+\"?)")


class NotExpressed(ValueError):  # noqa: N818 - a finding about data
    """A class of customers whose tariff the file does not say; the message tells why."""


def label(value: str) -> str:
    """A label as it is compared: sizes of meters are written in several ways, ``1|1/2"`` too."""
    return _SIZE.sub(r"\1 \2", value.strip())


def in_words_of_the_file(refusal: BadTariff, tariff: Tariff) -> str:
    """A file knows its parts by their names, not by numbers."""
    place = _PLACE.match(refusal.where)
    if not place:
        return str(refusal)
    named: Sequence[Charge | Quantity]
    named = tariff.charges if place[1] == "charges" else tariff.quantities
    return f"{named[int(place[2])].key}{refusal.where[place.end() :]}: {refusal.what}"


def formula_of(written: str, name: str) -> Formula:
    """Read a formula of the part `name`. Raises `NotExpressed`."""
    try:
        return read_formula(written)
    except BadFormula as refusal:
        raise NotExpressed(f"{name}: {refusal}") from None


def names_in(figures: Iterable[Any]) -> frozenset[str]:
    """The names in formulas among figures."""
    found: set[str] = set()
    for figure in figures:
        try:
            found |= names_of(read_formula(figure)) if isinstance(figure, str) else set()
        except BadFormula:
            continue  # told where the figure is read
    return frozenset(found)


def labels_of(key: str, count: int, name: str) -> tuple[str, ...]:
    """The labels of one row; a fraction behind a bar belongs to the whole number before."""
    if count == 1:
        return (label(key),)
    parts: list[str] = []
    for part in key.split("|"):
        if parts and _FRACTION.fullmatch(part.strip()) and parts[-1].strip().isdigit():
            parts[-1] += f"|{part}"
        else:
            parts.append(part)
    if len(parts) != count:
        raise NotExpressed(f"{name}: {key!r} are not {count} labels")
    return tuple(label(part) for part in parts)


def sum_of(formula: Formula) -> tuple[Decimal, list[str]]:
    """A bill as a factor and the lines it is the sum of."""
    match formula:
        case Apply("*", (Number(factor), rest)) | Apply("*", (rest, Number(factor))):
            inner, terms = sum_of(rest)
            return factor * inner, terms
        case Name(name):
            return Decimal(1), [name]
        case Apply("+", parts):
            terms = []
            for part in parts:
                factor, found = sum_of(part)
                if factor != 1:
                    raise NotExpressed("bill: a factor over a part of the sum")
                terms += found
            return Decimal(1), terms
    raise NotExpressed(f"bill: a sum of charges is needed, names {', '.join(names_of(formula))}")


def is_plain(table: Table) -> bool:
    """Whether all figures are numbers."""
    return all(isinstance(figure, Number) for row in table.rows.values() for figure in row)


def is_nothing(part: Any) -> bool:
    """Whether a part is left empty, or is nought."""
    return part is None or (isinstance(part, str) and part.strip() in ("", "0", "0.0", "0.00"))
