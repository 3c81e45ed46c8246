"""The list of calls and the page of one."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.contact.queries import name_of
from qiao.core.http import StaffRequest, staff_view
from qiao.core.ui.moments import duration
from qiao.staff.queries import names_of, person_called, queues_of
from qiao.telephony import words
from qiao.telephony.behind import NO_QUEUE
from qiao.telephony.forms import CALL_FILTERS, read_filters
from qiao.telephony.models import Call, CallTurn
from qiao.telephony.queries import (
    CallFilters,
    CallRow,
    list_calls,
    number_words,
    queue_name,
    recordings_of,
    sees_listening,
    story_of,
    watches_of,
)
from qiao.telephony.recording_words import shown

VIEW: Final = "interactions.view"
MEASURE_NAMES: Final[dict[str, Promise]] = {
    "answered": pgettext_lazy("calls", "Answered"),
    "in_time": pgettext_lazy("calls", "Answered in time"),
    "too_late": pgettext_lazy("calls", "Answered too late"),
    "abandoned": pgettext_lazy("calls", "Abandoned"),
    "abandoned_short": pgettext_lazy("calls", "Given up at once"),
    "lost": pgettext_lazy("calls", "Lost"),
    "left": pgettext_lazy("calls", "Hung up before a queue"),
    "transfers": pgettext_lazy("calls", "Passed on to somebody else"),
    "offered": pgettext_lazy("calls", "Came to a queue"),
    "handled": pgettext_lazy("calls", "Somebody had them"),
    "called": pgettext_lazy("calls", "Calls that we made"),
    "reached": pgettext_lazy("calls", "Made and reached"),
    "unreached": pgettext_lazy("calls", "Made, not reached"),
    "resolved": pgettext_lazy("calls", "Answered at once for good"),
    "counted": pgettext_lazy("calls", "Counted for the service level"),
}
TONES: Final = {
    "answered": "ok",
    "reached": "ok",
    "unreached": "warn",
    "passed": "info",
    "abandoned": "bad",
    "lost": "bad",
}


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Calls, newest first, narrowed by what the address says."""
    filters = _of_agent(read_filters(request.GET))
    page = list_calls(actor=request.actor, filters=filters, after=request.GET.get("after", ""))
    kept = {key: request.GET[key] for key in CALL_FILTERS if request.GET.get(key)}
    context = {
        "rows": [_line(row, request) for row in page.rows],
        "following": urlencode(kept | {"after": page.following}) if page.following else "",
        "filters": filters,
        "typed": request.GET.get("q", ""),
        "days": {key: request.GET.get(key, "")[:10] for key in ("since", "until")},
        "is_narrowed": bool(kept),
        "kept": {
            key: kept[key]
            for key in ("customer", "agent", "unit", "line", "hour", "waited")
            if key in kept
        },
        "queues": [(key, queue_name(key)) for key in queues_of(request.actor.organisation_id)],
        "told": _told(filters),
        "measures": MEASURE_NAMES.items(),
        "may_figures": request.actor.can("calls.figures"),
        "agent_name": names_of([filters.agent_id or 0]).get(filters.agent_id or 0, ""),
    }
    template = "telephony/rows.html" if request.htmx else "telephony/list.html"
    return render(request, template, context)


def _of_agent(filters: CallFilters) -> CallFilters:
    """Whoever typed the number or the name of an agent looks for their calls."""
    agent_id = person_called(filters.number) if filters.number else None
    return replace(filters, number="", agent_id=agent_id) if agent_id else filters


def _told(filters: CallFilters) -> list[str]:
    """What the list is narrowed to, of what its form does not show."""
    found = []
    if filters.queue == NO_QUEUE:
        found.append(_("in no queue"))
    if filters.hour:
        found.append(_("half hours from %(time)s") % {"time": filters.hour})
    if filters.waited_seconds is not None:
        wait = duration(filters.waited_seconds)
        found.append(_("waited %(time)s or longer") % {"time": wait})
    return found


def _line(row: CallRow, request: StaffRequest) -> dict[str, Any]:
    label = CallTurn.Kind(row.kind).label if row.kind else Call.Phase(row.phase).label
    return {
        "row": row,
        "number": number_words(row.phone, row.caller, request.actor),
        "queue": queue_name(row.queue) if row.queue else "",
        "state": label,
        "tone": TONES.get(row.kind, "" if row.kind else "pri"),
    }


@staff_view(VIEW)
def detail(request: StaffRequest, call_id: int) -> HttpResponse:
    """One call: its times, all that happened, who was asked and why, what it led to."""
    story = story_of(actor=request.actor, call_id=call_id)
    call, contact = story.call, story.contact
    people = {each.data.get("staff") for each in story.entries} - {None}
    sees = sees_listening(actor=request.actor, call=call, now=request.now)
    teller = words.Teller(names_of(people), request.actor, sees_listening=sees)
    told = [(entry, teller.tell(entry.kind, entry.data)) for entry in story.entries]
    context = {
        "call": call,
        "contact": contact,
        "number": number_words(call.phone, call.caller, request.actor),
        "others": call.phone and request.actor.can("customers.contact"),
        "queue": queue_name(call.queue) if call.queue else "",
        "end": words.end_words(call.end, is_out=call.direction == "out") if call.end else "",
        "entries": [(entry.at, *found) for entry, found in told if found is not None],
        "turns": [(turn, queue_name(turn.queue)) for turn in story.turns],
        "times": _times(story.turns),
        "offers": [_offer(each) for each in story.offers],
        "recordings": [
            shown(each) for each in recordings_of(actor=request.actor, call_id=call.pk)
        ],
        "watches": watches_of(actor=request.actor, call_id=call.pk),
        "cases": story.cases,
        "customer": story.customer,
        "outcome": name_of(contact.outcome, language=get_language() or "en")
        if contact and contact.outcome
        else "",
    }
    return render(request, "telephony/call.html", context)


def _times(turns: Any) -> dict[str, int | None]:
    """What the caller lived through, and the work after it; None while it is not known."""
    known = [turn.wrap_seconds for turn in turns if turn.wrap_seconds is not None]
    return {
        "wait": sum(turn.wait_seconds for turn in turns),
        "ring": sum(turn.ring_seconds for turn in turns),
        "talk": sum(turn.talk_seconds for turn in turns),
        "hold": sum(turn.hold_seconds for turn in turns),
        "wrap": sum(known) if known else None,
    }


def _offer(asked: Any) -> dict[str, Any]:
    is_taken = asked.state == "taken"
    return {
        "asked": asked,
        "reason": words.reason_words(asked.reason),
        "became": "" if is_taken else str(words.REFUSALS.get(asked.why, asked.why)),
        "is_taken": is_taken,
    }
