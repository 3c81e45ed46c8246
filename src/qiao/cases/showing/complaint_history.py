"""Entries of the history about complaints in words: risk, green channel, outlets, disputes."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.core.ui.figures import figure
from qiao.core.wording import from_names

Told = tuple[str, str, str]
"""Title, detail, and somebody's own words."""
ICONS: Final[dict[str, tuple[str, str]]] = {
    "risk_found": ("alert-triangle", "bad"),
    "risk_acknowledged": ("eye-check", "ok"),
    "risk_refused": ("x", "mute"),
    "risk_passed_on": ("arrow-forward-up", "bad"),
    "handed_past": ("shield", "bad"),
    "finding": ("clipboard-check", "info"),
    "green_entered": ("arrow-ramp-right", "ok"),
    "green_left": ("arrow-ramp-right", "mute"),
    "dispute_opened": ("receipt-off", "warn"),
    "dispute_ended": ("receipt", "ok"),
    "executive_decided": ("gavel", "pri"),
    "order_done": ("circle-check", "ok"),
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


def _handed_past(data: Mapping[str, Any]) -> Told:
    team = {"team": data.get("team_name", "")}
    return _("About somebody of the house: goes past them"), _("%(team)s has it") % team, ""


def _finding(data: Mapping[str, Any]) -> Told:
    return _("Finding written"), "", str(data.get("text") or "")


def _green_entered(data: Mapping[str, Any]) -> Told:
    if data.get("names"):
        words = {"rule": from_names(data["names"]), "since": data.get("since", "")}
        return _("Green channel"), _("%(rule)s, in force since %(since)s") % words, ""
    return _("Green channel, by hand"), "", str(data.get("reason") or "")


def _green_left(data: Mapping[str, Any]) -> Told:
    return _("Taken out of the green channel"), "", str(data.get("reason") or "")


def _dispute_opened(data: Mapping[str, Any]) -> Told:
    return _("Bill disputed: %(bill)s") % {"bill": data.get("bill", "")}, money(data), ""


def _dispute_ended(data: Mapping[str, Any]) -> Told:
    title = _("Dispute ended: %(bill)s") % {"bill": data.get("bill", "")}
    return title, "", str(data.get("outcome") or "")


def money(data: Mapping[str, Any]) -> str:
    """A disputed amount in words."""
    if data.get("amount") is None:
        return _("the whole bill")
    return figure(Decimal(int(data["amount"])).scaleb(-2))


def _decided(data: Mapping[str, Any]) -> Told:
    titles = {
        "agree": _("The executive agrees with how it is handled"),
        "order": _("Order of the executive"),
        "ask": _("Question of the executive"),
    }
    detail = ""
    if data.get("name"):
        detail = _("%(name)s, by %(day)s") % {"name": data["name"], "day": data.get("due", "")}
    return titles.get(str(data.get("decision")), ""), detail, str(data.get("words") or "")


def _order_done(data: Mapping[str, Any]) -> Told:
    detail = _("after its time") if data.get("late") else ""
    return _("Order carried out"), detail, str(data.get("words") or "")


def _missed(data: Mapping[str, Any]) -> Told:
    del data
    return _("A deadline was missed"), "", ""


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], Told]]] = {
    "risk_found": _found,
    "risk_acknowledged": _acknowledged,
    "risk_refused": _refused,
    "risk_passed_on": _passed_on,
    "deadline_missed": _missed,
    "green_entered": _green_entered,
    "green_left": _green_left,
    "dispute_opened": _dispute_opened,
    "dispute_ended": _dispute_ended,
    "executive_decided": _decided,
    "order_done": _order_done,
    "handed_past": _handed_past,
    "finding": _finding,
}
