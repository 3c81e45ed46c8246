"""A draft of a process as plain data, taken apart: one part is what is edited at once.

A `Part` is named ``process`` (or the form itself), ``step:<step>``, ``action:<step>/<action>``,
``field:<field>`` or ``rule:<rule>``.
The data is the table of a pack in its qualified form (see `qiao.cases.rules.pack`).
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qiao.core.rules.digests import digest_of_data

KINDS: Final = ("process", "step", "action", "field", "rule")
Data = dict[str, Any]
_OWN: Final = {
    "process": ("step", "fields", "rules"),
    "step": ("action",),
    "action": (),
    "field": (),
    "rule": (),
}


class NoSuchPart(LookupError):  # noqa: N818 - names the finding
    """The draft has no (or no longer a) part of this name."""


class KeyTaken(ValueError):  # noqa: N818 - names the finding
    """Another part of the same kind has this key."""


@dataclass(frozen=True, slots=True)
class Part:
    """The name of a part: its kind, and the keys that lead to it."""

    kind: str
    step: str = ""
    key: str = ""

    @classmethod
    def read(cls, text: str) -> "Part":
        """A part by its name in an address. Raises `NoSuchPart`."""
        kind, _, rest = text.partition(":")
        if kind == "action":
            step, _, key = rest.partition("/")
            if step and key:
                return cls(kind, step, key)
        elif kind == "process" or (kind in KINDS and rest):
            return cls(kind, key=rest)
        raise NoSuchPart(text)

    def __str__(self) -> str:
        if self.kind == "process":
            return self.kind
        return f"{self.kind}:{self.step}/{self.key}" if self.step else f"{self.kind}:{self.key}"


LISTS: Final = {"step": "step", "field": "fields", "action": "action", "rule": "rules"}
"""Under which name the parts of a kind stand; the process itself stands in no list."""


def _rows(data: Data, part: Part) -> list[Data]:
    """The list in which the part stands."""
    if part.kind not in LISTS:
        raise NoSuchPart(str(part))
    holder, name = data, LISTS[part.kind]
    if part.kind == "action":
        holder = find(data, Part("step", key=part.step))
    rows: list[Data] = holder.setdefault(name, [])
    return rows


def find(data: Data, part: Part) -> Data:
    """The part itself, to be read. Raises `NoSuchPart`."""
    if part.kind == "process":
        return data
    for row in _rows(data, part):
        if row.get("key") == part.key:
            return row
    raise NoSuchPart(str(part))


def own_values(data: Data, part: Part) -> Data:
    """The part's own values, without the parts inside it. Raises `NoSuchPart`."""
    inside = _OWN[part.kind]
    return {key: value for key, value in find(data, part).items() if key not in inside}


def stamp(values: Mapping[str, Any]) -> str:
    """A fingerprint of a part's own values: what somebody saw when they began to type."""
    return digest_of_data(values)[:16]


def replaced(data: Data, part: Part, values: Mapping[str, Any]) -> Data:
    """The draft with the part's own values replaced; what is inside it stays.

    A changed key is followed wherever the draft refers to it.

    Raises:
        NoSuchPart: it is gone.
        KeyTaken: the new key belongs to another part.
    """
    result = copy.deepcopy(data)
    row = find(result, part)
    new = str(values.get("key", ""))
    if part.kind != "process" and new != part.key:
        if any(other.get("key") == new for other in _rows(result, part)):
            raise KeyTaken(new)
        _follow(result, part, new)
    kept = {key: row[key] for key in _OWN[part.kind] if key in row}
    row.clear()
    row.update(copy.deepcopy(dict(values)), **kept)
    return result


def _follow(data: Data, part: Part, new: str) -> None:
    """Refer to `new` where the draft referred to the part's old key."""
    if part.kind == "action":
        _rename(find(data, Part("step", key=part.step)), "duty_action", part.key, new)
    elif part.kind == "step":
        _rename(data, "start", part.key, new)
        for action in _actions(data):
            _rename(action, "to", part.key, new)
    elif part.kind == "field":
        _follow_field(data, part.key, new)


def _follow_field(data: Data, old: str, new: str) -> None:
    for step in data.get("step", []):
        _rename_in(step, "required", old, new)
        _rename_in(step, "optional", old, new)
    for action in _actions(data):
        _rename_in(action, "needs", old, new)
        _in_condition(action.get("when"), old, new)
    for other in data.get("fields", []):
        _in_condition(other.get("show_when"), old, new)
        _in_condition(other.get("required_when"), old, new)
        _rename(other, "not_before", old, new)
    for rule in data.get("rules", []):
        _in_condition(rule.get("when"), old, new)


def _rename(row: Data, name: str, old: str, new: str) -> None:
    if row.get(name) == old:
        row[name] = new


def _rename_in(row: Data, name: str, old: str, new: str) -> None:
    if name in row:
        row[name] = [new if key == old else key for key in row[name]]


def _in_condition(tree: Any, old: str, new: str) -> None:
    if isinstance(tree, list):
        for each in tree:
            _in_condition(each, old, new)
    elif isinstance(tree, dict):
        if tree.get("field") == old:
            tree["field"] = new
        for word in ("all", "any", "not"):
            _in_condition(tree.get(word), old, new)


def _actions(data: Data) -> Iterator[Data]:
    for step in data.get("step", []):
        yield from step.get("action", [])


def removed(data: Data, part: Part) -> Data:
    """The draft without the part. What still refers to it is a fault that the checks name.

    Raises `NoSuchPart`.
    """
    result = copy.deepcopy(data)
    if part.kind == "process":
        raise NoSuchPart("process")
    rows = _rows(result, part)
    rows.remove(find(result, part))
    return result


def added(data: Data, kind: str, *, step: str = "", name: Mapping[str, str]) -> tuple[Data, Part]:
    """The draft with a new part at the end, and the part's name.

    A step comes before the final ones; an action leads to the next step.
    """
    result = copy.deepcopy(data)
    part = Part(kind, step if kind == "action" else "", _free(result, kind, step))
    rows = _rows(result, part)
    row: Data = {"key": part.key}
    if kind == "field":
        row |= {"label": dict(name), "kind": "text"}
    elif kind == "step":
        row |= {"name": dict(name), "phase": "work", "action": []}
    elif kind == "rule":
        row |= {"name": dict(name), "priority": "urgent"}
    else:
        row |= {"name": dict(name), "to": _next(result, step), "kind": "forward"}
    at = len(rows)
    if kind == "step":
        at = next((n for n, each in enumerate(rows) if each.get("final")), at)
    rows.insert(at, row)
    return result, part


def _free(data: Data, kind: str, step: str) -> str:
    taken = {row.get("key") for row in _rows(data, Part(kind, step, ""))}
    number = 1
    while f"{kind}_{number}" in taken:
        number += 1
    return f"{kind}_{number}"


def _next(data: Data, step: str) -> str:
    keys = [str(row.get("key", "")) for row in data.get("step", [])]
    at = keys.index(step) + 1 if step in keys else 0
    return keys[min(at, len(keys) - 1)] if keys else ""


def moved(data: Data, part: Part, by: int) -> Data:
    """The draft with the part `by` places further on in its list. Raises `NoSuchPart`."""
    result = copy.deepcopy(data)
    rows = _rows(result, part)
    row = find(result, part)
    at = rows.index(row)
    rows.remove(row)
    rows.insert(max(0, min(len(rows), at + by)), row)
    return result
