"""Values of a case's own fields, checked against the pack's definition."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from qiao.cases.rules.form_rules import check_value, counted, is_needed
from qiao.cases.rules.values_found import BadFact
from qiao.core.packs.model import Field
from qiao.core.rules.text import clean

__all__ = ["BadFact", "check_facts"]
MAX_LENGTH = {"text": 200, "long": 4_000, "phone": 40}


def check_facts(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    *,
    complete: bool,
    today: dt.date | None = None,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """The given values in their stored form; empty ones, and those that a condition hides, are
    left out.

    `beside` are values that the record has already, `today` the day for checks of dates. With
    `complete`, every required field that is shown must be there. Raises `BadFact`, and `BadText`
    for text that cannot be stored.
    """
    known = {item.key: item for item in fields}
    for key in given:
        if key not in known:
            raise BadFact(key, "a field of this case type")
    facts = {}
    for key, value in given.items():
        if value not in (None, "", []):
            facts[key] = _stored(known[key], value)
    known_now = counted(fields, {**beside, **facts})
    facts = {key: value for key, value in facts.items() if key in known_now}
    for key, value in facts.items():
        check_value(known[key], value, known_now, today)
    for item in fields if complete else ():
        if item.key not in facts and is_needed(item, known_now):
            raise BadFact(item.key, "a value", "value")
    return facts


def _stored(field: Field, value: Any) -> Any:
    if field.kind == "bool":
        return value in (True, "true", "on", "1")
    if field.kind in {"choice", "choices"}:
        return _chosen(field, value)
    if field.kind in {"number", "money"}:
        return _number(field, value)
    text = clean(str(value), field=field.key, max_length=MAX_LENGTH.get(field.kind, 200))
    if field.kind in {"date", "datetime"}:
        parse = dt.date.fromisoformat if field.kind == "date" else dt.datetime.fromisoformat
        try:
            return parse(text).isoformat()
        except ValueError as error:
            raise BadFact(field.key, "a date such as 2026-11-21", "date") from error
    return text


def _chosen(field: Field, value: Any) -> Any:
    allowed = {choice.key for choice in field.choices}
    values = list(value) if isinstance(value, list | tuple) else [value]
    for item in values:
        if item not in allowed:
            raise BadFact(field.key, "one of " + ", ".join(sorted(allowed)), "choice")
    return values if field.kind == "choices" else values[0]


def _number(field: Field, value: Any) -> Any:
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation as error:
        raise BadFact(field.key, "a number", "number") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise BadFact(field.key, "a number", "number")
    return int(number) if number == number.to_integral_value() else float(number)
