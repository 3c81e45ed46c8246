"""Prices on a day: the list of tariffs, one with its price list, and an example walked through."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qiao.billing.contributions import VIEW
from qiao.billing.queries import (
    TariffMissing,
    day_of,
    example,
    price_list_of,
    price_lists,
    tariff_on,
)
from qiao.billing.queries.tariff_changes import drafts_of, may_change
from qiao.billing.queries.tariff_history import version_line, version_lines
from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.staff.queries import local_days


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """All tariffs as they hold on a day."""
    day = _day(request)
    context = {"day": day, "lists": price_lists(day=day)}
    return render(request, "billing/tariffs.html", context)


@staff_view(VIEW)
def detail(request: StaffRequest, tariff_id: int) -> HttpResponse:
    """One tariff on a day; with `part` only the example, for the form that asks for it."""
    day = _day(request)
    try:
        now = tariff_on(tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise Http404 from None
    context: dict[str, Any] = {"example": example(now, request.GET.dict())}
    if request.htmx and request.GET.get("part"):
        return render(request, "billing/_example.html", context)
    may = may_change(request.actor)
    context |= {
        "day": day,
        "list": price_list_of(now),
        "shown": now.version.pk if now.version else None,
        "lines": version_lines(tariff_id=tariff_id, today=_today(request)),
        "may_change": may,
        "drafts": drafts_of(tariff_id) if may else (),
    }
    return render(request, "billing/tariff.html", context)


@staff_view(VIEW)
def version(request: StaffRequest, tariff_id: int, version_id: int) -> HttpResponse:
    """One version: by which document, who published it, what changed with it."""
    try:
        line = version_line(tariff_id=tariff_id, version_id=version_id, today=_today(request))
        now = tariff_on(tariff_id=tariff_id, day=line.version.valid_from)
    except TariffMissing:
        raise Http404 from None
    context = {
        "line": line,
        "name": from_names(now.row.names, now.row.key),
        "tariff_id": tariff_id,
        "may_change": may_change(request.actor),
    }
    return render(request, "billing/tariffs/version.html", context)


def _today(request: StaffRequest) -> date:
    return local_days(request.now)[request.actor.organisation_id]


def _day(request: StaffRequest) -> date:
    return day_of(request.GET.get("day", ""), _today(request))
