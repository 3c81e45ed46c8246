"""What differs between two versions of a voice menu, step by step and text by text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qiao.telephony.rules.menus import MENU_FIELDS

Data = Mapping[str, Any]
What = Literal["changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class MenuChange:
    """A difference. `step` is the step it belongs to, empty for the menu itself; a text has its
    key in `text`. `field` is the value that changed (``keys.1``; a language for a text), empty
    where the whole was added or removed. Values are plain data; None for one that is not there.
    """

    what: What
    step: str
    text: str
    field: str
    before: Any
    after: Any


def menu_changes(before: Data, after: Data) -> tuple[MenuChange, ...]:
    """All differences: of the menu itself, of its steps in their order, of its texts."""
    return (
        *_values("", _own(before), _own(after)),
        *_steps(before, after),
        *_texts(before.get("texts", {}), after.get("texts", {})),
    )


def _own(data: Data) -> Data:
    return {name: data.get(name) for name in MENU_FIELDS}


def _steps(before: Data, after: Data) -> Iterator[MenuChange]:
    old = {node["key"]: node for node in before.get("node", [])}
    new = {node["key"]: node for node in after.get("node", [])}
    for key in dict.fromkeys([*new, *old]):
        if key not in old:
            yield MenuChange("added", key, "", "", None, new[key])
        elif key not in new:
            yield MenuChange("removed", key, "", "", old[key], None)
        else:
            yield from _values(key, old[key], new[key])


def _values(step: str, before: Data, after: Data) -> Iterator[MenuChange]:
    old, new = _flat(before), _flat(after)
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            yield MenuChange("changed", step, "", field, old.get(field), new.get(field))


def _flat(values: Data) -> dict[str, Any]:
    """Values by field; what is empty is not there."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": each for key, each in value.items()}
        elif value not in (None, "", []):
            found[name] = value
    return found


def _texts(before: Data, after: Data) -> Iterator[MenuChange]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key, {}), after.get(key, {})
        for language in dict.fromkeys([*old, *new]):
            words = old.get(language, ""), new.get(language, "")
            if words[0] != words[1]:
                what: What = "changed" if all(words) else "removed" if words[0] else "added"
                yield MenuChange(what, "", key, language, *words)
