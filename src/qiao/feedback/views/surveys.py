"""Pages of surveys: the list with its calendar, and one with its questions and waves."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.customers.queries import name_in
from qiao.feedback.models import Survey
from qiao.feedback.queries import surveys as queries
from qiao.feedback.rules.survey_questions import question_of
from qiao.feedback.survey_words import KIND_NAMES, STATE_TONES, STATES
from qiao.staff.queries import local_days

VIEW, WORK = "surveys.view", "surveys.work"


def wave_line(line: queries.WaveLine) -> dict[str, Any]:
    """A wave as a row of a list."""
    share = line.progress.response
    return {
        "wave": line.wave,
        "state": STATES[line.state],
        "tone": STATE_TONES[line.state],
        "progress": line.progress,
        "percent": share.percent,
        "interval": share.interval,
    }


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Surveys with their latest wave and the day on which the next one is due."""
    actor = request.actor
    archived = request.GET.get("view") == "archived"
    lines, following = queries.list_surveys(
        actor=actor,
        archived=archived,
        now=request.now,
        after=request.GET.get("after", "")[:200],
    )
    days = local_days(request.now)
    rows = [
        {
            "row": line.survey,
            "name": from_names(line.survey.names),
            "unit": from_names(line.survey.organisation.names, line.survey.organisation.name),
            "waves": len(line.waves),
            "last": wave_line(line.waves[0]) if line.waves else None,
            "due": line.due_date,
            "late": line.due_date and line.due_date < days[line.survey.organisation_id],
        }
        for line in lines
    ]
    context = {
        "rows": rows,
        "following": following,
        "archived": archived,
        "may_work": actor.can(WORK),
    }
    return render(request, "feedback/surveys/list.html", context)


@staff_view(VIEW)
def detail(request: StaffRequest, survey_id: int) -> HttpResponse:
    """One survey: what it asks, whom, how often, and its waves."""
    actor = request.actor
    row = queries.get_survey_for(actor=actor, survey_id=survey_id)
    waves = queries.waves_of([row.pk], now=request.now).get(row.pk, [])
    active = row.state == Survey.State.ACTIVE
    context = {
        "row": row,
        "name": from_names(row.names),
        "intro": from_names(row.intros),
        "unit": from_names(row.organisation.names, row.organisation.name),
        "segment": name_in(row.segment, request.LANGUAGE_CODE) if row.segment else "",
        "questions": [shown_question(each) for each in row.questions],
        "waves": [wave_line(line) for line in waves],
        "drawn": next((line.wave for line in waves if line.state == "drawn"), None),
        "due": queries.due_date(row, waves),
        "active": active,
        "may_work": actor.can_in(WORK, row.organisation_id),
    }
    return render(request, "feedback/surveys/detail.html", context)


def shown_question(data: dict[str, Any]) -> dict[str, Any]:
    """A question as people read it."""
    question = question_of(data)
    return {
        "key": question.key,
        "kind": KIND_NAMES[question.kind],
        "text": from_names(question.text),
        "choices": [from_names(each) for each in question.choices],
    }
