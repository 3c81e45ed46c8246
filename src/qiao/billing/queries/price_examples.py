"""An example walked through: what a tariff asks, and the bill it makes of what was entered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import showing
from qiao.billing.models import Tariff as Row
from qiao.billing.queries.tariffs import TariffNow
from qiao.billing.rules.tariffs.asked import NUMBER
from qiao.billing.rules.tariffs.explaining import Explained, Line, explain
from qiao.billing.rules.tariffs.inputs import CannotRate, Rows
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    USAGE,
    Tariff,
    Tiered,
    labels_needed,
    numbers_needed,
)
from qiao.billing.rules.tariffs.rating import rate

BEFORE: Final = "used_before"
_FIRST: Final = {USAGE: "23", BEFORE: "0", MONTHS: "1", DAYS: "30"}
"""What stands in an example before anything is entered."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something that a tariff asks: a number, or one of `choices` (key and name). `error` says
    what is wrong with `value`."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class ExampleStep:
    """A tier that was reached, in words."""

    place: int
    begins: str
    ends: str
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A line of the bill, in words; quantity and price where it is by the unit."""

    name: str
    owner: str
    how: str
    amount: str
    minor: int
    quantity: str
    price: str
    steps: tuple[ExampleStep, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What is asked, and the bill: none where an input or the tariff refuses (`refusal`).
    `contained` are lines that are shown and not added."""

    inputs: tuple[Input, ...]
    refusal: str = ""
    lines: tuple[ExampleLine, ...] = ()
    contained: tuple[ExampleLine, ...] = ()
    total: str = ""


def example(now: TariffNow, given: Mapping[str, str]) -> Example | None:
    """Walk an example through; None where no version holds. Nothing given is a first example."""
    tariff = now.tariff
    if tariff is None:
        return None
    inputs = tuple(inputs_of(now.row, tariff, given))
    if any(each.error for each in inputs):
        return Example(inputs)
    try:
        return _told(now.row, tariff, bill_of(tariff, Entered.of(inputs)), inputs)
    except CannotRate as refusal:
        return Example(inputs, refusal=str(refusal))


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered for an example: labels, numbers, and what was used earlier in the year."""

    labels: Mapping[str, str]
    numbers: Mapping[str, Decimal]
    before: Decimal = Decimal(0)

    @classmethod
    def of(cls, inputs: Iterable[Input]) -> "Entered":
        """Inputs without errors."""
        labels = {each.name: each.value for each in inputs if each.choices}
        numbers = {each.name: Decimal(each.value) for each in inputs if not each.choices}
        return cls(labels, numbers, numbers.pop(BEFORE, Decimal(0)))


def bill_of(tariff: Tariff, entered: Entered) -> Explained:
    """A bill under one version. Raises `CannotRate`."""
    rows = Rows.one(entered.labels, entered.numbers, {USAGE: entered.before})
    return explain(tariff, rate(tariff, rows), 0)


def inputs_of(row: Row, tariff: Tariff, given: Mapping[str, str]) -> list[Input]:
    """What a tariff asks, with what was entered, or what a first example has."""
    asked = numbers_needed(tariff)
    found = [_number(USAGE, showing.input_name(row, USAGE), given, "")]
    if any(
        isinstance(charge.how, Tiered) and charge.how.period == "year" for charge in tariff.charges
    ):
        found.append(_number(BEFORE, _("Used earlier in the year"), given, ""))
    periods = [name for name in (MONTHS, DAYS) if name in asked]
    found += [_number(name, showing.input_name(row, name), given, "") for name in periods]
    labels = sorted(labels_needed(tariff).items())
    found += [_label(row, tariff, name, values, given) for name, values in labels]
    for name in sorted(asked - {USAGE, MONTHS, DAYS}):
        first = showing.plain(Decimal(tariff.numbers[name])) if name in tariff.numbers else "0"
        found.append(_number(name, showing.input_name(row, name), given, first))
    return found


def _number(name: str, label: str, given: Mapping[str, str], first: str) -> Input:
    value = str(given.get(name, first or _FIRST.get(name, "0"))).strip()
    error = "" if NUMBER.fullmatch(value) else pgettext("tariff", "Enter a number, 0 or more.")
    return Input(name, str(label), value[:20], error=error)


def _label(
    row: Row, tariff: Tariff, name: str, values: frozenset[str], given: Mapping[str, str]
) -> Input:
    brought = row.inputs.get(name, {}).get("values", {})
    known = [each for each in brought if each in values]
    keys = [*known, *sorted(values - set(known))]
    value = given.get(name, tariff.defaults.get(name, keys[0]))
    choices = tuple((key, showing.value_name(row, name, key)) for key in keys)
    chosen = value if value in keys else keys[0]
    return Input(name, showing.input_name(row, name), chosen, choices)


def _told(row: Row, tariff: Tariff, explained: Explained, inputs: tuple[Input, ...]) -> Example:
    return Example(
        inputs,
        lines=tuple(line_in_words(row, tariff, line) for line in explained.lines if line.adds),
        contained=tuple(
            line_in_words(row, tariff, line) for line in explained.lines if not line.adds
        ),
        total=showing.money(explained.minor, tariff.currency),
    )


def line_in_words(row: Row, tariff: Tariff, line: Line) -> ExampleLine:
    """A line of a bill as people read it."""
    name, owner, how = showing.charge_head(row, tariff, line.charge)
    steps = tuple(
        ExampleStep(
            place=number,
            begins=showing.plain(step.begins),
            ends="" if step.ends is None else showing.plain(step.ends),
            quantity=showing.plain(step.quantity),
            price=showing.price(step.price),
            amount=showing.money(step.minor, tariff.currency),
        )
        for number, step in enumerate(line.steps, 1)
    )
    return ExampleLine(
        name=name,
        owner=owner,
        how=how,
        amount=showing.money(line.minor, tariff.currency),
        minor=line.minor,
        quantity="" if line.quantity is None else showing.plain(line.quantity),
        price="" if line.price is None else showing.price(line.price),
        steps=steps,
    )
