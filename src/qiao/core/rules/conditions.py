"""Conditions kept as data: a small tree of tests over the facts of a record.

A condition is read from a mapping, so that packs and administrators can write it::

    {field = "cause", op = "eq", value = "pipe"}
    {all = [{field = "repeats", op = "ge", value = 2}, {not = {field = "vip", op = "given"}}]}

Facts are a mapping from field key to a plain value: text, number, bool, list of text, ISO date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

OPERATORS: tuple[str, ...] = (
    "eq",
    "ne",
    "in",
    "not_in",
    "gt",
    "ge",
    "lt",
    "le",
    "given",
    "empty",
    "contains",
)
ORDERED = frozenset({"gt", "ge", "lt", "le"})
LISTED = frozenset({"in", "not_in"})
UNARY = frozenset({"given", "empty"})

Facts = Mapping[str, object]


class ConditionInvalid(ValueError):  # noqa: N818 - a finding about data
    """A condition's data cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Test:
    """One comparison of the fact `field` with `value`."""

    __test__ = False  # keeps pytest from collecting a class of this name

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class AllOf:
    """Holds when every part holds; an empty AllOf holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds when at least one part holds; an empty AnyOf does not hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Holds when its part does not."""

    part: Condition


Condition = Test | AllOf | AnyOf | Not


def is_given(value: object) -> bool:
    """Whether a fact counts as given: False and 0 do, None, blank text and empty lists do not."""
    if value is None:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    return not (isinstance(value, Sequence | Mapping) and len(value) == 0)


def holds(condition: Condition | None, facts: Facts) -> bool:
    """Evaluate `condition` over `facts`; no condition always holds.

    A comparison with a fact that is absent, or of a kind that cannot be ordered against the value,
    does not hold (`ne` and `not_in` then hold).
    """
    match condition:
        case None:
            return True
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
        case Test():
            return _compare(condition, facts.get(condition.field))


def _compare(test: Test, fact: object) -> bool:
    if test.op in UNARY:
        return is_given(fact) == (test.op == "given")
    if test.op in ("eq", "ne"):
        return _same(fact, test.value) == (test.op == "eq")
    if test.op in LISTED:
        return any(_same(fact, item) for item in test.value) == (test.op == "in")
    if test.op == "contains":
        return _contains(fact, test.value)
    return _ordered(test.op, fact, test.value)


def _same(fact: object, value: object) -> bool:
    return isinstance(fact, bool) == isinstance(value, bool) and fact == value


def _contains(fact: object, value: object) -> bool:
    if isinstance(fact, str):
        return isinstance(value, str) and value in fact
    return isinstance(fact, Sequence) and value in fact


def _ordered(op: str, fact: object, value: object) -> bool:
    numbers = _is_number(fact) and _is_number(value)
    if not numbers and not (isinstance(fact, str) and isinstance(value, str)):
        return False
    left: Any = fact
    right: Any = value
    if op == "gt":
        return bool(left > right)
    if op == "ge":
        return bool(left >= right)
    return bool(left < right) if op == "lt" else bool(left <= right)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def parse_condition(data: object) -> Condition:
    """Read a condition from a mapping.

    Raises:
        ConditionInvalid: the mapping is not of one of the forms above.
    """
    if not isinstance(data, Mapping):
        raise ConditionInvalid(f"expected a table, found {data!r}")
    for word, kind in (("all", AllOf), ("any", AnyOf)):
        if word in data:
            return kind(_parts(data, word))
    if "not" in data:
        _only(data, "not")
        return Not(parse_condition(data["not"]))
    return _parse_test(data)


def _only(data: Mapping[Any, Any], *allowed: str) -> None:
    extra = sorted(str(key) for key in data if key not in allowed)
    if extra:
        raise ConditionInvalid(f"unexpected {', '.join(extra)} beside {' and '.join(allowed)}")


def _parts(data: Mapping[Any, Any], word: str) -> tuple[Condition, ...]:
    _only(data, word)
    items = data[word]
    if not isinstance(items, list) or not items:
        raise ConditionInvalid(f"'{word}' expects a list of conditions, found {items!r}")
    return tuple(parse_condition(item) for item in items)


def _parse_test(data: Mapping[Any, Any]) -> Test:
    _only(data, "field", "op", "value")
    field, op = data.get("field"), data.get("op")
    if not isinstance(field, str) or not field:
        raise ConditionInvalid("'field' expects a field key")
    if op not in OPERATORS:
        raise ConditionInvalid(f"'op' expects one of {', '.join(OPERATORS)}, found {op!r}")
    value = data.get("value")
    if op not in UNARY and value is None:
        raise ConditionInvalid(f"'{op}' needs a 'value'")
    if op in LISTED and not isinstance(value, list):
        raise ConditionInvalid(f"'{op}' expects a list as 'value', found {value!r}")
    return Test(field, str(op), tuple(value) if isinstance(value, list) else value)


def condition_data(condition: Condition) -> dict[str, Any]:
    """The mapping form of a condition, readable by `parse_condition`."""
    match condition:
        case AllOf(parts):
            return {"all": [condition_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [condition_data(part) for part in parts]}
        case Not(part):
            return {"not": condition_data(part)}
        case Test(field, op, value):
            if op in UNARY:
                return {"field": field, "op": op}
            plain = list(value) if isinstance(value, tuple) else value
            return {"field": field, "op": op, "value": plain}


def tests_in(condition: Condition | None) -> Iterator[Test]:
    """Every comparison in the tree, left to right."""
    match condition:
        case None:
            return
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_in(part)
        case Not(part):
            yield from tests_in(part)
        case Test():
            yield condition


def sample_facts(
    conditions: Iterable[Condition | None], *, most: int = 4096
) -> Iterator[dict[str, object]]:
    """Facts that together reach every outcome of `conditions`, for checking branches.

    Each field takes every value it is compared with, values on both sides of each bound, and
    absence; all combinations follow, at most `most` of them.
    """
    values: dict[str, list[object]] = {}
    for condition in conditions:
        for test in tests_in(condition):
            known = values.setdefault(test.field, [None])
            known.extend(value for value in _witnesses(test) if not _known(value, known))
    fields = list(values)
    for count, combination in enumerate(product(*(values[field] for field in fields))):
        if count >= most:
            return
        yield dict(zip(fields, combination, strict=True))


def _known(value: object, values: Sequence[object]) -> bool:
    return any(type(value) is type(other) and value == other for other in values)


def _witnesses(test: Test) -> Iterator[object]:
    if test.op in UNARY:
        yield "given"
    elif test.op in LISTED:
        yield from test.value
        yield "something else"
    elif test.op == "contains":
        yield from ([test.value], "something else")
    elif isinstance(test.value, bool):
        yield from (True, False)
    elif _is_number(test.value):
        yield from (test.value - 1, test.value, test.value + 1)
    else:
        yield from (test.value, f"{test.value}~", "")
