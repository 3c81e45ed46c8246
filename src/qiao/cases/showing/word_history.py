"""Promises in words, in the history of a case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

Facts = Mapping[str, Any]
ICONS: Final[dict[str, tuple[str, str]]] = {
    "word_given": ("heart-handshake", "pri"),
    "word_kept": ("heart-handshake", "ok"),
    "word_made_good": ("heart-handshake", "warn"),
    "word_broken": ("alert-triangle", "bad"),
    "word_withdrawn": ("x", "mute"),
}


def _given(data: Facts) -> dict[str, Any]:
    text = str(data.get("due") or "")
    due = f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else ""
    title = _("Promised to the customer, until %(due)s") % {"due": due}
    return {"title": title, "text": str(data.get("text", "")), "box": True}


def _of(title: Callable[[], str]) -> Callable[[Facts], dict[str, Any]]:
    def words(data: Facts) -> dict[str, Any]:
        return {
            "title": title(),
            "detail": str(data.get("reason") or ""),
            "text": str(data.get("text", "")),
        }

    return words


WORDS: Final[dict[str, Callable[[Facts], dict[str, Any]]]] = {
    "word_given": _given,
    "word_kept": _of(lambda: _("Promise kept")),
    "word_made_good": _of(lambda: _("Promise made good, too late")),
    "word_broken": _of(lambda: _("Promise not kept in time")),
    "word_withdrawn": _of(lambda: _("Promise withdrawn")),
}
