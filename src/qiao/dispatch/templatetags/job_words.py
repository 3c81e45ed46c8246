"""``{% load job_words %}``: words for work orders that come as plain data (panels)."""

from typing import Any

from django import template

from qiao.core.ui.moments import moment
from qiao.core.wording import from_names
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.showing import ICONS, TONES, Due

register = template.Library()


@register.filter
def state_word(row: dict[str, Any]) -> str:
    """The state in words."""
    return str(WorkOrder.State(row["state"]).label)


@register.filter
def state_tone(row: dict[str, Any]) -> str:
    """The state's tone."""
    return TONES[row["state"]]


@register.filter
def state_icon(row: dict[str, Any]) -> str:
    """The state's icon."""
    return ICONS[row["state"]]


@register.filter
def team_word(row: dict[str, Any]) -> str:
    """The crew's name in the reader's language."""
    return from_names(row.get("team_names"), row["team"])


@register.filter
def hold_word(row: dict[str, Any]) -> str:
    """Why it waits."""
    return str(WorkOrder.Hold(row.get("hold") or "").label)


@register.filter
def due_mark(row: dict[str, Any]) -> Due | None:
    """The case's deadline for the `sla` tag."""
    due, made = moment(row.get("due")), moment(row.get("created"))
    if due is None or made is None:
        return None
    level = {"late": "bad"}.get(row.get("level", ""), row.get("level", ""))
    return Due(due, min(made, due), level)
