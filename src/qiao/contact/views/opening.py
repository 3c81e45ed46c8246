"""A case opened out of a contact: the form of the cases module, tied to the contact."""

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from qiao.contact import operations
from qiao.contact.forms import words_for
from qiao.contact.models import Interaction
from qiao.contact.queries import (
    case_draft_of,
    draft_of,
    get_interaction_for,
)
from qiao.contact.views import pane
from qiao.contact.views.answers import CHANGED, LINKED, tell_page
from qiao.core import fragments
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText

OPENED = "case:opened"
OPEN, WORK = "cases.open", "interactions.work"
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "embed", "tab", "customer", "account", "channel"})


def _mine(request: StaffRequest, interaction_id: int) -> Interaction:
    return get_interaction_for(actor=request.actor, interaction_id=interaction_id, permission=WORK)


@staff_view(OPEN, methods=("GET", "HEAD", "POST"))
def open_here(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The form of a new case, filled in with what the contact knows; the case is linked to it."""
    found = _mine(request, interaction_id)
    address = reverse("cases:new")
    if request.method != "POST":
        return fragments.answer(request, f"{address}?{urlencode(_known(request.actor, found))}")
    try:
        operations.lock_to_link(interaction_id=interaction_id, actor=request.actor)
    except operations.InteractionRefusal as refusal:
        return HttpResponse(words_for(refusal), status=409, content_type="text/plain")
    response = fragments.answer(request, address, method="POST")
    case_id = opened_case(response)
    if case_id is None:
        return response
    operations.link_case(
        interaction_id=interaction_id,
        case_id=case_id,
        kind="opened",
        actor=request.actor,
        now=request.now,
    )
    operations.drop_case_draft(interaction_id)
    return tell_page(response, CHANGED, LINKED, interaction_id=interaction_id)


@staff_view(OPEN, methods=("POST",))
def reshape_here(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The form again after the contact learnt who it is; nothing typed is lost."""
    found = _mine(request, interaction_id)
    return fragments.answer(
        request, reverse("cases:reshape"), method="POST", data=_with_person(request, found)
    )


def _with_person(request: StaffRequest, found: Interaction) -> QueryDict:
    """What is typed, with the customer and account that the contact knows now."""
    data: QueryDict = request.POST.copy()
    for key, value in _person(found).items():
        data.pop(key, None)
        if value:
            data[key] = str(value)
    data["embed"] = reverse("contact:case", args=[found.pk])
    return data


@staff_view(WORK, methods=("POST",))
def renew_side(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The right half after the contact learnt who it is: the person's open cases on top, or the
    form of a new case with what was typed into it, if anything was."""
    found = _mine(request, interaction_id)
    if not _typed(request.POST):
        return render(request, "contact/side.html", pane.side_context(request, found))
    response = fragments.answer(
        request, reverse("cases:reshape"), method="POST", data=_with_person(request, found)
    )
    response.headers["HX-Retarget"] = "#contact-case"
    return response


def _typed(data: QueryDict) -> bool:
    texts = ("title", "description", "place")
    return any(data[key] for key in data if key in texts or key.startswith("fact-"))


@staff_view(OPEN, methods=("POST",))
def keep_here(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Keep what is typed into the form until the case is opened."""
    values = {
        key: text for key, text in request.POST.items() if key not in NOT_TYPED and str(text)
    }
    try:
        operations.keep_case_draft(
            interaction_id=interaction_id,
            tab=request.POST.get("tab", ""),
            values={key: str(text) for key, text in values.items()},
            actor=request.actor,
            now=request.now,
        )
    except (Interaction.DoesNotExist, operations.InteractionRefusal, BadText) as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain")
    return HttpResponse(status=204)


def _person(found: Interaction) -> dict[str, Any]:
    return {"customer": found.customer_id, "account": found.account_id}


def _known(actor: Actor, found: Interaction) -> dict[str, Any]:
    """What the contact knows of the case: who, where, how, and what the note, or the step of the
    voice menu by which it came, speaks for. The queue alone says too little to begin a form."""
    draft = draft_of(found.pk)
    proposal = pane.proposal_for(actor, found, draft.note)
    if proposal is not None and proposal.by == "queue":
        proposal = None
    known = {
        "channel": found.channel,
        "caller_name": found.caller_name,
        "caller_phone": found.caller_phone,
        "place": found.place,
        "type": draft.fields.get("reason") or found.reason or (proposal.key if proposal else ""),
    }
    fixed = _person(found) | {"embed": reverse("contact:case", args=[found.pk])}
    every = known | case_draft_of(found.pk) | fixed
    return {key: value for key, value in every.items() if value}


def opened_case(response: HttpResponse) -> int | None:
    """The id of the case that an answer of the cases module says was opened."""
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    case_id = told.get(OPENED, {}).get("id") if isinstance(told, dict) else None
    return case_id if isinstance(case_id, int) else None
