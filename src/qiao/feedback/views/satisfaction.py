"""Satisfaction by cause: what customers said when called back, as a page and as a workbook."""

import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.table_files import TYPES, table_file
from qiao.feedback.queries.satisfaction_causes import (
    VIEW,
    Asked,
    Example,
    Reason,
    rank_reasons,
)
from qiao.feedback.rules.suggestions import masked
from qiao.feedback.showing import ICONS, rating_word
from qiao.feedback.survey_words import change_words
from qiao.feedback.views.quality_asked import read_asked
from qiao.staff.queries import local_days, units_among

SUBJECT: Final = "feedback.satisfaction"


def _asked(request: StaffRequest) -> Asked:
    today = local_days(request.now)[request.actor.organisation_id]
    found = read_asked(request.GET, today=today)
    return Asked(found.since, found.until, found.unit_id)


def _query(asked: Asked) -> str:
    told = {"since": asked.since, "until": asked.until, "unit": asked.unit}
    return urlencode({key: value for key, value in told.items() if value is not None})


def _name(row: Reason) -> str:
    return row.name or _("Cause not coded")


def _example(each: Example) -> dict[str, Any]:
    """Numbers and addresses in the words stay masked: they are read to see why, not who."""
    return {
        "id": each.follow_up_id,
        "icon": ICONS.get(each.rating, "phone"),
        "rating": rating_word(each.rating),
        "words": masked(each.words),
        "at": each.at,
    }


def _line(row: Reason) -> dict[str, Any]:
    words, tone = change_words(row.change)
    return {
        "row": row,
        "name": _name(row),
        "change_words": words,
        "tone": tone,
        "examples": [_example(each) for each in row.examples],
    }


@staff_view(VIEW)
def page(request: StaffRequest) -> HttpResponse:
    """Causes by how many were dissatisfied, with shares, trend and what customers said."""
    asked = _asked(request)
    found = rank_reasons(actor=request.actor, asked=asked)
    units = units_among(request.actor.organisations(VIEW), language=get_language() or "en")
    context = {
        "lines": [_line(row) for row in found.rows],
        "whole": found.whole,
        "before": found.before,
        "coded": sum(row.glad.whole for row in found.rows if row.key),
        "asked": asked,
        "query": _query(asked),
        "units": [
            (unit.unit_id, "\u2003" * unit.depth + unit.name)
            for unit in units
            if unit.kind != "team"
        ],
    }
    return render(request, "feedback/satisfaction.html", context)


@staff_view(VIEW, methods=("POST",))
def workbook(request: StaffRequest) -> HttpResponse:
    """The rows of the page as they stand, in an Excel file; that it was taken is on record."""
    asked = _asked(request)
    rows = rank_reasons(actor=request.actor, asked=asked).rows
    head = [
        _("Cause"),
        _("Answers"),
        _("Dissatisfied"),
        _("Satisfied, percent"),
        _("from"),
        pgettext("interval", "to"),
        _("Very satisfied, percent"),
        _("Mean, 1 to 4"),
        _("Not solved"),
        _("Satisfied in the period before, percent"),
    ]
    disclosure.record(
        kind="export",
        subject=SUBJECT,
        subject_id=0,
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=_query(asked)[:200],
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "satisfaction.xlsx"
        with table_file(path, form="xlsx", header=head) as write:
            write(_cells(row) for row in rows)
        content = path.read_bytes()
    response = HttpResponse(content, content_type=TYPES["xlsx"])
    name = f"satisfaction-{asked.since}-{asked.until}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(row: Reason) -> list[object]:
    interval = row.glad.interval
    return [
        _name(row),
        row.glad.whole,
        row.unhappy,
        _one(row.glad.percent),
        _one(interval.low if interval else None),
        _one(interval.high if interval else None),
        _one(row.top.percent),
        f"{row.mean.value:.2f}",
        row.unsolved,
        _one(row.before.percent),
    ]


def _one(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
