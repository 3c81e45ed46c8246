"""The dialogs that take a suggestion in and move it on."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases.queries import get_case_for
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.text import BadText
from qiao.feedback.forms.suggestions import (
    AnswerForm,
    DecideForm,
    JoinForm,
    PaperForm,
    ScreenForm,
    WishForm,
)
from qiao.feedback.models import Suggestion
from qiao.feedback.operations import answering
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.operations.suggestions import TITLE_LENGTH, SuggestionRefused, Wish
from qiao.feedback.queries.suggestions import get_suggestion_for, suggestion_of_case
from qiao.feedback.rules.suggestions import STEPS, masked
from qiao.feedback.suggestion_words import refusal_words
from qiao.feedback.views.boxes import blame, posted, show_form
from qiao.staff.queries import holders_of, local_days

ENTER, WORK = "suggestions.enter", "suggestions.work"
METHODS: Final = ("GET", "HEAD", "POST")
Apply = Callable[[dict[str, Any]], object]


def _box(
    request: StaffRequest, form: forms.Form, apply: Apply, *, title: str, confirm: str, back: str
) -> HttpResponse:
    """A form as a dialog or page; what `apply` gives, if it is a suggestion, is shown next."""
    if form.is_bound and form.is_valid():
        made: object = None
        try:
            made = apply(form.cleaned_data)
        except BadText as bad:
            blame(form, bad)
        except SuggestionRefused as refusal:
            form.add_error(None, refusal_words(refusal.reason))
        except Forbidden:
            form.add_error(None, _("You may not do this in this unit."))
        if not form.errors:
            target = _page(made.pk) if isinstance(made, Suggestion) else back
            return lead_on(request, target)
    return show_form(request, "suggestions", form, title=title, confirm=confirm, back=back)


def _page(suggestion_id: int) -> str:
    return reverse("feedback:suggestion", args=[suggestion_id])


def _row(request: StaffRequest, suggestion_id: int) -> Suggestion:
    return get_suggestion_for(actor=request.actor, suggestion_id=suggestion_id, permission=WORK)


@staff_view(ENTER, methods=METHODS)
def of_case(request: StaffRequest, case_id: int) -> HttpResponse:
    """One click makes a suggestion of a case."""
    case = get_case_for(actor=request.actor, case_id=case_id)
    known = suggestion_of_case(case_id=case.pk)
    if known is not None:
        return lead_on(request, _page(known.pk))
    initial = {"title": case.title[:TITLE_LENGTH], "text": case.description or case.title}
    form = WishForm(posted(request), initial=initial, auto_id="suggestion-%s")

    def apply(data: dict[str, Any]) -> Suggestion:
        return operations.suggest_from_case(
            case_id=case.pk,
            title=data["title"],
            text=data["text"],
            language=get_language() or "zh-hans",
            actor=request.actor,
            now=request.now,
        )

    back = reverse("cases:detail", args=[case.pk])
    title = _("Take the case as a suggestion")
    return _box(request, form, apply, title=title, confirm=_("Take it up"), back=back)


@staff_view(ENTER, methods=METHODS)
def paper(request: StaffRequest) -> HttpResponse:
    """A suggestion from the visitors' book or a card; the next one follows at once."""
    form = PaperForm(
        posted(request),
        initial={"source": request.GET.get("source", "card")},
        auto_id="suggestion-%s",
    )

    def apply(data: dict[str, Any]) -> None:
        wish = Wish(
            organisation_id=request.actor.organisation_id,
            source=data["source"],
            title=data["title"],
            text=data["text"],
            language=get_language() or "zh-hans",
            name=data["name"],
            phone=data["phone"],
        )
        operations.take_suggestion(wish=wish, actor=request.actor, now=request.now)

    return _box(
        request,
        form,
        apply,
        title=_("Write down a suggestion from paper"),
        confirm=_("Keep it"),
        back=reverse("feedback:suggestions"),
    )


@staff_view(WORK, methods=METHODS)
def screen(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """May everybody read it? The words come with numbers and addresses covered."""
    row = _row(request, suggestion_id)
    initial = {
        "title": row.public_title or masked(row.title),
        "text": row.public_text or masked(row.text),
        "category": row.category,
        "verdict": "public" if row.screening == "waiting" else row.screening,
    }
    form = ScreenForm(posted(request), initial=initial, auto_id="suggestion-%s")

    def apply(data: dict[str, Any]) -> Suggestion:
        return operations.screen(
            suggestion_id=row.pk, actor=request.actor, now=request.now, **data
        )

    title = _("Screen the suggestion")
    return _box(
        request,
        form,
        apply,
        title=title,
        confirm=pgettext("suggestion", "Decide"),
        back=_page(row.pk),
    )


@staff_view(WORK, methods=METHODS)
def decide(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Who has it, by when, how far it is."""
    row = _row(request, suggestion_id)
    day = local_days(request.now)[row.organisation_id]
    owners = holders_of(permission=WORK, organisation_ids=[row.organisation_id], day=day)
    form = DecideForm(
        posted(request),
        initial={"state": row.state, "owner": row.owner_id, "target_date": row.target_date},
        states=(row.state, *STEPS.get(row.state, ())),
        owners=[(each.staff_id, f"{each.name} {each.number}") for each in owners],
        auto_id="suggestion-%s",
    )

    def apply(data: dict[str, Any]) -> Suggestion:
        return operations.decide(
            suggestion_id=row.pk,
            state=data["state"],
            owner_id=data["owner"],
            target_date=data["target_date"],
            actor=request.actor,
            now=request.now,
        )

    title = _("Who has it, and until when")
    return _box(request, form, apply, title=title, confirm=_("Save"), back=_page(row.pk))


@staff_view(WORK, methods=METHODS)
def answer(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """The company's answer."""
    row = _row(request, suggestion_id)
    readers = "public" if row.screening == "public" else "private"
    form = AnswerForm(
        posted(request),
        initial={"readers": readers, "outcome": "answered"},
        auto_id="suggestion-%s",
    )

    def apply(data: dict[str, Any]) -> None:
        answering.answer(
            suggestion_id=row.pk,
            text=data["text"],
            outcome=data["outcome"],
            is_public=data["readers"] == "public",
            actor=request.actor,
            now=request.now,
        )

    title = _("Answer the suggestion")
    return _box(
        request, form, apply, title=title, confirm=_("Give the answer"), back=_page(row.pk)
    )


@staff_view(WORK, methods=METHODS)
def join(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Another one stands for it from now on."""
    row = _row(request, suggestion_id)
    form = JoinForm(
        posted(request),
        initial={"number": request.GET.get("number", "")},
        auto_id="suggestion-%s",
    )

    def apply(data: dict[str, Any]) -> Suggestion:
        number = data["number"].strip().upper()
        into = Suggestion.objects.visible_to(request.actor).filter(number=number).first()
        if into is None:
            raise SuggestionRefused("nobody")
        return operations.join(
            suggestion_id=row.pk, into_id=into.pk, actor=request.actor, now=request.now
        )

    title = _("Join with the suggestion that says the same")
    return _box(
        request,
        form,
        apply,
        title=title,
        confirm=pgettext("suggestion", "Join"),
        back=_page(row.pk),
    )


@staff_view(WORK, methods=("POST",))
def part(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """It stands for itself again."""
    row = _row(request, suggestion_id)
    if row.joined_into_id is not None:
        operations.part(suggestion_id=row.pk, actor=request.actor, now=request.now)
    return lead_on(request, _page(row.pk))
