"""Values of a case's own fields, checked against the pack's definition."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from qiao.core.packs.model import Field
from qiao.core.rules.conditions import holds
from qiao.core.rules.text import clean

MAX_LENGTH = {"text": 200, "long": 4_000, "phone": 40}


class BadFact(Exception):  # noqa: N818 - names the finding
    """A value does not fit its field: `field` says which, `expected` what would."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


def check_facts(
    fields: Sequence[Field], given: Mapping[str, Any], *, complete: bool
) -> dict[str, Any]:
    """The given values in their stored form; empty ones are left out.

    With `complete`, every required field that is shown must be there. Raises `BadFact`, and
    `BadText` for text that cannot be stored.
    """
    known = {item.key: item for item in fields}
    for key in given:
        if key not in known:
            raise BadFact(key, "a field of this case type")
    facts = {}
    for key, value in given.items():
        if value not in (None, "", []):
            facts[key] = _stored(known[key], value)
    if complete:
        for item in fields:
            shown = item.show_when is None or holds(item.show_when, facts)
            if item.required and shown and item.key not in facts:
                raise BadFact(item.key, "a value")
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
            raise BadFact(field.key, "a date such as 2026-11-21") from error
    return text


def _chosen(field: Field, value: Any) -> Any:
    allowed = {choice.key for choice in field.choices}
    values = list(value) if isinstance(value, list | tuple) else [value]
    for item in values:
        if item not in allowed:
            raise BadFact(field.key, "one of " + ", ".join(sorted(allowed)))
    return values if field.kind == "choices" else values[0]


def _number(field: Field, value: Any) -> Any:
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation as error:
        raise BadFact(field.key, "a number") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise BadFact(field.key, "a number")
    return int(number) if number == number.to_integral_value() else float(number)
