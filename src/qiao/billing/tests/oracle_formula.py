"""Formulas read a second way, number by number: the engine's are not used here."""

import re
from collections.abc import Callable
from fractions import Fraction

_TOKEN = re.compile(r"\s*(?:(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([^\W\d]\w*)|(.))")
Known = Callable[[str], Fraction]


def value_of(text: str, known: Known) -> Fraction:
    """What a formula comes to; `known` gives the value of a name."""
    tokens = [found.groups() for found in _TOKEN.finditer(text.strip())]
    value, rest = _sum(tokens, known)
    assert not rest, (text, rest)
    return value


Tokens = list[tuple[str | None, ...]]


def _sum(tokens: Tokens, known: Known) -> tuple[Fraction, Tokens]:
    value, tokens = _product(tokens, known)
    while tokens and tokens[0][2] in ("+", "-"):
        sign = tokens[0][2]
        other, tokens = _product(tokens[1:], known)
        value = value + other if sign == "+" else value - other
    return value, tokens


def _product(tokens: Tokens, known: Known) -> tuple[Fraction, Tokens]:
    value, tokens = _one(tokens, known)
    while tokens and tokens[0][2] in ("*", "/"):
        sign = tokens[0][2]
        other, tokens = _one(tokens[1:], known)
        value = value * other if sign == "*" else value / other
    return value, tokens


def _one(tokens: Tokens, known: Known) -> tuple[Fraction, Tokens]:
    (number, name, sign), rest = tokens[0], tokens[1:]
    if number is not None:
        return Fraction(number.replace("_", "")), rest
    if sign == "-":
        value, rest = _one(rest, known)
        return -value, rest
    if name is not None and rest and rest[0][2] == "(":
        values = []
        while rest[0][2] in ("(", ","):
            value, rest = _sum(rest[1:], known)
            values.append(value)
        return {"min": min, "max": max}[name](values), rest[1:]
    if name is not None:
        return known(name), rest
    assert sign == "(", tokens
    value, rest = _sum(rest, known)
    assert rest[0][2] == ")", rest
    return value, rest[1:]
