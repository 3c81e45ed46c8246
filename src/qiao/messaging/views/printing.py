"""Letters: what waits to be printed, batches, who printed and posted them."""

from django.contrib import messages as said
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.downloads import shown_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.transactions import acting
from qiao.core.typesetting import NoFont
from qiao.messaging import operations
from qiao.messaging.channels.letters import compose_pdf
from qiao.messaging.models import PrintBatch
from qiao.messaging.queries import NotVisible
from qiao.messaging.queries.letters import (
    MANAGE,
    batches_for,
    get_batch_for,
    letters_of_batch,
    letters_waiting,
)
from qiao.staff.queries import organisation_names

CONFLICT = 409


@staff_view(MANAGE)
def queue(request: StaffRequest) -> HttpResponse:
    """Units with letters that wait, and the batches so far."""
    waiting = letters_waiting(actor=request.actor, now=request.now)
    names = organisation_names([unit for unit, _count, _since in waiting])
    context = {
        "waiting": [(unit, names[unit], count, since) for unit, count, since in waiting],
        "batches": batches_for(actor=request.actor),
    }
    return render(request, "messaging/printing.html", context)


@staff_view(MANAGE, methods=("POST",))
def batch_make(request: StaffRequest, organisation_id: int) -> HttpResponse:
    """Collect the letters of a unit."""
    try:
        batch = operations.make_batch(
            organisation_id=organisation_id, actor=request.actor, now=request.now
        )
    except operations.NothingToPrint:
        said.info(request, _("No letter waits any more."))
    else:
        n = batch.letter_count
        words = ngettext("%(n)s letter is ready", "%(n)s letters are ready", n) % {"n": n}
        said.success(request, words)
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("messaging:printing"))


def _batch(request: StaffRequest, batch_id: int) -> PrintBatch:
    try:
        return get_batch_for(actor=request.actor, batch_id=batch_id)
    except NotVisible as error:
        raise Http404(str(batch_id)) from error


@staff_view(MANAGE, methods=("POST",), opens=False)
def batch_print(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The file of a batch, made first and then kept as printed; again as often as the printer
    jams."""
    batch = _batch(request, batch_id)
    try:
        content = compose_pdf(letters_of_batch(batch, now=batch.printed_at or request.now))
    except NoFont:
        said.error(request, _("This machine has no font for Chinese. Nothing was printed."))
        return HttpResponse(status=CONFLICT)
    try:
        with acting(request.actor):
            operations.note_printed(batch_id=batch.pk, actor=request.actor, now=request.now)
    except PrintBatch.DoesNotExist as error:  # dissolved meanwhile
        raise Http404(str(batch_id)) from error
    return shown_file(content, content_type="application/pdf")


@staff_view(MANAGE, methods=("POST",))
def batch_posted(request: StaffRequest, batch_id: int) -> HttpResponse:
    """The batch went to the post."""
    batch = _batch(request, batch_id)
    try:
        operations.note_posted(batch_id=batch.pk, actor=request.actor, now=request.now)
    except operations.WrongState:
        said.error(request, _("Print it first; a batch goes to the post once."))
    else:
        said.success(request, _("Kept as posted: the customers' cases say so."))
    return _back()


@staff_view(MANAGE, methods=("POST",))
def batch_dissolve(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Put its letters back."""
    batch = _batch(request, batch_id)
    try:
        operations.dissolve_batch(batch_id=batch.pk, actor=request.actor, now=request.now)
    except operations.WrongState:
        said.error(request, _("It went to the post already."))
    else:
        said.success(request, _("Its letters wait again."))
    return _back()
