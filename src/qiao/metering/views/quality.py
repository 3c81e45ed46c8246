"""How well was read, by reader and route: the funnel, the table, and the rows behind a figure."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qiao.core.http import StaffRequest, staff_view
from qiao.metering.queries.blind import QUALITY, blind_checks
from qiao.metering.queries.quality import (
    BY,
    PAGE,
    READER,
    Asked,
    groups_of,
    rows_of,
    sources_for,
)
from qiao.metering.showing.funnel import funnel_chart, funnel_of, measures_for
from qiao.metering.views.worklist import number_in

MONTHS: Final = ("3", "6", "12")
USUAL: Final = "6"
DAYS: Final = 30.44


def _asked(request: StaffRequest) -> tuple[Asked, str]:
    months = request.GET.get("months", "")
    months = months if months in MONTHS else USUAL
    by = request.GET.get("by", "")
    today = timezone.localdate(request.now)
    since = today - timedelta(days=round(int(months) * DAYS))
    return Asked(since, today, by if by in BY else READER), months


@staff_view(QUALITY)
def quality(request: StaffRequest) -> HttpResponse:
    """All readers (or routes) held against each other by one measure."""
    asked, months = _asked(request)
    measures = measures_for(sources_for(request.actor))
    keys = [key for key, _name, _about in measures]
    measure = request.GET.get("measure", "")
    measure = measure if measure in keys else keys[0]
    groups = groups_of(actor=request.actor, asked=asked)
    funnel = funnel_of(groups, measure, keys)
    given = {"by": asked.by, "months": months, "measure": measure}
    address = f"{reverse('metering:quality_rows')}?{urlencode(given)}&key="
    context: dict[str, Any] = {
        "asked": asked,
        "months": months,
        "choices": MONTHS,
        "measure": measure,
        "measures": measures,
        "about": next(about for key, _name, about in measures if key == measure),
        "column": keys.index(measure),
        "funnel": funnel,
        "chart": funnel_chart(funnel, address),
        "address": address,
        "checks": blind_checks(actor=request.actor, limit=8),
    }
    return render(request, "metering/quality.html", context)


@staff_view(QUALITY)
def rows(request: StaffRequest) -> HttpResponse:
    """The readings and stops that a figure counted."""
    asked, months = _asked(request)
    measures = {key: name for key, name, _about in measures_for(sources_for(request.actor))}
    measure, key = request.GET.get("measure", ""), number_in(request, "key")
    measure = measure if measure in measures else next(iter(measures))
    start = number_in(request, "start")
    found, more = rows_of(
        actor=request.actor, asked=asked, measure=measure, key=key, start=min(start, 100_000)
    )
    given = {"by": asked.by, "months": months, "measure": measure}
    sources = {each.key: each.url_name for each in sources_for(request.actor)}
    context = {
        "rows": found,
        "name": measures[measure],
        "asked": asked,
        "title": _title(found, asked.by),
        "query": urlencode({**given, "key": key}),
        "back": urlencode(given),
        "start": start + PAGE if more else 0,
        "url_name": "metering:blind" if measure == "blind" else sources.get(measure, ""),
    }
    return render(request, "metering/quality_rows.html", context)


def _title(found: list[Any], by: str) -> str:
    if not found:
        return ""
    return str(found[0].reader if by == READER else found[0].route)
