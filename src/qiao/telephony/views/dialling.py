"""Calling out from a page: the telephone of whoever presses rings first, then the other side."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.phones import join_extension
from qiao.core.toasts import add_toast
from qiao.customers.queries import NotVisible
from qiao.customers.queries.numbers import phone_of
from qiao.telephony import operations
from qiao.telephony.dial_words import refusal_words
from qiao.telephony.forms.dialling import AboutForm
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.rights import DIAL

POST = ("POST",)


@staff_view(DIAL, methods=POST)
def customer(request: StaffRequest, customer_id: int, phone_id: int) -> HttpResponse:
    """Call a number of a customer; the contact opens in the workspace, with the case it is about
    where the number stood beside one."""
    about = AboutForm(request.POST)
    if not about.is_valid():
        raise Http404(request.POST.get("case"))
    try:
        operations.require_switch()
        found, phone = phone_of(actor=request.actor, customer_id=customer_id, phone_id=phone_id)
        with transaction.atomic():
            call = operations.call_customer(
                customer_id=found.pk,
                number=join_extension(phone.number, phone.extension),
                actor=request.actor,
                now=request.now,
                case_id=about.cleaned_data["case"],
            )
    except NotVisible as error:
        raise Http404(str(customer_id)) from error
    except operations.DialRefused as refusal:
        return refused(refusal)
    return opened(call)


def refused(refusal: operations.DialRefused) -> HttpResponse:
    """Say why nobody is called."""
    return add_toast(HttpResponse(status=204), text=refusal_words(refusal))


def opened(made: Call | OwedCall) -> HttpResponse:
    """Go to the contact of a call in the workspace, or of an owed one that is returned by hand."""
    response = HttpResponse(status=204)
    address = f"{reverse('desk:workspace')}?open=contact:{made.interaction_id}"
    response.headers["HX-Redirect"] = address
    return response
