"""One case as the middle of the workspace shows it."""

from django.http import HttpResponse
from django.shortcuts import render

from qiao.cases import queries
from qiao.cases.views.page import detail_of, page_context
from qiao.core.http import StaffRequest, staff_view


@staff_view("cases.view")
def pane(request: StaffRequest, case_id: int) -> HttpResponse:
    """The parts of the case's page in one column, without the frame; of a merged case, those of
    the one that stands for it."""
    detail = detail_of(request, case_id)
    if detail.case.merged_into_id is not None:
        survivor = queries.get_survivor_for(actor=request.actor, case_id=case_id)
        detail = detail_of(request, survivor.pk)
    return render(request, "cases/pane.html", page_context(request, detail))
