"""The link to the customer's own page of a case, for whoever works on it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qiao.cases import queries
from qiao.cases.operations.public import make_links, public_address
from qiao.cases.queries.public import is_over, public_case_row
from qiao.core.http import StaffRequest, staff_view


@staff_view("cases.work", methods=("POST",))
def link(request: StaffRequest, case_id: int) -> HttpResponse:
    """Show the link to copy or open; made where there is none yet."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    request.actor.require("cases.work", case.organisation_id)
    if public_case_row(case.pk) is None:
        raise Http404(str(case_id))
    address = public_address(make_links([case.pk], now=request.now)[case.pk])
    context = {
        "case": case,
        "address": request.build_absolute_uri(address),
        "is_over": is_over(case, now=request.now),
    }
    template = "cases/_public_link.html" if request.htmx else "cases/public_link.html"
    return render(request, template, context)
