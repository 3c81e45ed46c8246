"""Causes in the reader's words: their way from the top, and what history says of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.models import Cause
from qiao.cases.rules.suggesting import Suggestion
from qiao.core.rules.names import spell_all
from qiao.core.wording import from_names


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A cause to choose. `percent` and `words` say why it is suggested; empty where it is not."""

    key: str
    name: str
    group: str
    percent: int = 0
    words: tuple[str, ...] = ()


def cause_name(cause: Cause) -> str:
    """The name of a cause."""
    return from_names(cause.names, cause.key)


def cause_names(keys: Sequence[str]) -> list[str]:
    """The names of causes by their keys; a key that none has stands for itself."""
    found = {cause.key: cause_name(cause) for cause in Cause.objects.filter(key__in=keys)}
    return [found.get(key, key) for key in keys]


def choices_of(causes: Sequence[Cause]) -> list[CauseLine]:
    """Those that have none below them, in the order of the tree, with the names above."""
    by_id = {cause.pk: cause for cause in causes}
    above = {cause.parent_id for cause in causes}
    return [
        CauseLine(cause.key, cause_name(cause), _way(cause, by_id))
        for cause in causes
        if cause.pk not in above
    ]


def _way(cause: Cause, by_id: Mapping[int, Cause]) -> str:
    names: list[str] = []
    parent = by_id.get(cause.parent_id or 0)
    while parent is not None:
        names.append(cause_name(parent))
        parent = by_id.get(parent.parent_id or 0)
    return " / ".join(reversed(names))


def find_causes(text: str, causes: Sequence[Cause]) -> list[CauseLine]:
    """Those whose names, search words, pinyin or initials hold the text; all for no text."""
    wanted = text.strip().lower().replace(" ", "")
    lines = choices_of(causes)
    if not wanted:
        return lines
    by_key = {cause.key: cause for cause in causes}
    return [line for line in lines if _holds(by_key[line.key], wanted)]


def _holds(cause: Cause, wanted: str) -> bool:
    return any(wanted in word for word in _spelled(*cause.names.values(), *cause.words))


@cache
def _spelled(*said: str) -> tuple[str, ...]:
    chinese = [text for text in said if not text.isascii()]
    spelled = spell_all(chinese, is_person=False)
    found = [*said, *(s.initials for s in spelled), *(s.pinyin for s in spelled)]
    return tuple(word.lower().replace(" ", "") for word in found)


def suggested(found: Iterable[Suggestion], causes: Sequence[Cause]) -> list[CauseLine]:
    """Suggestions as lines; one that may not be used any more is left out."""
    lines = {line.key: line for line in choices_of(causes)}
    return [
        CauseLine(line.key, line.name, line.group, round(suggestion.share * 100), suggestion.words)
        for suggestion in found
        if (line := lines.get(suggestion.key)) is not None
    ]


def cause_entry(kind: str, data: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What the history says: a title, and values with their labels."""
    if kind == "cause_suspected":
        if not data.get("cause"):
            return _("The customer's own explanation was taken back"), ()
        return _("What the customer takes for the cause"), ((_("Cause"), _told(data["cause"])),)
    rows = [(_("Main cause"), _told(data.get("main")))]
    if data.get("before"):
        rows.append((pgettext("cause", "Before"), _told(data["before"])))
    if data.get("others"):
        rows.append((_("Other causes"), _(", ").join(_told(each) for each in data["others"])))
    return _("Cause found"), tuple(rows)


def _told(kept: Any) -> str:
    """A cause as an entry keeps it; erasing data of a person may have left nothing."""
    if not isinstance(kept, Mapping):
        return "–"
    return from_names(kept.get("names"), str(kept.get("key", "")))
