"""Figures of quality by person, team, unit and kind of work, as a page and as a workbook."""

import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.table_files import TYPES, table_file
from qiao.core.wording import from_names
from qiao.feedback import quality_words as words
from qiao.feedback.queries import quality_figures as figures
from qiao.feedback.queries.evaluations import list_counted
from qiao.feedback.queries.quality_figures import Asked, By
from qiao.feedback.views.quality_asked import read_asked
from qiao.staff.queries import local_days, names_of, units_among

VIEW: Final = "quality.view"
NARROWS: Final[dict[By, str]] = {
    "person": "person", "team": "team", "unit": "unit", "kind": "kind",
}  # fmt: skip


def bys() -> list[tuple[By, str]]:
    """What the rows may be."""
    return [
        ("person", _("Person")),
        ("team", _("Team")),
        ("unit", _("Unit")),
        ("kind", _("Type")),
    ]


def _named(by: By, keys: list[Any]) -> dict[Any, str]:
    if by == "person":
        return dict(names_of(keys))
    if by == "kind":
        return {
            key: str(name)
            for subject in registry.evaluated().values()
            for key, name in subject.kinds()
        }
    units = units_among([key for key in keys if key], language=get_language() or "en")
    return {unit.unit_id: unit.name for unit in units}


def _query(asked: Asked, **more: Any) -> str:
    told = {
        "since": asked.since, "until": asked.until, "unit": asked.unit_id, "team": asked.team_id,
        "person": asked.person_id, "kind": asked.kind_key, "question": asked.question, **more,
    }  # fmt: skip
    return urlencode({key: value for key, value in told.items() if value not in (None, "")})


def _found(request: StaffRequest) -> dict[str, Any]:
    """What the page and the workbook both show."""
    today = local_days(request.now)[request.actor.organisation_id]
    asked = read_asked(request.GET, today=today)
    wanted = request.GET.get("by", "")
    by: By = next((key for key in figures.FIELDS if key == wanted), "person")
    rows = figures.by_group(request.actor, asked, by)
    named = _named(by, [row.key for row in rows])
    counted = reverse("feedback:quality_counted")
    lines = [
        {
            "name": named.get(row.key) or str(row.key or pgettext("team", "none")),
            "mean": row.mean,
            "fatal": row.fatal,
            "tone": words.tone_of(row.mean.value),
            "url": f"{counted}?{_query(asked, **{NARROWS[by]: row.key})}",
        }
        for row in rows
    ]
    return {"asked": asked, "by": by, "lines": lines, "today": today}


@staff_view(VIEW)
def page(request: StaffRequest) -> HttpResponse:
    """Means with intervals, weeks, questions, agreement; each number leads to what it counts."""
    found = _found(request)
    asked: Asked = found["asked"]
    counted = reverse("feedback:quality_counted")
    units = units_among(request.actor.organisations(VIEW), language=get_language() or "en")
    questions = [
        {
            "row": row,
            "name": from_names(row.question.names, row.question.key),
            "effect": words.effect_words(row.question),
            "tone": words.tone_of(row.percent),
            "url": f"{counted}?{_query(asked, question=row.question.key)}",
            "counts": [
                {
                    "label": words.answer_words(row.question, value),
                    "n": n,
                    "percent": round(100 * n / row.n),
                    "url": f"{counted}?{_query(asked, question=row.question.key, value=value)}",
                }
                for value, n in row.counts
            ],
        }
        for row in figures.by_question(request.actor, asked)
    ]
    context = {
        **found,
        "whole": figures.whole(request.actor, asked),
        "weeks": figures.by_week(request.actor, asked),
        "questions": questions,
        "agreement": figures.agreement_of(request.actor, asked),
        "units": [
            (unit.unit_id, "\u2003" * unit.depth + unit.name)
            for unit in units
            if unit.kind != "team"
        ],
        "bys": bys(),
        "query": _query(asked, by=found["by"]),
        "counted_url": f"{counted}?{_query(asked)}",
        "may_plan": request.actor.can("quality.plan"),
    }
    return render(request, "feedback/quality/figures.html", context)


@staff_view(VIEW)
def counted(request: StaffRequest) -> HttpResponse:
    """Exactly the evaluations that a figure counts."""
    today = local_days(request.now)[request.actor.organisation_id]
    asked = read_asked(request.GET, today=today)
    rows = figures.counted(request.actor, asked)
    every = rows.count()
    asked_again = request.GET.copy()
    asked_again.pop("after", None)
    shown, following = list_counted(rows, after=request.GET.get("after", ""))
    context = {
        "lines": words.titles(shown),
        "every": every,
        "following": following,
        "here": asked_again.urlencode(),
        "asked": asked,
        "back": f"{reverse('feedback:quality_figures')}?{_query(asked)}",
    }
    return render(request, "feedback/quality/counted.html", context)


@staff_view(VIEW, methods=("POST",))
def workbook(request: StaffRequest) -> HttpResponse:
    """The rows of the page as they stand, in an Excel file; that it was taken is on record."""
    found = _found(request)
    asked: Asked = found["asked"]
    label = dict(bys())[found["by"]]
    head = [
        label,
        pgettext("evaluation", "Mean"),
        _("from"),
        pgettext("interval", "to"),
        _("Evaluations"),
        _("Fatal failures"),
    ]
    disclosure.record(
        kind="export",
        subject="feedback.quality",
        subject_id=0,
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=_query(asked, by=found["by"])[:200],
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quality.xlsx"
        with table_file(path, form="xlsx", header=head) as write:
            write(_cells(line) for line in found["lines"])
        content = path.read_bytes()
    response = HttpResponse(content, content_type=TYPES["xlsx"])
    name = f"quality-{asked.since}-{asked.until}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(line: dict[str, Any]) -> list[object]:
    mean = line["mean"]
    return [
        line["name"],
        f"{mean.value:.1f}",
        "" if mean.low is None else f"{mean.low:.1f}",
        "" if mean.high is None else f"{mean.high:.1f}",
        mean.n,
        line["fatal"],
    ]
