"""What a field of a form asks of its values, as a pack writes it down."""

import re
from datetime import date
from typing import Any, Final

from qiao.core.packs.reading import KEY, Table

NUMBERS: Final = ("number", "money")
TEXTS: Final = ("text", "long", "phone")
DATES: Final = ("date", "datetime")
OF_KINDS: Final = {
    "least": NUMBERS,
    "most": NUMBERS,
    "decimals": NUMBERS,
    "shortest": TEXTS,
    "longest": TEXTS,
    "pattern": TEXTS,
    "example": TEXTS,
    "not_future": DATES,
    "not_before": DATES,
    "of_customer": ("text",),
}
OF_CUSTOMER: Final = ("account", "meter")
_PAIRS: Final = (("least", "most"), ("shortest", "longest"))


def read_checks(table: Table) -> dict[str, Any]:
    """The checks of a field; what does not fit its kind, or makes no sense, is reported."""
    found: dict[str, Any] = {
        "least": _number(table, "least"),
        "most": _number(table, "most"),
        "decimals": _whole(table, "decimals"),
        "shortest": _whole(table, "shortest"),
        "longest": _whole(table, "longest"),
        "pattern": table.string("pattern", ""),
        "example": table.string("example", ""),
        "not_future": table.boolean("not_future"),
        "not_before": table.string("not_before", ""),
        "of_customer": table.choice("of_customer", ("", *OF_CUSTOMER), ""),
    }
    kind = table.data.get("kind")
    for key, kinds in OF_KINDS.items():
        if table.has(key) and kind not in kinds:
            table.report(key, f"expected only for kinds {', '.join(kinds)}, found {kind!r}")
    for low, high in _PAIRS:
        if found[low] is not None and found[high] is not None and found[low] > found[high]:
            table.report(high, f"expected at least {found[low]}, found {found[high]}")
    _pattern(table, found["pattern"], found["example"])
    _first_day(table, found["not_before"])
    return found


def _number(table: Table, key: str) -> float | None:
    value = table.raw(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        table.report(key, f"expected a number, found {value!r}")
        return None
    return value


def _whole(table: Table, key: str) -> int | None:
    return table.integer(key) if table.raw(key) is not None else None


def _pattern(table: Table, pattern: str, example: str) -> None:
    if not pattern:
        return
    try:
        fits = re.fullmatch(pattern, example)
    except re.error as error:
        table.report("pattern", f"cannot be read: {error}")
        return
    if fits is None:
        table.report("example", f"expected a text that fits {pattern}, found {example!r}")


def _first_day(table: Table, value: str) -> None:
    if not value or KEY.fullmatch(value):
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        table.report("not_before", f"expected a day or a field of this form, found {value!r}")
