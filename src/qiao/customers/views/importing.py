"""A file on its way in: uploaded, its columns named, checked in the background, started."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_forms import received
from qiao.core.table_pages import (
    columns_in,
    columns_of,
    fault_lines,
    move,
    move_by,
    moved_on,
    standing,
)
from qiao.core.table_uploads import BadMapping, FileMovedOn
from qiao.customers.forms_imports import UploadForm
from qiao.customers.models import CustomerImport, ImportFile
from qiao.customers.operations.import_files import FILES, map_columns
from qiao.customers.operations.import_runs import AlreadyTakenIn, start_file
from qiao.customers.queries.imports import get_file_for
from qiao.customers.showing.import_words import (
    FIELDS,
    expected_word,
    fault_sentence,
    field_word,
)
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.staff.queries import organisation_names

IMPORT = "customers.import"
POST = ("POST",)
STATE = ImportFile.State


@staff_view(IMPORT, methods=METHODS, opens=False)
def upload(request: StaffRequest) -> HttpResponse:
    """Choose a file; it is kept and its columns are read."""
    if request.method != "POST":
        return _ask(request, UploadForm(actor=request.actor))
    form = UploadForm(request.POST, request.FILES, actor=request.actor)
    file = received(request, form, lambda: _receive(request, form))
    if file is not None:
        return go_to(request, reverse("customers:import_file", args=[file.pk]))
    return _ask(request, form, status=UNPROCESSABLE)


def _receive(request: StaffRequest, form: UploadForm) -> ImportFile:
    return FILES.receive(
        actor=request.actor,
        organisation_id=form.cleaned_data["organisation"],
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _ask(request: StaffRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "fields": FIELDS.values()}
    return render(request, "customers/imports/new.html", context, status=status)


@staff_view(IMPORT)
def file_page(request: StaffRequest, file_id: int) -> HttpResponse:
    """Where the file stands; asked for by htmx, only the pane, which asks again while it waits."""
    file = get_file_for(actor=request.actor, file_id=file_id)
    if file.state == STATE.STARTED and file.customer_import_id:
        return go_to(request, reverse("customers:import", args=[file.customer_import_id]))
    return _show(request, file)


def _show(
    request: StaffRequest, file: ImportFile, *, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "file": file,
        "unit": organisation_names([file.organisation_id])[file.organisation_id],
        "steps": _steps(file),
        "columns": columns_of(file, request.POST),
        "fields": FIELDS.items(),
        "known_choices": CustomerImport.Known.choices,
        "known": request.POST.get("known", file.known),
        "adds": file.known == CustomerImport.Known.ADD,
        "errors": errors or [],
        **standing(FILES, file),
        **_findings(file),
    }
    name = "customers/imports/_file.html" if request.htmx else "customers/imports/file.html"
    return render(request, name, context, status=status)


def _steps(file: ImportFile) -> list[dict[str, str]]:
    at = {STATE.CHECKED: 2, STATE.CHECKING: 1}.get(ImportFile.State(file.state), 0)
    labels = (_("Name the columns"), _("Check the rows"), _("Import them"))
    return [
        {"label": label, "state": "done" if n < at else "now" if n == at else ""}
        for n, label in enumerate(labels)
    ]


def _findings(file: ImportFile) -> dict[str, Any]:
    found = file.findings
    left_out = [name for place, name in enumerate(file.header) if not file.mapping.get(str(place))]
    return {
        "found": found,
        "faults": fault_lines(found, _told),
        "left_out": left_out,
        "additions": found.get("additions", []),
        "differences": found.get("differences", []),
    }


def _told(field: str, code: str) -> dict[str, str]:
    return {"what": fault_sentence(field, code), "expected": expected_word(field, code)}


@staff_view(IMPORT, methods=POST)
def file_columns(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    file = get_file_for(actor=request.actor, file_id=file_id)
    mapping, known = columns_in(request, file), request.POST.get("known", "")
    try:
        move(
            request,
            lambda: map_columns(
                actor=request.actor, file_id=file.pk, mapping=mapping, known=known
            ),
        )
    except BadMapping as refusal:
        errors = [_mapping_word(code, field) for code, field in refusal.faults]
        return _show(request, file, errors=errors, status=UNPROCESSABLE)
    return go_to(request, reverse("customers:import_file", args=[file.pk]))


def _mapping_word(code: str, field: str) -> str:
    words = {
        "missing": _("No column is the field “{field}”, which every customer needs."),
        "twice": _("Two columns are the field “{field}”. Leave one of them out."),
    }
    return words.get(code, _("There is no field “{field}”.")).format(field=field_word(field))


def _move(request: StaffRequest, file_id: int, action: str) -> HttpResponse:
    """Do something with the file, and go back to it."""
    file = get_file_for(actor=request.actor, file_id=file_id)
    move_by(request, FILES, file, action)
    return go_to(request, reverse("customers:import_file", args=[file.pk]))


@staff_view(IMPORT, methods=POST)
def file_back(request: StaffRequest, file_id: int) -> HttpResponse:
    """Back to the columns; a running check ends."""
    return _move(request, file_id, "back")


@staff_view(IMPORT, methods=POST)
def file_again(request: StaffRequest, file_id: int) -> HttpResponse:
    """Read the columns or check once more, after the job was lost."""
    return _move(request, file_id, "resume")


@staff_view(IMPORT, methods=POST, opens=False)
def file_start(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the file in."""
    file = get_file_for(actor=request.actor, file_id=file_id)
    try:
        job = start_file(actor=request.actor, file_id=file.pk, now=request.now)
    except AlreadyTakenIn as refusal:
        messages.warning(request, _("This very file was taken in before: here is the import."))
        return go_to(request, reverse("customers:import", args=[refusal.import_id]))
    except FileMovedOn:
        messages.warning(request, moved_on())
        return go_to(request, reverse("customers:import_file", args=[file.pk]))
    return go_to(request, reverse("customers:import", args=[job.pk]))


@staff_view(IMPORT, methods=POST)
def file_discard(request: StaffRequest, file_id: int) -> HttpResponse:
    """Throw the file away."""
    file = get_file_for(actor=request.actor, file_id=file_id)
    if move_by(request, FILES, file, "discard"):
        messages.success(request, _("The file has been removed."))
    return go_to(request, reverse("customers:imports"))
