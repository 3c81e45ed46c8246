"""Sub-tasks on the page of a case: given, changed, done, dropped, taken up again."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms.subtasks import EndForm, SubTaskForm, owner_value
from qiao.cases.models import Case, SubTask
from qiao.cases.operations import subtasks as operations
from qiao.cases.queries.subtasks import get_subtask_for
from qiao.cases.showing.refusals import refusal_words
from qiao.cases.views.acting import REFUSALS, attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.core.toasts import add_toast

METHODS = ("GET", "HEAD", "POST")
UNPROCESSABLE = 422


def _form(request: StaffRequest, **initial: Any) -> SubTaskForm:
    teams = queries.units(
        actor=request.actor,
        permission="cases.view",
        kinds=("team",),
        language=get_language() or "en",
    )
    return SubTaskForm(
        posted(request),
        initial=initial,
        people=queries.people(actor=request.actor),
        teams=[
            (unit.unit_id, f"{unit.parent} · {unit.name}" if unit.parent else unit.name)
            for unit in teams
        ],
        auto_id="subtask-%s",
    )


def _keep(form: SubTaskForm, request: StaffRequest, run: Callable[..., Any], **which: int) -> bool:
    return form.is_valid() and attempt(
        form,
        lambda: run(
            title=form.cleaned_data["title"],
            owner=form.chosen_owner,
            due_at=form.cleaned_data["due_at"],
            actor=request.actor,
            now=request.now,
            **which,
        ),
    )


@staff_view("cases.work", methods=METHODS)
def add(request: StaffRequest, case_id: int) -> HttpResponse:
    """Give a part of the work to somebody."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = _form(request, owner=owner_value(request.actor.staff_id, None))
    if _keep(form, request, operations.add_subtask, case_id=case.pk):
        return done(request, case, toast=_("Sub-task given"))
    return dialog(
        request,
        case,
        form,
        title=_("New sub-task"),
        text=_("Whoever owes it finds it in the workspace and under the bell. The case cannot be"
               " finished before it is done or dropped."),
        confirm=pgettext("sub-task", "Give it"),
        status=UNPROCESSABLE if form.errors else 200,
    )  # fmt: skip


@staff_view("cases.work", methods=METHODS)
def change(request: StaffRequest, case_id: int, subtask_id: int) -> HttpResponse:
    """Other words, another owner, another day."""
    case, found = _found(request, case_id, subtask_id)
    form = _form(
        request,
        title=found.title,
        owner=owner_value(found.staff_id, found.team_id),
        due_at=found.due_at,
    )
    if _keep(form, request, operations.change_subtask, subtask_id=found.pk):
        return done(request, case, toast=_("Sub-task changed"))
    return dialog(
        request,
        case,
        form,
        title=_("Change the sub-task"),
        confirm=_("Save"),
        status=UNPROCESSABLE if form.errors else 200,
    )


@staff_view("cases.view", methods=METHODS)
def finish(request: StaffRequest, case_id: int, subtask_id: int) -> HttpResponse:
    """It is done; what was found may be said."""
    case, found = _found(request, case_id, subtask_id)
    form = EndForm(posted(request), reason=False, auto_id="end-%s")
    if _end(form, request, operations.finish_subtask, found):
        return done(request, case, toast=_("Sub-task done"))
    return dialog(
        request,
        case,
        form,
        title=_("The sub-task is done"),
        text=found.title,
        confirm=pgettext("sub-task", "Done"),
        status=UNPROCESSABLE if form.errors else 200,
    )


@staff_view("cases.view", methods=METHODS)
def drop(request: StaffRequest, case_id: int, subtask_id: int) -> HttpResponse:
    """It is not needed any more, for a reason."""
    case, found = _found(request, case_id, subtask_id)
    form = EndForm(posted(request), reason=True, auto_id="end-%s")
    if _end(form, request, operations.drop_subtask, found):
        return done(request, case, toast=_("Sub-task dropped"))
    return dialog(
        request,
        case,
        form,
        title=_("Drop the sub-task"),
        text=found.title,
        confirm=pgettext("sub-task", "Drop it"),
        tone="btn-danger",
        status=UNPROCESSABLE if form.errors else 200,
    )


@staff_view("cases.view", methods=("POST",))
def reopen(request: StaffRequest, case_id: int, subtask_id: int) -> HttpResponse:
    """Take it up again."""
    case, found = _found(request, case_id, subtask_id)
    try:
        operations.reopen_subtask(subtask_id=found.pk, actor=request.actor, now=request.now)
    except REFUSALS as refusal:
        return add_toast(HttpResponse(status=409), text=refusal_words(refusal))
    return done(request, case, toast=_("Sub-task taken up again"))


def _end(form: EndForm, request: StaffRequest, run: Callable[..., Any], found: SubTask) -> bool:
    return form.is_valid() and attempt(
        form,
        lambda: run(
            subtask_id=found.pk,
            words=form.cleaned_data["words"],
            actor=request.actor,
            now=request.now,
        ),
    )


def _found(request: StaffRequest, case_id: int, subtask_id: int) -> tuple[Case, SubTask]:
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    return case, get_subtask_for(actor=request.actor, case=case, subtask_id=subtask_id)
