"""Filling in the work sheet and finishing the job; its pictures, for those who may see them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _

from qiao.core.attachments import path_of
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.dispatch import operations, queries
from qiao.dispatch.forms import SheetForm
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.rules.states import WrongState
from qiao.dispatch.views.job import Open, job_page, sheet_form
from qiao.dispatch.views.phone import refusal_words, to_today

REFUSALS = (WrongState, operations.NotYours, operations.TooManyPictures)
CACHE = "private, max-age=31536000, immutable"


@staff_view("jobs.work", methods=("POST",))
def complete(request: StaffRequest, work_order_id: int) -> HttpResponse:
    """Finish the job. What is missing or wrong comes back with the form and everything in it."""
    order = queries.get_work_order_for(actor=request.actor, work_order_id=work_order_id)
    form, _way_out = sheet_form(order, request, bound=True)
    if not form.is_valid():
        return job_page(request, order, Open("complete", form), status=422)
    try:
        with transaction.atomic():  # what a refusal undoes must not show on the page it answers
            operations.complete(
                work_order_id=order.pk,
                filling=form.filling(),
                actor=request.actor,
                now=request.now,
                report=form.report(),
            )
    except operations.NotComplete as refusal:
        return _back(request, order, form, "", wanting=refusal.missing)
    except BadText as error:
        form.refuse(error)
        return _back(request, order, form, "")
    except operations.CaseRefused:
        return _back(request, order, form, _("The case has moved on meanwhile. Ask the desk."))
    except REFUSALS as refusal:
        return _back(request, order, form, refusal_words(refusal))
    messages.success(request, _("Done. The case moves on."))
    return to_today()


def _back(
    request: StaffRequest, order: WorkOrder, form: SheetForm, words: str, **more: Any
) -> HttpResponse:
    if words:
        form.add_error(None, words)
    return job_page(request, order, Open("complete", form), status=422, **more)


@staff_view("jobs.work", methods=("POST",))
def progress(request: StaffRequest, work_order_id: int) -> HttpResponse:
    """Keep what is filled in so far; called while somebody types."""
    order = queries.get_work_order_for(actor=request.actor, work_order_id=work_order_id)
    form, _way_out = sheet_form(order, request, bound=True)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        operations.save_progress(
            work_order_id=order.pk, filling=form.filling(), actor=request.actor, now=request.now
        )
    except (BadText, *REFUSALS):
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@staff_view("jobs.view")
def picture(request: StaffRequest, work_order_id: int, attachment_id: int) -> FileResponse:
    """One picture of a work order that the person may see."""
    order = queries.get_work_order_for(actor=request.actor, work_order_id=work_order_id)
    found = next((p for p in queries.pictures_of(order) if p.pk == attachment_id), None)
    if found is None or not path_of(found.sha256).is_file():
        raise Http404(f"picture {attachment_id}")
    response = FileResponse(path_of(found.sha256).open("rb"), content_type=found.content_type)
    response["Cache-Control"] = CACHE
    response["X-Content-Type-Options"] = "nosniff"
    return response
