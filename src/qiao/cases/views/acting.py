"""What a person does to a case: actions of its process, words, edits."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import definitions, operations, queries
from qiao.cases.forms import (
    ActionForm,
    FactsForm,
    LinkForm,
    PriorityForm,
    WordsForm,
    typed_facts,
)
from qiao.cases.models import Case
from qiao.cases.operations import setting_aside as aside_operations
from qiao.cases.rules.process import asked_fields, needed_fields
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.rules.values import BadFact
from qiao.cases.showing import names
from qiao.cases.showing.detail import definition_of
from qiao.cases.showing.joined_refusals import JOIN_REFUSALS
from qiao.cases.showing.refusals import refusal_words
from qiao.cases.showing.steps import facts_of, known_fields
from qiao.cases.views.cause_asking import ask_for_cause
from qiao.cases.views.page import following_url, renewed, to_page
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.wording import said

REFUSALS: tuple[type[Exception], ...] = (
    BadFact,
    BadText,
    ProcessRefusal,
    operations.NoSuchCause,
    operations.TooManyCauses,
    operations.AlreadyThere,
    operations.CaseClosedAlready,
    operations.EmptyText,
    operations.FileGone,
    operations.NotATeam,
    operations.NotPaused,
    operations.NothingToDecide,
    operations.ReasonMissing,
    aside_operations.NotSnoozable,
    operations.SubTaskOver,
    operations.TooManySubTasks,
    operations.GreenReasonMissing,
    operations.NotGreen,
    operations.NoAccount,
    operations.BadDispute,
    operations.NotYourDigest,
    operations.DecidedAlready,
    operations.BadDecision,
    operations.FindingMissing,
    operations.NamesCaller,
    operations.NobodyNeutral,
    operations.NotAbout,
    operations.StaleStep,
    *JOIN_REFUSALS,
)


def dialog(
    request: StaffRequest,
    case: Case,
    form: FactsForm,
    *,
    title: str,
    confirm: str,
    text: str = "",
    tone: str = "btn-primary",
    status: int = 200,
) -> HttpResponse:
    """A form in a dialog, or as a page of its own where no script runs."""
    context = {
        "case": case,
        "form": form,
        "title": title,
        "text": text,
        "confirm": confirm,
        "tone": tone,
        "action": request.path,
        "trail": (request.POST or request.GET).get("trail", ""),
    }
    template = "cases/_dialog.html" if request.htmx else "cases/form_page.html"
    return render(request, template, context, status=status)


def done(
    request: StaffRequest, case: Case, *, toast: str, undo_url: str = "", slot: str = ""
) -> HttpResponse:
    """After a change: renewed parts for htmx, else the page again."""
    if request.htmx:
        return renewed(request, case.pk, toast=toast, undo_url=undo_url, slot=slot)
    return HttpResponseRedirect(reverse("cases:detail", args=[case.pk]))


def go_on(request: StaffRequest, following: str, told: str) -> HttpResponse | None:
    """To the next case of the list with a word about this one; None where none was asked for."""
    if not following:
        return None
    messages.success(request, told)
    return to_page(request, following)


def posted(request: StaffRequest) -> Any:
    """What was sent, also when it is nothing; None for a form that is only shown."""
    return request.POST if request.method == "POST" else None


def attempt(form: FactsForm, run: Callable[[], Any]) -> bool:
    """Run an operation; a refusal is shown in the form. True when it went through."""
    try:
        run()
    except REFUSALS as error:
        if isinstance(error, BadFact | BadText):
            form.refuse(error)
        else:
            form.add_error(None, refusal_words(error))
        return False
    return True


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def act(request: StaffRequest, case_id: int, action: str) -> HttpResponse:
    """Take an action of the case's step; asks first for what the action needs."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form, label = _action_form(request, case, action)
    offered = ask_for_cause(request, case, form, action)
    text = names.step_name(case.process_id, case.step)
    if form.is_valid():
        following = following_url(request, case)
        given = form.given_facts() | {"reason": form.cleaned_data.get("reason", "")}
        if "main_cause" in form.fields:
            given["main_cause"] = form.cleaned_data["main_cause"]
        if attempt(
            form,
            lambda: operations.take_action(
                case_id=case_id,
                action=action,
                given=given,
                actor=request.actor,
                now=request.now,
                from_step=request.POST.get("from_step", ""),
                offered=offered,
            ),
        ):
            told = _("Done: %(action)s") % {"action": label}
            return go_on(request, following, told) or done(request, case, toast=told)
    status = 422 if form.is_bound else 200
    return dialog(request, case, form, title=label, text=text, confirm=label, status=status)


def _action_form(request: StaffRequest, case: Case, key: str) -> tuple[ActionForm, str]:
    """The form of an action, with the fields that what is typed makes visible or required."""
    process, definition = definitions.process_of(case.process), definition_of(case)
    step = process.step(case.step)
    chosen = step.action(key)
    if chosen is None or chosen.automatic:
        raise Http404(key)
    known = known_fields(process, definition)
    fields = [known[k] for k in asked_fields(step, chosen) if k in known]
    data = posted(request)
    typed = typed_facts(data, fields) if data is not None else {}
    facts = {**facts_of(case, definition), **typed}
    reshapes = data is not None and "reshape" in request.GET
    form = ActionForm(
        None if reshapes else data,
        fields=fields,
        required=needed_fields(step, chosen, facts, tuple(known.values())),
        known={**facts, "reason": ""},
        reason=chosen.reason_required,
        reshape_url=f"{request.path}?reshape=1",
        initial={key: data.get(key, "") for key in ("reason", "main_cause")} if reshapes else None,
        auto_id="act-%s",
    )
    return form, said(chosen.name)


def _words_view(
    permission: str,
    *,
    operation: Callable[..., Any],
    argument: str,
    words: Callable[[], dict[str, str]],
    optional: bool = False,
) -> Callable[..., HttpResponseBase]:
    """A view that asks for one text and runs one operation with it."""

    @staff_view(permission, methods=("GET", "HEAD", "POST"))
    def view(request: StaffRequest, case_id: int) -> HttpResponse:
        case = queries.get_case_for(actor=request.actor, case_id=case_id)
        said = words()
        form = WordsForm(
            posted(request),
            label=said["label"],
            optional=optional,
            limit=1_000,
            auto_id="words-%s",
        )
        if request.method == "POST" and form.is_valid():
            given = {argument: form.cleaned_data["text"]}
            if attempt(
                form,
                lambda: operation(case_id=case_id, actor=request.actor, now=request.now, **given),
            ):
                return done(request, case, toast=said["done"])
        return dialog(
            request,
            case,
            form,
            title=said["title"],
            text=said.get("text", ""),
            confirm=said["confirm"],
            status=422 if request.method == "POST" else 200,
        )

    return view


chase = _words_view(
    "cases.open",
    operation=operations.chase,
    argument="words",
    optional=True,
    words=lambda: {
        "title": _("The customer asks again"),
        "text": _("Whoever works on the case sees it at once."),
        "label": _("What the customer says"),
        "confirm": _("Chase"),
        "done": _("Chased"),
    },
)
escalate = _words_view(
    "cases.open",
    operation=operations.escalate,
    argument="reason",
    words=lambda: {
        "title": _("Escalate to the supervisor"),
        "text": _("The first person stays responsible."),
        "label": _("Reason"),
        "confirm": _("Escalate"),
        "done": _("Escalated"),
    },
)
pause = _words_view(
    "cases.work",
    operation=operations.pause,
    argument="reason",
    words=lambda: {
        "title": _("Pause the clock"),
        "text": _("The reason stands in the history; the customer could read it."),
        "label": _("Reason"),
        "confirm": _("Pause"),
        "done": _("Clock paused"),
    },
)


@staff_view("cases.work", methods=("POST",))
def resume(request: StaffRequest, case_id: int) -> HttpResponse:
    """Let the clock run again."""
    return at_once(request, case_id, operations.resume, _("The clock runs again"))


def at_once(
    request: StaffRequest, case_id: int, operation: Callable[..., Any], toast: str
) -> HttpResponse:
    """Run an operation that asks for nothing."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = FactsForm({})
    form.is_valid()
    if attempt(form, lambda: operation(case_id=case_id, actor=request.actor, now=request.now)):
        return done(request, case, toast=toast)
    return dialog(
        request, case, form, title=_("This did not work"), confirm=_("Try again"), status=422
    )


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def priority(request: StaffRequest, case_id: int) -> HttpResponse:
    """Give the case another priority; the clocks keep what was used and paused."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    asked = request.GET.get("priority") if request.method == "POST" else None
    data = {"priority": asked} if asked else posted(request)
    form = PriorityForm(data, initial={"priority": case.priority}, auto_id="pr-%s")
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["priority"]
        if attempt(
            form,
            lambda: operations.change_priority(
                case_id=case_id, priority=wanted, actor=request.actor, now=request.now
            ),
        ):
            undo = "" if asked else f"{request.path}?priority={case.priority}"
            return done(request, case, toast=_("Priority changed"), undo_url=undo)
    return dialog(
        request,
        case,
        form,
        title=_("Priority"),
        text=_("Time used and pauses taken stay as they are."),
        confirm=_("Change"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def link(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say that another case belongs to this one."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = LinkForm(posted(request), auto_id="ln-%s")
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip().lstrip("#").upper()
        found = queries.find_cases(actor=request.actor, text=number, limit=2)
        exact = [line for line in found if line.number == number] or list(found)
        if len(exact) != 1 or exact[0].case_id == case_id:
            form.add_error("number", _("There is no other case of this number."))
        elif attempt(
            form,
            lambda: operations.link_cases(
                case_id=case_id,
                other_id=exact[0].case_id,
                kind=form.cleaned_data["kind"],
                actor=request.actor,
                now=request.now,
            ),
        ):
            undo = _undo_link(request, case_id, exact[0].case_id)
            return done(request, case, toast=_("Linked"), undo_url=undo)
    return dialog(
        request,
        case,
        form,
        title=_("Link another case"),
        confirm=_("Link"),
        status=422 if request.method == "POST" else 200,
    )


def _undo_link(request: StaffRequest, case_id: int, other_id: int) -> str:
    """The way back from a link that was made just now; empty for one that stood before."""
    seq = queries.linked_at(case_id=case_id, other_id=other_id, now=request.now)
    may = request.actor.can("cases.join")
    return reverse("cases:undo", args=[case_id, seq]) if seq and may else ""
