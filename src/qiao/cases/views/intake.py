"""A log on its way in: uploaded, its columns and words named, checked in the background."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.cases.forms.intake import LogForm, choices_in, settings_in
from qiao.cases.models import CaseIntake
from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_plan import BadPlan
from qiao.cases.operations.intake_runs import AlreadyTakenIn, start_intake
from qiao.cases.queries.intake import get_intake_for, sources_of
from qiao.cases.showing.intake_pages import allowed_words, file_context, word_lists
from qiao.cases.showing.intake_words import FIELDS, plan_word
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_forms import received
from qiao.core.table_pages import columns_in, move, move_by

INTAKE = "cases.intake"
METHODS = ("GET", "HEAD", "POST")
POST = ("POST",)
UNPROCESSABLE = 422


@staff_view(INTAKE, methods=METHODS, opens=False)
def upload(request: StaffRequest) -> HttpResponse:
    """Choose a log; it is kept and its columns are read."""
    about: dict[str, Any] = {"actor": request.actor, "sources": sources_of(actor=request.actor)}
    if request.method != "POST":
        return _ask(request, LogForm(**about))
    form = LogForm(request.POST, request.FILES, **about)
    job = received(request, form, lambda: _receive(request, form))
    if job is not None:
        return redirect("cases:intake", job.pk)
    return _ask(request, form, status=UNPROCESSABLE)


def _receive(request: StaffRequest, form: LogForm) -> CaseIntake:
    return files.receive_log(
        actor=request.actor,
        organisation_id=form.cleaned_data["organisation"],
        source=form.cleaned_data["source"],
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _ask(request: StaffRequest, form: LogForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "fields": FIELDS.values()}
    return render(request, "cases/intake/new.html", context, status=status)


def show(
    request: StaffRequest,
    job: CaseIntake,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Where a file stands before it is started; asked for by htmx, only the pane."""
    context = file_context(job, actor=request.actor, post=request.POST, now=request.now)
    context["errors"] = errors or []
    name = "cases/intake/_file.html" if request.htmx else "cases/intake/file.html"
    return render(request, name, context, status=status)


@staff_view(INTAKE, methods=POST)
def columns(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    mapping = columns_in(request, job)
    settings = job.settings | settings_in(request.POST)
    try:
        return _move(
            request, job, files.name_columns, intake_id=job.pk, mapping=mapping, settings=settings
        )
    except BadPlan as refusal:
        errors = [plan_word(code, field) for code, field in refusal.faults]
        return show(request, job, errors=errors, status=UNPROCESSABLE)


@staff_view(INTAKE, methods=POST)
def words(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Take what the words of the log mean."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    shown = {kind: [word for word, _count in rows] for kind, rows in word_lists(job).items()}
    chosen = choices_in(request.POST, shown, allowed_words(job, now=request.now))
    return _move(request, job, files.choose_words, intake_id=job.pk, choices=chosen)


def _move(
    request: StaffRequest, job: CaseIntake, do: Callable[..., Any], **more: Any
) -> HttpResponse:
    """Do something with the file, and go back to it."""
    move(request, lambda: do(actor=request.actor, **more))
    return redirect("cases:intake", job.pk)


@staff_view(INTAKE, methods=POST)
def back(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Back to the columns; a running check ends."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    return _move(request, job, files.LOGS.reopen_columns, file_id=job.pk)


@staff_view(INTAKE, methods=POST)
def again(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Read the columns or check once more, after the job was lost."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    return _move(request, job, files.LOGS.resume, file_id=job.pk)


@staff_view(INTAKE, methods=POST, opens=False)
def start(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Take the log in."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    try:
        return _move(request, job, start_intake, intake_id=job.pk, now=request.now)
    except AlreadyTakenIn as refusal:
        messages.warning(request, _("This very file was taken in before: here is the import."))
        return redirect("cases:intake", refusal.intake_id)


@staff_view(INTAKE, methods=POST)
def discard(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Throw the file away."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    if move_by(request, files.LOGS, job, "discard"):
        messages.success(request, _("The file has been removed."))
    return redirect("cases:intakes")
