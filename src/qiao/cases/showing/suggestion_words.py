"""A suggestion made of a case, and its answer, in the words of the history."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

ICONS: Final[dict[str, tuple[str, str]]] = {
    "suggestion_made": ("bulb", "info"),
    "suggestion_answered": ("message-check", "ok"),
}


def _made(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": _("Taken as a suggestion"), "detail": str(data.get("number", ""))}


def _answered(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _("The suggestion was answered"),
        "detail": str(data.get("number", "")),
        "text": str(data.get("text", "")),
        "box": True,
    }


WORDS: Final[dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "suggestion_made": _made,
    "suggestion_answered": _answered,
}
