"""A new customer: asked for once, compared with those already held, then registered."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms import ADDRESS_FIELDS, NewCustomerForm
from qiao.customers.models import Customer, CustomerIdentity
from qiao.customers.operations import (
    AccountNumberTaken,
    Address,
    BadIdentityNumber,
    BadText,
    CustomerRefusal,
    NewIdentity,
    NewPhone,
    open_account_at,
    register_customer,
)
from qiao.customers.queries import Likeness, find_likenesses, usual_service
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import organisation

EDIT = "customers.edit"


@staff_view(EDIT, methods=METHODS)
def customer_new(request: StaffRequest) -> HttpResponse:
    """The form of a new customer; what is likely held already must be looked at first."""
    if request.method != "POST":
        prefill = {key: request.GET[key] for key in ("name", "phone") if key in request.GET}
        return _show(request, NewCustomerForm(actor=request.actor, initial=prefill), [])
    form = NewCustomerForm(request.POST, actor=request.actor)
    alike: list[Likeness] = []
    if form.is_valid():
        alike = _alike(request, form)
        if form.cleaned_data["someone_else"] or not any(each.is_strong for each in alike):
            customer = _register(request, form)
            if customer is not None:
                messages.success(request, _("The customer has been registered."))
                return go_to(request, reverse("customers:page", args=[customer.pk]))
    return _show(request, form, alike, status=UNPROCESSABLE)


@staff_view(EDIT)
def customer_alike(request: StaffRequest) -> HttpResponse:
    """Who is held already under what has been typed so far."""
    alike = find_likenesses(
        actor=request.actor,
        name=request.GET.get("name", ""),
        phone=request.GET.get("phone", ""),
        identity=request.GET.get("identity", ""),
        address="".join(request.GET.get(key, "") for key in ADDRESS_FIELDS),
    )
    return render(
        request, "customers/alike.html", {"alike": alike, "twins": _twins(request, alike)}
    )


def _twins(request: StaffRequest, alike: list[Likeness]) -> list[int]:
    """Two of those held already who are both very like the new one: perhaps they are one."""
    if not request.actor.can("customers.merge"):
        return []
    strong = [each.hit.customer_id for each in alike if each.is_strong]
    return strong[:2] if len(strong) > 1 else []


def _show(
    request: StaffRequest, form: NewCustomerForm, alike: list[Likeness], status: int = 200
) -> HttpResponse:
    must_choose = form.is_bound and not form.errors and any(each.is_strong for each in alike)
    context = {"form": form, "alike": alike, "must_choose": must_choose}
    context["twins"] = _twins(request, alike)
    return render(request, "customers/new.html", context, status=status)


def _alike(request: StaffRequest, form: NewCustomerForm) -> list[Likeness]:
    data = form.cleaned_data
    return find_likenesses(
        actor=request.actor,
        name=data["name"],
        phone=data["phone"],
        identity=data["identity"],
        address=form.address_text,
    )


def _register(request: StaffRequest, form: NewCustomerForm) -> Customer | None:
    """Register, and open the account if one is asked for; None leaves the refusal in the form."""
    data = form.cleaned_data
    field: str | None = None
    try:
        customer = register_customer(
            actor=request.actor,
            now=request.now,
            organisation_id=data["organisation"],
            name=data["name"],
            kind=data["kind"],
            gender=data["gender"] if data["kind"] == Customer.Kind.PERSON else "",
            phones=[NewPhone(data["phone"])] if data["phone"] else (),
            identities=_identities(data),
            flags=data["flags"],
        )
        if data["account_number"]:
            _open_account(request, customer, data)
    except BadIdentityNumber as refusal:
        field, text = "identity", refusal_words(refusal)
    except AccountNumberTaken:
        field, text = "account_number", _("Another account has this number.")
    except (CustomerRefusal, BadText) as refusal:
        text = refusal_words(refusal)
    else:
        return customer
    form.add_error(field, text)
    return None


def _identities(data: dict[str, Any]) -> list[NewIdentity]:
    if not data["identity"]:
        return []
    usual = (
        CustomerIdentity.Kind.ID_CARD
        if data["kind"] == Customer.Kind.PERSON
        else CustomerIdentity.Kind.CREDIT_CODE
    )
    return [NewIdentity(data["identity_kind"] or usual, data["identity"])]


def _open_account(request: StaffRequest, customer: Customer, data: dict[str, Any]) -> None:
    branch = organisation(data["organisation"])
    region = branch.region or next(iter(branch.areas), branch.code)
    parts = {key: data[key] for key in ADDRESS_FIELDS}
    open_account_at(
        actor=request.actor,
        now=request.now,
        organisation_id=branch.pk,
        number=data["account_number"],
        service=data["service"] or usual_service(branch.packs),
        owner_id=customer.pk,
        address=Address(region, district=data["district"], **parts),
    )
