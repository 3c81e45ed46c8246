"""The problem log for who looks after it: what is wrong, who mends it, in which version."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.desk.administration.files import table_answer
from qiao.desk.administration.frame import OPERATE, UNPROCESSABLE, show
from qiao.desk.models import Problem
from qiao.desk.operations import problems as operations
from qiao.desk.problem_words import PROBLEM_SOURCES, PROBLEM_STATES
from qiao.desk.queries.problems import Narrowing, find_problem, list_problems, pictures_of

MOST_EXPORTED: Final = 5_000
SEVERITIES: Final = (
    (1, pgettext_lazy("severity", "Urgent")),
    (2, pgettext_lazy("severity", "High")),
    (3, pgettext_lazy("severity", "Medium")),
    (4, pgettext_lazy("severity", "Low")),
)


class ProblemForm(forms.Form):
    """What is decided on a problem."""

    state = forms.ChoiceField(
        label=pgettext_lazy("problem", "State"), choices=tuple(PROBLEM_STATES.items())
    )
    severity = forms.TypedChoiceField(
        label=pgettext_lazy("problem", "Severity"), choices=SEVERITIES, coerce=int
    )
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Looked after by"), coerce=int, empty_value=None, required=False
    )
    fixed_in = forms.CharField(
        label=gettext_lazy("Fixed in version"),
        max_length=operations.VERSION_LENGTH,
        required=False,
    )
    duplicate_of = forms.IntegerField(
        label=gettext_lazy("The same as problem number"), min_value=1, required=False
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to who reported it"),
        max_length=operations.ANSWER_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, owners: list[tuple[Any, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("nobody yet")), *owners]  # type: ignore[attr-defined]


def _narrowing(values: Any) -> Narrowing:
    state, source = values.get("state", "open"), values.get("source", "")
    return Narrowing(
        state="" if state == "all" or state not in {"open", *PROBLEM_STATES} else state,
        source=source if source in PROBLEM_SOURCES else "",
        text=values.get("q", "").strip()[:60],
    )


@staff_view(OPERATE)
def problem_list(request: StaffRequest) -> HttpResponse:
    """The one seen last first; undecided ones unless asked otherwise."""
    narrowing = _narrowing(request.GET)
    page, after = list_problems(
        actor=request.actor, narrowing=narrowing, after=request.GET.get("after", "")[:60]
    )
    context = {
        "problems": page,
        "after": after,
        "narrowing": narrowing,
        "states": PROBLEM_STATES.items(),
        "sources": PROBLEM_SOURCES.items(),
    }
    return show(request, "problems.html", "problems", context)


@staff_view(OPERATE, methods=("GET", "HEAD", "POST"))
def problem_page(request: StaffRequest, problem_id: int) -> HttpResponse:
    """One problem with its circumstances; what is decided on it."""
    problem = find_problem(actor=request.actor, problem_id=problem_id)
    if problem is None:
        raise Http404(problem_id)
    owners: dict[Any, Any] = {request.actor.person_id: request.actor.name}
    if problem.owner is not None:
        owners[problem.owner.pk] = problem.owner.name
    data = request.POST if request.method == "POST" else None
    form = ProblemForm(list(owners.items()), data, initial=_initial(problem))
    if data is not None and form.is_valid() and _decide(request, problem, form):
        messages.success(request, _("Kept. Who reported it reads your answer in the workspace."))
        return HttpResponseRedirect(reverse("administration:problems"))
    context = {"problem": problem, "form": form, "pictures": pictures_of(problem)}
    status = UNPROCESSABLE if form.errors else 200
    return show(request, "problem.html", "problems", context, status=status)


def _initial(problem: Problem) -> dict[str, Any]:
    return {
        "state": problem.state,
        "severity": problem.severity,
        "owner": problem.owner_id or "",
        "fixed_in": problem.fixed_in,
        "duplicate_of": problem.duplicate_of_id,
        "answer": problem.answer,
    }


def _decide(request: StaffRequest, problem: Problem, form: ProblemForm) -> bool:
    told = form.cleaned_data
    decision = operations.Decision(
        state=told["state"],
        severity=told["severity"],
        owner_id=told["owner"],
        fixed_in=told["fixed_in"],
        duplicate_of_id=told["duplicate_of"],
        answer=told["answer"],
    )
    try:
        operations.decide_problem(
            actor=request.actor, now=request.now, problem_id=problem.pk, decision=decision
        )
    except operations.BadDecision as bad:
        words = {
            "fixed_in": _("Say in which version it is fixed."),
            "duplicate_of": _("Name another problem that is itself no duplicate."),
        }
        form.add_error(bad.field, words.get(bad.field, _("This value is not possible.")))
    except BadText as bad:
        form.add_error(bad.field, _("This text cannot be kept as it is."))
    return not form.errors


@staff_view(OPERATE, methods=("POST",))
def problem_export(request: StaffRequest) -> HttpResponseBase:
    """The narrowed list as a file; recorded as an export."""
    page, after = list_problems(
        actor=request.actor, narrowing=_narrowing(request.POST), limit=MOST_EXPORTED
    )
    disclosure.record(
        kind="export",
        subject="administration.problems",
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=_("Problem log"),
        row_count=len(page),
    )
    header = [
        _("Number"), pgettext_lazy("problem", "Severity"), pgettext_lazy("problem", "State"),
        pgettext_lazy("problem", "What does not work"), _("Told by"), _("Times"),
        _("First seen"), _("Last seen"), _("Version"), _("Looked after by"),
        _("Fixed in version"),
    ]  # fmt: skip
    return table_answer(
        request,
        name="problems",
        header=[str(word) for word in header],
        rows=(_line(problem) for problem in page),
        cut_after=len(page) if after else None,
    )


def _line(problem: Problem) -> list[object]:
    def moment(at: Any) -> str:
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"

    told_by = problem.reported_by.name if problem.reported_by else PROBLEM_SOURCES[problem.source]
    return [
        problem.pk, problem.severity, str(PROBLEM_STATES[problem.state]), problem.title,
        str(told_by), problem.count, moment(problem.first_seen_at), moment(problem.last_seen_at),
        problem.app_version, problem.owner.name if problem.owner else "", problem.fixed_in,
    ]  # fmt: skip
