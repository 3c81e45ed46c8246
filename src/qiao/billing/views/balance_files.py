"""A file of balances of a former billing system: uploaded, checked, agreed to, taken over."""

from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.billing.forms.balance_files import BalanceFileForm
from qiao.billing.models import BalanceFile
from qiao.billing.operations.balance_asking import ask_take_over, require_open
from qiao.billing.operations.balance_files import BALANCES
from qiao.billing.operations.refusal_words import refusal_words
from qiao.billing.queries.asked import balances_asked
from qiao.billing.queries.balance_files import file_for, list_files, refused_rows
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.uploaded import FileMissing
from qiao.billing.showing_balance_files import (
    fault_word,
    field_words,
    sum_lines,
    taken_lines,
    wanted_word,
    write_refused,
)
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, refused, today_in
from qiao.billing.views.counter_frame import units_of
from qiao.core import table_pages
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.table_forms import received
from qiao.core.transactions import acting
from qiao.staff.queries import names_of, organisation, organisation_names

POST: Final = ("POST",)
SHOWN: Final = 50
OWN_ROW: Final = frozenset({"differs", "more_than_owed", "too_late", "day_closed"})
"""Faults of which what is expected differs from row to row."""


@staff_view(ISSUE)
def index(request: StaffRequest) -> HttpResponse:
    """Files of balances, the newest first."""
    page = list_files(actor=request.actor, after=read_id(request.GET.get("after", "")) or 0)
    people = names_of({file.created_by_id for file in page.rows})
    units = organisation_names({file.organisation_id for file in page.rows})
    rows = [
        (file, people.get(file.created_by_id, ""), units.get(file.organisation_id, ""),
         taken_lines(file))
        for file in page.rows
    ]  # fmt: skip
    return render(request, "billing/balances/index.html", {"rows": rows, "after": page.after})


@staff_view(ISSUE, methods=METHODS, opens=False)
def new(request: StaffRequest) -> HttpResponse:
    """Choose a file and say as of when it is; it is kept and its columns are read."""
    own, usual = units_of(request, ISSUE)
    units = {each.unit_id: each.name for each in own}
    if request.method != "POST":
        initial = {"as_of": today_in(request, request.actor.organisation_id)}
        return _ask(request, BalanceFileForm(units=units, usual=usual, initial=initial))
    form = BalanceFileForm(request.POST, request.FILES, units=units, usual=usual)
    if form.is_valid():
        with acting(request.actor):
            refused(form, lambda: _require_open(request, form))
    file = received(request, form, lambda: _receive(request, form))
    if file is not None:
        return redirect("billing:balance_file", file.pk)
    return _ask(request, form, UNPROCESSABLE)


def _require_open(request: StaffRequest, form: BalanceFileForm) -> None:
    told = form.cleaned_data
    require_open(organisation_id=told["organisation"], as_of=told["as_of"], now=request.now)


def _receive(request: StaffRequest, form: BalanceFileForm) -> BalanceFile:
    unit = form.cleaned_data["organisation"]
    return BALANCES.receive(
        actor=request.actor,
        organisation_id=unit,
        as_of=form.cleaned_data["as_of"],
        currency=organisation(unit).currency,
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _ask(request: StaffRequest, form: BalanceFileForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "fields": list(field_words().values())}
    return render(request, "billing/balances/new.html", context, status=status)


@staff_view(ISSUE)
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """Where a file stands; asked for by htmx, only the part that asks again while it works."""
    job = _get(request, file_id)
    return table_pages.is_over(request, job) or _show(request, job)


def _get(request: StaffRequest, file_id: int) -> BalanceFile:
    try:
        return file_for(actor=request.actor, file_id=file_id)
    except FileMissing as missing:
        raise Http404(f"file {file_id}") from missing


def _tell(fields: dict[str, str], name: str, code: str) -> dict[str, str]:
    """A kind of fault in words."""
    fault = {"code": code, "found": "", "expected": ""}
    return {
        "column": fields.get(name, name),
        "what": fault_word(code),
        "expected": _("differs: told with each row") if code in OWN_ROW else wanted_word(fault),
    }


def _show(
    request: StaffRequest, job: BalanceFile, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    after = read_id(request.GET.get("after", "")) or 0
    rows = list(refused_rows(job, after=after, limit=SHOWN + 1)) if job.refused_count else []
    fields = field_words()
    context: dict[str, Any] = {
        "job": job,
        "unit": organisation_names([job.organisation_id]).get(job.organisation_id, ""),
        "errors": errors or [],
        "columns": table_pages.columns_of(job),
        "fields": list(fields.items()),
        **table_pages.standing(BALANCES, job),
        "found": job.findings,
        "sums": sum_lines(job),
        "taken": taken_lines(job),
        "asked": balances_asked(job.pk) if job.state == job.State.CHECKED else None,
        "faults": table_pages.fault_lines(
            job.findings, lambda name, code: _tell(fields, name, code)
        ),
        "refused": [
            (
                number,
                account,
                [
                    (fields.get(each["field"], ""), fault_word(each["code"]), each["found"],
                     wanted_word(each))
                    for each in faults
                ],
            )
            for number, account, faults in rows[:SHOWN]
        ],
        "after": rows[SHOWN - 1][0] if len(rows) > SHOWN else None,
        "percent": table_pages.percent(job.read_count, job.checked_rows),
    }  # fmt: skip
    name = "billing/balances/_file.html" if request.htmx else "billing/balances/file.html"
    return render(request, name, context, status=status)


@staff_view(ISSUE, methods=POST)
def columns(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = _get(request, file_id)
    words = field_words()
    if errors := table_pages.name_columns(request, BALANCES, job, lambda key: words.get(key, key)):
        return _show(request, job, errors, UNPROCESSABLE)
    return redirect("billing:balance_file", job.pk)


@staff_view(ISSUE, methods=POST)
def act(request: StaffRequest, file_id: int, action: str) -> HttpResponse:
    """Back to the columns, ask a second person to take it over, go on, or throw away."""
    job = _get(request, file_id)
    if action == "start":
        _ask_second(request, job)
    else:
        table_pages.move_by(request, BALANCES, job, action)
    if action == "discard":
        return redirect("billing:balance_files")
    return redirect("billing:balance_file", job.pk)


def _ask_second(request: StaffRequest, job: BalanceFile) -> None:
    try:
        asked = table_pages.move(
            request,
            lambda: ask_take_over(file_id=job.pk, actor=request.actor, now=request.now),
        )
    except AlreadyPending as refusal:
        messages.warning(request, refusal_words(refusal)[1])
        return
    if asked:
        messages.success(request, _("It waits for a second person now."))


@staff_view(ISSUE, methods=POST, opens=False)
def refused_file(request: StaffRequest, file_id: int, form: str) -> StreamingHttpResponse:
    """The refused rows as a file, in the reader's language; that it was taken is recorded."""
    job = _get(request, file_id)
    return table_pages.send_rows(
        request,
        form,
        name=f"{Path(job.file_name).stem}-{_('refused rows')}",
        write=lambda path: write_refused(file=job, path=path, form=form),
        record=lambda: BALANCES.record_rows(
            job, actor=request.actor, form=form, now=request.now, row_count=job.refused_count
        ),
    )
