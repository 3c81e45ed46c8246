"""What is rated: many bills at once, an input of all of them a column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from qiao.billing.rules.tariffs.exact import Column, Exact, constant
from qiao.billing.rules.tariffs.model import Tariff


class CannotRate(ValueError):  # noqa: N818 - a finding about the input
    """A row lacks an input or has one that the tariff does not know; the message names it."""


@dataclass(frozen=True, slots=True)
class Labels:
    """One label of each row: a number of `values`. An empty one says that it is not known."""

    codes: Column
    values: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[str]) -> "Labels":
        """Labels as they come."""
        values = tuple(dict.fromkeys(rows))
        places = {value: place for place, value in enumerate(values)}
        return cls(np.array([places[row] for row in rows], dtype=np.int64), values)

    @classmethod
    def all(cls, value: str, count: int) -> "Labels":
        """One label for every row."""
        return cls(np.zeros(count, dtype=np.int64), (value,))

    def at(self, rows: Column) -> "Labels":
        """The labels of these rows, in this order."""
        return Labels(self.codes[rows], self.values)

    def known(self) -> bool:
        """Whether every row has one."""
        return bool(np.array([bool(each) for each in self.values], dtype=bool)[self.codes].all())

    def known_or(self, value: str) -> "Labels":
        """With `value` where no label is known."""
        return Labels(self.codes, tuple(each or value for each in self.values))


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be rated: inputs by name. `before`: by quantity, what was used in the year of
    tiers before these rows; without, and where tiers fill over a month or a bill, they begin to
    fill with the row."""

    count: int
    labels: Mapping[str, Labels] = field(default_factory=dict)
    numbers: Mapping[str, Exact] = field(default_factory=dict)
    before: Mapping[str, Exact] = field(default_factory=dict)

    @classmethod
    def one(
        cls,
        labels: Mapping[str, str],
        numbers: Mapping[str, Decimal],
        before: Mapping[str, Decimal],
    ) -> "Rows":
        """One bill."""
        return cls(
            1,
            {name: Labels.all(value, 1) for name, value in labels.items()},
            {name: constant(value, 1) for name, value in numbers.items()},
            {name: constant(value, 1) for name, value in before.items()},
        )

    def at(self, rows: Column) -> "Rows":
        """These rows, in this order."""
        return Rows(
            len(rows),
            {name: each.at(rows) for name, each in self.labels.items()},
            _at(self.numbers, rows),
            _at(self.before, rows),
        )

    def with_defaults(self, tariff: Tariff) -> "Rows":
        """With what the tariff takes where nothing is known."""
        labels, numbers = dict(self.labels), dict(self.numbers)
        for name, value in tariff.defaults.items():
            known = labels.get(name)
            labels[name] = known.known_or(value) if known else Labels.all(value, self.count)
        for name, number in tariff.numbers.items():
            numbers.setdefault(name, constant(number, self.count))
        return replace(self, labels=labels, numbers=numbers)


@dataclass(frozen=True, slots=True)
class Allowances:
    """What tiers that fill over a year are as wide as, where that is not the row's own inputs for
    a whole year: a household that grew amid it, an owner who came in May.

    Each belongs to the row `row`, counts `weight` of a year, and has the inputs of `rows` at the
    same place. A row without any has no allowance at all: all of its use lies in its last tier.
    """

    row: Column
    weight: Exact
    rows: Rows

    def at(self, rows: Column, count: int) -> "Allowances":
        """Those of these rows out of `count`."""
        place = np.full(count, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        own = np.flatnonzero(place[self.row] >= 0)
        return Allowances(place[self.row[own]], self.weight.at(own), self.rows.at(own))


def _at(numbers: Mapping[str, Exact], rows: Column) -> dict[str, Exact]:
    """These rows of columns, in this order."""
    return {name: each.at(rows) for name, each in numbers.items()}
