"""Words on a case: notes for colleagues, answers for the customer."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.views.acting import attempt, done
from qiao.cases.views.page import answer_form, detail_of, note_form
from qiao.core.http import StaffRequest, staff_view

ANSWER: Final = "cases/_answer.html"
INSIDE: Final = "cases/_inside.html"


@staff_view("cases.note", methods=("POST",))
def note(request: StaffRequest, case_id: int) -> HttpResponse:
    """Keep a note that only colleagues see."""
    detail = detail_of(request, case_id)
    form = note_form(detail, request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: operations.add_note(
            case_id=case_id,
            text=form.cleaned_data["text"],
            actor=request.actor,
            now=request.now,
        ),
    ):
        return done(
            request,
            detail.case,
            toast=_("Note kept: colleagues see it, the customer does not"),
            undo_url=_way_back(case_id),
            slot="cases/_note.html",
        )
    return render(
        request,
        "cases/_note.html" if request.htmx else "cases/box_page.html",
        {"d": detail, "case": detail.case, "note_form": form, "box": "cases/_note.html"},
        status=422,
    )


@staff_view("cases.work", methods=("POST",))
def answer(request: StaffRequest, case_id: int) -> HttpResponse:
    """Keep what the customer, or the colleague who asked, was told."""
    detail = detail_of(request, case_id)
    inside = detail.case.is_internal
    template = INSIDE if inside else ANSWER
    if "shape" in request.GET:  # another channel was chosen: the button names it
        form = answer_form(detail)
        form.initial.update({key: request.POST.get(key, "") for key in ("text", "channel")})
        context = {"d": detail, "case": detail.case, "answer_form": form}
        return render(request, ANSWER, context)
    form = answer_form(detail, request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: operations.answer_customer(
            case_id=case_id,
            text=form.cleaned_data["text"],
            channel=form.cleaned_data["channel"],
            actor=request.actor,
            now=request.now,
        ),
    ):
        return done(
            request,
            detail.case,
            toast=_("Answered: who asked finds it at the bell")
            if inside
            else _("Kept as what the customer was told"),
            undo_url=_way_back(case_id),
            slot=template,
        )
    return render(
        request,
        template if request.htmx else "cases/box_page.html",
        {"d": detail, "case": detail.case, "answer_form": form, "box": template},
        status=422,
    )


def _way_back(case_id: int) -> str:
    """Where a press of “Undo” posts to: the words just kept are the newest entry."""
    return reverse("cases:withdraw", args=[case_id, queries.newest_seq(case_id=case_id)])


@staff_view("cases.note", methods=("POST",))
def withdraw(request: StaffRequest, case_id: int, seq: int) -> HttpResponse:
    """Take back what was just said."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        operations.withdraw(case_id=case_id, seq=seq, actor=request.actor, now=request.now)
    except operations.TooLate:
        return HttpResponse(status=409)
    return HttpResponse(status=204)
