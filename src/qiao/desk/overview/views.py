"""The overview's page, its fragments, and the files that are taken out of it."""

import re
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import disclosure
from qiao.core.figures import Grid
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Figure
from qiao.core.registry import registry
from qiao.desk.overview import drawing, exports
from qiao.desk.overview.choice import PERIODS, RIGHT, Choice, read_choice
from qiao.desk.overview.panels import UnknownFigure, anchor_of, find_figure, panel_view
from qiao.desk.overview.strip import live_topics, tiles

EXPORT_RIGHT: Final = "desk.export"
ALL: Final = "all"
AT_ONCE: Final = 6  # panels that come with the page; those below the fold follow
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _choice(request: StaffRequest, query: Any = None) -> Choice:
    return read_choice(
        request.GET if query is None else query,
        actor=request.actor,
        now=request.now,
        language=get_language() or "zh-hans",
    )


@staff_view(RIGHT)
def overview(request: StaffRequest) -> HttpResponse:
    """The whole page."""
    choice = _choice(request)
    figures = registry.figures(request.actor)
    panels = [
        panel_view(figure, actor=request.actor, choice=choice) for figure in figures[:AT_ONCE]
    ]
    context = {
        "choice": choice,
        "query": choice.query(),
        "unit_queries": [
            (unit, choice.query(unit=unit.unit_id if unit else ""))
            for unit in (None, *choice.units)
        ],
        "pack_queries": [
            (key, name, choice.query(pack=key))
            for key, name in {"": _("All packs"), **choice.packs}.items()
        ],
        "periods": [(key, name, choice.query(period=key)) for key, name in PERIODS.items()],
        "tiles": tiles(request.actor, choice, live=False),
        "now_tiles": tiles(request.actor, choice, live=True),
        "topics": live_topics(request.actor),
        "panels": panels,
        "waiting": [(figure, anchor_of(figure)) for figure in figures[AT_ONCE:]],
        "may_export": request.actor.can(EXPORT_RIGHT),
    }
    return render(request, "desk/overview/page.html", context)


@staff_view(RIGHT)
def overview_now(request: StaffRequest) -> HttpResponse:
    """The tiles of the present moment, asked for whenever something happened."""
    context = {"now_tiles": tiles(request.actor, _choice(request), live=True)}
    return render(request, "desk/overview/now.html", context)


@staff_view(RIGHT)
def overview_figure(request: StaffRequest, key: str) -> HttpResponse:
    """One panel, drawn as the reader wants it."""
    choice = _choice(request)
    panel = panel_view(
        _find(key, request), actor=request.actor, choice=choice, form=request.GET.get("form", "")
    )
    context = {
        "panel": panel,
        "query": choice.query(),
        "may_export": request.actor.can(EXPORT_RIGHT),
    }
    return render(request, "desk/overview/panel.html", context)


def _find(key: str, request: StaffRequest) -> Figure:
    try:
        return find_figure(key, request.actor)
    except UnknownFigure as missing:
        raise Http404 from missing


@staff_view(EXPORT_RIGHT, methods=("POST",))
def overview_export(request: StaffRequest) -> HttpResponse:
    """A figure as CSV or XLSX, or all as one XLSX; recorded with the number of rows."""
    request.actor.require(RIGHT)
    choice = _choice(request, request.POST)
    kind, _space, key = request.POST.get("take", f"xlsx {ALL}").partition(" ")
    chosen = registry.figures(request.actor) if key == ALL else [_find(key, request)]
    grids = [
        (str(figure.title), drawing.as_table(figure.load(request.actor, choice.scope)))
        for figure in chosen
    ]
    disclosure.record(
        kind="export",
        subject=f"overview:{key}",
        organisation_id=choice.unit.unit_id if choice.unit else request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=choice.query(),
        row_count=sum(len(grid.rows) for _title, grid in grids),
    )
    return _file(request, choice, grids, as_csv=kind == "csv" and key != ALL)


def _file(
    request: StaffRequest, choice: Choice, grids: list[tuple[str, Grid]], *, as_csv: bool
) -> HttpResponse:
    if as_csv:
        body, kind, ending = exports.as_csv(grids[0][1]), CSV_TYPE, "csv"
    else:
        body = exports.as_xlsx(grids, about=_about(request, choice))
        kind, ending = XLSX_TYPE, "xlsx"
    title = grids[0][0] if len(grids) == 1 else _("Overview")
    name = re.sub(r"[^\w-]+", "-", f"{title}-{choice.span.since}-{choice.span.until}")
    headers = {"Content-Disposition": _attachment(f"{name}.{ending}")}
    return HttpResponse(body, content_type=kind, headers=headers)


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _about(request: StaffRequest, choice: Choice) -> list[tuple[str, str]]:
    actor = request.actor
    return [
        (_("Days"), f"{choice.span.since} – {choice.span.until}"),
        (_("Unit"), choice.unit.name if choice.unit else _("All units")),
        (_("Pack"), choice.packs.get(choice.pack, _("All packs"))),
        (_("Taken by"), f"{actor.name} {actor.number}".strip()),
        (_("Taken at"), f"{timezone.localtime(request.now):%Y-%m-%d %H:%M}"),
    ]
