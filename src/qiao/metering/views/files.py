"""A file of readings on its way in: uploaded, columns named, checked, taken in."""

import tempfile
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.core import background
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_files import TYPES
from qiao.core.table_forms import received
from qiao.core.table_uploads import FileMovedOn
from qiao.core.table_words import refusal_word
from qiao.core.transactions import acting
from qiao.metering.forms import FileForm
from qiao.metering.models import ReadingFile
from qiao.metering.operations import files
from qiao.metering.operations.file_batches import mapping_of
from qiao.metering.queries.files import FileUnknown, file_for, list_files, refused_rows
from qiao.metering.rules.file_rows import FIELDS
from qiao.metering.showing.files import write_refused
from qiao.metering.showing.words import RULES, fault_word, field_word, wanted_word
from qiao.metering.views.points import READ
from qiao.metering.views.worklist import UNPROCESSABLE, number_in
from qiao.staff.queries import names_of, organisation_names

POST: Final = ("POST",)
State = ReadingFile.State
DAYS: Final = ("future", "before_installed", "after_removed")
WORKING: Final = (State.CHECKING, State.RUNNING)


def _get(request: StaffRequest, file_id: int) -> ReadingFile:
    try:
        return file_for(actor=request.actor, file_id=file_id)
    except FileUnknown as unknown:
        raise Http404(f"file {file_id}") from unknown


@staff_view(READ)
def file_list(request: StaffRequest) -> HttpResponse:
    """Files of readings, the newest first."""
    page = list_files(actor=request.actor, after=number_in(request, "after"))
    people = names_of({file.created_by_id for file in page.rows})
    units = organisation_names({file.organisation_id for file in page.rows})
    rows = [
        (file, people.get(file.created_by_id, ""), units.get(file.organisation_id, ""))
        for file in page.rows
    ]
    return render(request, "metering/files.html", {"rows": rows, "after": page.after})


@staff_view(READ, methods=("GET", "HEAD", "POST"), opens=False)
def upload(request: StaffRequest) -> HttpResponse:
    """Choose a file; it is kept and its columns are read."""
    if request.method != "POST":
        return _ask(request, FileForm(actor=request.actor))
    form = FileForm(request.POST, request.FILES, actor=request.actor)
    file = received(request, form, lambda: _receive(request, form))
    if file is not None:
        return redirect("metering:file", file.pk)
    return _ask(request, form, UNPROCESSABLE)


def _receive(request: StaffRequest, form: FileForm) -> ReadingFile:
    return files.receive_file(
        actor=request.actor,
        organisation_id=form.cleaned_data["organisation"],
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _ask(request: StaffRequest, form: FileForm, status: int = 200) -> HttpResponse:
    fields = [field_word(field.key) for field in FIELDS]
    context = {"form": form, "fields": fields}
    return render(request, "metering/file_new.html", context, status=status)


@staff_view(READ)
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """Where a file stands; asked for by htmx, only the part that asks again while it works."""
    job = _get(request, file_id)
    if request.htmx and job.state not in WORKING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return _show(request, job)


def _show(
    request: StaffRequest, job: ReadingFile, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    mapping = mapping_of(job)
    working = job.state in WORKING
    after = number_in(request, "after")
    refused = list(refused_rows(job, after=after, limit=51)) if job.refused_count else []
    found = job.findings or {}
    context: dict[str, Any] = {
        "job": job,
        "unit": organisation_names([job.organisation_id]).get(job.organisation_id, ""),
        "errors": errors or [],
        "columns": [
            {
                "key": f"column-{place}",
                "name": name,
                "field": mapping.get(place, ""),
                "samples": job.samples[place] if place < len(job.samples) else [],
            }
            for place, name in enumerate(job.header)
        ],
        "fields": [(field.key, field_word(field.key)) for field in FIELDS],
        "working": working,
        "is_lost": working and not background.state_of(files.lock_of(job.pk)),
        "failure": refusal_word(job.failure) if job.failure else "",
        "found": found,
        "faults": [_told(*each) for each in found.get("faults", [])],
        "rules": [(RULES.get(key, key), count) for key, count in found.get("rules", [])],
        "refused": refused[:50],
        "after": refused[49][0] if len(refused) > 50 else None,
        "percent": min(100, job.read_count * 100 // job.checked_rows) if job.checked_rows else 0,
        "is_removable": job.state in files.WAITING,
    }
    name = "metering/_file.html" if request.htmx else "metering/file.html"
    return render(request, name, context, status=status)


def _told(name: str, code: str, count: int, examples: list[list[Any]]) -> dict[str, Any]:
    return {
        "column": field_word(name),
        "what": fault_word(code),
        "count": count,
        "rows": [{"number": number, "found": text} for number, text in examples],
        # The day beyond which it lies differs from meter to meter.
        "expected": "" if code in DAYS else wanted_word(code),
    }


def _moved_on(request: StaffRequest) -> None:
    messages.warning(request, _("Somebody went on with this file meanwhile."))


@staff_view(READ, methods=POST)
def columns(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = _get(request, file_id)
    mapping = {place: request.POST.get(f"column-{place}", "") for place in range(len(job.header))}
    try:
        files.name_columns(actor=request.actor, file_id=job.pk, mapping=mapping)
    except files.BadMapping as bad:
        return _show(request, job, [_fault(code, name) for code, name in bad.faults], 422)
    except FileMovedOn:
        _moved_on(request)
    return redirect("metering:file", job.pk)


def _fault(code: str, name: str) -> str:
    if code == "missing":
        return _("No column holds this: %s") % field_word(name)
    return _("Two columns hold this: %s") % field_word(name)


@staff_view(READ, methods=POST)
def act(request: StaffRequest, file_id: int, action: str) -> HttpResponse:
    """Back to the columns, take in, go on, or throw away."""
    job = _get(request, file_id)
    done = {
        "back": files.reopen_columns,
        "start": files.start_file,
        "resume": files.resume_file,
        "discard": files.discard_file,
    }.get(action)
    if done is None:
        raise Http404(action)
    try:
        done(actor=request.actor, file_id=job.pk)
    except FileMovedOn:
        _moved_on(request)
    if action == "discard":
        return redirect("metering:files")
    return redirect("metering:file", job.pk)


@staff_view(READ, methods=POST, opens=False)
def refused_file(
    request: StaffRequest, file_id: int, form: str
) -> HttpResponse | StreamingHttpResponse:
    """The refused rows as a file, in the reader's language; that it was taken is recorded."""
    job = _get(request, file_id)
    if form not in TYPES:
        raise Http404(form)
    with acting(request.actor):
        files.record_rows(actor=request.actor, file=job, form=form, now=request.now)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"refused.{form}"
        write_refused(file=job, path=path, form=form)
        name = f"{Path(job.file_name).stem}-{_('refused rows')}.{form}"
        return send_file(request, path, name=name, content_type=TYPES[form], remove=True)
