"""Saying why a case arose."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms.causes import CauseForm, SuspicionForm, by_group
from qiao.cases.queries.causes import coding_of
from qiao.cases.showing.cause_words import CauseLine, choices_of, find_causes, suggested
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.cases.views.cause_asking import causes_for, offered_of, suggestions_for
from qiao.core.http import StaffRequest, staff_view

NAMES = frozenset({"main", "main_cause"})  # fields that a chooser may stand for


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def code(request: StaffRequest, case_id: int) -> HttpResponse:
    """The main cause and others, with suggestions from the words of the case on top."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id, permission="cases.work")
    causes = causes_for(request, case)
    model_id, found = suggestions_for(request, case)
    coding = coding_of(case_id=case.pk)
    form = CauseForm(
        posted(request),
        initial={"main": coding.main, "others": coding.others},
        case_id=case.pk,
        lines=choices_of(causes),
        suggested=suggested(found, causes),
        auto_id="cause-%s",
    )
    if request.method == "POST" and form.is_valid():
        offered = offered_of(model_id, found)
        if attempt(
            form,
            lambda: operations.code_causes(
                case_id=case.pk,
                main=form.cleaned_data["main"],
                others=form.cleaned_data["others"],
                actor=request.actor,
                now=request.now,
                offered=offered,
            ),
        ):
            return done(request, case, toast=_("The cause stands in the case."))
    status = 422 if request.method == "POST" else 200
    return dialog(
        request,
        case,
        form,
        title=_("Why did it come to this?"),
        text=_("What was found, not what the customer supposes."),
        confirm=_("Keep the cause"),
        status=status,
    )


@staff_view("cases.work")
def choices(request: StaffRequest, case_id: int) -> HttpResponse:
    """Causes that fit what is typed; a single one is chosen at once."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id, permission="cases.work")
    lines: list[CauseLine] = find_causes(
        request.GET.get("cause_q", "")[:60], causes_for(request, case)
    )
    name = request.GET.get("name", "")
    context = {
        "groups": by_group(lines),
        "name": name if name in NAMES else "main",
        "chosen": lines[0].key if len(lines) == 1 else "",
    }
    return render(request, "cases/_cause_lines.html", context)


@staff_view("cases.note", methods=("GET", "HEAD", "POST"))
def suspect(request: StaffRequest, case_id: int) -> HttpResponse:
    """What the customer takes for the reason, kept apart from what is found."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id, permission="cases.note")
    form = SuspicionForm(
        posted(request),
        initial={"cause": coding_of(case_id=case.pk).suspected},
        lines=choices_of(causes_for(request, case)),
        auto_id="suspicion-%s",
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.note_suspicion(
                case_id=case.pk,
                cause=form.cleaned_data["cause"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("Saved"))
    return dialog(
        request,
        case,
        form,
        title=_("What does the customer take for the cause?"),
        text=_("It is kept apart from what is found."),
        confirm=_("Save"),
        status=422 if request.method == "POST" else 200,
    )
