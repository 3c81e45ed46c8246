"""The tags that a customer carries: chips, and one dialog that gives and takes off."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.models import Customer, Tag
from qiao.customers.operations.tags import TooManyTags, UnknownTag, tag_customer
from qiao.customers.queries import can_see, get_customer_for
from qiao.customers.queries.tags import chips_of, tags_of, vocabulary
from qiao.customers.views.box import METHODS, UNPROCESSABLE

EDIT = "customers.edit"


def _ids(data: QueryDict, name: str) -> set[int]:
    return {found for text in data.getlist(name) if (found := read_id(text)) is not None}


def _choices(
    chosen: set[int], carried: Iterable[Tag], text: str = ""
) -> list[tuple[str, list[Tag]]]:
    """Tags by group, retired ones too where they are carried.

    With a text, those that fit it come first, so that the next key reaches them; then all that
    are chosen, which must be sent along.
    """
    known = {tag.pk: tag for tag in [*vocabulary(), *carried]}
    tags = sorted(known.values(), key=lambda tag: (tag.group, tag.name))
    words = text.strip().casefold()
    if not words:
        return [(name, list(group)) for name, group in groupby(tags, lambda tag: tag.group)]
    found = [tag for tag in tags if words in f"{tag.group} {tag.name} {tag.about}".casefold()]
    rest = [tag for tag in tags if tag.pk in chosen and tag not in found]
    return [
        (pgettext("tags", "Found"), found),
        *([(pgettext("tags", "Chosen"), rest)] if rest else []),
    ]


@staff_view(EDIT, methods=METHODS)
def customer_tags(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give tags and take them off; answers the chips where only they are asked for.

    What somebody else gave or took off while the dialog was open stays as they left it.
    """
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if not can_see(actor=request.actor, customer_id=customer.pk, permission=EDIT):
        raise Forbidden(EDIT)
    carried = tags_of(actor=request.actor, customer_id=customer.pk)
    if request.method != "POST":
        return _dialog(request, customer, carried, {tag.pk for tag in carried})
    chosen, had = _ids(request.POST, "tag"), _ids(request.POST, "had")
    try:
        tag_customer(
            actor=request.actor, now=request.now, customer_id=customer.pk, add=chosen - had,
            remove=had - chosen,
        )  # fmt: skip
    except TooManyTags:
        error = _("A customer carries at most 30 tags.")
    except UnknownTag:
        error = _("One of the tags is given no more. Choose again.")
    else:
        return _done(request, customer)
    return _dialog(request, customer, carried, chosen, error=error)


def _dialog(
    request: StaffRequest,
    customer: Customer,
    carried: list[Tag],
    chosen: set[int],
    error: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": customer,
        "carried": carried,
        "chosen": chosen,
        "groups": _choices(chosen, carried),
        "error": error,
        "title": _("Tags of the customer"),
    }
    name = "dialog" if request.htmx else "page"
    status = UNPROCESSABLE if error else 200
    response = render(request, f"customers/tags/customer_{name}.html", context, status=status)
    if error and request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#customer-tags-change", "innerHTML"
    return response


def _done(request: StaffRequest, customer: Customer) -> HttpResponse:
    if not request.htmx:
        messages.success(request, _("The tags are kept."))
        return HttpResponseRedirect(reverse("customers:page", args=[customer.pk]))
    data = {"id": customer.pk, "tags": chips_of(customer.pk)}
    context = {"data": data, "place": request.GET.get("place", "customer")}
    return render(request, "customers/tags/chips.html", context)


@staff_view(EDIT)
def customer_tag_choices(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The tags that fit what is being typed."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    chosen = _ids(request.GET, "tag")
    carried = tags_of(actor=request.actor, customer_id=customer.pk)
    text = request.GET.get("find", "")[:40]
    context = {"chosen": chosen, "groups": _choices(chosen, carried, text)}
    return render(request, "customers/tags/choices.html", context)
