"""Imports: the list, one of them with what became of every row, stopping and taking back."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core import background
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_pages import percent, send_rows
from qiao.core.table_uploads import FileMovedOn
from qiao.core.table_words import refusal_word
from qiao.customers.models import CustomerImport, ImportFile
from qiao.customers.operations.import_batches import ImportEnded
from qiao.customers.operations.import_runs import (
    lock_of_import,
    record_differing,
    record_refused,
    resume_import,
    stop_import,
)
from qiao.customers.operations.import_undoing import (
    UNDOABLE,
    TakenInAgain,
    begin_undoing,
    undo_in_background,
)
from qiao.customers.queries.import_differences import differing_rows
from qiao.customers.queries.imports import (
    VIEWS,
    file_of,
    get_import_for,
    list_imports,
    list_rows,
    waiting_files,
)
from qiao.customers.showing.differing_file import write_differing
from qiao.customers.showing.refused_file import write_refused
from qiao.customers.views.box import METHODS, go_to
from qiao.staff.queries import names_of, organisation_names

IMPORT = "customers.import"
POST = ("POST",)
STATE = CustomerImport.State
WORKING = (STATE.RUNNING, STATE.ROLLING_BACK)
LARGEST = 2**31 - 1
PAGE = 50


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST else 0


@staff_view(IMPORT)
def import_list(request: StaffRequest) -> HttpResponse:
    """Files that wait, and all imports, the newest first."""
    page = list_imports(actor=request.actor, after=_number(request.GET.get("after", "")) or None)
    files = waiting_files(actor=request.actor)
    shown: list[CustomerImport | ImportFile] = [*page.imports, *files]
    people = names_of({job.created_by_id for job in shown})
    units = organisation_names({job.organisation_id for job in shown})
    context = {
        "page": page,
        "rows": [_told(job, people, units) for job in page.imports],
        "files": [_told(file, people, units) for file in files],
    }
    return render(request, "customers/imports/list.html", context)


def _told(
    job: CustomerImport | ImportFile, people: dict[int, str], units: dict[int, str]
) -> dict[str, Any]:
    return {
        "job": job,
        "who": people.get(job.created_by_id, ""),
        "unit": units.get(job.organisation_id, ""),
    }


@staff_view(IMPORT)
def import_page(request: StaffRequest, import_id: int) -> HttpResponse:
    """One import. Asked for by htmx, only its head, which asks again while it is at work."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    if request.htmx and job.state not in WORKING:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context = _head(job)
    if request.htmx:
        return render(request, "customers/imports/_head.html", context)
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = _first_view(job)
    after = _number(request.GET.get("after", ""))
    context |= {"view": view, "views": _views(job), **_lines(request, job, view, after)}
    return render(request, "customers/imports/page.html", context)


def _first_view(job: CustomerImport) -> str:
    """What asks for somebody first: refused rows, else those that say otherwise."""
    if job.refused_count:
        return "refused"
    if job.differing_count:
        return "differs"
    return "added" if job.added_count and not job.created_count else "created"


def _lines(request: StaffRequest, job: CustomerImport, view: str, after: int) -> dict[str, Any]:
    """The rows of a view, and the row after which the next page begins."""
    if view != "differs":
        page = list_rows(actor=request.actor, job=job, view=view, after=after)
        return {"lines": page.lines, "after": page.after}
    found = differing_rows(actor=request.actor, job=job, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    return {"lines": shown, "after": shown[-1].row_number if len(found) > PAGE else None}


def _head(job: CustomerImport) -> dict[str, Any]:
    file = file_of(job) if job.state == STATE.RUNNING else None
    people = names_of({job.created_by_id, job.undone_by_id or 0})
    working = job.state in WORKING
    return {
        "job": job,
        "unit": organisation_names([job.organisation_id])[job.organisation_id],
        "who": people.get(job.created_by_id, ""),
        "undone_by": people.get(job.undone_by_id or 0, ""),
        "file": file,
        "rows": file.checked_rows if file else 0,
        "percent": _percent(job, file),
        "failure": refusal_word(file.failure) if file and file.failure else "",
        "working": working,
        "standing": background.state_of(lock_of_import(job.pk)) if working else "",
        "is_undoable": job.state in UNDOABLE and job.created_count + job.added_count > 0,
        "whole": job.created_count + job.added_count,
        "adds": job.known == CustomerImport.Known.ADD,
        "is_undone": job.state in {STATE.ROLLING_BACK, STATE.ROLLED_BACK},
    }


def _percent(job: CustomerImport, file: ImportFile | None) -> int:
    if job.state == STATE.ROLLING_BACK:
        done, whole = job.undone_count + job.kept_count, job.created_count + job.added_count
    else:
        done, whole = job.read_count, file.checked_rows if file else 0
    return percent(done, whole)


def _views(job: CustomerImport) -> list[tuple[str, str, int]]:
    views = [
        ("refused", pgettext("imported rows", "Refused"), job.refused_count),
        ("created", pgettext("imported rows", "Taken in"), job.created_count),
        ("known", pgettext("imported rows", "Known already"), job.known_count),
        ("added", pgettext("imported rows", "Added to"), job.added_count),
        ("differs", pgettext("imported rows", "Say otherwise"), job.differing_count),
        ("kept", pgettext("imported rows", "Kept, in use"), job.kept_count),
    ]
    shown = [view for view in views if view[2] or view[0] not in {"kept", "added", "differs"}]
    return [*shown, ("all", pgettext("imported rows", "All"), job.read_count)]


def _back(request: StaffRequest, job: CustomerImport) -> HttpResponse:
    return go_to(request, reverse("customers:import", args=[job.pk]))


@staff_view(IMPORT, methods=POST)
def import_cancel(request: StaffRequest, import_id: int) -> HttpResponse:
    """Stop; what was taken in stays."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    try:
        stop_import(actor=request.actor, import_id=job.pk, now=request.now)
    except ImportEnded:
        messages.warning(request, _("The import had ended already."))
    else:
        messages.success(request, _("The import has been stopped. What it took in is still here."))
    return _back(request, job)


@staff_view(IMPORT, methods=POST)
def import_resume(request: StaffRequest, import_id: int) -> HttpResponse:
    """Go on where it stopped."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    try:
        if job.state == STATE.ROLLING_BACK:
            undo_in_background(actor=request.actor, import_id=job.pk)
        else:
            resume_import(actor=request.actor, import_id=job.pk)
    except ImportEnded:
        messages.warning(request, _("The import had ended already."))
    except FileMovedOn:
        messages.warning(
            request, _("The file is not here: this import is run from the command line.")
        )
    return _back(request, job)


@staff_view(IMPORT, methods=METHODS)
def import_undo(request: StaffRequest, import_id: int) -> HttpResponse:
    """Take back what the import created: ask first, then do it in the background."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    if request.method != "POST":
        name = "customers/imports/_undo.html" if request.htmx else "customers/imports/undo.html"
        return render(request, name, {"job": job})
    try:
        begin_undoing(actor=request.actor, import_id=job.pk)
        undo_in_background(actor=request.actor, import_id=job.pk)
    except ImportEnded:
        messages.warning(request, _("Only an import that has ended can be taken back."))
    except TakenInAgain:
        messages.warning(
            request, _("This file was taken in a second time. Take that import back first.")
        )
    return _back(request, job)


@staff_view(IMPORT, methods=POST, opens=False)
def import_refused(request: StaffRequest, import_id: int, form: str) -> StreamingHttpResponse:
    """The refused rows as a file, with what is wrong in the reader's language; it is recorded."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    return send_rows(
        request,
        form,
        name=_named(job, pgettext("file name", "refused rows")),
        write=lambda path: write_refused(job, path, form=form),
        record=lambda: record_refused(actor=request.actor, job=job, form=form, now=request.now),
    )


@staff_view(IMPORT, methods=POST, opens=False)
def import_differing(request: StaffRequest, import_id: int, form: str) -> StreamingHttpResponse:
    """The rows that say otherwise as a file, beside what is held; it is recorded."""
    job = get_import_for(actor=request.actor, import_id=import_id)
    return send_rows(
        request,
        form,
        name=_named(job, pgettext("file name", "differing rows")),
        write=lambda path: write_differing(actor=request.actor, job=job, path=path, form=form),
        record=lambda: record_differing(actor=request.actor, job=job, form=form, now=request.now),
    )


def _named(job: CustomerImport, what: str) -> str:
    return f"{Path(job.file_name).stem[:80]} {what}"
