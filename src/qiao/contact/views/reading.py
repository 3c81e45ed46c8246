"""The list of contacts and the page of one."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from qiao.contact import inbox
from qiao.contact.models import Interaction
from qiao.contact.queries import (
    InteractionFilters,
    InteractionRow,
    cases_of,
    get_interaction_for,
    list_interactions,
    name_of,
    outcomes,
)
from qiao.contact.views import pane
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.staff.queries import names_of

VIEW = "interactions.view"
NAMES = (
    "channel",
    "outcome",
    "reason",
    "spoken",
    "agent",
    "since",
    "until",
    "hour",
    "weekday",
    "unit",
    "resolved",
    "unknown",
)
CHANNEL_LENGTH = 40
OUTCOME_LENGTH = 60


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Contacts, newest first, narrowed by what the address says."""
    filters = _filters(request.GET)
    page = list_interactions(
        actor=request.actor, filters=filters, after=request.GET.get("after", "")
    )
    kept: dict[str, object] = {
        key: request.GET.getlist(key) for key in NAMES if request.GET.get(key)
    }
    context = {
        "rows": [_line(row, request.actor) for row in page.rows],
        "following": urlencode(kept | {"after": page.following}, doseq=True)
        if page.following
        else "",
        "filters": filters,
        "is_narrowed": bool(kept),
        "channels": Interaction.Channel.choices,
        "outcomes": [(key, name_of(key, language=pane.language())) for key in outcomes()],
        "reason": name_of(filters.reason, language=pane.language()) if filters.reason else "",
        "agent_name": names_of([filters.agent_id or 0]).get(filters.agent_id or 0, ""),
    }
    template = "contact/rows.html" if request.htmx else "contact/index.html"
    return render(request, template, context)


def _line(row: InteractionRow, actor: Actor) -> dict[str, Any]:
    return {
        "row": row,
        "who": inbox.caller_words(row, actor),
        "outcome": name_of(row.outcome, language=pane.language()) if row.outcome else "",
        "state": Interaction.State(row.state).label,
    }


def _filters(data: QueryDict) -> InteractionFilters:
    """What the address narrows to; what does not read well is left out."""
    channels = tuple(c for c in data.getlist("channel") if 0 < len(c) <= CHANNEL_LENGTH)
    outcomes = tuple(o for o in data.getlist("outcome") if 0 < len(o) <= OUTCOME_LENGTH)
    hour = read_id(data.get("hour", ""))
    weekday = read_id(data.get("weekday", ""))
    return InteractionFilters(
        channel=channels[0] if len(channels) == 1 else "",
        channels=channels,
        outcome=outcomes[0] if len(outcomes) == 1 else "",
        outcomes=outcomes,
        reason=data.get("reason", "")[:OUTCOME_LENGTH],
        spoken=data.get("spoken") == "1",
        agent_id=read_id(data.get("agent", "")),
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        hour=hour if hour is not None and hour < 24 else None,
        weekday=weekday if weekday is not None and 1 <= weekday <= 7 else None,
        unit_id=read_id(data.get("unit", "")),
        resolved={"1": True, "0": False}.get(data.get("resolved", "")),
        unknown=data.get("unknown") == "1",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@staff_view(VIEW)
def detail(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """One contact: who, what, how it ended, its cases and its history."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    events = list(found.events.order_by("seq"))
    names = names_of([event.actor_id for event in events if event.actor_id])
    history = [
        {"kind": event.kind, "at": event.at, "by": names.get(event.actor_id or 0, "")}
        for event in events
    ]
    context = pane.head_context(request, found) | {
        "cases": cases_of(actor=request.actor, interaction_id=found.pk),
        "history": history,
        "outcome": name_of(found.outcome, language=pane.language()) if found.outcome else "",
        "reason": name_of(found.reason, language=pane.language()) if found.reason else "",
        "can_reopen": _can_reopen(request, found),
    }
    return render(request, "contact/detail.html", context)


def _can_reopen(request: StaffRequest, found: Interaction) -> bool:
    return (
        found.closed_at is not None
        and found.agent_id == request.actor.staff_id
        and pane.local_day(found, found.closed_at) == pane.local_day(found, request.now)
    )
