"""Entries of the history about macros and checklists in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.core.rules.texts import DATA_KEYS
from qiao.core.wording import reader_key

Told = tuple[str, str, str]
"""Title, detail, and somebody's own words."""
ICONS: Final[dict[str, tuple[str, str]]] = {
    "macro_run": ("player-play", "info"),
    "check_ticked": ("square-check", "ok"),
    "check_unticked": ("square", "mute"),
}


def writing_words(kind: str, data: Mapping[str, Any]) -> Told | None:
    """The words for an entry; None for a kind that is told elsewhere."""
    say = _WORDS.get(kind)
    return say(data) if say else None


def nearest(texts: Mapping[str, str]) -> str:
    """A name kept by language, in the reader's or the nearest."""
    order = (reader_key(), "zh-Hans", *DATA_KEYS)
    return next((texts[key] for key in order if texts.get(key)), "")


def _macro(data: Mapping[str, Any]) -> Told:
    return _("Macro run"), nearest(data.get("names") or {}), ""


def _ticked(data: Mapping[str, Any]) -> Told:
    return _("Ticked off"), nearest(data.get("names") or {}), ""


def _unticked(data: Mapping[str, Any]) -> Told:
    return _("Tick taken back"), nearest(data.get("names") or {}), ""


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], Told]]] = {
    "macro_run": _macro,
    "check_ticked": _ticked,
    "check_unticked": _unticked,
}
