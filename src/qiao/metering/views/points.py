"""The readings of a service point, and one that is entered by hand."""

from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.metering.forms import EntryForm
from qiao.metering.operations import NewReading, take_readings
from qiao.metering.queries.history import (
    PointHead,
    PointUnknown,
    changes_of,
    history,
    point_for,
)
from qiao.metering.showing.pages import chart_of
from qiao.metering.showing.words import fault_word, rule_word
from qiao.metering.views.worklist import UNPROCESSABLE, VIEW, number_in

READ: Final = "metering.read"


@staff_view(VIEW)
def point(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """All readings of a point, the latest first."""
    head = _head(request, service_point_id)
    form = EntryForm(initial={"day": timezone.localdate(request.now)})
    return _show(request, head, form)


def _head(request: StaffRequest, service_point_id: int) -> PointHead:
    try:
        return point_for(actor=request.actor, service_point_id=service_point_id)
    except PointUnknown as unknown:
        raise Http404(f"service point {service_point_id}") from unknown


def after_in(request: StaffRequest) -> tuple[date, int] | None:
    """Where a page by day and id begins: ``2026-01-05.123``."""
    day, _dot, pk = request.GET.get("after", "").partition(".")
    try:
        return (date.fromisoformat(day), int(pk)) if pk else None
    except ValueError:
        return None


def _show(
    request: StaffRequest, head: PointHead, form: EntryForm, status: int = 200
) -> HttpResponse:
    page = history(
        actor=request.actor,
        service_point_id=head.service_point_id,
        after=after_in(request),
    )
    may_read = request.actor.can_in(READ, head.organisation_id) and bool(head.meter_number)
    context: dict[str, Any] = {
        "head": head,
        "lines": page.lines,
        "chart": chart_of([line for line in page.lines if line.kind == "total"]),
        "changes": changes_of([line.reading_id for line in page.lines]),
        "after": page.after,
        "form": form if may_read and not number_in(request, "after") else None,
    }
    return render(request, "metering/point.html", context, status=status)


@staff_view(READ, methods=("POST",))
def enter(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """Take a reading that somebody typed."""
    head = _head(request, service_point_id)
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _show(request, head, form, UNPROCESSABLE)
    given = form.cleaned_data
    taken = take_readings(
        actor=request.actor,
        now=request.now,
        source="page",
        readings=[
            NewReading(
                key=f"{head.service_point_id}:{given['day']}:{given['value']}:{request.now}",
                raw=given["value"],
                read_at=given["day"],
                meter_number=head.meter_number,
                method=given["method"],
                reason=given["reason"],
                reader_id=request.actor.staff_id if given["method"] == "actual" else None,
            )
        ],
    )[0]
    if taken.outcome == "refused":
        for found in taken.findings:
            name = "day" if found.rule == "time" else "value"
            form.add_error(name, fault_word(found.seen.get("code", "")))
        return _show(request, head, form, UNPROCESSABLE)
    if taken.state == "exception":
        names = pgettext("between items of a list", ", ").join(
            rule_word(found.rule) for found in taken.findings
        )
        messages.warning(request, _("Kept, but it waits for a decision: %s") % names)
    else:
        messages.success(request, _("The reading is kept."))
    return redirect("metering:point", head.service_point_id)
