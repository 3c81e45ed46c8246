"""The dialog that changes households, groups, contact persons and acting; its search."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.models import Customer
from qiao.customers.operations import BadPeriod, BadPhone, BadText, CustomerRefusal
from qiao.customers.queries import NotVisible, find_customers, get_customer_for
from qiao.customers.views.changes import EDIT, UNPROCESSABLE, go_to
from qiao.customers.views.relation_words import relation_words

MOST_HITS: Final = 8
MOST_LOOKED_AT: Final = 60
_REFUSALS: Final = (CustomerRefusal, BadText, BadPeriod, BadPhone, NotVisible, Forbidden)


def relation_box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str],
    texts: tuple[str, str, str],
    *,
    about: str,
    back: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A dialog: the form, then `apply` gives the address where the change is seen.

    `texts` are its title, its button, and what is said afterwards.
    """
    title, confirm, done = texts
    if request.method == "POST" and form.is_valid():
        try:
            url = apply(form.cleaned_data)
        except _REFUSALS as refusal:
            form.add_error(None, relation_words(refusal))
        else:
            messages.success(request, done)
            return go_to(request, url)
    context = {
        "form": form,
        "title": title,
        "confirm": confirm,
        "about": about,
        "back": back,
        "full": ("members", "scope", "side", "proof", "note"),
        "wide": True,
        "picked": _picked(request, form),
        **(more or {}),
    }
    template = "customers/box.html" if request.htmx else "customers/box_page.html"
    return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)


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
