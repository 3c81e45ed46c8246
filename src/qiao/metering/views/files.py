"""A file of readings on its way in: uploaded, columns named, checked, taken in."""

from pathlib import Path
from typing import Any, Final

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.core import table_pages
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_forms import received
from qiao.metering.forms import FileForm
from qiao.metering.models import ReadingFile
from qiao.metering.operations.files import FILES
from qiao.metering.queries.files import FileUnknown, file_for, list_files, refused_rows
from qiao.metering.rules.file_rows import FIELDS
from qiao.metering.showing.files import write_refused
from qiao.metering.showing.words import RULES, fault_word, field_word, wanted_word
from qiao.metering.views.points import READ
from qiao.metering.views.worklist import UNPROCESSABLE, number_in
from qiao.staff.queries import names_of, organisation_names

POST: Final = ("POST",)
DAYS: Final = ("future", "before_installed", "after_removed")
SHOWN: Final = 50


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
    return FILES.receive(
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
    return table_pages.is_over(request, job) or _show(request, job)


def _show(
    request: StaffRequest, job: ReadingFile, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    after = number_in(request, "after")
    refused = list(refused_rows(job, after=after, limit=SHOWN + 1)) if job.refused_count else []
    found = job.findings
    context: dict[str, Any] = {
        "job": job,
        "unit": organisation_names([job.organisation_id]).get(job.organisation_id, ""),
        "errors": errors or [],
        "columns": table_pages.columns_of(job),
        "fields": [(field.key, field_word(field.key)) for field in FIELDS],
        **table_pages.standing(FILES, job),
        "found": found,
        "faults": table_pages.fault_lines(found, _told),
        "rules": [(RULES.get(key, key), count) for key, count in found.get("rules", [])],
        "refused": refused[:SHOWN],
        "after": refused[SHOWN - 1][0] if len(refused) > SHOWN else None,
        "percent": table_pages.percent(job.read_count, job.checked_rows),
    }
    name = "metering/_file.html" if request.htmx else "metering/file.html"
    return render(request, name, context, status=status)


def _told(name: str, code: str) -> dict[str, str]:
    return {
        "column": field_word(name),
        "what": fault_word(code),
        # The day beyond which it lies differs from meter to meter.
        "expected": "" if code in DAYS else wanted_word(code),
    }


@staff_view(READ, methods=POST)
def columns(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = _get(request, file_id)
    if errors := table_pages.name_columns(request, FILES, job, field_word):
        return _show(request, job, errors, UNPROCESSABLE)
    return redirect("metering:file", job.pk)


@staff_view(READ, methods=POST)
def act(request: StaffRequest, file_id: int, action: str) -> HttpResponse:
    """Back to the columns, take in, go on, or throw away."""
    job = _get(request, file_id)
    table_pages.move_by(request, FILES, job, action)
    if action == "discard":
        return redirect("metering:files")
    return redirect("metering:file", job.pk)


@staff_view(READ, methods=POST, opens=False)
def refused_file(request: StaffRequest, file_id: int, form: str) -> StreamingHttpResponse:
    """The refused rows as a file, in the reader's language; that it was taken is recorded."""
    job = _get(request, file_id)
    return table_pages.send_rows(
        request,
        form,
        name=f"{Path(job.file_name).stem}-{_('refused rows')}",
        write=lambda path: write_refused(file=job, path=path, form=form),
        record=lambda: FILES.record_rows(
            job, actor=request.actor, form=form, now=request.now, row_count=job.refused_count
        ),
    )
