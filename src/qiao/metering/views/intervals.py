"""Interval data: what was brought, what became of it, a file brought now."""

from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.core import background, table_pages
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_forms import received
from qiao.metering.forms import IntervalForm
from qiao.metering.models import IntervalLoad
from qiao.metering.operations import intervals
from qiao.metering.operations.interval_files import Unreadable
from qiao.metering.queries import loads as queries
from qiao.metering.rules.interval_columns import MissingColumns
from qiao.metering.showing.intervals import (
    CODES,
    FAILURES,
    FIELDS,
    failure_of,
    faults_of,
    write_refused,
)
from qiao.metering.views.points import READ
from qiao.metering.views.worklist import UNPROCESSABLE, number_in
from qiao.staff.queries import names_of, organisation_names

SHOWN: Final = 50
State = IntervalLoad.State


def _get(request: StaffRequest, load_id: int) -> IntervalLoad:
    try:
        return queries.load_for(actor=request.actor, load_id=load_id)
    except queries.LoadUnknown as unknown:
        raise Http404(f"load {load_id}") from unknown


@staff_view(READ, methods=("GET", "HEAD", "POST"), opens=False)
def loads(request: StaffRequest) -> HttpResponse:
    """Loads, the newest first, and a form that brings another."""
    if request.method != "POST":
        return _list(request, IntervalForm(actor=request.actor))
    form = IntervalForm(request.POST, request.FILES, actor=request.actor)
    load = received(request, form, lambda: _receive(request, form))
    return redirect("metering:load", load.pk) if load else _list(request, form, UNPROCESSABLE)


def _receive(request: StaffRequest, form: IntervalForm) -> IntervalLoad | None:
    try:
        return intervals.receive_intervals(
            actor=request.actor, now=request.now, upload=form.cleaned_data["file"],
            organisation_id=form.cleaned_data["organisation"],
            minutes=form.cleaned_data["minutes"],
        )  # fmt: skip
    except MissingColumns as missing:
        names = ", ".join(str(FIELDS[each]) for each in missing.fields)
        form.add_error("file", _("No column holds this: %s") % names)
    except Unreadable as damage:
        form.add_error("file", f"{FAILURES['damaged']}: {damage}")
    except intervals.LoadKnown as known:
        messages.info(request, _("This file was brought before: here is what became of it."))
        return _get(request, known.load_id)
    return None


def _list(request: StaffRequest, form: IntervalForm, status: int = 200) -> HttpResponse:
    page = queries.loads(actor=request.actor, after=number_in(request, "after"))
    people = names_of({row.created_by_id for row in page.rows if row.created_by_id})
    units = organisation_names({row.organisation_id for row in page.rows})
    rows = [
        (row, people.get(row.created_by_id or 0, ""), units.get(row.organisation_id, ""))
        for row in page.rows
    ]
    context = {"rows": rows, "after": page.after, "form": form}
    return render(request, "metering/intervals.html", context, status=status)


@staff_view(READ)
def load(request: StaffRequest, load_id: int) -> HttpResponse:
    """What became of a load; asked for by htmx, only the part that asks again while it works."""
    row = _get(request, load_id)
    is_working = row.state == State.RUNNING
    if request.htmx and not is_working:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    after = number_in(request, "after")
    refused = list(queries.refused_of(row, after=after, limit=SHOWN + 1))
    context: dict[str, Any] = {
        "load": row,
        "unit": organisation_names([row.organisation_id]).get(row.organisation_id, ""),
        "is_working": is_working,
        "is_lost": is_working
        and row.is_on_disk
        and not background.state_of(intervals.lock_of(row.pk)),
        "failure": failure_of(row),
        "faults": faults_of(row),
        "refused": [
            (each, FIELDS.get(each.field, each.field), CODES.get(each.code, each.code))
            for each in refused[:SHOWN]
        ],
        "after": refused[SHOWN - 1].row_number if len(refused) > SHOWN else None,
    }
    name = "metering/_load.html" if request.htmx else "metering/load.html"
    return render(request, name, context)


@staff_view(READ, methods=("POST",))
def resume(request: StaffRequest, load_id: int) -> HttpResponse:
    """Have a load go on whose job was lost."""
    row = _get(request, load_id)
    intervals.resume_load(actor=request.actor, load_id=row.pk)
    return redirect("metering:load", row.pk)


@staff_view(READ, methods=("POST",), opens=False)
def refused_file(request: StaffRequest, load_id: int, form: str) -> StreamingHttpResponse:
    """The rows that were set aside as a file; that it was taken is recorded."""
    row = _get(request, load_id)
    return table_pages.send_rows(
        request,
        form,
        name=f"{Path(row.file_name).stem}-{_('refused rows')}",
        write=lambda path: write_refused(row, path=path, form=form),
        record=lambda: intervals.record_rows(
            actor=request.actor, load=row, form=form, now=request.now
        ),
    )
