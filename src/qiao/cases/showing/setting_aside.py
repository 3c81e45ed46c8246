"""What is set aside in words: on a row of a list, and as entries of a case's history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.queries.aside import Aside

WHY = {
    "time": lambda: pgettext("snooze", "its time has come"),
    "customer": lambda: pgettext("snooze", "the customer said something"),
    "late": lambda: pgettext("snooze", "it runs late"),
    "person": lambda: pgettext("snooze", "taken up before its time"),
}


@dataclass(frozen=True, slots=True)
class AsideMark:
    """The mark on a row."""

    text: str
    icon: str
    tone: str
    reason: str


def aside_mark(aside: Aside | None) -> AsideMark | None:
    """How a row tells that its case is set aside, or why it is back."""
    if aside is None:
        return None
    if aside.why:
        text = _("Back: %(why)s") % {"why": WHY[aside.why]()}
        return AsideMark(text, "clock-play", "warn", aside.reason)
    return AsideMark(until_words(aside.until), "zzz", "", aside.reason)


def until_words(until: datetime | None) -> str:
    """Until when something is set aside."""
    if until is None:
        return pgettext("snooze", "until the customer says something")
    local = timezone.localtime(until)
    return pgettext("snooze", "until %(moment)s") % {
        "moment": f"{date_format(local, 'SHORT_DATE_FORMAT')} {local:%H:%M}"
    }


def snoozed_words(data: Mapping[str, Any]) -> tuple[str, str]:
    """Title and detail of the entry that a case was set aside."""
    until = datetime.fromisoformat(data["until"]) if data.get("until") else None
    title = (
        pgettext("snooze", "Set aside for the team")
        if data.get("for_team")
        else pgettext("snooze", "Set aside")
    )
    detail = until_words(until)
    if until is not None and data.get("until_answer"):
        detail = pgettext("snooze", "%(until)s or until the customer says something") % {
            "until": detail
        }
    return title, detail


def unsnoozed_words(data: Mapping[str, Any]) -> tuple[str, str]:
    """Title and detail of the entry that a case came back."""
    why = WHY.get(str(data.get("why")))
    return pgettext("snooze", "Back in the lists"), why() if why else ""
