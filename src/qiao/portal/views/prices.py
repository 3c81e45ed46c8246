"""Prices for everybody: what holds on a day, and what a bill would come to. No script needed."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from qiao.billing.queries import (
    TariffMissing,
    day_of,
    example,
    price_list_of,
    price_lists,
    tariff_on,
)
from qiao.core.wording import from_names
from qiao.staff.queries import company_id, local_days, organisation


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    unit = organisation(company_id())
    context |= {"house": from_names(unit.names, unit.name)}
    return render(request, f"portal/{template}.html", context)


def _day(request: HttpRequest) -> date:
    today = local_days(timezone.now())[company_id()]
    return day_of(request.GET.get("day", ""), today)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All tariffs that hold on a day."""
    day = _day(request)
    lists = [each for each in price_lists(day=day) if each.since is not None]
    return _page(request, "prices", {"day": day, "lists": lists})


@require_safe
def detail(request: HttpRequest, tariff_id: int) -> HttpResponse:
    """One price list with an example."""
    day = _day(request)
    try:
        now = tariff_on(tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise Http404 from None
    context = {
        "day": day,
        "list": price_list_of(now),
        "example": example(now, request.GET.dict()),
        "is_asked": "usage" in request.GET,
    }
    return _page(request, "price", context)
