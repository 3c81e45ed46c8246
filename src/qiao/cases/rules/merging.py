"""Merging the edits of two people, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both changed: what stands now, and what was typed on an older text."""

    field: str
    theirs: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to write, and those that need a person."""

    changes: Mapping[str, Any]
    conflicts: tuple[Conflict, ...]


def merge_edits(
    *, base: Mapping[str, Any], mine: Mapping[str, Any], current: Mapping[str, Any]
) -> Merged:
    """Compare what a person typed with what he saw and with what stands now.

    An unchanged field is not written; one changed by him alone is; the same change by both is
    agreement; different changes are a conflict. An empty value and a missing one are the same.
    """
    changes: dict[str, Any] = {}
    conflicts = []
    for key, value in mine.items():
        seen, now = _plain(base.get(key)), _plain(current.get(key))
        if _plain(value) in (seen, now):
            continue
        if now == seen:
            changes[key] = value
        else:
            conflicts.append(Conflict(key, current.get(key), value))
    return Merged(changes, tuple(conflicts))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    return None if value in ("", [], None) else value
