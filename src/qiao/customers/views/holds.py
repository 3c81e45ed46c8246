"""Placing a legal hold on a customer, and releasing it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.personal import HoldForm
from qiao.customers.models import Customer
from qiao.customers.operations.holds import PERMISSION, place_hold, release_hold
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import change_in_dialog


@staff_view(PERMISSION, methods=METHODS)
def hold_place(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep everything of a customer."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: HoldForm(data),
        lambda customer, data: place_hold(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (
            _("Keep everything: legal hold"),
            _("Place the hold"),
            _("Nothing of this customer goes until the hold is released."),
        ),
    )


@staff_view(PERMISSION, methods=METHODS)
def hold_release(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let the periods run again."""

    def build(_customer: Customer, data: Any) -> forms.Form:
        return forms.Form(data)

    return change_in_dialog(
        request,
        customer_id,
        build,
        lambda customer, _data: release_hold(
            actor=request.actor, now=request.now, customer_id=customer.pk
        ),
        (
            _("Release the legal hold"),
            _("Release"),
            _("The periods of retention run again."),
        ),
    )
