"""Corrections of data: find the record, say what is wrong, let somebody else agree."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core import corrections as core
from qiao.core import disclosure
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Correction, Record
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText
from qiao.desk.administration.decisions import corrections_by_key, field_refusal, requests_for
from qiao.desk.administration.files import table_answer
from qiao.desk.administration.forms import CorrectionForm, RecordForm
from qiao.desk.administration.frame import AUDIT, DECIDE, UNPROCESSABLE, show

MOST_EXPORTED: Final = 5_000


def _seen(request: StaffRequest) -> tuple[int, ...]:
    """Organisations whose corrections the person may read."""
    return tuple({*request.actor.organisations(DECIDE), *request.actor.organisations(AUDIT)})


def _kinds(request: StaffRequest) -> list[Correction]:
    return [each for each in corrections_by_key().values() if request.actor.can(each.permission)]


def _require_reader(request: StaffRequest) -> None:
    if not _kinds(request) and not _seen(request):
        raise PermissionDenied("customers.correct")


@staff_view("")
def correction_list(request: StaffRequest) -> HttpResponse:
    """All corrections: who, when, before, after; one's own and those of one's units."""
    _require_reader(request)
    state = request.GET.get("state", "")
    state = state if state in {"pending", "approved", "refused"} else ""
    lines, after = requests_for(
        organisations=_seen(request),
        prefixes=(core.KIND_PREFIX,),
        state=state,
        after=read_id(request.GET.get("after", "")),
        own_id=request.actor.staff_id,
    )
    context = {
        "lines": lines,
        "after": after,
        "state": state,
        "may_ask": bool(_kinds(request)),
        "may_export": bool(request.actor.organisations(AUDIT)),
        "may_decide": request.actor.can(DECIDE),
    }
    return show(request, "corrections.html", "corrections", context)


@staff_view("")
def correction_new(request: StaffRequest) -> HttpResponse:
    """Choose the kind of record and type its number."""
    kinds = _kinds(request)
    if not kinds:
        raise PermissionDenied("customers.correct")
    asked = "number" in request.GET
    form = RecordForm(
        [(each.key, each.label) for each in kinds],
        request.GET if asked else None,
        initial={"kind": request.GET.get("kind", "customers.account")},
    )
    if asked and form.is_valid():
        kind = corrections_by_key()[form.cleaned_data["kind"]]
        try:
            record = core.find_record(
                kind=kind, number=form.cleaned_data["number"], actor=request.actor
            )
        except (core.RecordMissing, BadText):
            form.add_error("number", _("No record with this number that you may correct."))
        else:
            address = reverse("administration:correct", args=[kind.key, record.record_id])
            return HttpResponseRedirect(address)
    return show(request, "correction_new.html", "corrections", {"form": form})


@staff_view("", methods=("GET", "HEAD", "POST"))
def correct(request: StaffRequest, key: str, record_id: int) -> HttpResponse:
    """The record's fields as they are; what they should be, with reason and evidence."""
    kind = corrections_by_key().get(key)
    if kind is None:
        raise Http404(key)
    request.actor.require(kind.permission)
    try:
        record = core.load_record(kind=kind, record_id=record_id, actor=request.actor)
    except core.RecordMissing as error:
        raise Http404(record_id) from error
    form = CorrectionForm(kind, record, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _request(request, kind, record, form):
        messages.success(request, _("The correction waits for a second person."))
        return HttpResponseRedirect(reverse("administration:corrections"))
    context = {"kind": kind, "record": record, "form": form, **_preview(kind, record, form)}
    status = UNPROCESSABLE if form.errors else 200
    return show(request, "correct.html", "corrections", context, status=status)


def _preview(kind: Correction, record: Record, form: CorrectionForm) -> dict[str, Any]:
    fields = []
    for each in kind.fields:
        if each.key in record.values:
            names = dict(each.choices)
            value = record.values[each.key]
            fields.append((form[f"field-{each.key}"], names.get(value, value) or "—"))
    return {"pairs": fields, "others": [form["reason"], form["evidence"]]}


def _request(
    request: StaffRequest, kind: Correction, record: Record, form: CorrectionForm
) -> bool:
    try:
        core.request_correction(
            kind=kind,
            record=record,
            values=form.values(),
            reason=form.cleaned_data["reason"],
            evidence=form.cleaned_data["evidence"],
            actor=request.actor,
            now=request.now,
        )
    except core.BadField as bad:
        form.add_error(f"field-{bad.field}", field_refusal(bad.why))
    except core.NothingCorrected:
        form.add_error(None, _("Nothing is different. Change at least one field."))
    except AlreadyPending:
        form.add_error(None, _("A correction of this record already waits for a second person."))
    except BadText:
        form.add_error(None, _("This text cannot be kept as it is."))
    return not form.errors


@staff_view(AUDIT, methods=("POST",))
def correction_export(request: StaffRequest) -> HttpResponseBase:
    """All corrections of one's units as a file; recorded as an export."""
    rows, is_cut = _rows(request)
    disclosure.record(
        kind="export",
        subject="administration.corrections",
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=_("List of corrections"),
        row_count=len(rows),
    )
    header = [
        _("Asked on"), _("Asked by"), _("Unit"), _("Kind of record"), _("Record"),
        pgettext("trail", "Field"), _("Before"), _("After"), _("Reason"),
        pgettext("request", "State"), _("Decided by"),
        _("Decided on"),
    ]  # fmt: skip
    cut_after = len(rows) if is_cut else None
    return table_answer(request, name="corrections", header=header, rows=rows, cut_after=cut_after)


def _rows(request: StaffRequest) -> tuple[list[list[object]], bool]:
    """Rows of the file, the newest first, and whether there are more than fit."""
    rows: list[list[object]] = []
    after: int | None = None
    while len(rows) < MOST_EXPORTED:
        lines, after = requests_for(
            organisations=request.actor.organisations(AUDIT),
            prefixes=(core.KIND_PREFIX,),
            state="",
            after=after,
        )
        for line in lines:
            row, told = line["row"], line["matter"]
            decided = (
                f"{timezone.localtime(row.decided_at):%Y-%m-%d %H:%M}" if row.decided_at else ""
            )
            asked = f"{timezone.localtime(row.requested_at):%Y-%m-%d %H:%M}"
            rows += [
                [asked, line["asked_by"], line["unit"], str(told.kind), told.title,
                 str(each.label), each.before, each.after, row.reason,
                 STATES[row.state](), line["decided_by"], decided]
                for each in told.differences
            ]  # fmt: skip
        if after is None:
            break
    is_cut = after is not None or len(rows) > MOST_EXPORTED
    return rows[:MOST_EXPORTED], is_cut


STATES: Final = {
    "pending": lambda: pgettext("request", "Waits"),
    "approved": lambda: pgettext("request", "Carried out"),
    "refused": lambda: pgettext("request", "Refused"),
    "withdrawn": lambda: pgettext("request", "Withdrawn"),
}
