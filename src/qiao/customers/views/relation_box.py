"""The dialog that changes households, groups, contact persons and acting; its search."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.models import Customer
from qiao.customers.queries import NotVisible, find_customers, get_customer_for
from qiao.customers.views.box import box
from qiao.customers.views.changes import EDIT
from qiao.customers.views.relation_words import relation_words

MOST_HITS: Final = 8
MOST_LOOKED_AT: Final = 60


def relation_box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str | None],
    texts: tuple[str, str, str],
    *,
    about: str,
    back: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A box in which somebody may be picked."""
    shown = {
        "full": ("members", "scope", "side", "proof", "note"),
        "wide": True,
        "picked": _picked(request, form),
        **(more or {}),
    }
    return box(
        request, form, apply, texts, about=about, back=back, words=relation_words, more=shown
    )


def _picked(request: StaffRequest, form: forms.Form) -> Customer | None:
    """Who was chosen, so that a form that comes back still shows them."""
    value = form["person"].value() if "person" in form.fields else None
    if not value or not str(value).isdecimal() or len(str(value)) > len("9" * 18):
        return None
    try:
        return get_customer_for(actor=request.actor, customer_id=int(value))
    except NotVisible:
        return None


@staff_view(EDIT)
def pick(request: StaffRequest) -> HttpResponse:
    """Customers to choose from, of a kind or of any."""
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("kind", "")
    hits = find_customers(actor=request.actor, text=text, limit=MOST_LOOKED_AT) if text else []
    fitting = [hit for hit in hits if kind in ("", hit.kind)][:MOST_HITS]
    return render(request, "customers/relations/picked.html", {"hits": fitting, "text": text})
