"""Why cases arise: the causes ranked, as a page and as a workbook; how well suggestions fit."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases.forms.cause_ranking import read_asked
from qiao.cases.queries.cause_models import suggestion_weeks, trained_models
from qiao.cases.queries.cause_ranking import rank_causes, texts_of, tree_of
from qiao.cases.rules.rising import rising_terms
from qiao.cases.showing import names
from qiao.cases.showing.cause_ranking import Line, columns_of, lines_of
from qiao.cases.showing.cause_words import cause_names
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_files import TYPES, table_file
from qiao.staff.queries import local_days, units_among

VIEW, EXPORT = "cases.view", "cases.export"


def _ranking(request: StaffRequest) -> dict[str, Any]:
    """What the page and the workbook both show."""
    today = local_days(request.now)[request.actor.organisation_id]
    asked = read_asked(request.GET, today=today)
    rows = rank_causes(actor=request.actor, asked=asked)
    columns = columns_of(rows, asked)
    lines = lines_of(rows, asked, tree_of(rows), [key for key, _name in columns])
    return {"asked": asked, "columns": columns, "lines": lines, "today": today}


@staff_view(VIEW)
def ranking(request: StaffRequest) -> HttpResponse:
    """Causes with share, sum and trend; each row leads to exactly its cases."""
    found = _ranking(request)
    asked = found["asked"]
    units = units_among(request.actor.organisations(VIEW), language=get_language() or "en")
    now, before = texts_of(actor=request.actor, asked=asked)
    kept = request.GET.copy()
    context = {
        **found,
        "terms": rising_terms(now, before),
        "groups": list(names.GROUPS.items()),
        "units": [
            (unit.unit_id, "\u2003" * unit.depth + unit.name)
            for unit in units
            if unit.kind != "team"
        ],
        "bys": _bys(),
        "coded": sum(line.count for line in found["lines"] if line.key),
        "every": sum(line.count for line in found["lines"]),
        "query": kept.urlencode(),
        "may_export": request.actor.can(EXPORT),
        "may_keep": request.actor.can("cases.causes"),
    }
    return render(request, "cases/causes/ranking.html", context)


def _bys() -> list[tuple[str, str]]:
    return [
        ("unit", _("Unit")),
        ("team", _("Team")),
        ("area", _("Area")),
        ("type", _("Type")),
    ]


def _head(columns: Sequence[tuple[str, str]]) -> list[str]:
    return [
        _("Cause"),
        pgettext("cause", "Branch of the tree"),
        _("Cases"),
        _("Share %"),
        _("Sum %"),
        _("Period before"),
        _("Change %"),
        *(name for _key, name in columns),
    ]


def _cells(line: Line) -> list[object]:
    return [
        line.name,
        line.group,
        line.count,
        round(line.percent, 1) if line.key else "",
        round(line.sum_percent, 1) if line.key else "",
        line.before,
        "" if line.change is None else line.change,
        *line.split,
    ]


@staff_view(EXPORT)
def workbook(request: StaffRequest) -> HttpResponse:
    """The rows of the page as they stand, in an Excel file. Counts alone, nothing of a person."""
    found = _ranking(request)
    asked = found["asked"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "causes.xlsx"
        with table_file(path, form="xlsx", header=_head(found["columns"])) as write:
            write(_cells(line) for line in found["lines"])
        content = path.read_bytes()
    response = HttpResponse(content, content_type=TYPES["xlsx"])
    name = f"causes-{asked.since}-{asked.until}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_view("cases.causes")
def suggestions(request: StaffRequest) -> HttpResponse:
    """How well suggestions fitted in the last weeks, and which models were trained."""
    models = trained_models()
    held = next((model for model in models if model.in_force), None)
    measures = held.report["measures"] if held else []
    named = cause_names([each["key"] for each in measures])
    context = {
        "weeks": suggestion_weeks(now=request.now, zone=request.actor.timezone),
        "models": models,
        "measures": list(zip(named, measures, strict=True)),
    }
    return render(request, "cases/causes/suggestions.html", context)
