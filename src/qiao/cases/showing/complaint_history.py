"""Entries of the history about complaints in words: risk, green channel, outlets, disputes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.core.wording import from_names

Told = tuple[str, str, str]
"""Title, detail, and somebody's own words."""
ICONS: Final[dict[str, tuple[str, str]]] = {
    "risk_found": ("alert-triangle", "bad"),
    "risk_acknowledged": ("eye-check", "ok"),
    "risk_refused": ("x", "mute"),
    "risk_passed_on": ("arrow-forward-up", "bad"),
    "deadline_missed": ("clock-exclamation", "bad"),
}


def complaint_words(kind: str, data: Mapping[str, Any]) -> Told | None:
    """The words for an entry; None for a kind that is told elsewhere."""
    say = _WORDS.get(kind)
    return say(data) if say else None


def _found(data: Mapping[str, Any]) -> Told:
    title = _("Risk of escalation") if data.get("level") == "high" else _("Sign of risk")
    if data.get("name"):
        title = _("Risk of escalation: raised to %(name)s") % {"name": data["name"]}
    reasons = "; ".join(_reason(each) for each in data.get("reasons", ()))
    stands = _("stands in for %(name)s") % {"name": data["for"]} if data.get("for") else ""
    return title, " · ".join(filter(None, (reasons, stands))), ""


def _reason(reason: Mapping[str, Any]) -> str:
    words = from_names(reason.get("names") or {})
    phrases = _(", ").join(dict.fromkeys(reason.get("phrases", ())))
    return f"{words} ({phrases})" if phrases else words


def _acknowledged(data: Mapping[str, Any]) -> Told:
    detail = _("after its time") if data.get("late") else ""
    return _("Risk acknowledged"), detail, str(data.get("words") or "")


def _refused(data: Mapping[str, Any]) -> Told:
    name = from_names(data.get("names") or {})
    return _("Wrong alarm: %(rule)s") % {"rule": name}, "", str(data.get("reason") or "")


def _passed_on(data: Mapping[str, Any]) -> Told:
    title = _("Risk passed on to %(name)s") % {"name": data.get("name", "")}
    return title, _("%(name)s did not acknowledge in time") % {"name": data.get("before", "")}, ""


def _missed(data: Mapping[str, Any]) -> Told:
    del data
    return _("A deadline was missed"), "", ""


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], Told]]] = {
    "risk_found": _found,
    "risk_acknowledged": _acknowledged,
    "risk_refused": _refused,
    "risk_passed_on": _passed_on,
    "deadline_missed": _missed,
}
