"""Working a list: who is next, the call, its result by one key, and on to the next."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from qiao.cases.queries import open_cases_of_customer
from qiao.contact.queries import standing_of
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.text import BadText
from qiao.customers.queries import number_to_call
from qiao.telephony import operations, queries
from qiao.telephony.forms import LaterForm
from qiao.telephony.list_words import MORE, NOBODY, refused_words, result_names
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.rights import DIAL
from qiao.telephony.rules.call_lists import read_codes

POST: Final = ("POST",)
FREE: Final = frozenset({"ready", "wrap_up"})


@staff_view(DIAL)
def work(request: StaffRequest, list_id: int) -> HttpResponse:
    """The page of whoever calls: whom they have at hand."""
    return _work(request, list_id)


@staff_view(DIAL, methods=POST)
def advance(request: StaffRequest, list_id: int) -> HttpResponse:
    """Take the next."""

    def act() -> str:
        entry = operations.next_entry(list_id=list_id, **_who(request))
        return "" if entry is not None else _nobody(request, list_id)

    return _done(request, list_id, act)


@staff_view(DIAL, methods=POST)
def call(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Call whom one has at hand."""

    def act() -> None:
        operations.require_switch()
        operations.call_entry(entry_id=entry_id, **_who(request))

    return _done(request, _list_of(request, entry_id), act)


@staff_view(DIAL, methods=POST)
def result(request: StaffRequest, entry_id: int, code: str) -> HttpResponse:
    """Say what came of the call."""
    note = request.POST.get("note", "")
    act = operations.code_entry
    return _done(
        request,
        _list_of(request, entry_id),
        lambda: act(entry_id=entry_id, code=code, note=note, **_who(request)),
    )


@staff_view(DIAL, methods=POST)
def later(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Call again at a time that was agreed."""
    form = LaterForm(request.POST, auto_id="lw-%s")
    list_id = _list_of(request, entry_id)
    if not form.is_valid():
        unread = operations.ListWorkRefused("moment")
        return _work(request, list_id, refused=refused_words(unread))
    at: datetime = form.cleaned_data["at"]
    act = operations.call_entry_later
    note = form.cleaned_data["note"]
    return _done(
        request, list_id, lambda: act(entry_id=entry_id, at=at, note=note, **_who(request))
    )


@staff_view(DIAL, methods=POST)
def back(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Let somebody else call them."""
    act = operations.give_back_entry
    return _done(
        request,
        _list_of(request, entry_id),
        lambda: act(entry_id=entry_id, **_who(request)),
        stops=True,
    )


def _who(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": request.now}


def _list_of(request: StaffRequest, entry_id: int) -> int:
    """The list of somebody in one that the reader may see; who is not at their hand is told so by
    what is done."""
    lists = CallList.objects.visible_to(request.actor)
    found = CallListEntry.objects.filter(pk=entry_id, call_list__in=lists)
    list_id = found.values_list("call_list_id", flat=True).first()
    if list_id is None:
        raise Http404(str(entry_id))
    return list_id


def _nobody(request: StaffRequest, list_id: int) -> str:
    """Why nobody was given: nobody is to be called now, or too many were put aside at once."""
    found = CallList.objects.get(pk=list_id)
    return str(MORE if queries.is_anybody_due(found, now=request.now) else NOBODY)


def _done(
    request: StaffRequest, list_id: int, act: Callable[[], object], *, stops: bool = False
) -> HttpResponse:
    """Do it and show what is at hand then. What `act` gives as a word is told, and holds all the
    same; a refusal takes back what was done before it."""
    refused = ""
    try:
        with transaction.atomic():
            told = act()
            if isinstance(told, str) and told:
                refused, stops = told, True
    except (CallList.DoesNotExist, CallListEntry.DoesNotExist) as error:
        raise Http404(str(list_id)) from error
    except (operations.ListWorkRefused, operations.DialRefused) as refusal:
        refused, stops = refused_words(refusal), True
    except BadText as bad:
        refused, stops = gettext(bad.message) % bad.params, True
    return _work(request, list_id, refused=refused, stops=stops)


def _work(
    request: StaffRequest,
    list_id: int,
    *,
    refused: str = "",
    stops: bool = False,
) -> HttpResponse:
    found = queries.call_list(actor=request.actor, list_id=list_id)
    if found is None:
        raise Http404(str(list_id))
    at_hand = queries.entry_at_hand(actor=request.actor)
    is_here = at_hand is not None and at_hand.call_list_id == found.pk
    entry = at_hand if is_here else None
    agent = standing_of(request.actor)
    context = {
        "list": found,
        "counts": queries.list_counts(list_ids=[found.pk])[found.pk],
        "entry": entry,
        "elsewhere": None if is_here or at_hand is None else at_hand.call_list,
        "refused": refused,
        "staff_id": request.actor.person_id,
        "goes_on": found.mode == CallList.Mode.PROGRESSIVE
        and found.state == CallList.State.RUNNING
        and agent is not None
        and agent.state in FREE
        and not agent.wanted
        and (at_hand is None or is_here)
        and not stops,
        **(_at_hand(request, found, entry) if entry is not None else {}),
    }
    name = "telephony/lists/_work.html" if request.htmx else "telephony/lists/work.html"
    return render(request, name, context)


def _at_hand(request: StaffRequest, found: CallList, entry: CallListEntry) -> dict[str, Any]:
    """Who it is, what is open with them, what was tried, and what may be said of the call."""
    language = get_language() or "en"
    cases = []
    if request.actor.can("cases.view"):
        cases = list(open_cases_of_customer(actor=request.actor, customer_id=entry.customer_id))
    source = registry.call_sources().get(found.source)
    names = result_names(found)
    is_over = entry.call is not None and entry.call.ended_at is not None
    soon = timezone.localtime(request.now + timedelta(hours=2)).replace(second=0, microsecond=0)
    return {
        "who": queries.customer_of_entry(actor=request.actor, entry=entry),
        "number": queries.number_words(
            number_to_call(customer_id=entry.customer_id), "", request.actor
        ),
        "cases": cases,
        "page": source.page(entry.ref) if source and entry.ref is not None else "",
        "tries": [(each, names.get(each.result, each.result)) for each in
                  queries.tries_of_entry(entry)],
        "codes": [
            (str(place), code.key, code.name_in(language), code.kind)
            for place, code in enumerate(read_codes(found.codes), 1)
        ],
        "is_over": is_over,
        "lives": entry.call is not None and not is_over,
        "later": LaterForm(initial={"at": soon}, auto_id="lw-%s"),
    }  # fmt: skip
