"""Pages of improvements: the list, and one as a story."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.feedback import improvement_words as words
from qiao.feedback.models import Improvement
from qiao.feedback.operations.watching import rule_words
from qiao.feedback.queries import improvements as queries
from qiao.staff.queries import local_days

VIEW, WORK = "improvements.view", "improvements.work"
SHOWN: Final = 12  # complainants on the page
ORDER: Final = {"lost": 0, "": 1, "waiting": 2, "sent": 3}  # whom somebody has to call comes first
TABS: Final[dict[str, Callable[[], str]]] = {
    "open": lambda: pgettext("improvements", "Open"),
    "due": lambda: pgettext("improvements", "Due"),
    "proved": lambda: pgettext("improvement", "Proved"),
    "done": lambda: pgettext("improvements", "Finished"),
}


def today_of(request: StaffRequest, organisation_id: int) -> date:
    """The day it is in a unit."""
    return local_days(request.now)[organisation_id]


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """The list: open, due, proved, finished."""
    today = today_of(request, request.actor.organisation_id)
    view = request.GET.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    rows, following = queries.list_improvements(
        actor=request.actor, view=view, today=today, after=request.GET.get("after", "")
    )
    counts = queries.view_counts(actor=request.actor, today=today)
    context = {
        "rows": [line_of(row) for row in rows],
        "view": view,
        "tabs": [(key, label(), counts[key]) for key, label in TABS.items()],
        "following": following,
        "today": today,
        "may_open": request.actor.can(WORK),
        "rules": [rule_words(rule) for rule in queries.rules_on(day=today)],
    }
    return render(request, "feedback/improvements/list.html", context)


def line_of(row: Improvement) -> dict[str, Any]:
    """A row of the list."""
    return {
        "row": row,
        "cause": from_names(row.cause.names, row.cause.key),
        "unit": from_names(row.organisation.names, row.organisation.name),
        "before": words.before_of(row),
        "after": words.after_of(row),
        "change": words.change_percent(row),
        "tone": words.TONES.get(row.verdict, ""),
        "state_tone": words.STATE_TONES[row.state],
    }


@staff_view(VIEW)
def detail(request: StaffRequest, improvement_id: int) -> HttpResponse:
    """One improvement as a story: finding, action, re-measure."""
    row = queries.get_improvement_for(actor=request.actor, improvement_id=improvement_id)
    today = today_of(request, row.organisation_id)
    steps = queries.curve_of(row, today=today)
    complainants = queries.complainants_of(row)
    told = queries.told_of(row, complainants)
    waiting = sorted(complainants, key=lambda each: ORDER[_outcome(told, each.case_id)])
    counted = Counter(_outcome(told, each.case_id) for each in complainants)
    events = row.events.select_related("actor").order_by("-seq")
    context = {
        **line_of(row),
        "today": today,
        "actions": words.shown_actions(row),
        "steps": steps,
        "drawing": words.drawing_of(row, steps),
        "definition": words.definition_words(row),
        "chance": words.chance_words(row),
        "story": words.story_of(list(events)),
        "complainants": [(each, told.get(each.case_id)) for each in waiting[:SHOWN]],
        "more": max(0, len(complainants) - SHOWN),
        "told_count": counted["sent"],
        "on_the_way": counted["waiting"],
        "lost": counted["lost"],
        "untold": counted[""],
        "complained": len(complainants),
        "path": words.path_of(row),
        "rule": rule_words(row.rule) if row.rule else "",
        "may_work": request.actor.can_in(WORK, row.organisation_id),
        "measurable": row.after_to is not None and today > row.after_to,
        "cases_url": _cases_url(row),
    }
    return render(request, "feedback/improvements/detail.html", context)


def _outcome(told: Mapping[int, queries.Told], case_id: int) -> str:
    return told[case_id].outcome if case_id in told else ""


def _cases_url(row: Improvement) -> str:
    """The list of exactly the cases that the figure before counts."""
    query = (
        f"view=all&cause={row.cause.key}&unit={row.organisation_id}"
        f"&opened_from={row.before_from}&opened_to={row.before_to}"
    )
    return f"{reverse('cases:list')}?{query}"
