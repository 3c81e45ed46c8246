"""The page of the service level and the file of it."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_files import TYPES
from qiao.staff.queries import names_of, queues_of, units_among
from qiao.telephony import level_files, words
from qiao.telephony.behind import calls_behind
from qiao.telephony.forms import PERIODS, LevelChoice, read_level_choice
from qiao.telephony.forms.periods import DIVISIONS
from qiao.telephony.levels import ABOUT, LevelReport, build_levels, chart_of
from qiao.telephony.queries import level_terms, outgoing_tally, queue_name

FIGURES: Final = "calls.figures"
EXPORT: Final = "desk.export"


def _choice(request: StaffRequest) -> LevelChoice:
    return read_level_choice(request.GET, today=timezone.localdate(request.now))


@staff_view(FIGURES)
def level(request: StaffRequest) -> HttpResponse:
    """Service level and what belongs to it; its address holds all that was chosen."""
    choice = _choice(request)
    report = build_levels(actor=request.actor, now=request.now, choice=choice)
    queues = queues_of(request.actor.organisation_id)
    today = timezone.localdate(request.now)
    context = {
        "report": report,
        "choice": choice,
        "chart": None if report.is_empty else chart_of(report),
        "strip": _strip(report),
        "periods": [
            (label, choice.query(period=key), key == choice.period)
            for key, label in PERIODS.items()
        ],
        "divisions": [
            (label, choice.query(by=key), key == choice.by) for key, label in DIVISIONS.items()
        ],
        "before": choice.before.query(),
        "after": choice.after.query() if choice.span.until < today else "",
        "queues": [
            (queue_name(key), choice.query(queue=key), key == choice.queue) for key in queues
        ],
        "queue": queue_name(choice.queue) if choice.queue else "",
        "all_queues": choice.query(queue=""),
        "agent": names_of([choice.agent_id]).get(choice.agent_id) if choice.agent_id else "",
        "all_agents": choice.query(agent=""),
        "definitions": [
            (queue_name(key), words.level_words(terms))
            for key, terms in level_terms().items()
            if choice.queue == key or (not choice.queue and key in queues)
        ],
        "about": [(head.label, ABOUT[head.key]) for head in report.heads if head.key in ABOUT],
        "outgoing": None
        if choice.queue
        else outgoing_tally(actor=request.actor, wanted=choice.wanted),
        "made": _made(choice),
        "may_export": request.actor.can(EXPORT),
        **_units(request, choice),
    }
    return render(request, "telephony/level.html", context)


def _units(request: StaffRequest, choice: LevelChoice) -> dict[str, Any]:
    units = units_among(request.actor.organisations(FIGURES), language=get_language() or "en")
    return {
        "units": [(u, choice.query(unit=u.unit_id)) for u in units if u.kind != "team"],
        "unit": next((u for u in units if u.unit_id == choice.unit_id), None),
        "all_units": choice.query(unit=""),
    }


def _made(choice: LevelChoice) -> dict[str, str]:
    """The addresses of the calls out behind the figures: all, and those that reached somebody."""
    return {each: calls_behind(each, choice.wanted) for each in ("called", "reached")}


def _strip(report: LevelReport) -> list[tuple[Any, str, str, str]]:
    """The headline figures: label, value, unit, and the address of what is behind."""
    wanted = ("level", "answer_speed", "abandon_rate", "offered", "handled", "occupancy",
              "handle_time", "resolved")  # fmt: skip
    cells = zip(report.heads, report.total.cells, strict=True)
    return [
        (
            head.label,
            cell.text,
            "%" if head.kind == "percent" and cell.value is not None else "",
            cell.href,
        )
        for head, cell in cells
        if head.key in wanted
    ]


@staff_view(EXPORT, methods=("POST",))
def level_file(request: StaffRequest, form: str) -> HttpResponse:
    """The figures as a workbook or as CSV; recorded, since they may name people."""
    if form not in TYPES:
        raise Http404(form)
    choice = _choice(request)
    report = build_levels(actor=request.actor, now=request.now, choice=choice)
    disclosure.record(
        kind="export",
        subject="telephony.level",
        organisation_id=choice.unit_id or request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=choice.query()[:500],
        fields=tuple(str(head.label) for head in report.heads),
        row_count=len(report.rows) or 1,
    )
    link = request.build_absolute_uri(f"{reverse('telephony:level')}?{choice.query()}")
    title = _("Service level")
    body = (
        level_files.as_csv(report)
        if form == "csv"
        else level_files.as_xlsx(report, title=title, link=link, now=request.now)
    )
    span = choice.span
    name = f"{title}-{choice.by}-{span.since}-{span.until}.{form}"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": disposition or "attachment"}
    return HttpResponse(body, content_type=TYPES[form], headers=headers)
