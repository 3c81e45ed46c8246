"""The words for what was sent to the customer, for the history of a case."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.showing.replies import CHANNELS

Facts = Mapping[str, Any]
ICONS: dict[str, tuple[str, str]] = {
    "reply": ("send", "pri"),
    "notice_sent": ("mail-forward", "info"),
    "message_failed": ("alert-triangle", "bad"),
}
NOTICES = {
    "case_received": gettext_lazy("Told that the case was received"),
    "case_accepted": gettext_lazy("Told who deals with it and what comes next"),
    "case_contact": gettext_lazy("Told that somebody looked at it"),
    "case_visit": gettext_lazy("Told that somebody comes"),
    "case_step": gettext_lazy("Told how the case stands"),
    "case_waiting": gettext_lazy("Told that the case waits"),
    "case_late": gettext_lazy("Told that it takes longer than promised"),
    "case_answer": gettext_lazy("Told the answer"),
    "case_closed": gettext_lazy("Told that the case is closed"),
    "case_reopened": gettext_lazy("Told that the case is open again"),
}


def _channel(data: Facts) -> str:
    known = CHANNELS.get(str(data.get("channel", "")))
    return str(known[0]) if known else ""


def _reply(data: Facts) -> dict[str, Any]:
    name = str(data.get("name") or "")
    way = _("to %(name)s · %(channel)s") % {"name": name, "channel": _channel(data)}
    return {
        "title": str(data.get("title") or "") or _("Reply"),
        "detail": way if name else _channel(data),
        "text": str(data.get("text", "")),
        "box": True,
    }


def _notice(data: Facts) -> dict[str, Any]:
    title = NOTICES.get(str(data.get("kind", "")))
    return {"title": str(title or _("The customer was told")), "detail": _channel(data)}


def _failed(data: Facts) -> dict[str, Any]:
    return {"title": _("Not received by the customer"), "detail": _channel(data)}


WORDS: dict[str, Callable[[Facts], dict[str, Any]]] = {
    "reply": _reply,
    "notice_sent": _notice,
    "message_failed": _failed,
}
