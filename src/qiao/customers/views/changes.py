"""Changing a customer: each change is a dialog over the page, or a page of its own without it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms import IdentityForm, NameForm, PhoneForm
from qiao.customers.models import Customer
from qiao.customers.operations import (
    BadIdentityNumber,
    BadPeriod,
    BadText,
    CardTaken,
    CustomerRefusal,
    NotOverridden,
    PhoneKnown,
    add_identity,
    add_phone,
    change_name,
)
from qiao.customers.queries import get_customer_for

EDIT = "customers.edit"
METHODS = ("GET", "HEAD", "POST")
UNPROCESSABLE = 422


def refusal_text(refusal: Exception) -> str:
    """A refusal in the reader's words."""
    if isinstance(refusal, PhoneKnown):
        return _("This customer already has this number.")
    if isinstance(refusal, BadIdentityNumber):
        return _("This cannot be a number of that document. Compare it with the document.")
    if isinstance(refusal, BadPeriod):
        return _("That day is not possible: it ended already, or ends before it begins.")
    if isinstance(refusal, CardTaken):
        return _("Somebody holds this card already. Take it out of use there first.")
    if isinstance(refusal, NotOverridden):
        return _("No tier is set by hand any more.")
    if isinstance(refusal, BadText):
        return _(refusal.message) % refusal.params
    return _("This change is not possible.")


def _dialog(
    request: StaffRequest,
    customer: Customer,
    form: forms.Form,
    title: str,
    confirm: str,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"customer": customer, "form": form, "title": title, "confirm": confirm}
    template = "customers/dialog.html" if request.htmx else "customers/change.html"
    return render(request, template, context, status=status)


def change_in_dialog(
    request: StaffRequest,
    customer_id: int,
    build: Callable[[Customer, Any], forms.Form],
    apply: Callable[[Customer, dict[str, Any]], object],
    texts: tuple[str, str, str],
    *,
    back: str = "customers:page",
) -> HttpResponse:
    """Show the form; apply it when it is posted; say what was done on the page `back` names."""
    title, confirm, done = texts
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if request.method != "POST":
        return _dialog(request, customer, build(customer, None), title, confirm)
    form = build(customer, request.POST)
    if form.is_valid():
        try:
            apply(customer, form.cleaned_data)
        except (CustomerRefusal, BadText, BadPeriod) as refusal:
            form.add_error(None, refusal_text(refusal))
    if form.errors:
        return _dialog(request, customer, form, title, confirm, status=UNPROCESSABLE)
    messages.success(request, done)
    return go_to(request, reverse(back, args=[customer.pk]))


def go_to(request: StaffRequest, url: str) -> HttpResponse:
    """Lead the whole page elsewhere, also out of a fragment; on the same page to the same tab."""
    if not request.htmx:
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    response["HX-Redirect"] = f"{url}?{shown.query}" if shown.query and shown.path == url else url
    return response


@staff_view(EDIT, methods=METHODS)
def phone_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Teach a number to a customer."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: PhoneForm(data, initial=request.GET.dict()),
        lambda customer, data: add_phone(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (
            _("Add a telephone number"),
            _("Add number"),
            _("The number now leads to this customer."),
        ),
    )


@staff_view(EDIT, methods=METHODS)
def name_change(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give a customer another name."""
    return change_in_dialog(
        request,
        customer_id,
        lambda customer, data: NameForm(data, initial={"name": customer.name}),
        lambda customer, data: change_name(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Change the name"), _("Save name"), _("The name has been changed.")),
    )


@staff_view(EDIT, methods=METHODS)
def identity_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep an identity number."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: IdentityForm(data),
        lambda customer, data: add_identity(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Add an identity document"), _("Add document"), _("The document has been added.")),
    )
