"""Pages of quality: what waits on a desk, one evaluation, one's own, the replay of a case."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.feedback import quality_words as words
from qiao.feedback.models import Evaluation
from qiao.feedback.queries import evaluations as queries
from qiao.feedback.queries.quality_figures import Asked, by_week, whole
from qiao.feedback.queries.ratings import CASE, last_poor_rating, reviews_of
from qiao.feedback.queries.stories import whole_story
from qiao.feedback.rules.scoring import BadAnswer, Score, score
from qiao.feedback.showing import said_of
from qiao.feedback.views.quality_asked import read_asked
from qiao.staff.queries import local_days

VIEW, OWN, EVALUATE = "quality.view", "quality.own", "quality.evaluate"
State = Evaluation.State


def tabs(request: StaffRequest) -> list[tuple[str, str, int]]:
    """Views of the list with their counts."""
    counts = queries.view_counts(request.actor)
    labels = {
        "to_do": pgettext("evaluations", "To do"),
        "release": pgettext("evaluations", "To release"),
        "appeals": pgettext("evaluations", "Appeals"),
        "all": pgettext("evaluations", "All"),
    }
    return [(key, label, counts[key]) for key, label in labels.items()]


@staff_view("")
def index(request: StaffRequest) -> HttpResponse:
    """What is to be evaluated, released, decided."""
    if not (request.actor.can(EVALUATE) or request.actor.can(VIEW)):
        raise Http404
    view = request.GET.get("view", "to_do")
    view = view if view in queries.VIEWS else "to_do"
    rows, following = queries.list_evaluations(
        actor=request.actor, view=view, after=request.GET.get("after", "")
    )
    context = {
        "lines": words.titles(rows),
        "view": view,
        "tabs": tabs(request),
        "following": following,
        "today": local_days(request.now)[request.actor.organisation_id],
        "may_see": request.actor.can(VIEW),
        "may_plan": request.actor.can("quality.plan"),
    }
    return render(request, "feedback/quality/list.html", context)


def page_of(
    request: StaffRequest,
    row: Evaluation,
    *,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    comment: str | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """One evaluation: the story left, the card right; to fill in, or as it was given."""
    actor = request.actor
    card = queries.card_of(row)
    given = words.answers_of(row) if answers is None else answers
    appeal = getattr(row, "appeal", None)
    is_mine = row.person_id == actor.staff_id
    story = whole_story(
        kind=row.subject_kind, subject_id=row.subject_id, actor=actor, now=request.now
    )
    worth = _worth(row, given)
    draft = row.draft.get("comment", "") if row.finished_at is None else row.comment
    may_decide = (
        row.state == State.APPEALED
        and actor.can_in("quality.decide", row.organisation_id)
        and actor.staff_id not in (row.person_id, row.evaluator_id)
    )
    today = local_days(request.now)[row.organisation_id]
    may_write = row.state == State.OPEN and row.evaluator_id == actor.staff_id
    context = {
        "row": row,
        "title": story.title if story else row.number,
        "story": story,
        "told": words.told(story) if story else [],
        "seqs": [line.seq for line in story.lines if line.seq] if story else [],
        "card": from_names(row.version_of_card.card.names, row.version_of_card.card.key),
        "sections": words.asked_sections(
            card,
            answers=given,
            worth=worth,
            points=appeal.points if appeal else {},
            errors=errors or {},
        ),
        "worth": worth,
        "tone": words.tone_of(row.score if row.finished_at else worth.total),
        "state_tone": words.STATE_TONES[row.state],
        "comment": draft if comment is None else comment,
        "refusal": refusal,
        "appeal": appeal,
        "is_mine": is_mine,
        "today": today,
        "may_write": may_write and actor.can_in(EVALUATE, row.organisation_id),
        "may_release": row.state == State.DONE
        and row.second_of_id is None
        and not is_mine
        and (
            row.evaluator_id == actor.staff_id
            or actor.can_in("quality.decide", row.organisation_id)
        ),
        "may_acknowledge": is_mine and row.state == State.RELEASED,
        "may_appeal": is_mine
        and row.state in (State.RELEASED, State.SEEN)
        and row.appeal_until is not None
        and today <= row.appeal_until,
        "may_decide": may_decide,
        "may_coach": not is_mine
        and row.released_at is not None
        and actor.can_in(EVALUATE, row.organisation_id),
        "coachings": list(row.coachings.select_related("owner")),
        "back": "feedback:quality_mine" if is_mine else "feedback:quality",
    }
    return render(request, "feedback/quality/evaluation.html", context, status=status)


def _worth(row: Evaluation, given: Mapping[str, Mapping[str, Any]]) -> Score:
    values = {key: str(each.get("value") or "") for key, each in given.items()}
    try:
        return score(queries.card_of(row), values)
    except BadAnswer:
        return Score(None, {}, (), is_fatal=False)


@staff_view("")
def detail(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """One evaluation."""
    row = queries.get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    return page_of(request, row)


@staff_view(OWN)
def mine(request: StaffRequest) -> HttpResponse:
    """What was said of one's own work: nobody else's."""
    today = local_days(request.now)[request.actor.organisation_id]
    asked: Asked = read_asked(request.GET, today=today, is_own=True)
    rows, following = queries.own_evaluations(
        actor=request.actor, after=request.GET.get("after", "")
    )
    context = {
        "lines": words.titles(rows),
        "following": following,
        "whole": whole(request.actor, asked),
        "weeks": by_week(request.actor, asked),
        "coachings": queries.own_coachings(request.actor),
        "asked": asked,
        "today": today,
    }
    return render(request, "feedback/quality/mine.html", context)


REPLAYED: Final = "followups.view"


@staff_view(REPLAYED)
def replay(request: StaffRequest, kind: str, subject_id: int) -> HttpResponse:
    """A piece of work as one timeline with the durations between, for review."""
    story = whole_story(kind=kind, subject_id=subject_id, actor=request.actor, now=request.now)
    if story is None:
        raise Http404(kind)
    is_case = kind == CASE
    rated = last_poor_rating(actor=request.actor, case_id=subject_id) if is_case else None
    reviews = reviews_of(actor=request.actor, case_ids=[subject_id]) if is_case else {}
    lines = words.told(story)
    longest = max(
        zip(lines[1:], lines, strict=False),
        key=lambda pair: pair[0].line.at - pair[1].line.at,
        default=None,
    )
    context = {
        "story": story,
        "told": lines,
        "longest": longest[0] if longest else None,
        "people": len({each.line.who for each in lines if each.line.who}),
        "steps": len(lines),
        "span": words.span_of(story),
        "rated": rated,
        "said": said_of(rated) if rated else "",
        "review": reviews.get(subject_id),
        "me": request.actor.staff_id,
    }
    return render(request, "feedback/quality/replay.html", context)
