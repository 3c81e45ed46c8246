"""Formulas of a tariff: what a budget, an allowance or a fee is reckoned from.

Names, decimal numbers, ``+ - * /``, parentheses, and ``min`` and ``max`` of two or more; nothing
else. Numbers are taken as they are written, so ``0.62`` is exact; a division is too.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import add, mul, sub, truediv
from typing import Final

from qiao.billing.rules.tariffs.exact import Exact, constant

LONGEST: Final = 500
DEEPEST: Final = 150
LARGEST: Final = 12
"""Numbers have no more digits than so many before the point, and begin within so many behind."""
_SIGNS: Final[Mapping[type[ast.operator], tuple[str, Callable[[Exact, Exact], Exact]]]] = {
    ast.Add: ("+", add),
    ast.Sub: ("-", sub),
    ast.Mult: ("*", mul),
    ast.Div: ("/", truediv),
}
_CALLS: Final[Mapping[str, Callable[[Exact, Exact], Exact]]] = {
    "min": Exact.lesser,
    "max": Exact.greater,
}


class BadFormula(ValueError):  # noqa: N818 - a finding about data
    """A formula that cannot be read; the message says what stands where."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    value: Decimal

    def __post_init__(self) -> None:
        """Raises `BadFormula` where the number is none, or its digits would fill a column."""
        if not self.value.is_finite() or not -LARGEST <= self.value.adjusted() <= LARGEST:
            raise BadFormula(f"{self.value} is beyond {LARGEST} digits")


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, an attribute or another formula."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A sign or a function, and what it is applied to, in order."""

    sign: str
    parts: tuple["Formula", ...]


Formula = Number | Name | Apply


def read_formula(text: str) -> Formula:
    """Read a formula. Raises `BadFormula`."""
    written = text.strip()
    if not written or len(written) > LONGEST:
        raise BadFormula(f"a formula of 1 to {LONGEST} characters is needed")
    try:
        tree = ast.parse(written, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadFormula(f"{written!r} is no formula") from None
    return _read(tree.body, written, 0)


def names_of(formula: Formula) -> frozenset[str]:
    """The names that a formula needs a value for."""
    return frozenset(each.name for each in _walk(formula) if isinstance(each, Name))


def write_formula(formula: Formula) -> str:
    """The formula as it is read again; `read_formula` of it gives the same."""
    match formula:
        case Number(value):
            return format(value, "f")
        case Name(name):
            return name
        case Apply(sign, parts) if sign in _CALLS:
            return f"{sign}({', '.join(write_formula(part) for part in parts)})"
        case Apply(sign, (one,)):
            return f"({sign}{write_formula(one)})"
        case Apply(sign, parts):
            return "(" + f" {sign} ".join(write_formula(part) for part in parts) + ")"


def evaluate(formula: Formula, values: Mapping[str, Exact], count: int) -> Exact:
    """The value of a formula for each of `count` rows.

    Raises `KeyError` for a name without values and `ZeroDivisionError`.
    """
    match formula:
        case Number(value):
            return constant(value, count)
        case Name(name):
            return values[name]
        case Apply("-", (one,)):
            return -evaluate(one, values, count)
        case Apply(sign, parts):
            found = (evaluate(part, values, count) for part in parts)
            return reduce(_CALLS[sign] if sign in _CALLS else _BY_SIGN[sign], found)


_BY_SIGN: Final = dict(_SIGNS.values())


def _walk(formula: Formula) -> Iterator[Formula]:
    yield formula
    if isinstance(formula, Apply):
        for part in formula.parts:
            yield from _walk(part)


def _read(node: ast.expr, text: str, depth: int) -> Formula:
    if depth > DEEPEST:
        raise BadFormula(f"more than {DEEPEST} levels of parentheses")
    match node:
        case ast.Constant(int() | float()) if not isinstance(node.value, bool):
            return Number(_number(ast.get_source_segment(text, node) or ""))
        case ast.Name(name):
            return Name(name)
        case ast.UnaryOp(ast.USub(), one):
            return _negative(_read(one, text, depth + 1))
        case ast.BinOp(one, sign, two) if type(sign) in _SIGNS:
            parts = (_read(one, text, depth + 1), _read(two, text, depth + 1))
            return Apply(_SIGNS[type(sign)][0], parts)
        case ast.Call(ast.Name(called), parts, []) if called in _CALLS and len(parts) > 1:
            return Apply(called, tuple(_read(part, text, depth + 1) for part in parts))
    what = ast.get_source_segment(text, node) or text
    raise BadFormula(f"{what!r}: only names, numbers, + - * /, min and max are known")


def _negative(formula: Formula) -> Formula:
    """A number below nothing is a number: so it is written and read alike."""
    if isinstance(formula, Number):
        return Number(formula.value.copy_negate())
    return Apply("-", (formula,))


def _number(written: str) -> Decimal:
    try:
        return Decimal(written.replace("_", ""))
    except InvalidOperation:
        raise BadFormula(f"{written!r} is no decimal number") from None
