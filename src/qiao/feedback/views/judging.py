"""Judging, releasing, acknowledging, appealing, deciding: what changes an evaluation."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.feedback.forms.quality import read_given, shown_again
from qiao.feedback.models import Evaluation
from qiao.feedback.operations import appealing, evaluating
from qiao.feedback.operations.evaluating import EvaluationRefused
from qiao.feedback.quality_words import refusal_words
from qiao.feedback.queries.evaluations import card_of, get_evaluation_for, next_to_do
from qiao.feedback.rules.scoring import BadAnswer
from qiao.feedback.views.quality import EVALUATE, OWN, page_of

DECIDE: Final = "quality.decide"
REFUSED: Final = 422
Refusals = (BadText, BadAnswer, EvaluationRefused, Forbidden)


def _marked(refusal: Exception) -> dict[str, str]:
    """Words beside the questions that a refusal is about."""
    if isinstance(refusal, EvaluationRefused):
        return {
            key: _("An answer is missing.")
            if refusal.reason == "unanswered"
            else _("Explain the failure in the comment.")
            for key in refusal.questions
        }
    if isinstance(refusal, BadText):
        return {refusal.field: _(refusal.message) % refusal.params}
    if isinstance(refusal, BadAnswer):
        return {refusal.question: _("The question does not take this answer.")}
    return {}


def _said(refusal: Exception) -> str:
    if isinstance(refusal, BadText):
        return str(_(refusal.message) % refusal.params)
    if isinstance(refusal, BadAnswer):
        return _("The question does not take this answer.")
    return refusal_words(refusal)


def _again(request: StaffRequest, row: Evaluation, refusal: Exception) -> HttpResponse:
    """The page with what was written and what is wrong with it."""
    extra: dict[str, Any] = {}
    if row.state == Evaluation.State.OPEN:
        given = read_given(card_of(row), request.POST)
        extra = {"answers": shown_again(given), "comment": request.POST.get("comment", "")}
    return page_of(
        request,
        row,
        errors=_marked(refusal),
        refusal=_said(refusal),
        status=REFUSED,
        **extra,
    )


def _there(row: Evaluation) -> HttpResponse:
    return HttpResponseRedirect(reverse("feedback:evaluation", args=[row.pk]))


@staff_view(EVALUATE, methods=("POST",))
def draft(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Keep what is written so far."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    try:
        evaluating.keep_draft(
            evaluation_id=row.pk,
            given=read_given(card_of(row), request.POST),
            comment=request.POST.get("comment", ""),
            actor=request.actor,
        )
    except (BadText, EvaluationRefused):
        return HttpResponse(status=REFUSED)
    return HttpResponse(status=204)


@staff_view(EVALUATE, methods=("POST",))
def finish(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Judge, and go on with the next; released at once if asked."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    try:
        evaluating.finish_evaluation(
            evaluation_id=row.pk,
            given=read_given(card_of(row), request.POST),
            comment=request.POST.get("comment", ""),
            actor=request.actor,
            now=request.now,
        )
        if request.POST.get("then") == "release" and row.second_of_id is None:
            evaluating.release_evaluation(
                evaluation_id=row.pk, actor=request.actor, now=request.now
            )
    except Refusals as refusal:
        return _again(request, row, refusal)
    messages.success(request, _("%(number)s is evaluated.") % {"number": row.number})
    following = next_to_do(actor=request.actor, after_id=row.pk)
    return _there(following or row)


@staff_view("", methods=("POST",))
def release(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Let the person see it."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    try:
        evaluating.release_evaluation(evaluation_id=row.pk, actor=request.actor, now=request.now)
    except Refusals as refusal:
        return _again(request, row, refusal)
    messages.success(request, _("%(name)s can see it now.") % {"name": row.person.name})
    return _there(row)


@staff_view(OWN, methods=("POST",))
def acknowledge(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """The person judged has read it."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    try:
        evaluating.acknowledge(evaluation_id=row.pk, actor=request.actor, now=request.now)
    except Refusals as refusal:
        return _again(request, row, refusal)
    return _there(row)


@staff_view(OWN, methods=("POST",))
def appeal(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Object to answers, question by question."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    reasons = {
        question.key: request.POST.get(f"why-{question.key}", "")
        for question in card_of(row).questions()
    }
    try:
        appealing.appeal(
            evaluation_id=row.pk, reasons=reasons, actor=request.actor, now=request.now
        )
    except Refusals as refusal:
        return _again(request, row, refusal)
    messages.success(request, _("The appeal is on its way to another person."))
    return _there(row)


@staff_view(DECIDE, methods=("POST",))
def decide(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Decide every objection."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    decisions = {
        question.key: (
            request.POST.get(f"a-{question.key}", "")[:3],
            request.POST.get(f"because-{question.key}", ""),
        )
        for question in card_of(row).questions()
    }
    try:
        appealing.decide_appeal(
            evaluation_id=row.pk, decisions=decisions, actor=request.actor, now=request.now
        )
    except Refusals as refusal:
        return _again(request, row, refusal)
    messages.success(request, _("The appeal is decided; both scores are kept."))
    return _there(row)
