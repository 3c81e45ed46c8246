"""The differences between two texts of a process, as sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qiao.cases.queries.processes import known_fields_of
from qiao.cases.rules.draft_parts import Data, Part
from qiao.cases.rules.process_changes import ADDED, REMOVED, Change, changes_between
from qiao.cases.showing import names
from qiao.cases.showing.process_words import (
    FIELD_KINDS,
    KINDS,
    LANGUAGES,
    MARKS,
    OF_CUSTOMER,
    VALUES,
    condition_words,
    keys_words,
    limit_words,
    part_title,
    where_words,
)
from qiao.cases.showing.telling import STEP_WORDS
from qiao.core.packs.model import Field
from qiao.core.wording import from_names

_WORDS: Mapping[str, Mapping[str, Any]] = {
    "phase": names.PHASES,
    "kind": {**KINDS, **FIELD_KINDS},
    "duty": names.DUTIES,
    "priority": names.PRIORITIES,
    "of_customer": OF_CUSTOMER,
    "tells": STEP_WORDS,
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One difference: where and what, before and after. `what` is added, removed or changed."""

    what: str
    label: str
    before: str
    after: str
    part: str


def change_words(before: Data, after: Data, key: str) -> list[ShownChange]:
    """Every difference between two texts of the process `key`, in reading order."""
    fields = known_fields_of(key, before) | known_fields_of(key, after)
    return [_shown(each, before, after, fields) for each in changes_between(before, after)]


def _shown(change: Change, before: Data, after: Data, fields: Mapping[str, Field]) -> ShownChange:
    data = before if change.what == REMOVED else after
    where = where_words(data, change.part)
    part = str(change.part)
    if change.what == ADDED:
        return ShownChange(change.what, where, "", _added(after, change.part), part)
    if change.what == REMOVED:
        return ShownChange(change.what, where, from_names(change.name, change.part.key), "", part)
    label = _("%(where)s: %(what)s") % {
        "where": where,
        "what": VALUES.get(change.field, change.field),
    }
    return ShownChange(
        change.what,
        label,
        value_words(change.field, change.before, before, fields),
        value_words(change.field, change.after, after, fields),
        part,
    )


def _added(data: Data, part: Part) -> str:
    return _("new: %(name)s") % {"name": part_title(data, part)}


def value_words(field: str, value: Any, data: Data, fields: Mapping[str, Field]) -> str:
    """A value of a part as people read it."""
    if value is None:
        return "—"
    if value is True:
        return _("Yes")
    if field in {"name", "label", "hint", "example"} and isinstance(value, Mapping):
        return " / ".join(str(value.get(key, "—")) for key in LANGUAGES)
    if field in {"start", "to"}:
        return part_title(data, Part("step", key=str(value)))
    if field in _LISTS:
        return _LISTS[field](value, fields)
    if field in _WORDS:
        return str(_WORDS[field].get(str(value), value))
    return _PLAIN.get(field, str)(value)


_LISTS: Mapping[str, Callable[[Any, Mapping[str, Field]], str]] = {
    "required": keys_words,
    "optional": keys_words,
    "needs": keys_words,
    "when": condition_words,
    "show_when": condition_words,
    "required_when": condition_words,
    "marks": lambda value, _fields: _(", ").join(str(MARKS.get(each, each)) for each in value),
    "choices": lambda value, _fields: _(", ").join(
        from_names(each, str(each.get("key"))) for each in value
    ),
}
_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "role": names.role_name,
    "calendar": names.calendar_name,
    "time_limit": limit_words,
}
