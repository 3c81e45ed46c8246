"""Plans of what is judged, their draws, and the score cards."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.wording import from_names
from qiao.feedback.forms.quality import EndForm, PlanForm
from qiao.feedback.forms.score_cards import read_changes
from qiao.feedback.models import Evaluation, ScoreCard, ScoreCardVersion
from qiao.feedback.operations import score_cards as cards
from qiao.feedback.operations.sampling import (
    PlanTerms,
    add_plan,
    drawn_of,
    end_plan,
    pool_of,
)
from qiao.feedback.operations.score_cards import CardRefused
from qiao.feedback.quality_words import effect_words
from qiao.feedback.queries import score_cards as queries
from qiao.feedback.rules.score_cards import Card, read_card
from qiao.feedback.views.boxes import posted
from qiao.feedback.views.coaching import METHODS, box
from qiao.staff.queries import local_days, units_among

PLAN: Final = "quality.plan"


@staff_view(PLAN)
def plans(request: StaffRequest) -> HttpResponse:
    """Plans with their last draws, and the cards."""
    found = queries.plans_for(request.actor)
    lines = [
        {
            "plan": plan,
            "unit": from_names(plan.organisation.names, plan.organisation.name),
            "draw": plan.draws.order_by("-week").first(),
        }
        for plan in found
    ]
    may_design = queries.may_design(request.actor)
    cards_shown = [
        {"card": card, "name": from_names(card.names, card.key),
         "version": queries.version_in_use(card.pk), "draft": queries.draft_version(card.pk)}
        for card in ScoreCard.objects.order_by("id")
        if may_design
    ]  # fmt: skip
    today = local_days(request.now)[request.actor.organisation_id]
    context = {"lines": lines, "cards": cards_shown, "today": today}
    return render(request, "feedback/quality/plans.html", context)


@staff_view(PLAN, methods=METHODS)
def new_plan(request: StaffRequest) -> HttpResponse:
    """Another plan."""
    today = local_days(request.now)[request.actor.organisation_id]
    units = units_among(request.actor.organisations(PLAN), language=get_language() or "en")
    form = PlanForm(
        posted(request),
        units=[(unit.unit_id, "\u2003" * unit.depth + unit.name) for unit in units],
        cards=[
            (card.pk, from_names(card.names, card.key))
            for card in ScoreCard.objects.filter(is_active=True).order_by("id")
        ],
        kinds=[
            (key, name)
            for subject in registry.evaluated().values()
            for key, name in subject.kinds()
        ],
        initial={"valid_from": today, "unit": request.actor.organisation_id},
        auto_id="plan-%s",
    )

    def apply(data: dict[str, Any]) -> None:
        terms = PlanTerms(
            title=data["title"],
            organisation_id=data["unit"],
            card_id=data["card"],
            basis=data["basis"],
            valid_from=data["valid_from"],
            amount=data["amount"],
            kind_key=data["kind"],
            second_percent=data["second_percent"],
        )
        add_plan(terms=terms, actor=request.actor)

    texts = (_("New plan"), _("Draw by it"))
    return box(request, form, apply, texts, back=reverse("feedback:quality_plans"))


@staff_view(PLAN, methods=METHODS)
def stop_plan(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Draw no more by a plan."""
    plan = next((p for p in queries.plans_for(request.actor) if p.pk == plan_id), None)
    if plan is None:
        raise queries.NoPlan(str(plan_id))
    today = local_days(request.now)[plan.organisation_id]
    form = EndForm(posted(request), initial={"valid_until": today}, auto_id="plan-%s")

    def apply(data: dict[str, Any]) -> None:
        end_plan(plan_id=plan.pk, valid_until=data["valid_until"], actor=request.actor)

    texts = (_("End its use"), _("End it"))
    return box(
        request, form, apply, texts, back=reverse("feedback:quality_plans"), text=plan.title
    )


@staff_view(PLAN)
def draw(request: StaffRequest, draw_id: int) -> HttpResponse:
    """One draw, drawn again before the reader's eyes from seed and pool."""
    row = queries.get_draw_for(actor=request.actor, draw_id=draw_id)
    pool = [each for each in pool_of(plan=row.plan, week=row.week) if each.subject_id in row.pool]
    again = [each.subject_id for each in drawn_of(plan=row.plan, pool=pool, seed=row.seed)]
    given = Evaluation.objects.filter(drawn_by=row).select_related("person", "evaluator")
    context = {
        "row": row,
        "same": again == row.drawn,
        "given": given.order_by("person__number", "id"),
        "left": len(row.unjudged),
    }
    return render(request, "feedback/quality/draw.html", context)


def _lines(card: Card) -> list[dict[str, Any]]:
    return [
        {
            "section": section,
            "name": from_names(section.names, section.key),
            "questions": [
                {
                    "question": question,
                    "name": from_names(question.names, question.key),
                    "guide": from_names(question.guide),
                    "effect": effect_words(question),
                    "words": [
                        (key, question.names.get(key, ""), question.guide.get(key, ""))
                        for key in DATA_KEYS
                    ],
                }
                for question in section.questions
            ],
        }
        for section in card.sections
    ]


@staff_view(PLAN)
def card_page(request: StaffRequest, card_id: int) -> HttpResponse:
    """A score card: the version in use, its draft to be changed, its history."""
    card = queries.get_card_for(actor=request.actor, card_id=card_id)
    return _card(request, card)


def _card(request: StaffRequest, card: ScoreCard, *, refusal: str = "") -> HttpResponse:
    in_use = queries.version_in_use(card.pk)
    draft = queries.draft_version(card.pk)
    shown = draft or in_use
    content = read_card(shown.content) if shown else Card(())
    versions = ScoreCardVersion.objects.filter(card=card).select_related("published_by")
    context = {
        "card": card,
        "name": from_names(card.names, card.key),
        "in_use": in_use,
        "draft": draft,
        "sections": _lines(content),
        "versions": versions.order_by("-number"),
        "languages": DATA_KEYS,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "feedback/quality/card.html", context, status=status)


@staff_view(PLAN, methods=("POST",))
def card_change(request: StaffRequest, card_id: int) -> HttpResponse:
    """Begin, keep, publish or give up a draft: ``do`` says which."""
    card = queries.get_card_for(actor=request.actor, card_id=card_id)
    wanted = request.POST.get("do", "save")
    try:
        if wanted == "start":
            cards.start_draft(card_id=card.pk, actor=request.actor, now=request.now)
        elif wanted == "drop":
            cards.drop_draft(card_id=card.pk, actor=request.actor)
        else:
            _save(request, card)
            if wanted == "publish":
                cards.publish_draft(card_id=card.pk, actor=request.actor, now=request.now)
                messages.success(request, _("The new version is in use from now on."))
    except CardRefused as refusal:
        words = _("A question lacks words in a language, or its weight is not right.")
        return _card(request, card, refusal=words if refusal.faults else _("There is no draft."))
    return HttpResponseRedirect(reverse("feedback:score_card", args=[card.pk]))


def _save(request: StaffRequest, card: ScoreCard) -> None:
    draft = queries.draft_version(card.pk)
    if draft is None:
        raise CardRefused("no_draft")
    content = read_changes(read_card(draft.content), request.POST)
    cards.save_draft(card_id=card.pk, content=content, actor=request.actor)
