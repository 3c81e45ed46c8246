"""E-mail addresses of a customer: dialogs over the customer's page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as said
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.customers.queries import get_customer_for
from qiao.messaging import operations
from qiao.messaging.forms import EmailChangeForm, EmailForm
from qiao.messaging.models import EmailAddress
from qiao.messaging.queries.addresses import get_email_for

EDIT = "customers.edit"
METHODS = ("GET", "HEAD", "POST")


def _box(
    request: StaffRequest,
    customer_id: int,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str],
    texts: tuple[str, str],
) -> HttpResponse:
    """Show the form; when it was posted and taken, the customer's page again."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    back = reverse("customers:page", args=[customer.pk]) + "?topic=customer.file"
    if form.is_bound and form.is_valid():
        _attempt(form, apply, request)
        if not form.errors:
            if not request.htmx:
                return HttpResponseRedirect(back)
            response = HttpResponse(status=204)
            response["HX-Redirect"] = back
            return response
    title, confirm = texts
    context = {
        "form": form,
        "title": title,
        "confirm": confirm,
        "about": customer.name,
        "back": back,
    }
    template = "messaging/email_box.html" if request.htmx else "messaging/email_page.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _attempt(
    form: forms.Form, apply: Callable[[dict[str, Any]], str], request: StaffRequest
) -> None:
    try:
        said.success(request, apply(form.cleaned_data))
    except operations.BadAddress:
        form.add_error("address", _("That is no email address."))
    except operations.AddressKnown:
        form.add_error("address", _("The customer has this address already."))
    except BadText as error:
        form.add_error("address", str(error))


@staff_view(EDIT, methods=METHODS)
def email_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep an address."""

    def apply(data: dict[str, Any]) -> str:
        operations.add_email(
            customer_id=customer_id,
            address=data["address"],
            actor=request.actor,
            now=request.now,
        )
        return _("The address is kept.")

    form = EmailForm(request.POST if request.method == "POST" else None)
    return _box(request, customer_id, form, apply, (_("Add an email address"), _("Keep")))


@staff_view(EDIT, methods=METHODS)
def email_change(request: StaffRequest, customer_id: int, email_id: int) -> HttpResponse:
    """Trust it again, use it first, or take it away."""
    try:
        row = get_email_for(actor=request.actor, customer_id=customer_id, email_id=email_id)
    except EmailAddress.DoesNotExist as error:
        raise Http404(str(email_id)) from error

    def apply(data: dict[str, Any]) -> str:
        whose: dict[str, Any] = {
            "customer_id": customer_id,
            "email_id": email_id,
            "actor": request.actor,
        }
        if data["what"] == "drop":
            operations.drop_email(**whose)
            return _("The address was taken away.")
        if data["what"] == "use":
            operations.use_email(**whose)
            return _("The address is used first.")
        operations.confirm_email(**whose)
        return _("The address is trusted again.")

    form = EmailChangeForm(
        request.POST if request.method == "POST" else None,
        doubtful=bool(row.standing),
        primary=row.is_primary,
    )
    return _box(request, customer_id, form, apply, (str(row), _("Keep")))
