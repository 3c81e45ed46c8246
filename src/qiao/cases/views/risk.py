"""Risk of cases: the manager's alarms, acknowledging one, refusing a sign."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import WordsForm
from qiao.cases.forms.risk import RefuseRiskForm
from qiao.cases.models import CaseRisk
from qiao.cases.queries.risk import AlarmLine, RuleQuality
from qiao.cases.showing.clocks import DueMark, row_mark
from qiao.cases.showing.risk import LEVELS
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names

MEASURED_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class ShownAlarm:
    """An alarm in words, with its own clock."""

    line: AlarmLine
    reasons: str
    mark: DueMark | None


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule and how often it was wrong."""

    name: str
    level: str
    line: RuleQuality
    percent: int


def show_alarm(line: AlarmLine) -> ShownAlarm:
    """An alarm in words."""
    late = line.ended_at is None
    return ShownAlarm(
        line,
        _(", ").join(dict.fromkeys(from_names(each) for each in line.names)),
        row_mark(due_at=line.due_at, started_at=line.raised_at, level="warn") if late else None,
    )


@staff_view("cases.view")
def alarms(request: StaffRequest) -> HttpResponse:
    """The alarms: what waits, what was decided lately, and how often each rule was wrong."""
    mine = request.GET.get("whose", "") != "all"
    waiting = queries.alarms(actor=request.actor, now=request.now, mine=mine)
    ended = queries.alarms(
        actor=request.actor, now=request.now, is_open=False, mine=mine, limit=30
    )
    since = request.now - timedelta(days=MEASURED_DAYS)
    rules = [
        ShownRule(
            from_names(line.names, line.rule_key),
            str(LEVELS[line.level]),
            line,
            round(100 * line.refused / line.found),
        )
        for line in queries.rule_quality(actor=request.actor, since=since)
    ]
    return render(
        request,
        "cases/risk/alarms.html",
        {
            "mine": mine,
            "waiting": [show_alarm(line) for line in waiting],
            "ended": [show_alarm(line) for line in ended],
            "rules": rules,
            "days": MEASURED_DAYS,
        },
    )


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def acknowledge(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say that the risk is seen, and what is done."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = WordsForm(
        posted(request), label=_("What is done now"), optional=True, limit=400, auto_id="ra-%s"
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.acknowledge_risk(
                case_id=case.pk,
                words=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("Risk acknowledged"))
    return dialog(
        request,
        case,
        form,
        title=_("Acknowledge the risk"),
        text=_("Your name and the time stand in the history of the case."),
        confirm=_("Acknowledge"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def refuse(request: StaffRequest, case_id: int, risk_id: int) -> HttpResponse:
    """Say that a sign of risk was wrong, and why."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    if not CaseRisk.objects.filter(pk=risk_id, case=case).exists():
        raise Http404(str(risk_id))
    form = RefuseRiskForm(posted(request), auto_id="rr-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.refuse_risk(
                case_id=case.pk,
                risk_id=risk_id,
                reason=form.reason(),
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("Noted: this was a wrong alarm"))
    return dialog(
        request,
        case,
        form,
        title=_("Wrong alarm"),
        text=_("It counts no more for this case, and against its rule in the measure."),
        confirm=_("Wrong alarm"),
        status=422 if request.method == "POST" else 200,
    )
