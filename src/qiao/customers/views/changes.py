"""Changing a customer: each change is a dialog over the page, or a page of its own without it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms import IdentityForm, NameForm, PhoneForm
from qiao.customers.models import Customer
from qiao.customers.operations import add_identity, add_phone, change_name
from qiao.customers.queries import get_customer_for
from qiao.customers.views.box import METHODS, box, posted
from qiao.customers.views.words import refusal_words

EDIT = "customers.edit"


def change_in_dialog(
    request: StaffRequest,
    customer_id: int,
    build: Callable[[Customer, Any], forms.Form],
    apply: Callable[[Customer, dict[str, Any]], object],
    texts: tuple[str, str, str],
    *,
    back: str = "customers:page",
    words: Callable[[Exception], str] = refusal_words,
) -> HttpResponse:
    """A box about a customer: the form that `build` makes, applied, then the page `back` names."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)

    def done(data: dict[str, Any]) -> None:
        apply(customer, data)

    return box(
        request,
        build(customer, posted(request)),
        done,
        texts,
        about=customer.name,
        back=reverse(back, args=[customer.pk]),
        words=words,
    )


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
