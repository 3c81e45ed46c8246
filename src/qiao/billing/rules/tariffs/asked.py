"""What a tariff asks of a customer: the labels and numbers that terms say, and whether they do.

What registers count (the use, its hours) is no term: it comes with each bill.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.formulas import Apply, Formula, Name
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    USAGE,
    PerUnit,
    Tariff,
    Tiered,
    labels_needed,
    numbers_needed,
    tables_of,
)

NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,6})?")
"""A number as people enter it: nothing below nought, six digits behind the point at most."""
MISSING, UNKNOWN, NO_NUMBER = "missing", "unknown", "no_number"
TOO_LOW, TOO_HIGH, NOT_ASKED = "too_low", "too_high", "not_asked"


@dataclass(frozen=True, slots=True)
class Asks:
    """Something that a tariff asks: one of `values`, or a number between `least` and `most`.
    `default` is what holds where nothing is said; None where something must be."""

    name: str
    values: tuple[str, ...] = ()
    default: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TermFault:
    """Why terms are no answer to what is asked: the input, a code of this module, what was found
    and, for a limit, what was expected."""

    name: str
    code: str
    found: str = ""
    expected: str = ""


def quantities_of(tariff: Tariff) -> frozenset[str]:
    """The numbers that are parts of the use, and not what a customer is or has: charged by the
    unit, or added to and taken from the use in a formula."""
    found = {
        charge.how.quantity
        for charge in tariff.charges
        if isinstance(charge.how, PerUnit | Tiered)
    }
    tables = [each.value for each in tariff.quantities]
    tables += [table for charge in tariff.charges for table in tables_of(charge.how)]
    for table in tables:
        for figures in table.rows.values():
            for figure in figures:
                found |= _beside_use(figure)
    return frozenset(found - {each.key for each in tariff.quantities})


def _beside_use(formula: Formula) -> set[str]:
    """Names that a formula adds to the use, or takes from it."""
    if not isinstance(formula, Apply):
        return set()
    inner = [each.name for each in formula.parts if isinstance(each, Name)]
    found = {name for part in formula.parts for name in _beside_use(part)}
    if formula.sign in "+-" and (USAGE in inner or found):
        found |= set(inner)
    return found


def asks_of(tariff: Tariff, inputs: Mapping[str, Any]) -> tuple[Asks, ...]:
    """What terms under a tariff say: first the choices, then the numbers, each in order of names.

    `inputs` are those of `models.Tariff`: values that have a name may be chosen too, as a price
    for all others holds for them.
    """
    found = []
    for name, values in sorted(labels_needed(tariff).items()):
        named = inputs.get(name, {}).get("values", {})
        keys = [*named, *sorted(values - named.keys())]
        found.append(Asks(name, tuple(keys), tariff.defaults.get(name)))
    counted = quantities_of(tariff) | {USAGE, DAYS, MONTHS}
    for name in sorted(numbers_needed(tariff) - counted):
        limits = inputs.get(name, {})
        found.append(
            Asks(
                name,
                default=tariff.numbers.get(name),
                least=_limit(limits.get("least")),
                most=_limit(limits.get("most")),
            )
        )
    return tuple(found)


def _limit(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@dataclass(frozen=True, slots=True)
class Said:
    """The terms that a customer is billed by: labels, and numbers as decimal text."""

    labels: Mapping[str, str]
    numbers: Mapping[str, str]


def read_terms(asks: tuple[Asks, ...], given: Mapping[str, str]) -> tuple[Said, list[TermFault]]:
    """What was given as terms, and every fault of it. An empty text says nothing: what the tariff
    takes then holds."""
    labels: dict[str, str] = {}
    numbers: dict[str, str] = {}
    faults: list[TermFault] = []
    for each in asks:
        text = given.get(each.name, "").strip()
        if not text:
            if each.default is None:
                faults.append(TermFault(each.name, MISSING))
        elif each.values:
            labels[each.name] = text
            if text not in each.values:
                faults.append(TermFault(each.name, UNKNOWN, text, ", ".join(each.values)))
        elif found := list(_faults_of(each, text)):
            faults += found
        else:
            # In one form, so that the same terms are known again however they were typed.
            numbers[each.name] = format(Decimal(text).normalize(), "f")
    known = {each.name for each in asks}
    faults += [TermFault(name, NOT_ASKED, given[name]) for name in sorted(given.keys() - known)]
    return Said(labels, numbers), faults


def _faults_of(asks: Asks, text: str) -> Iterator[TermFault]:
    if not NUMBER.fullmatch(text):
        yield TermFault(asks.name, NO_NUMBER, text)
        return
    number = Decimal(text)
    if asks.least is not None and number < asks.least:
        yield TermFault(asks.name, TOO_LOW, text, format(asks.least, "f"))
    if asks.most is not None and number > asks.most:
        yield TermFault(asks.name, TOO_HIGH, text, format(asks.most, "f"))
