"""The rules of a form: which fields are shown, which must be given, and what a value must hold."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from qiao.cases.rules.values_found import BadFact
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import Facts, holds


def is_shown(field: Field, facts: Facts) -> bool:
    """Whether the field is on the form, as its condition says."""
    return holds(field.show_when, facts)


def is_needed(field: Field, facts: Facts) -> bool:
    """Whether the field is shown and must be given: always, or as its condition says."""
    asked_now = field.required_when is not None and holds(field.required_when, facts)
    return (field.required or asked_now) and is_shown(field, facts)


def counted(fields: Iterable[Field], facts: Facts) -> dict[str, object]:
    """The facts without those of fields that are not shown: what a hidden field holds counts for
    nothing, so whatever hangs on it is hidden along with it."""
    kept, fields = dict(facts), tuple(fields)
    while gone := [f.key for f in fields if f.key in kept and not is_shown(f, kept)]:
        for key in gone:
            del kept[key]
    return kept


def hidden_keys(fields: Iterable[Field], facts: Facts) -> frozenset[str]:
    """Keys of the fields that are not shown: nobody can give them, so nobody asks for them."""
    return frozenset(field.key for field in fields if not is_shown(field, facts))


def needed_keys(fields: Iterable[Field], facts: Facts) -> tuple[str, ...]:
    """Keys of the fields that a condition of their own makes required."""
    return tuple(
        field.key
        for field in fields
        if field.required_when is not None and is_needed(field, facts)
    )


def check_value(
    field: Field, value: Any, facts: Mapping[str, Any], today: dt.date | None = None
) -> None:
    """Hold a stored value against the checks of its field.

    `facts` are the values beside it: a date may have to come after another one. Without `today`
    nothing is compared with the day.

    Raises `BadFact`.
    """
    if field.kind in {"number", "money"}:
        _check_number(field, value)
    elif field.kind in {"text", "long", "phone"}:
        _check_text(field, value)
    elif field.kind in {"date", "datetime"}:
        _check_date(field, str(value), facts, today)


def _check_number(field: Field, value: float) -> None:
    if field.least is not None and value < field.least:
        raise BadFact(field.key, f"at least {field.least:g}", "least", f"{field.least:g}")
    if field.most is not None and value > field.most:
        raise BadFact(field.key, f"at most {field.most:g}", "most", f"{field.most:g}")
    if field.decimals is not None and round(value, field.decimals) != value:
        places = str(field.decimals)
        raise BadFact(field.key, f"at most {places} decimal places", "decimals", places)


def _check_text(field: Field, value: str) -> None:
    if field.shortest is not None and len(value) < field.shortest:
        least = str(field.shortest)
        raise BadFact(field.key, f"at least {least} characters", "shortest", least)
    if field.longest is not None and len(value) > field.longest:
        most = str(field.longest)
        raise BadFact(field.key, f"at most {most} characters", "longest", most)
    if field.pattern and re.fullmatch(field.pattern, value) is None:
        raise BadFact(field.key, f"something like {field.example}", "pattern", field.example)


def _check_date(field: Field, value: str, facts: Mapping[str, Any], today: dt.date | None) -> None:
    day = value[:10]
    if field.not_future and today is not None and day > today.isoformat():
        raise BadFact(field.key, "a date that is not in the future", "not_future")
    if not field.not_before:
        return
    bound: Any = field.not_before
    if bound.isidentifier():
        bound = facts.get(bound, "")
    if bound and day < str(bound)[:10]:
        first = str(bound)[:10]
        raise BadFact(field.key, f"{first} or later", "not_before", first)
