"""What is masked, shown in full to those who may see it. Each answer has been recorded."""

from django.http import HttpResponse
from django.utils.html import format_html

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.operations import reveal_identity, reveal_phone

REVEAL = "customers.reveal"
ON_PAGE = "customer page"
IN_LIST = "list of customers"


def _open_value(value: str) -> HttpResponse:
    response = HttpResponse(format_html('<span class="num nowrap">{}</span>', value))
    response["Cache-Control"] = "no-store"
    return response


@staff_view(REVEAL, methods=("POST",))
def phone(request: StaffRequest, customer_id: int, phone_id: int) -> HttpResponse:
    """One number of a customer."""
    return _open_value(
        reveal_phone(
            actor=request.actor,
            now=request.now,
            customer_id=customer_id,
            phone_id=phone_id,
            reason=request.POST.get("reason") or ON_PAGE,
        )
    )


@staff_view(REVEAL, methods=("POST",))
def first_phone(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The number that a list shows masked."""
    return _open_value(
        reveal_phone(
            actor=request.actor,
            now=request.now,
            customer_id=customer_id,
            reason=request.POST.get("reason") or IN_LIST,
        )
    )


@staff_view(REVEAL, methods=("POST",))
def identity(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """One identity number of a customer."""
    return _open_value(
        reveal_identity(
            actor=request.actor,
            now=request.now,
            customer_id=customer_id,
            identity_id=identity_id,
            reason=request.POST.get("reason") or ON_PAGE,
        )
    )
