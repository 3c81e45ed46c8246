"""Suggestions in words: tones of states, lines of lists, the story."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.rules.masks import mask_email, mask_phone
from qiao.core.wording import from_names
from qiao.feedback.models import Suggestion, SuggestionEvent

TONES: Final = {
    "received": "",
    "examined": "info",
    "planned": "pri",
    "done": "ok",
    "declined": "line",
    "answered": "ok",
}
SCREENING_TONES: Final = {"waiting": "warn", "public": "ok", "private": "", "spam": "bad"}
ICONS: Final = {
    "received": "mail",
    "screened": "eye",
    "decided": "route",
    "answer_proposed": "edit",
    "answer_refused": "x",
    "answered": "message-check",
    "joined": "link",
    "took_in": "link",
    "parted": "rotate",
    "gave_back": "rotate",
}


def line_of(row: Suggestion) -> dict[str, Any]:
    """A row of a list."""
    return {
        "row": row,
        "tone": TONES[row.state],
        "screening_tone": SCREENING_TONES[row.screening],
        "unit": from_names(row.organisation.names, row.organisation.name),
    }


def contact_of(row: Suggestion) -> tuple[str, ...]:
    """Who wrote, as staff see it: numbers and addresses are always masked; answers reach them."""
    name = "" if row.customer_id else row.contact_name
    parts = (name, mask_phone(row.contact_phone), mask_email(row.contact_email))
    return tuple(each for each in parts if each)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story."""

    icon: str
    title: str
    detail: str
    who: str
    at: datetime


def story_words(events: Iterable[SuggestionEvent]) -> list[Told]:
    """The story, as people read it."""
    return [
        Told(
            ICONS.get(each.kind, "point"),
            _title(each.kind, each.data),
            _detail(each.kind, each.data),
            each.actor.name if each.actor else _("the author, on the public page"),
            each.at,
        )
        for each in events
    ]


def _title(kind: str, data: Mapping[str, Any]) -> str:
    number = {"number": data.get("number", "")}
    return {
        "received": _("Received"),
        "screened": _("Screened"),
        "decided": pgettext("suggestion", "Decided"),
        "answer_proposed": _("Public answer written"),
        "answer_refused": _("The second person did not agree to the answer"),
        "answered": _("Answered"),
        "joined": _("Joined with %(number)s") % number,
        "took_in": _("%(number)s says the same and was joined") % number,
        "parted": _("Stands for itself again, apart from %(number)s") % number,
        "gave_back": _("%(number)s stands for itself again") % number,
    }.get(kind, kind)


def _detail(kind: str, data: Mapping[str, Any]) -> str:
    if kind == "received":
        return str(Suggestion.Source(data["source"]).label)
    if kind == "screened":
        return str(Suggestion.Screening(data["verdict"]).label)
    if kind == "decided":
        state = str(Suggestion.State(data["to"]).label)
        return f"{state} · {data['until']}" if data.get("until") else state
    if kind == "answered" and data.get("told"):
        return _("%(n)s people are told") % {"n": data["told"]}
    return ""


def refusal_words(reason: str) -> str:
    """Why it is not possible now."""
    return {
        "state": _("It is not in a state in which this is possible."),
        "unscreened": _("Screen it first: then it can be joined."),
        "itself": _("A suggestion cannot be joined with itself."),
        "joined": _("One of the two is joined with another already."),
        "not_joined": _("It is not joined with another."),
        "case_known": _("There is a suggestion of this case already."),
        "pending": _("An answer waits for a second person already."),
        "nobody": _("There is no such suggestion."),
        "not_public": _("Pass it for everybody first, or answer the author alone."),
    }.get(reason, reason)
