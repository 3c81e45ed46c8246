"""Figures of tables, for many rows at once: which row of a table holds, and what it says there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from qiao.billing.rules.tariffs.exact import Column, Exact, column, constant
from qiao.billing.rules.tariffs.formulas import Formula, Number, evaluate, names_of
from qiao.billing.rules.tariffs.inputs import CannotRate, Labels, Rows
from qiao.billing.rules.tariffs.model import OTHERWISE, Table

_NOTHING: Final = Number(Decimal(0))


def figure_of(table: Table, rows: Rows) -> Exact:
    """The one figure of the table's row that each row's labels choose. Raises `CannotRate`."""
    return figures_of(table, rows)[0]


def figures_of(table: Table, rows: Rows) -> list[Exact]:
    """The figures of the table's row that each row's labels choose, a column for each; nothing
    where a row has fewer. Raises `CannotRate`."""
    chosen = chosen_rows(table, rows)
    wide = max(len(row) for row in table.rows.values())
    return [
        _at_place(
            [row[place] if place < len(row) else _NOTHING for row in table.rows.values()],
            chosen,
            rows,
        )
        for place in range(wide)
    ]


def _at_place(formulas: Sequence[Formula], chosen: Column, rows: Rows) -> Exact:
    plain = [each.value for each in formulas if isinstance(each, Number)]
    if len(plain) == len(formulas):
        return column(plain).at(chosen)
    parts = [constant(0, rows.count)]
    for place in np.unique(chosen).tolist():
        where = np.flatnonzero(chosen == place)
        found = _evaluated(formulas[place], where, rows.numbers)
        parts.append(found.spread(where, rows.count))
    return total_of(parts)


def _evaluated(formula: Formula, where: Column, values: Mapping[str, Exact]) -> Exact:
    """A formula for these rows alone: what others lack is no matter here."""
    try:
        known = {name: values[name].at(where) for name in sorted(names_of(formula))}
        return evaluate(formula, known, len(where))
    except KeyError as missing:
        raise CannotRate(f"{missing.args[0]}: a number is needed") from None
    except ZeroDivisionError:
        raise CannotRate("a formula divides by zero") from None


def chosen_rows(table: Table, rows: Rows) -> Column:
    """The place of the table's row for each row's labels. Raises `CannotRate`."""
    if not table.by:
        return np.zeros(rows.count, dtype=np.int64)
    for name in table.by:
        if name not in rows.labels:
            raise CannotRate(_lacking(table, name))
    places = {key: place for place, key in enumerate(table.rows)}
    labels = [rows.labels[name] for name in table.by]
    mixed = np.zeros(rows.count, dtype=np.int64)
    for each in labels:
        mixed = mixed * len(each.values) + each.codes
    combinations, inverse = np.unique(mixed, return_inverse=True)
    found = []
    for combination in combinations.tolist():
        key = _unmixed(combination, labels)
        row = table.row_of(key)
        if row is None:
            raise CannotRate(_unknown(table, key))
        found.append(places[row])
    return np.array(found, dtype=np.int64)[inverse.reshape(-1)]


def _values(table: Table, name: str) -> tuple[str, ...]:
    place = table.by.index(name)
    return tuple(dict.fromkeys(row[place] for row in table.rows))


def _lacking(table: Table, name: str) -> str:
    return f"{name}: a value is needed, one of {', '.join(_values(table, name))}"


def _unmixed(combination: int, labels: Sequence[Labels]) -> tuple[str, ...]:
    key = []
    for each in reversed(labels):
        combination, code = divmod(combination, len(each.values))
        key.append(each.values[code])
    return tuple(reversed(key))


def _unknown(table: Table, key: tuple[str, ...]) -> str:
    for place, name in enumerate(table.by):
        values = _values(table, name)
        if not key[place]:
            return _lacking(table, name)
        if key[place] not in values and OTHERWISE not in values:
            return f"{name}: {key[place]!r} is none of {', '.join(values)}"
    wanted = " and ".join(f"{name} {value}" for name, value in zip(table.by, key, strict=True))
    return f"{wanted}: there is no figure for all of them together"


def number_of(rows: Rows, name: str) -> Exact:
    """An input or a quantity by its name. Raises `CannotRate`."""
    if name not in rows.numbers:
        raise CannotRate(f"{name}: a number is needed")
    return rows.numbers[name]


def total_of(parts: Sequence[Exact]) -> Exact:
    """The sum of columns, one at least."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
