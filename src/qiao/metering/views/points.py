"""The readings of a service point, and one that is entered by hand."""

from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.metering.forms import EntryForm
from qiao.metering.operations import NewReading, take_readings
from qiao.metering.queries.day_uses import day_among, days_of_point, latest_day, slots_of
from qiao.metering.queries.history import (
    PointHead,
    PointUnknown,
    changes_of,
    history,
    point_for,
)
from qiao.metering.showing.intervals import day_chart, rate_unit, slot_chart
from qiao.metering.showing.pages import chart_of
from qiao.metering.showing.words import fault_word, rule_word
from qiao.metering.views.worklist import UNPROCESSABLE, VIEW, number_in

READ: Final = "metering.read"
DAYS: Final = 62  # that are drawn


@staff_view(VIEW)
def point(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """All readings of a point, the latest first."""
    head = head_of(request, service_point_id)
    form = EntryForm(initial={"day": timezone.localdate(request.now)})
    return _show(request, head, form)


def head_of(request: StaffRequest, service_point_id: int) -> PointHead:
    """A point within the reader's sight, or the page that says that there is none."""
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
    latest = latest_day(head.service_point_id)
    since = latest - timedelta(days=DAYS - 1) if latest else None
    days = (
        days_of_point(head.service_point_id, since=since, until=latest)
        if since and latest and not after_in(request)
        else []
    )
    context: dict[str, Any] = {
        "head": head,
        "days": days,
        "day_chart": day_chart(days, head.service_point_id, head.unit) if days else None,
        "lines": page.lines,
        "chart": chart_of([line for line in page.lines if line.kind == "total"]),
        "changes": changes_of([line.reading_id for line in page.lines]),
        "after": page.after,
        "form": form if may_read and not number_in(request, "after") else None,
    }
    return render(request, "metering/point.html", context, status=status)


@staff_view(VIEW)
def day(request: StaffRequest, service_point_id: int, day: str) -> HttpResponse:
    """A day of a point by its intervals."""
    head = head_of(request, service_point_id)
    try:
        asked = date.fromisoformat(day)
        among = day_among(service_point_id, asked)
    except (ValueError, OverflowError) as error:
        raise Http404(day) from error
    line = among.line
    slots = slots_of(service_point_id, day=asked, zone=ZoneInfo(request.actor.timezone))
    context: dict[str, Any] = {
        "head": head,
        "day": asked,
        "line": line,
        "rate": rate_unit(head.unit),
        "told_of": pgettext("intervals told", "of %(all)s") % {"all": line.slots if line else 0},
        "slots": slots,
        "chart": slot_chart(slots, head.unit) if slots else None,
        "usual": among.usual,
        "before": among.before,
        "following": among.following,
    }
    return render(request, "metering/day.html", context)


@staff_view(READ, methods=("POST",))
def enter(request: StaffRequest, service_point_id: int) -> HttpResponse:
    """Take a reading that somebody typed."""
    head = head_of(request, service_point_id)
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
