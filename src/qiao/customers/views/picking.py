"""Choosing a customer in a form: what is found, and who was chosen."""

from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.models import Customer
from qiao.customers.queries import NotVisible, find_customers, get_customer_for
from qiao.customers.queries.search import Narrow
from qiao.customers.views.changes import EDIT

MOST_HITS: Final = 8
FIELDS: Final = ("person", "comer")


def picked(request: StaffRequest, bound: forms.BoundField) -> Customer | None:
    """Who was chosen, so that a form that comes back still shows them."""
    customer_id = read_id(str(bound.value() or ""))
    if customer_id is None:
        return None
    try:
        return get_customer_for(actor=request.actor, customer_id=customer_id)
    except NotVisible:
        return None


@staff_view(EDIT)
def pick(request: StaffRequest, field: str) -> HttpResponse:
    """Customers to choose from for a field of a form, of a kind or of any."""
    if field not in FIELDS:
        raise Http404(field)
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    narrow = Narrow(kind=kind if kind in Customer.Kind.values else "")
    hits = (
        find_customers(actor=request.actor, text=text, limit=MOST_HITS, narrow=narrow)
        if text
        else []
    )
    context = {"hits": hits, "text": text, "field": field}
    return render(request, "customers/picked.html", context)
