"""The page of a wave: who was drawn, who answered, what it says; and customers' own words."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.feedback.models import SurveyWave
from qiao.feedback.queries import surveys as queries
from qiao.feedback.queries.survey_report import Report, report_of
from qiao.feedback.rules.survey_questions import WORDS, question_of
from qiao.feedback.survey_showing import drawing_of, places_words, result_words
from qiao.feedback.survey_words import LEFT_OUT, STATE_TONES, STATES

VIEW, WORK = "surveys.view", "surveys.work"
REPORTED: Final = ("open", "closed")


@staff_view(VIEW)
def wave(request: StaffRequest, wave_id: int) -> HttpResponse:
    """One wave, as far as it is."""
    actor = request.actor
    row = queries.get_wave_for(actor=actor, wave_id=wave_id)
    state = queries.state_of(row, request.now)
    unit = row.survey.organisation_id
    progress = queries.progress_of([row.pk]).get(row.pk, queries.Progress())
    may_work = actor.can_in(WORK, unit)
    context: dict[str, Any] = {
        "row": row,
        "name": from_names(row.names),
        "state": state,
        "state_words": STATES[state],
        "tone": STATE_TONES[state],
        "progress": progress,
        "share": progress.response,
        "strata": queries.strata_of(row),
        "left_out": reasons(row.left_out),
        "skipped": reasons(queries.skipped_of(row)),
        "segment": row.segment_id is not None,
        "may_work": may_work,
        "written": any(question_of(each).kind == WORDS for each in row.questions),
    }
    if state in REPORTED:
        context |= _reported(row, report_of(row))
    if may_work and actor.can_in("customers.view", unit):
        context["unhappy"] = queries.unhappy_of(row)
    return render(request, "feedback/surveys/wave.html", context)


def reasons(counts: dict[str, int]) -> list[tuple[Any, int]]:
    """Why customers were left out, the most frequent first."""
    return [
        (LEFT_OUT.get(reason, reason), n)
        for reason, n in sorted(counts.items(), key=lambda item: -item[1])
    ]


def _reported(row: SurveyWave, report: Report) -> dict[str, Any]:
    coverage = report.coverage
    return {
        "results": [result_words(each) for each in report.results],
        "before": report.before,
        "coverage": 100 * coverage if coverage is not None else None,
        "places": places_words(report, row.questions),
        "drawing": drawing_of(report, row.questions),
    }


@staff_view(VIEW)
def words(request: StaffRequest, wave_id: int) -> HttpResponse:
    """What customers wrote, found by words; nobody's name stands beside it."""
    row = queries.get_wave_for(actor=request.actor, wave_id=wave_id)
    asked = {
        each["key"]: from_names(each["text"]) for each in row.questions if each["kind"] == WORDS
    }
    question, text = request.GET.get("question", ""), request.GET.get("q", "")[:80]
    found, following = queries.words_of(
        row,
        question=question if question in asked else "",
        text=text,
        after=request.GET.get("after", "")[:200],
    )
    context = {
        "row": row,
        "name": from_names(row.names),
        "asked": asked.items(),
        "question": question,
        "text": text,
        "found": [(each, asked.get(each.question, "")) for each in found],
        "following": following,
    }
    return render(request, "feedback/surveys/words.html", context)
