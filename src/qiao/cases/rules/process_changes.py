"""What differs between two texts of a process, part by part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qiao.cases.rules.draft_parts import LISTS, Data, Part, own_values

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
_IGNORED: Final = frozenset({"key", "version"})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a part `added` or `removed`, or one value of it `changed`.

    `name` is the part's name as it stands in the newer text (or stood in the older one).
    """

    what: str
    part: Part
    name: Mapping[str, str]
    field: str = ""
    before: Any = None
    after: Any = None


def changes_between(before: Data, after: Data) -> list[Change]:
    """All differences in reading order: the process, its fields, its steps with their actions."""
    found = list(_values(before, after, Part("process")))
    found += _parts(before, after, "field", "")
    found += _parts(before, after, "rule", "")
    found += _parts(before, after, "step", "")
    shared = _keys(after, "step", "")
    old = set(_keys(before, "step", ""))
    for step in shared:
        if step in old:
            found += _parts(before, after, "action", step)
    return found


def _keys(data: Data, kind: str, step: str) -> list[str]:
    rows = data.get("step", [])
    if kind in {"field", "rule"}:
        rows = data.get(LISTS[kind], [])
    elif kind == "action":
        rows = next((s.get("action", []) for s in rows if s.get("key") == step), [])
    return [str(row.get("key", "")) for row in rows]


def _parts(before: Data, after: Data, kind: str, step: str) -> Iterator[Change]:
    old, new = _keys(before, kind, step), _keys(after, kind, step)
    for key in old:
        if key not in new:
            part = Part(kind, step, key)
            yield Change(REMOVED, part, _name(before, part))
    for key in new:
        part = Part(kind, step, key)
        if key in old:
            yield from _values(before, after, part)
        else:
            yield Change(ADDED, part, _name(after, part))


def _values(before: Data, after: Data, part: Part) -> Iterator[Change]:
    old, new = own_values(before, part), own_values(after, part)
    for field in dict.fromkeys([*old, *new]):
        was, now = _plain(old.get(field)), _plain(new.get(field))
        if field not in _IGNORED and was != now:
            yield Change(CHANGED, part, _name(after, part), field, was, now)


def _plain(value: Any) -> Any:
    """An absent value and an empty one are the same."""
    return None if value in ("", [], {}, False) else value


def _name(data: Data, part: Part) -> Mapping[str, str]:
    values = own_values(data, part)
    name = values.get("name") or values.get("label") or {}
    return name if isinstance(name, Mapping) else {}
