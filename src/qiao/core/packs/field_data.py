"""A field in the table form that packs use: what `sections.read_field` reads back."""

from typing import Any, Final

from qiao.core.packs.model import Choice, Field
from qiao.core.rules.conditions import condition_data

_PLAIN: Final = (
    "required",
    "unit",
    "least",
    "most",
    "decimals",
    "shortest",
    "longest",
    "pattern",
    "example",
    "not_future",
    "not_before",
    "of_customer",
    "listed",
)


def field_data(field: Field) -> dict[str, Any]:
    """The field as plain data; what it does not ask for is left out."""
    data: dict[str, Any] = {"key": field.key, "label": field.label.data(), "kind": field.kind}
    if field.choices:
        data["choices"] = [_choice(each) for each in field.choices]
    if field.hint is not None:
        data["hint"] = field.hint.data()
    for name in ("show_when", "required_when"):
        condition = getattr(field, name)
        if condition is not None:
            data[name] = condition_data(condition)
    plain = {name: getattr(field, name) for name in _PLAIN}
    return data | {name: value for name, value in plain.items() if _is_said(value)}


def _is_said(value: Any) -> bool:
    """Whether a value is written down; zero is."""
    return value is not None and value is not False and value != ""


def _choice(choice: Choice) -> dict[str, str]:
    return {"key": choice.key, **choice.name.data()}
