"""What is masked, shown in full to those who may see it and say why. Each answer is recorded."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText
from qiao.core.ui.markup import markup
from qiao.customers.operations import ReasonMissing, reveal_identity, reveal_phone
from qiao.customers.queries import get_customer_for, held_as
from qiao.customers.queries.disclosures import REVEAL_REASONS, looks_at
from qiao.customers.views.box import METHODS, UNPROCESSABLE

REVEAL = "customers.reveal"
PAGE_SIZE = 50


def asked_why(
    request: StaffRequest, customer_id: int, reveal: Callable[[str], str]
) -> HttpResponse:
    """Ask for the reason; once it is given, show what `reveal` answers to it."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=REVEAL)
    error, words = "", request.POST.get("words", "")
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            value = reveal(reason if reason in REVEAL_REASONS else words)
        except ReasonMissing:
            error = _("Say in a few words why you need it.")
        except BadText as refusal:
            error = _(refusal.message) % refusal.params
        else:
            response = HttpResponse(markup('<span class="num nowrap">{}</span>', value))
            response["Cache-Control"] = "no-store"
            return response
    context = {
        "customer": customer,
        "reasons": REVEAL_REASONS.items(),
        "error": error,
        "words": words,
    }
    if not request.htmx:
        status = UNPROCESSABLE if error else 200
        return render(request, "customers/why_page.html", context, status=status)
    if not error:
        return render(request, "customers/why.html", context)
    answer = render(request, "customers/why_body.html", context, status=UNPROCESSABLE)
    answer["HX-Retarget"], answer["HX-Reswap"] = ".q-whybox[open] .body", "outerHTML"
    return answer


@staff_view(REVEAL, methods=METHODS)
def phone(request: StaffRequest, customer_id: int, phone_id: int) -> HttpResponse:
    """One number of a customer."""
    return asked_why(
        request,
        customer_id,
        lambda reason: reveal_phone(
            actor=request.actor,
            now=request.now,
            customer_id=customer_id,
            phone_id=phone_id,
            reason=reason,
        ),
    )


@staff_view(REVEAL, methods=METHODS)
def first_phone(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The number that a list shows masked."""
    return asked_why(
        request,
        customer_id,
        lambda reason: reveal_phone(
            actor=request.actor, now=request.now, customer_id=customer_id, reason=reason
        ),
    )


@staff_view(REVEAL, methods=METHODS)
def identity(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """One identity number of a customer."""
    return asked_why(
        request,
        customer_id,
        lambda reason: reveal_identity(
            actor=request.actor,
            now=request.now,
            customer_id=customer_id,
            identity_id=identity_id,
            reason=reason,
        ),
    )


@staff_view("core.audit")
def disclosures(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Who looked at what is hidden of a customer, when and why."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    rows = looks_at(
        actor=request.actor,
        customer_ids=held_as(customer.pk),
        after=read_id(request.GET.get("after", "")),
        limit=PAGE_SIZE,
    )
    context = {
        "customer": customer,
        "rows": rows,
        "after": rows[-1].id if len(rows) == PAGE_SIZE else None,
    }
    return render(request, "customers/disclosures.html", context)
