"""Inputs of bills for the engine, out of one bill at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from qiao.billing.rules.tariffs.exact import Column, Exact, column
from qiao.billing.rules.tariffs.inputs import Labels, Rows


@dataclass(frozen=True)
class Inputs:
    """What is known of one bill; numbers as decimal text."""

    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)


def rows_of(bills: Sequence[Inputs]) -> Rows:
    """Bills that know the same names, as the engine takes them."""
    first = bills[0]
    return Rows(
        len(bills),
        {name: Labels.of([each.labels[name] for each in bills]) for name in first.labels},
        {name: column(Decimal(each.numbers[name]) for each in bills) for name in first.numbers},
        {name: column(Decimal(each.before[name]) for each in bills) for name in first.before},
    )


def fractions_of(numbers: Mapping[str, str]) -> dict[str, Fraction]:
    """Numbers as the oracle takes them."""
    return {name: Fraction(each) for name, each in numbers.items()}


def fraction_at(numbers: Exact, row: int) -> Fraction:
    """One row of a column."""
    below: int | Column = numbers.below
    return Fraction(int(numbers.above[row]), below if isinstance(below, int) else int(below[row]))
