"""Coaching: the list with its effects, agreeing on one, finishing one; giving an evaluation up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.text import BadText
from qiao.core.wording import from_names
from qiao.feedback.forms.quality import CoachedForm, CoachForm, DropForm
from qiao.feedback.operations.coaching import (
    CoachingRefused,
    CoachingTerms,
    finish_coaching,
    open_coaching,
)
from qiao.feedback.operations.evaluating import EvaluationRefused, drop_evaluation
from qiao.feedback.operations.sampling import PlanRefused
from qiao.feedback.quality_words import refusal_words
from qiao.feedback.queries.evaluations import (
    card_of,
    coachings_for,
    get_coaching_for,
    get_evaluation_for,
)
from qiao.feedback.queries.quality_figures import effect_of
from qiao.feedback.views.boxes import blame, posted, show_form
from qiao.feedback.views.quality import EVALUATE
from qiao.staff.queries import local_days

METHODS: Final = ("GET", "HEAD", "POST")
COACHED_IN: Final = timedelta(days=14)
Apply = Callable[[dict[str, Any]], object]


def box(
    request: StaffRequest,
    form: forms.Form,
    apply: Apply,
    texts: tuple[str, str],
    *,
    back: str,
    text: str = "",
) -> HttpResponse:
    """A form as a dialog or a page of its own; applied, it leads back."""
    if form.is_bound and form.is_valid():
        try:
            apply(form.cleaned_data)
        except BadText as bad:
            blame(form, bad)
        except (CoachingRefused, EvaluationRefused, PlanRefused, Forbidden) as refusal:
            form.add_error(None, refusal_words(refusal))
        if not form.errors:
            return lead_on(request, back)
    title, confirm = texts
    return show_form(request, "quality", form, title=title, confirm=confirm, back=back, text=text)


@staff_view("")
def index(request: StaffRequest) -> HttpResponse:
    """Coachings that run, and those that are done with what they changed."""
    done = request.GET.get("view") == "done"
    rows, following = coachings_for(
        actor=request.actor, done=done, after=request.GET.get("after", "")
    )
    context = {
        "lines": [{"row": row, "effect": effect_of(row)} for row in rows],
        "done": done,
        "following": following,
        "today": local_days(request.now)[request.actor.organisation_id],
        "me": request.actor.staff_id,
    }
    return render(request, "feedback/quality/coachings.html", context)


@staff_view(EVALUATE, methods=METHODS)
def new(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Agree on a coaching after an evaluation."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    today = local_days(request.now)[row.organisation_id]
    questions = [
        (question.key, from_names(question.names, question.key))
        for question in card_of(row).questions()
    ]
    form = CoachForm(
        posted(request),
        questions=questions,
        initial={"due_date": today + COACHED_IN},
        auto_id="coaching-%s",
    )

    def apply(data: dict[str, Any]) -> None:
        open_coaching(
            evaluation_id=row.pk,
            terms=CoachingTerms(data["topic"], data["plan"], data["due_date"], data["question"]),
            actor=request.actor,
            now=request.now,
        )

    back = reverse("feedback:evaluation", args=[row.pk])
    return box(
        request, form, apply, (_("Agree on a coaching"), _("Agree")), back=back,
        text=row.person.name,
    )  # fmt: skip


@staff_view(EVALUATE, methods=METHODS)
def done(request: StaffRequest, coaching_id: int) -> HttpResponse:
    """Say that it was done and what came of it."""
    row = get_coaching_for(actor=request.actor, coaching_id=coaching_id)
    form = CoachedForm(posted(request), auto_id="coaching-%s")

    def apply(data: dict[str, Any]) -> None:
        finish_coaching(
            coaching_id=row.pk, result=data["result"], actor=request.actor, now=request.now
        )

    back = reverse("feedback:coachings")
    return box(request, form, apply, (_("Coaching done"), _("Done")), back=back, text=row.topic)


@staff_view(EVALUATE, methods=METHODS)
def drop(request: StaffRequest, evaluation_id: int) -> HttpResponse:
    """Give up what cannot be judged."""
    row = get_evaluation_for(actor=request.actor, evaluation_id=evaluation_id)
    form = DropForm(posted(request), auto_id="evaluation-%s")

    def apply(data: dict[str, Any]) -> None:
        drop_evaluation(
            evaluation_id=row.pk, reason=data["reason"], actor=request.actor, now=request.now
        )

    texts = (_("Cannot be evaluated"), _("Give it up"))
    return box(request, form, apply, texts, back=reverse("feedback:quality"), text=row.number)
