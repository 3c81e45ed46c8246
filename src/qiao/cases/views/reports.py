"""Reports of cases: the page, and the same report as a file."""

import re
from dataclasses import replace
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases.forms.reports import PERIODS, ReportChoice, read_report_choice
from qiao.cases.queries.report_figures import figures_for
from qiao.cases.queries.reports import RIGHT
from qiao.cases.showing import listing, report_files
from qiao.cases.showing.report_changes import changes_of
from qiao.cases.showing.reports import (
    GROUPING_NAMES,
    PERIOD_NAMES,
    Report,
    build_report,
    chart_of,
)
from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_files import TYPES
from qiao.customers.queries.tags import vocabulary
from qiao.staff.queries import names_of, organisation_names, units_among

FOR_ONE: Final = ("none", "time", "type", "group", "channel", "area", "priority", "tier")


def _choice(request: StaffRequest, query: QueryDict | None = None) -> ReportChoice:
    today = timezone.localdate(request.now)
    choice = read_report_choice(request.GET if query is None else query, today=today)
    if not request.actor.can(RIGHT) and choice.by not in FOR_ONE:
        return replace(choice, by="type")
    return choice


@staff_view("cases.view")
def reports(request: StaffRequest) -> HttpResponse:
    """A report with its chart and table; its address holds all that was chosen."""
    choice = _choice(request)
    report = build_report(actor=request.actor, now=request.now, choice=choice)
    drawn = _drawn(request.GET.get("draw", ""), report)
    context = {
        "report": report,
        "choice": choice,
        "query": choice.query(),
        "drawn": drawn,
        "chart": chart_of(report, drawn) if report.rows else None,
        "draws": [
            (head.label, f"{choice.query()}&draw={place}", place == drawn)
            for place, head in enumerate(report.heads)
        ],
        "has_shares": any(head.is_share for head in report.heads),
        "changes": changes_of(actor=request.actor, now=request.now, choice=choice),
        "may_export": request.actor.can("cases.export"),
        "is_own": not request.actor.can(RIGHT),
        **_choices(request, choice),
    }
    return render(request, "cases/reports/page.html", context)


def _drawn(text: str, report: Report) -> int:
    place = int(text) if text.isdecimal() and len(text) < 3 else 0
    return place if place < len(report.heads) else 0


def _choices(request: StaffRequest, choice: ReportChoice) -> dict[str, Any]:
    """Everything that may be chosen instead."""
    filters = choice.filters
    offered = FOR_ONE if not request.actor.can(RIGHT) else tuple(GROUPING_NAMES)
    units = units_among(request.actor.organisations(RIGHT), language=get_language() or "en")
    chips = listing.show_chips(
        filters,
        people=names_of([i for i in (filters.person, filters.responsible) if i]),
        units=organisation_names([i for i in (filters.team, filters.unit) if i]),
        tags={tag.pk: tag.name for tag in vocabulary()} if filters.tag else {},
    )
    return {
        "periods": [
            (PERIOD_NAMES[key], choice.query(period=key), key == choice.period)
            for key in PERIODS
            if key != "own"
        ],
        "groupings": [
            (GROUPING_NAMES[key], choice.query(by=key), key == choice.by) for key in offered
        ],
        "figures": [
            (figure, figure.key in choice.figures)
            for figure in figures_for(request.actor).values()
        ],
        "units": [
            (unit, replace(choice, filters=replace(filters, unit=unit.unit_id)).query())
            for unit in units
            if unit.kind != "team"
        ],
        "all_units": replace(choice, filters=filters.without("unit")).query(),
        "unit": next((unit for unit in units if unit.unit_id == filters.unit), None),
        "chips": [
            (chip, replace(choice, filters=filters.without(chip.name)).query())
            for chip in chips
            if chip.name != "unit"
        ],
        "address": request.build_absolute_uri(f"{reverse('cases:reports')}?{choice.query()}"),
    }


@staff_view("cases.export", methods=("POST",))
def report_file(request: StaffRequest, form: str) -> HttpResponse:
    """The report as a workbook or as CSV; recorded, since a report may name people."""
    if form not in TYPES:
        raise Http404(form)
    choice = _choice(request)
    report = build_report(actor=request.actor, now=request.now, choice=choice)
    link = request.build_absolute_uri(f"{reverse('cases:reports')}?{choice.query()}")
    disclosure.record(
        kind="export",
        subject="cases.report",
        organisation_id=choice.filters.unit or request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=choice.query()[:500],
        fields=tuple(head.label for head in report.heads),
        row_count=len(report.rows) or 1,
    )
    told = report_files.about(report, actor=request.actor, now=request.now, link=link)
    title = _("Report")
    body = (
        report_files.as_csv(report)
        if form == "csv"
        else report_files.as_xlsx(report, title=title, told=told)
    )
    span = choice.span
    name = re.sub(r"[^\w-]+", "-", f"{title}-{report.by_name}-{span.since}-{span.until}")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{form}")
    headers = {"Content-Disposition": disposition or "attachment"}
    return HttpResponse(body, content_type=TYPES[form], headers=headers)
