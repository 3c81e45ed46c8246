"""Logs that are taken in: the list, one of them with its rows and its report, taking it back."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_files import LOGS
from qiao.cases.operations.intake_runs import stop_intake
from qiao.cases.operations.intake_undoing import UNDOABLE, begin_undoing
from qiao.cases.queries.intake import BEFORE_START, VIEWS, get_intake_for, list_intakes, list_rows
from qiao.cases.queries.intake_report import what_came_in
from qiao.cases.showing.intake_files import write_differing, write_refused
from qiao.cases.showing.intake_report import report_tables
from qiao.cases.views.intake import INTAKE, METHODS, POST, show
from qiao.core import background
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_pages import move, move_by, moved_on, percent, send_rows
from qiao.core.table_words import refusal_word
from qiao.staff.queries import names_of, organisation_names

STATE = CaseIntake.State
WORKING = (STATE.RUNNING, STATE.ROLLING_BACK)
LARGEST = 2**31 - 1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST else 0


@staff_view(INTAKE)
def intake_list(request: StaffRequest) -> HttpResponse:
    """All logs, the newest first."""
    page = list_intakes(actor=request.actor, after=_number(request.GET.get("after", "")) or None)
    people = names_of({job.created_by_id for job in page.intakes})
    units = organisation_names({job.organisation_id for job in page.intakes})
    rows = [
        {
            "job": job,
            "who": people.get(job.created_by_id, ""),
            "unit": units.get(job.organisation_id, ""),
            "waits": job.state in BEFORE_START,
        }
        for job in page.intakes
    ]
    return render(request, "cases/intake/list.html", {"page": page, "rows": rows})


@staff_view(INTAKE)
def intake_page(request: StaffRequest, intake_id: int) -> HttpResponse:
    """One log: where its file stands, or what became of its rows. Asked for by htmx, only the
    part that asks again while it is at work."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    if job.state in BEFORE_START:
        return show(request, job)
    if request.htmx and job.state not in WORKING:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context = _head(job)
    if request.htmx:
        return render(request, "cases/intake/_head.html", context)
    view = request.GET.get("view", "")
    views = _views(job)
    if view not in VIEWS:
        view = next((key for key, _label, count in views if count), "all")
    after = _number(request.GET.get("after", ""))
    page = list_rows(actor=request.actor, job=job, view=view, after=after)
    context |= {"view": view, "views": views, "lines": page.lines, "after": page.after}
    return render(request, "cases/intake/page.html", context)


def _head(job: CaseIntake) -> dict[str, Any]:
    people = names_of({job.created_by_id, job.undone_by_id or 0})
    working = job.state in WORKING
    done = job.undone_count + job.kept_count
    whole = job.created_count if job.state == STATE.ROLLING_BACK else job.checked_rows
    now = done if job.state == STATE.ROLLING_BACK else job.read_count
    return {
        "job": job,
        "unit": organisation_names([job.organisation_id])[job.organisation_id],
        "who": people.get(job.created_by_id, ""),
        "undone_by": people.get(job.undone_by_id or 0, ""),
        "working": working,
        "standing": background.state_of(LOGS.lock_of(job.pk)) if working else "",
        "failure": refusal_word(job.failure) if job.failure else "",
        "now": now,
        "whole": whole,
        "percent": percent(now, whole),
        "is_undoable": job.state in UNDOABLE and job.created_count > 0,
        "is_undone": job.state in {STATE.ROLLING_BACK, STATE.ROLLED_BACK},
    }


def _views(job: CaseIntake) -> list[tuple[str, str, int]]:
    views = [
        ("refused", pgettext("imported rows", "Refused"), job.refused_count),
        ("differs", pgettext("imported rows", "Say otherwise"), job.differing_count),
        ("updated", pgettext("imported rows", "Updated"), job.updated_count),
        ("created", pgettext("imported rows", "Taken in"), job.created_count),
        ("known", pgettext("imported rows", "Known already"), job.known_count),
        ("kept", pgettext("imported rows", "Kept, in use"), job.kept_count),
        ("all", pgettext("imported rows", "All"), job.read_count),
    ]
    return [each for each in views if each[2] or each[0] in {"refused", "created", "all"}]


@staff_view(INTAKE, methods=POST)
def cancel(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Stop; what was taken in stays."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    if move(
        request,
        lambda: stop_intake(actor=request.actor, intake_id=job.pk, now=request.now),
        else_say=_("The import had ended already."),
    ):
        messages.success(request, _("The import has been stopped. What it took in is still here."))
    return redirect("cases:intake", job.pk)


@staff_view(INTAKE, methods=POST)
def resume(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Go on where it stopped."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    move_by(request, LOGS, job, "resume", else_say=_("The import had ended already."))
    return redirect("cases:intake", job.pk)


@staff_view(INTAKE, methods=METHODS)
def undo(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Take back what the log brought: ask first, then do it in the background."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    if request.method != "POST":
        name = "cases/intake/_undo.html" if request.htmx else "cases/intake/undo.html"
        return render(request, name, {"job": job})
    move(
        request,
        lambda: begin_undoing(actor=request.actor, intake_id=job.pk),
        else_say=_("Only an import that has ended can be taken back."),
    )
    return redirect("cases:intake", job.pk)


@staff_view(INTAKE)
def report(request: StaffRequest, intake_id: int) -> HttpResponse:
    """What came in: counts and times by type, month, area and status."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    if job.state in BEFORE_START:
        return moved_back(request, job)
    came = what_came_in(actor=request.actor, job=job)
    context = _head(job) | {"came": came, "tables": report_tables(came)}
    return render(request, "cases/intake/report.html", context)


def moved_back(request: StaffRequest, job: CaseIntake) -> HttpResponse:
    """To the page of a file that has not begun to come in."""
    messages.warning(request, moved_on())
    return redirect("cases:intake", job.pk)


@staff_view(INTAKE, methods=POST, opens=False)
def rows_file(
    request: StaffRequest, intake_id: int, what: str, form: str
) -> StreamingHttpResponse:
    """Refused or differing rows as a file in the reader's language; it is recorded."""
    job = get_intake_for(actor=request.actor, intake_id=intake_id)
    writers = {"refused": write_refused, "differing": write_differing}
    if what not in writers:
        raise Http404(what)
    told = {
        "refused": pgettext("file name", "refused rows"),
        "differing": pgettext("file name", "differing rows"),
    }
    count = job.refused_count if what == "refused" else job.differing_count
    return send_rows(
        request,
        form,
        name=f"{Path(job.file_name).stem[:80]} {told[what]}",
        write=lambda path: writers[what](actor=request.actor, job=job, path=path, form=form),
        record=lambda: LOGS.record_rows(
            job, actor=request.actor, form=form, now=request.now, row_count=count,
            what=f"{what} rows",
        ),
    )  # fmt: skip
