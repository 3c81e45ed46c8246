"""A tag for many customers of a list at once, after a look at who they are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.tags import TagManyForm
from qiao.customers.operations.tag_many import Tagged, tag_customers
from qiao.customers.operations.tags import UnknownTag
from qiao.customers.queries.people import CustomerLine, picked_lines
from qiao.customers.queries.tags import vocabulary
from qiao.customers.views.box import UNPROCESSABLE, came_from, go_to
from qiao.customers.views.ids import read_picked

EDIT = "customers.edit"


@staff_view(EDIT, methods=("POST",))
def tag_picked(request: StaffRequest) -> HttpResponse:
    """Show who would be given a tag; with ``confirmed`` give it, and name who was not given it."""
    lines = picked_lines(
        actor=request.actor, customer_ids=read_picked(request.POST.getlist("customer"))
    )
    confirmed = "confirmed" in request.POST
    form = TagManyForm(request.POST if confirmed else None, tags=vocabulary())
    if confirmed and lines and form.is_valid():
        try:
            given = tag_customers(
                actor=request.actor,
                now=request.now,
                customer_ids=[line.customer_id for line in lines],
                tag_id=form.cleaned_data["tag"],
            )
        except UnknownTag:
            form.add_error("tag", _("One of the tags is given no more. Choose again."))
        else:
            return _done(request, lines, given)
    context = {"lines": lines, "form": form}
    status = UNPROCESSABLE if confirmed else 200
    return render(request, "customers/tags/picked.html", context, status=status)


def _done(request: StaffRequest, lines: list[CustomerLine], given: Tagged) -> HttpResponse:
    failed = [(line, _why(line, given)) for line in lines if line.customer_id not in given.carried]
    back = came_from(request) or reverse("customers:list")
    done = len(given.carried)
    if failed:
        context = {"failed": failed, "done": done, "back": back}
        return render(request, "customers/tags/picked_done.html", context)
    text = ngettext("{n} customer carries the tag now.", "{n} customers carry the tag now.", done)
    messages.success(request, text.format(n=done))
    return go_to(request, back)


def _why(line: CustomerLine, given: Tagged) -> str:
    if line.customer_id in given.full:
        return _("A customer carries at most 30 tags.")
    return _("You do not have the right to do this.")
