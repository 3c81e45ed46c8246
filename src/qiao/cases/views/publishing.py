"""Publishing a draft: asked for by one person, decided by another; putting drafts away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases.forms.processes import PublishForm
from qiao.cases.models import ProcessDraft
from qiao.cases.operations import designing
from qiao.cases.queries import processes as reads
from qiao.cases.queries.processes import DESIGN
from qiao.cases.rules.case_forms import type_of_form
from qiao.cases.showing.process_changes import change_words
from qiao.cases.showing.process_words import process_title
from qiao.cases.views.drafts import UNPROCESSABLE, get_draft, look
from qiao.cases.views.processes import show
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText


@staff_view(DESIGN, methods=("GET", "HEAD", "POST"))
def publish(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Say why and from when on; then a second person is asked."""
    draft = get_draft(request, draft_id)
    form = PublishForm(request.POST if request.method == "POST" else None, auto_id="publish-%s")
    if form.is_bound and form.is_valid() and _ask(request, draft, form):
        messages.success(request, _("Asked. It comes into force when a second person has agreed."))
        return HttpResponseRedirect(reverse("cases:process", args=[draft.key]))
    current = reads.in_force(reads.versions_of(draft.key), request.now) or draft.based_on
    is_form = bool(type_of_form(draft.key))
    versions = [each.pk for each in reads.versions_of(draft.key)]
    running = reads.running_by_version(versions, forms=is_form)
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "title": process_title(draft.key, draft.definition),
        "changes": change_words(current.definition, draft.definition, draft.key),
        "fault_count": len(look(draft, request.now).faults),
        "running": sum(running.values()),
        "is_form": is_form,
        "is_open": draft.state == ProcessDraft.State.OPEN,
    }
    return show(request, "publish.html", context, status=UNPROCESSABLE if form.errors else 200)


def _ask(request: StaffRequest, draft: ProcessDraft, form: forms.Form) -> bool:
    try:
        designing.ask_to_publish(
            draft_id=draft.pk, actor=request.actor, now=request.now, **form.cleaned_data
        )
    except designing.HasFaults as refusal:
        words = _("The draft has faults: %(n)d. Mend them first.") % {"n": len(refusal.faults)}
        form.add_error(None, words)
    except designing.InThePast:
        form.add_error(
            "from_when", _("This moment is over. Choose a later one, or leave it empty.")
        )
    except (designing.DraftRefusal, AlreadyPending, BadText) as refusal:
        form.add_error(None, _refused(refusal))
    return not form.errors


def _refused(refusal: Exception) -> str:
    if isinstance(refusal, designing.NothingNew):
        return _("This text is in force already: there is nothing to publish.")
    if isinstance(refusal, designing.ReasonMissing):
        return _("Say why.")
    return _("The draft stands still: it waits for a second person, was published or put away.")


def _turn(request: StaffRequest, draft_id: int, run: Any, said: str, url: str) -> HttpResponse:
    draft = get_draft(request, draft_id)
    try:
        run(draft_id=draft.pk, actor=request.actor, now=request.now)
    except designing.DraftRefusal as refusal:
        messages.error(request, _refused(refusal))
    else:
        messages.success(request, said)
    args = [draft.key] if url == "cases:process" else [draft.pk]
    return HttpResponseRedirect(reverse(url, args=args))


@staff_view(DESIGN, methods=("POST",))
def take_back(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Withdraw the request; the draft can be changed again."""
    said = _("The request is withdrawn. The draft can be changed again.")
    return _turn(request, draft_id, designing.take_back_request, said, "cases:process_draft")


@staff_view(DESIGN, methods=("POST",))
def drop(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Put a draft away; it can be taken up again."""
    said = _("The draft is put away. It can be taken up again below.")
    return _turn(request, draft_id, designing.drop_draft, said, "cases:process")


@staff_view(DESIGN, methods=("POST",))
def restore(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Take up a draft that was put away."""
    said = _("The draft is taken up again.")
    return _turn(request, draft_id, designing.restore_draft, said, "cases:process_draft")
