"""Values of declared parameters: read from what somebody typed, checked against the limits."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

NUMERIC: Final = frozenset({"number", "minutes", "days", "money", "percentage"})
WHOLE: Final = frozenset({"number", "minutes", "days", "money"})
KINDS: Final = NUMERIC | {"boolean", "choice", "choices"}
FAR: Final = 10**15


class BadValue(ValueError):  # noqa: N818 - a refusal, not a fault
    """The value cannot stand. `code`: number, whole, low, high, choice."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str, *, whole: bool) -> int | float:
    """A number out of a field; thousands separators and full-width digits are understood.

    Raises `BadValue`: not a number, or one with a fraction where only whole ones stand.
    """
    plain = text.strip().replace(",", "").replace(chr(0xFF0C), "")
    try:
        found = Decimal(plain)
    except InvalidOperation as error:
        raise BadValue("number") from error
    if not found.is_finite() or abs(found) > FAR:
        raise BadValue("number")
    if found == found.to_integral_value():
        return int(found)
    if whole:
        raise BadValue("whole")
    return float(found)


def check_value(
    value: Any,
    *,
    kind: str,
    least: int | None = None,
    most: int | None = None,
    choices: Sequence[str] = (),
) -> Any:
    """The value in its stored form: a number, true or false, a key, or keys in declared order.

    Raises `BadValue`.
    """
    if kind in NUMERIC:
        number = read_number(str(value), whole=kind in WHOLE)
        if least is not None and number < least:
            raise BadValue("low")
        if most is not None and number > most:
            raise BadValue("high")
        return number
    if kind == "boolean":
        return value in (True, "true", "on", "yes", "1")
    if kind == "choice":
        if value not in choices:
            raise BadValue("choice")
        return value
    given = set(value)
    if not given <= set(choices):
        raise BadValue("choice")
    return [key for key in choices if key in given]
