"""``{% load told_words %}``: what customers are told, from plain data of panels and pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases.showing.names import STAGES
from qiao.cases.showing.replies import CHANNELS, STATES
from qiao.cases.showing.telling import LABELS, REASONS
from qiao.core.ui.moments import moment

register = template.Library()


@dataclass(frozen=True, slots=True)
class ShownTold:
    """One notice: what about, by which way, how it stands."""

    label: str
    way: str
    state: str
    icon: str
    tone: str
    at: datetime | None


@register.filter
def as_told(row: dict[str, Any]) -> ShownTold:
    """A row of the panel in words."""
    soon = (_("Is about to be told"), "clock", "info")
    label, icon, tone = STATES.get(row["message"] or "", soon)
    if row["state"] == "untold":
        label, icon, tone = REASONS.get(row["reason"], row["reason"]), "x", "mute"
    way = CHANNELS.get(row["channel"] or "")
    at = moment(row["moment"]) or moment(row["at"])
    occasion = str(LABELS.get(row["occasion"], row["occasion"]))
    return ShownTold(occasion, str(way[0]) if way else "", str(label), icon, tone, at)


@register.filter
def stage_name(key: str) -> str:
    """Where a case is (`rules.stages`), in its customer's words."""
    return str(STAGES[key])


@register.filter
def as_moment(text: str) -> datetime | None:
    """A moment of a panel's data."""
    return moment(text)


WORD_STATES: Final = {
    "open": (pgettext_lazy("promise in words", "runs"), "pri"),
    "kept": (pgettext_lazy("promise in words", "kept"), "ok"),
    "broken": (pgettext_lazy("promise in words", "not kept"), "bad"),
    "withdrawn": (pgettext_lazy("promise in words", "withdrawn"), "mute"),
}


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A promise in words: how it stands, and whether it can still be called done."""

    state: str
    tone: str
    due: datetime | None
    may_keep: bool


@register.filter
def as_word(row: dict[str, Any]) -> ShownWord:
    """A row of the panel of promises in words."""
    label, tone = WORD_STATES[row["state"]]
    may_keep = row["state"] in ("open", "broken") and row["done"] is None
    return ShownWord(str(label), tone, moment(row["due"]), may_keep)
