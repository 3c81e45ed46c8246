"""The dialogs that design a survey, draw a wave and send it."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import DATA_KEYS
from qiao.customers.queries import NotVisible, name_in, open_segments
from qiao.feedback.forms.surveys import (
    MOST_SEED,
    SEPARATOR,
    ConfirmForm,
    DrawForm,
    QuestionForm,
    SurveyForm,
    by_language,
    initial_of,
)
from qiao.feedback.models import Survey, SurveyWave
from qiao.feedback.operations import survey_drawing, survey_sending
from qiao.feedback.operations import surveys as operations
from qiao.feedback.operations.surveys import Asked, Design, SurveyRefused
from qiao.feedback.queries.surveys import NoSurvey, get_survey_for, get_wave_for
from qiao.feedback.rules.survey_questions import ATTRIBUTE
from qiao.feedback.survey_words import refusal_words
from qiao.feedback.views.boxes import blame, posted, show_form
from qiao.staff.queries import holders_of, local_days, units_among

WORK: Final = "surveys.work"
METHODS: Final = ("GET", "HEAD", "POST")
SIZE: Final = 400
"""So many answers tell a share to within five percent points; so many are proposed."""
Apply = Callable[[dict[str, Any]], str]


def _box(
    request: StaffRequest,
    form: forms.Form,
    apply: Apply,
    *,
    title: str,
    confirm: str,
    back: str,
    text: str = "",
) -> HttpResponse:
    """A form as a dialog or page; applied, it leads to the address that `apply` gives."""
    if form.is_bound and form.is_valid():
        try:
            return lead_on(request, apply(form.cleaned_data))
        except BadText as bad:
            blame(form, bad)
        except SurveyRefused as refusal:
            form.add_error(None, refusal_words(refusal.reason))
        except NotVisible:
            form.add_error(None, _("There is no such segment any more."))
        except Forbidden:
            form.add_error(None, _("You may not do this in this unit."))
    return show_form(request, "surveys", form, title=title, confirm=confirm, back=back, text=text)


def _survey(request: StaffRequest, survey_id: int) -> Survey:
    return get_survey_for(actor=request.actor, survey_id=survey_id, permission=WORK)


def _wave(request: StaffRequest, wave_id: int) -> SurveyWave:
    return get_wave_for(actor=request.actor, wave_id=wave_id, permission=WORK)


def _page(survey_id: int) -> str:
    return reverse("feedback:survey", args=[survey_id])


def _wave_page(wave_id: int) -> str:
    return reverse("feedback:survey_wave", args=[wave_id])


def _design_form(request: StaffRequest, initial: dict[str, Any]) -> SurveyForm:
    actor, language = request.actor, get_language() or "en"
    units = units_among(actor.organisations(WORK), language=language)
    initial.setdefault("unit", units[0].unit_id)  # the widest: a team has no customers of its own
    owners = holders_of(
        permission=WORK,
        organisation_ids=[unit.unit_id for unit in units],
        day=local_days(request.now)[actor.organisation_id],
    )
    return SurveyForm(
        posted(request),
        initial=initial,
        units=[(unit.unit_id, "\u2003" * unit.depth + unit.name) for unit in units],
        owners=[(each.staff_id, f"{each.name} {each.number}") for each in owners],
        segments=[(each.pk, name_in(each, language)) for each in open_segments(actor=actor)],
        auto_id="survey-%s",
    )


def _design(data: dict[str, Any]) -> Design:
    return Design(
        organisation_id=data["unit"],
        names=by_language(data, "name"),
        intros=by_language(data, "intro"),
        owner_id=data["owner"],
        segment_id=data["segment"],
        answer_days=data["answer_days"],
        gap_days=data["gap_days"],
        every_months=data["every_months"],
    )


@staff_view(WORK, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """A survey begins with who is asked and why; its questions come next."""
    initial = {
        "owner": request.actor.staff_id,
        "answer_days": 21,
        "gap_days": 90,
    }
    form = _design_form(request, initial)

    def apply(data: dict[str, Any]) -> str:
        made = operations.add_survey(design=_design(data), actor=request.actor, now=request.now)
        return _page(made.pk)

    return _box(
        request,
        form,
        apply,
        title=_("New survey"),
        confirm=_("Go on to the questions"),
        back=reverse("feedback:surveys"),
    )


@staff_view(WORK, methods=METHODS)
def change(request: StaffRequest, survey_id: int) -> HttpResponse:
    """What the next wave will be; waves that were drawn stay as they are."""
    row = _survey(request, survey_id)
    initial = {
        "unit": row.organisation_id,
        "owner": row.owner_id,
        "segment": row.segment_id,
        "answer_days": row.answer_days,
        "gap_days": row.gap_days,
        "every_months": row.every_months,
        **initial_of(row.names, "name"),
        **initial_of(row.intros, "intro"),
    }
    form = _design_form(request, initial)

    def apply(data: dict[str, Any]) -> str:
        operations.change_survey(survey_id=row.pk, design=_design(data), actor=request.actor)
        return _page(row.pk)

    return _box(
        request, form, apply, title=_("Change the survey"), confirm=_("Save"), back=_page(row.pk)
    )


@staff_view(WORK, methods=("POST",))
def archive(request: StaffRequest, survey_id: int) -> HttpResponse:
    """Put it away, or take it back."""
    row = _survey(request, survey_id)
    form = ConfirmForm(request.POST)

    def apply(_data: dict[str, Any]) -> str:
        operations.set_archived(
            survey_id=row.pk, archived=row.state == Survey.State.ACTIVE, actor=request.actor
        )
        return _page(row.pk)

    title = _("Archive the survey")
    return _box(
        request,
        form,
        apply,
        title=title,
        confirm=pgettext("survey", "Archive"),
        back=_page(row.pk),
    )


@staff_view(WORK, methods=METHODS)
def question_new(request: StaffRequest, survey_id: int) -> HttpResponse:
    """One more question."""
    row = _survey(request, survey_id)
    initial = {"kind": ATTRIBUTE, "place": len(row.questions) + 1}
    return _question(request, row, "", initial, _("Add a question"))


@staff_view(WORK, methods=METHODS)
def question(request: StaffRequest, survey_id: int, key: str) -> HttpResponse:
    """Another wording, kind or place of a question."""
    row = _survey(request, survey_id)
    keys = [each["key"] for each in row.questions]
    if key not in keys:
        raise NoSurvey(key)
    known = row.questions[keys.index(key)]
    separator = f" {SEPARATOR} "
    initial = {
        "kind": known["kind"],
        "place": keys.index(key) + 1,
        "choices": "\n".join(
            separator.join(each[language] for language in DATA_KEYS)
            for each in known.get("choices", ())
        ),
        **initial_of(known["text"], "text"),
    }
    return _question(request, row, key, initial, _("Change the question"))


def _question(
    request: StaffRequest, row: Survey, key: str, initial: dict[str, Any], title: str
) -> HttpResponse:
    form = QuestionForm(posted(request), initial=initial, auto_id="survey-%s")

    def apply(data: dict[str, Any]) -> str:
        asked = Asked(data["kind"], by_language(data, "text"), data["choices"], data["place"])
        operations.save_question(survey_id=row.pk, key=key, asked=asked, actor=request.actor)
        return _page(row.pk)

    return _box(request, form, apply, title=title, confirm=_("Save"), back=_page(row.pk))


@staff_view(WORK, methods=("POST",))
def question_drop(request: StaffRequest, survey_id: int, key: str) -> HttpResponse:
    """Leave a question out of what comes."""
    row = _survey(request, survey_id)
    operations.drop_question(survey_id=row.pk, key=key, actor=request.actor)
    return lead_on(request, _page(row.pk))


@staff_view(WORK, methods=METHODS)
def draw(request: StaffRequest, survey_id: int) -> HttpResponse:
    """Draw the next wave; nothing is sent yet."""
    row = _survey(request, survey_id)
    initial = {"size": SIZE, "seed": secrets.randbelow(MOST_SEED)}
    form = DrawForm(posted(request), initial=initial, auto_id="survey-%s")

    def apply(data: dict[str, Any]) -> str:
        wave = survey_drawing.draw_wave(
            survey_id=row.pk,
            draw=survey_drawing.Draw(data["size"], data["seed"]),
            actor=request.actor,
            now=request.now,
        )
        return _wave_page(wave.pk)

    return _box(
        request,
        form,
        apply,
        title=_("Draw the next wave"),
        confirm=pgettext("survey", "Draw"),
        back=_page(row.pk),
        text=_("Customers are drawn by chance, by tier and area. Nothing is sent yet."),
    )


@staff_view(WORK, methods=METHODS)
def send(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Invite everybody who was drawn."""
    row = _wave(request, wave_id)

    def apply(_data: dict[str, Any]) -> str:
        address = request.build_absolute_uri(reverse("portal:survey", args=["-"]))
        survey_sending.send_wave(
            wave_id=row.pk,
            page_url=address.removesuffix("/").removesuffix("-"),
            actor=request.actor,
            now=request.now,
        )
        return _wave_page(row.pk)

    text = ngettext(
        "%(n)d customer gets a personal link by e-mail or letter. This cannot be taken back, and"
        " the questions stay as they are.",
        "%(n)d customers get a personal link by e-mail or letter. This cannot be taken back, and"
        " the questions stay as they are.",
        row.drawn_count,
    ) % {"n": row.drawn_count}
    return _box(
        request,
        ConfirmForm(posted(request)),
        apply,
        title=_("Send the wave"),
        confirm=pgettext("wave", "Send"),
        back=_wave_page(row.pk),
        text=text,
    )


@staff_view(WORK, methods=("POST",))
def discard(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Throw a draw away."""
    row = _wave(request, wave_id)

    def apply(_data: dict[str, Any]) -> str:
        survey_drawing.discard_wave(wave_id=row.pk, actor=request.actor)
        return _page(row.survey_id)

    return _box(
        request,
        ConfirmForm(request.POST),
        apply,
        title=_("Throw the draw away"),
        confirm=_("Throw away"),
        back=_wave_page(row.pk),
    )


@staff_view(WORK, methods=METHODS)
def close(request: StaffRequest, wave_id: int) -> HttpResponse:
    """Take no more answers."""
    row = _wave(request, wave_id)

    def apply(_data: dict[str, Any]) -> str:
        survey_sending.close_wave(wave_id=row.pk, actor=request.actor, now=request.now)
        return _wave_page(row.pk)

    return _box(
        request,
        ConfirmForm(posted(request)),
        apply,
        title=_("Close the wave now"),
        confirm=pgettext("wave", "Close"),
        back=_wave_page(row.pk),
        text=_("Customers who open their link from now on are told that it is closed."),
    )
