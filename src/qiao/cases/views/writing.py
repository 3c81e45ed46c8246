"""What a box offers while somebody writes: texts, knowledge, people."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiao.cases import queries
from qiao.cases.models import Case
from qiao.cases.showing import writing
from qiao.core.http import StaffRequest, staff_view
from qiao.knowledge import operations as knowledge
from qiao.knowledge.queries import offer_articles, offer_texts

FEW: Final = 8
LONGEST: Final = 30


def _texts(request: StaffRequest, case: Case, typed: str) -> list[writing.Choice]:
    found = offer_texts(
        actor=request.actor,
        today=timezone.localdate(request.now),
        typed=typed,
        case_type=case.case_type.key,
        values=writing.text_values(case, actor=request.actor, now=request.now),
        limit=FEW,
    )
    return [writing.text_choice(case, item) for item in found]


def _articles(request: StaffRequest, case: Case, typed: str) -> list[writing.Choice]:
    found = offer_articles(
        actor=request.actor,
        today=timezone.localdate(request.now),
        typed=typed,
        case_type=case.case_type.key,
        limit=FEW,
    )
    return [writing.article_choice(case, item) for item in found]


def _people(request: StaffRequest, case: Case, typed: str) -> list[writing.Choice]:
    found = queries.people_to_mention(
        actor=request.actor, case=case, text=typed, day=timezone.localdate(request.now), limit=FEW
    )
    return [writing.person_choice(person) for person in found]


KINDS: Final[Mapping[str, Callable[[StaffRequest, Case, str], list[writing.Choice]]]] = {
    "texts": _texts,
    "articles": _articles,
    "people": _people,
}


@staff_view("cases.view")
def pick(request: StaffRequest, case_id: int, kind: str) -> HttpResponse:
    """What fits what was typed after ``::``, ``??`` or ``@@``."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    if kind not in KINDS:
        raise Http404(kind)
    may = kind == "people" or request.actor.can("knowledge.view")
    typed = request.GET.get("q", "")[:LONGEST]
    context: dict[str, Any] = {
        "kind": kind,
        "typed": typed,
        "choices": KINDS[kind](request, case, typed) if may else [],
    }
    return render(request, "cases/_pick.html", context)


@staff_view("knowledge.view", methods=("POST",))
def text_used(request: StaffRequest, case_id: int, text_id: int) -> HttpResponse:
    """Count that a text was inserted."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        knowledge.use_text(text_id=text_id, actor=request.actor, now=request.now)
    except knowledge.NotOffered as missing:
        raise Http404(str(text_id)) from missing
    return HttpResponse(status=204)


@staff_view("knowledge.view", methods=("POST",))
def article_used(request: StaffRequest, case_id: int, article_id: int) -> HttpResponse:
    """Count that words of an article were inserted."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        knowledge.use_article(article_id=article_id, actor=request.actor)
    except knowledge.NotOffered as missing:
        raise Http404(str(article_id)) from missing
    return HttpResponse(status=204)
