"""Prices on a day: the list of tariffs, one with its price list, and an example walked through."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qiao.billing.queries import (
    TariffMissing,
    day_of,
    example,
    price_list_of,
    price_lists,
    tariff_on,
    versions_of,
)
from qiao.billing.queries.tariffs import VIEW
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import local_days


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """All tariffs as they hold on a day."""
    today = local_days(request.now)[request.actor.organisation_id]
    day = day_of(request.GET.get("day", ""), today)
    context = {"day": day, "lists": price_lists(day=day)}
    return render(request, "billing/tariffs.html", context)


@staff_view(VIEW)
def detail(request: StaffRequest, tariff_id: int) -> HttpResponse:
    """One tariff on a day; with `part` only the example, for the form that asks for it."""
    today = local_days(request.now)[request.actor.organisation_id]
    day = day_of(request.GET.get("day", ""), today)
    try:
        now = tariff_on(tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise Http404 from None
    context: dict[str, Any] = {"example": example(now, request.GET.dict())}
    if request.htmx and request.GET.get("part"):
        return render(request, "billing/_example.html", context)
    shown = now.version.pk if now.version else None
    context |= {
        "day": day,
        "list": price_list_of(now),
        "versions": [
            (version, until, version.pk == shown)
            for version, until in versions_of(tariff_id=tariff_id)
        ],
    }
    return render(request, "billing/tariff.html", context)
