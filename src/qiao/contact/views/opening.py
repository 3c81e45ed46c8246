"""A case opened out of a contact: the form of the cases module, tied to the contact."""

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from qiao.contact import operations
from qiao.contact.models import Interaction
from qiao.contact.queries import get_interaction_for
from qiao.contact.views.answers import CHANGED, LINKED, tell_page
from qiao.core import fragments
from qiao.core.http import StaffRequest, staff_view

OPENED = "case:opened"


@staff_view("cases.open", methods=("GET", "HEAD", "POST"))
def open_here(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The form of a new case, filled in with what the contact knows; the case is linked to it."""
    found = get_interaction_for(
        actor=request.actor, interaction_id=interaction_id, permission="interactions.work"
    )
    address = f"{reverse('cases:new')}?{urlencode(_known(found, request.GET.dict()))}"
    if request.method != "POST":
        return fragments.answer(request, address)
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
    return tell_page(response, CHANGED, LINKED, interaction_id=interaction_id)


def _known(found: Interaction, given: dict[str, Any]) -> dict[str, Any]:
    known = {
        "embed": reverse("contact:case", args=[found.pk]),
        "channel": found.channel,
        "customer": found.customer_id,
        "account": found.account_id,
        "caller_name": found.caller_name,
        "caller_phone": found.caller_phone,
        "place": found.place,
        "type": found.reason,
    }
    return {key: value for key, value in (known | given).items() if value}


def opened_case(response: HttpResponse) -> int | None:
    """The id of the case that an answer of the cases module says was opened."""
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    case_id = told.get(OPENED, {}).get("id") if isinstance(told, dict) else None
    return case_id if isinstance(case_id, int) else None
