"""What programs send as JSON: read strictly, its fields checked, its faults in words.

The same for every way in: a call of the programming interface, a message of a broker.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

BODY_BYTES: Final = 2 * 1024 * 1024
"""A body has no more than these, as a form: ten thousand intervals at their longest fit."""


class Body(BaseModel):
    """What a program sends: nothing but these fields, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _day(value: Any) -> Any:
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        raise PydanticCustomError("iso_form", "not a date", {"form": "2026-01-31"})
    return _read(date.fromisoformat, value, "2026-01-31")


def _moment(value: Any) -> Any:
    form = "2026-01-31T09:30:00Z"
    if not isinstance(value, str):
        raise PydanticCustomError("iso_form", "not a moment", {"form": form})
    found = _read(datetime.fromisoformat, value.upper(), form)
    if found.tzinfo is None:
        raise PydanticCustomError("iso_form", "no offset", {"form": form})
    return found


def _read(parse: Callable[[str], Any], value: str, form: str) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise PydanticCustomError("iso_form", "another form", {"form": form}) from error


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


def line(most: int, least: int = 0) -> Any:
    """A text of one line, from `least` to `most` characters."""
    return Field(min_length=least, max_length=most)


def read_json(body: bytes) -> Any:
    """JSON in UTF-8 as Python values. Raises `ValueError` or `RecursionError` for anything else,
    NaN and Infinity among it."""
    return json.loads(body.decode(), parse_constant=_no_constant, parse_float=_number)


def _no_constant(text: str) -> Any:
    raise ValueError(text)  # NaN and Infinity are no JSON


def _number(text: str) -> int | float:
    """A JSON number with a point: 5.0 is the whole number 5."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return int(value) if value.is_integer() else value


# The words of a field that does not fit, by what the parser calls it; with what it expected.
_FIELD: Final[dict[str, tuple[str, str]]] = {
    "missing": (gettext_noop("This is missing."), ""),
    "extra_forbidden": (gettext_noop("There is no such field."), ""),
    "string_type": (gettext_noop("This must be a text."), "string"),
    "string_unicode": (gettext_noop("The text contains half a character."), "string"),
    "string_too_short": (gettext_noop("The text is too short."), "{min_length}+"),
    "string_too_long": (gettext_noop("The text is too long."), "≤ {max_length}"),
    "string_pattern_mismatch": (gettext_noop("The text has another form."), "{pattern}"),
    "literal_error": (gettext_noop("This is none of the choices."), "{expected}"),
    "int_type": (gettext_noop("This must be a whole number."), "integer"),
    "int_parsing": (gettext_noop("This must be a whole number."), "integer"),
    "int_from_float": (gettext_noop("This must be a whole number."), "integer"),
    "float_type": (gettext_noop("This must be a number."), "number"),
    "bool_type": (gettext_noop("This must be true or false."), "boolean"),
    "list_type": (gettext_noop("This must be a list."), "array"),
    "dict_type": (gettext_noop("This must be an object."), "object"),
    "model_attributes_type": (gettext_noop("This must be an object."), "object"),
    "model_type": (gettext_noop("This must be an object."), "object"),
    "greater_than_equal": (gettext_noop("The number is too small."), "≥ {ge}"),
    "less_than_equal": (gettext_noop("The number is too large."), "≤ {le}"),
    "iso_form": (gettext_noop("This must be a date by ISO 8601."), "{form}"),
    "too_long": (gettext_noop("There are too many of them."), "≤ {max_length}"),
    "too_short": (gettext_noop("There are too few of them."), "{min_length}+"),
}
_OTHER: Final = gettext_noop("This cannot be read.")


class FieldFault(NamedTuple):
    """A field that does not fit: its path (``readings.0.value``), what the parser calls the fault,
    and what was expected."""

    path: str
    kind: str
    expected: str


def fault_of(error: Mapping[str, Any], path: Sequence[Any]) -> FieldFault:
    """A finding of the parser, as it may be kept."""
    expected = _FIELD.get(error["type"], ("", ""))[1]
    ended = expected.format_map(error.get("ctx") or {})
    return FieldFault(".".join(str(step) for step in path), error["type"], ended)


def fault_words(kind: str) -> str:
    """What is wrong with a field, in the reader's language."""
    return _(_FIELD.get(kind, (_OTHER, ""))[0])
