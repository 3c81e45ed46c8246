"""A file by which the billing of accounts begins: uploaded, columns named, checked, taken in."""

from pathlib import Path
from typing import Any, Final

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.billing.forms.account_files import AccountFileForm
from qiao.billing.models import AccountFile
from qiao.billing.operations.account_files import ACCOUNTS
from qiao.billing.queries.account_files import file_for, list_files, refused_rows
from qiao.billing.queries.terms_shown import TERMS
from qiao.billing.queries.uploaded import FileMissing
from qiao.billing.showing_account_files import (
    fault_word,
    field_words,
    wanted_word,
    write_refused,
)
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE
from qiao.billing.views.counter_frame import units_of
from qiao.core import table_pages
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.table_forms import received
from qiao.staff.queries import names_of, organisation_names

POST: Final = ("POST",)
SHOWN: Final = 50
OWN_ROW: Final = ("before_opened", "no_price", "unknown_tariff")
"""Faults of which what is expected differs from row to row."""


@staff_view(TERMS)
def index(request: StaffRequest) -> HttpResponse:
    """Files of accounts, the newest first."""
    page = list_files(actor=request.actor, after=read_id(request.GET.get("after", "")) or 0)
    people = names_of({file.created_by_id for file in page.rows})
    units = organisation_names({file.organisation_id for file in page.rows})
    rows = [
        (file, people.get(file.created_by_id, ""), units.get(file.organisation_id, ""))
        for file in page.rows
    ]
    return render(request, "billing/accounts/index.html", {"rows": rows, "after": page.after})


@staff_view(TERMS, methods=METHODS, opens=False)
def new(request: StaffRequest) -> HttpResponse:
    """Choose a file; it is kept and its columns are read."""
    own, usual = units_of(request, TERMS)
    units = {each.unit_id: each.name for each in own}
    if request.method != "POST":
        return _ask(request, AccountFileForm(units=units, usual=usual))
    form = AccountFileForm(request.POST, request.FILES, units=units, usual=usual)
    file = received(request, form, lambda: _receive(request, form))
    if file is not None:
        return redirect("billing:account_file", file.pk)
    return _ask(request, form, UNPROCESSABLE)


def _receive(request: StaffRequest, form: AccountFileForm) -> AccountFile:
    return ACCOUNTS.receive(
        actor=request.actor,
        organisation_id=form.cleaned_data["organisation"],
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _ask(request: StaffRequest, form: AccountFileForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "fields": list(dict.fromkeys(field_words().values()))}
    return render(request, "billing/accounts/new.html", context, status=status)


@staff_view(TERMS)
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """Where a file stands; asked for by htmx, only the part that asks again while it works."""
    job = _get(request, file_id)
    return table_pages.is_over(request, job) or _show(request, job)


def _get(request: StaffRequest, file_id: int) -> AccountFile:
    try:
        return file_for(actor=request.actor, file_id=file_id)
    except FileMissing as missing:
        raise Http404(f"file {file_id}") from missing


def _show(
    request: StaffRequest, job: AccountFile, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    after = read_id(request.GET.get("after", "")) or 0
    refused = list(refused_rows(job, after=after, limit=SHOWN + 1)) if job.refused_count else []
    fields = field_words()

    def tell(name: str, code: str) -> dict[str, str]:
        fault = {"code": code, "found": "", "expected": ""}
        alike = code not in OWN_ROW and not code.startswith("term_")
        return {
            "column": fields.get(name, name),
            "what": fault_word(code),
            "expected": wanted_word(fault) if alike else _("differs: told with each row"),
        }

    context: dict[str, Any] = {
        "job": job,
        "unit": organisation_names([job.organisation_id]).get(job.organisation_id, ""),
        "errors": errors or [],
        "columns": table_pages.columns_of(job),
        "fields": list(fields.items()),
        **table_pages.standing(ACCOUNTS, job),
        "found": job.findings,
        "faults": table_pages.fault_lines(job.findings, tell),
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
            for number, account, faults in refused[:SHOWN]
        ],
        "after": refused[SHOWN - 1][0] if len(refused) > SHOWN else None,
        "percent": table_pages.percent(job.read_count, job.checked_rows),
    }  # fmt: skip
    name = "billing/accounts/_file.html" if request.htmx else "billing/accounts/file.html"
    return render(request, name, context, status=status)


@staff_view(TERMS, methods=POST)
def columns(request: StaffRequest, file_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = _get(request, file_id)
    words = field_words()
    if errors := table_pages.name_columns(request, ACCOUNTS, job, lambda key: words.get(key, key)):
        return _show(request, job, errors, UNPROCESSABLE)
    return redirect("billing:account_file", job.pk)


@staff_view(TERMS, methods=POST)
def act(request: StaffRequest, file_id: int, action: str) -> HttpResponse:
    """Back to the columns, take in, go on, or throw away."""
    job = _get(request, file_id)
    table_pages.move_by(request, ACCOUNTS, job, action)
    if action == "discard":
        return redirect("billing:account_files")
    return redirect("billing:account_file", job.pk)


@staff_view(TERMS, methods=POST, opens=False)
def refused_file(request: StaffRequest, file_id: int, form: str) -> StreamingHttpResponse:
    """The refused rows as a file, in the reader's language; that it was taken is recorded."""
    job = _get(request, file_id)
    return table_pages.send_rows(
        request,
        form,
        name=f"{Path(job.file_name).stem}-{_('refused rows')}",
        write=lambda path: write_refused(file=job, path=path, form=form),
        record=lambda: ACCOUNTS.record_rows(
            job, actor=request.actor, form=form, now=request.now, row_count=job.refused_count
        ),
    )
