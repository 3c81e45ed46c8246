"""Lists of calls: which there are, a new one, one with its results, and what turns it."""

from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.exports import NoReason, request_export
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.toasts import add_toast
from qiao.customers.queries import NotVisible
from qiao.telephony import operations, queries
from qiao.telephony.forms import CallListForm
from qiao.telephony.forms.recordings import TakeForm
from qiao.telephony.list_export import KIND
from qiao.telephony.list_words import people_words, refused_words, skip_words
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.rights import DIAL, LISTS
from qiao.telephony.rules.call_lists import CodesWrong

GET_POST: Final = ("GET", "HEAD", "POST")
POST: Final = ("POST",)
FIELDS: Final = {
    "name": "name", "source": "people", "mode": "mode", "purpose": "purpose", "hours": "ends",
    "tries": "most_tries", "waits": "wait_minutes", "quiet_days": "quiet_days",
}  # fmt: skip


@staff_view(DIAL)
def index(request: StaffRequest) -> HttpResponse:
    """The lists, those that run first, each with how far it is."""
    rows = queries.call_lists(actor=request.actor)
    counts = queries.list_counts(list_ids=[row.pk for row in rows])
    shown = [
        {
            "row": row,
            "counts": counts[row.pk],
            "people": people_words(row),
            "works": row.state == "running" and request.actor.can_in(DIAL, row.organisation_id),
        }
        for row in rows
    ]
    context = {"rows": shown, "may_make": request.actor.can(LISTS)}
    return render(request, "telephony/lists/index.html", context)


@staff_view(LISTS, methods=GET_POST)
def new(request: StaffRequest) -> HttpResponse:
    """Make a list; all whom it calls stand in it at once."""
    data = request.POST if request.method == "POST" else None
    form = CallListForm(data, actor=request.actor, auto_id="cl-%s")
    made = _made(request, form) if form.is_valid() else None
    if made is not None:
        return HttpResponseRedirect(reverse("telephony:call_list", args=[made.pk]))
    status = 422 if form.is_bound else 200
    return render(request, "telephony/lists/new.html", {"form": form}, status=status)


def _made(request: StaffRequest, form: CallListForm) -> CallList | None:
    try:
        with transaction.atomic():
            return operations.make_call_list(
                draft=form.draft(organisation_id=request.actor.organisation_id),
                actor=request.actor,
                now=request.now,
            )
    except operations.CallListRefusal as refusal:
        form.add_error(FIELDS.get(refusal.reason), refused_words(refusal))
    except CodesWrong as wrong:
        form.add_error(None, refused_words(wrong))
    except NotVisible:
        form.add_error("people", _("Choose who is called."))
    except BadText as bad:
        form.add_error(bad.field if bad.field in form.fields else None, _(bad.message))
    return None


@staff_view(DIAL)
def show(request: StaffRequest, list_id: int) -> HttpResponse:
    """One list: how far it is, what came of its calls, who works it, who was left out."""
    return render(request, "telephony/lists/one.html", _context(request, list_id))


@staff_view(LISTS, methods=POST)
def turn(request: StaffRequest, list_id: int, state: str) -> HttpResponse:
    """Begin, pause, go on, close."""
    if state not in CallList.State.values:
        raise Http404(state)
    try:
        with transaction.atomic():
            operations.turn_call_list(
                list_id=list_id, state=state, actor=request.actor, now=request.now
            )
    except CallList.DoesNotExist as error:
        raise Http404(str(list_id)) from error
    except operations.CallListRefusal as refusal:
        return add_toast(HttpResponse(status=204), text=refused_words(refusal))
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("telephony:call_list", args=[list_id])
    return response


@staff_view(LISTS, methods=POST)
def put_back(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Let others call somebody whom an agent has at hand and does not see to."""
    act = operations.give_back_entry
    try:
        with transaction.atomic():
            entry = act(entry_id=entry_id, actor=request.actor, now=request.now)
    except CallListEntry.DoesNotExist as error:
        raise Http404(str(entry_id)) from error
    except operations.ListWorkRefused as refusal:
        return add_toast(HttpResponse(status=204), text=refused_words(refusal))
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("telephony:call_list", args=[entry.call_list_id])
    return response


@staff_view(LISTS, methods=POST)
def take(request: StaffRequest, list_id: int) -> HttpResponse:
    """Ask for the results as a file; why is kept."""
    context = _context(request, list_id)
    form = TakeForm(request.POST, auto_id="ct-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                request_export(
                    kind=KIND,
                    terms={"list": list_id},
                    form="xlsx",
                    reason=form.cleaned_data["reason"],
                    language=get_language() or "en",
                    actor=request.actor,
                    now=request.now,
                    organisation_id=context["list"].organisation_id,
                )
        except (NoReason, BadText):
            form.add_error("reason", _("Say why."))
        else:
            return HttpResponseRedirect(reverse("staff:files"))
    return render(request, "telephony/lists/one.html", context | {"take": form}, status=422)


def _context(request: StaffRequest, list_id: int) -> dict[str, Any]:
    found = queries.call_list(actor=request.actor, list_id=list_id)
    if found is None:
        raise Http404(str(list_id))
    counts = queries.list_counts(list_ids=[found.pk])[found.pk]
    results = queries.list_results(found)
    language = get_language() or "en"
    today = timezone.localtime(request.now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "list": found,
        "counts": counts,
        "people": people_words(found),
        "results": results,
        "rows": [(code.name_in(language), n) for code, n in results.rows],
        "skips": [
            (skip_words(why), n) for (state, why), n in counts.whys.items() if state == "skipped"
        ],
        "at_agents": [
            (entry, entry.call is not None and entry.call.ended_at is None)
            for entry in queries.entries_at_agents(found)
        ],
        "workers": queries.list_workers(found, since=today),
        "may": request.actor.can_in(LISTS, found.organisation_id),
        "works": found.state == CallList.State.RUNNING
        and request.actor.can_in(DIAL, found.organisation_id),
        "take": TakeForm(auto_id="ct-%s"),
    }
