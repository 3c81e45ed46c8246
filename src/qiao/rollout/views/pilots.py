"""Pilots: the list, a new one, one with what was said, its evaluation and the decision."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.rollout.forms.pilots import DECISIONS, DecisionForm, EvaluationForm, PilotForm
from qiao.rollout.operations import pilots as operations
from qiao.rollout.operations.pilots import MANAGE, PilotPlan, Wanted
from qiao.rollout.queries.pilots import agreed_decision, pilot_for, pilots_for, waiting_decision
from qiao.rollout.queries.remarks import remarks_for
from qiao.rollout.queries.standing import VIEW, units_for
from qiao.rollout.showing import KIND_NAMES, STATE_NAMES
from qiao.rollout.views.boxes import METHODS, box, language, today, unit_choices
from qiao.staff.queries import holders_of, names_of

TWO_WEEKS: Final = timedelta(days=13)


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Pilots, the newest first."""
    labels = registry.features()
    lines = [
        (
            line,
            STATE_NAMES[line.state],
            [labels[k].label for k in line.pilot.features if k in labels],
            dict(DECISIONS).get(line.pilot.decision, ""),
        )
        for line in pilots_for(actor=request.actor, day=today(request))
    ]
    context = {"lines": lines, "may_manage": request.actor.can(MANAGE)}
    return render(request, "rollout/pilots.html", context)


@staff_view(MANAGE, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """Plan a pilot."""
    actor, day = request.actor, today(request)
    units = units_for(actor, language=language())
    people = holders_of(
        permission="cases.work", organisation_ids=[u.unit_id for u in units], day=day
    )
    first = day + timedelta(days=1)
    form = PilotForm(
        request.POST if request.method == "POST" else None,
        initial={"since": first, "last": first + TWO_WEEKS, "off_elsewhere": True},
        choices={
            "features": [(f.key, f.label) for f in registry.features().values()],
            "units": unit_choices([unit for unit in units if unit.kind != "company"]),
            "helpers": [(each.staff_id, f"{each.name} {each.number}") for each in people],
            "team": [
                ("", _("the team for systems")),
                *((u.unit_id, u.name) for u in units if u.kind == "team"),
            ],
        },
        auto_id="pilot-%s",
    )

    def apply(data: dict[str, Any]) -> str:
        plan = PilotPlan(
            data["title"],
            data["features"],
            data["units"],
            data["since"],
            data["until"],
            data["aim"],
            data["helpers"],
            int(data["team"]) if data["team"] else None,
            data["off_elsewhere"],
        )
        pilot = operations.plan_pilot(plan=plan, actor=actor, now=request.now)
        return reverse("rollout:pilot", args=[pilot.pk])

    return box(
        request,
        form,
        apply,
        title=_("New pilot"),
        text=_("Few units, a fixed time, an aim that can be checked, and people who help."),
        confirm=_("Plan the pilot"),
        back=reverse("rollout:pilots"),
        template="pilot_form",
        is_page=True,
    )


@staff_view(VIEW)
def show(request: StaffRequest, pilot_id: int) -> HttpResponse:
    """One pilot."""
    actor, day = request.actor, today(request)
    line = pilot_for(actor=actor, pilot_id=pilot_id, day=day)
    pilot = line.pilot
    waiting, agreed = waiting_decision(pilot.pk), agreed_decision(pilot.pk)
    people = names_of(
        each
        for row in (waiting, agreed)
        if row is not None
        for each in (row.requested_by_id, row.decided_by_id)
        if each
    )
    labels = registry.features()
    context = {
        "line": line,
        "pilot": pilot,
        "state": STATE_NAMES[line.state],
        "days": (pilot.until - pilot.since).days,
        "features": [labels[key] for key in pilot.features if key in labels],
        "remarks": [
            (each, KIND_NAMES.get(each.remark.kind))
            for each in remarks_for(actor=actor, pilot_id=pilot.pk)
        ],
        "waiting": waiting,
        "agreed": agreed,
        "decision": dict(DECISIONS).get(pilot.decision, ""),
        "people": people,
        "asked_by": people.get(waiting.requested_by_id, "") if waiting else "",
        "agreed_by": people.get(agreed.decided_by_id or 0, "") if agreed else "",
        "may_manage": actor.can(MANAGE) and not pilot.decision,
        "has_days": day > pilot.since,
    }
    return render(request, "rollout/pilot.html", context)


@staff_view(MANAGE, methods=METHODS)
def evaluate(request: StaffRequest, pilot_id: int) -> HttpResponse:
    """Write down what the pilot showed."""
    line = pilot_for(actor=request.actor, pilot_id=pilot_id, day=today(request))
    target = reverse("rollout:pilot", args=[pilot_id])
    form = EvaluationForm(
        request.POST if request.method == "POST" else None,
        initial={"words": line.pilot.evaluation},
        auto_id="evaluation-%s",
    )

    def apply(data: dict[str, Any]) -> str:
        operations.evaluate_pilot(
            pilot_id=pilot_id, words=data["words"], actor=request.actor, now=request.now
        )
        return target

    return box(
        request,
        form,
        apply,
        title=_("Evaluate the pilot"),
        text=line.pilot.aim,
        confirm=_("Keep the evaluation"),
        back=target,
    )


@staff_view(MANAGE, methods=METHODS)
def decide(request: StaffRequest, pilot_id: int) -> HttpResponse:
    """Propose what becomes of the pilot."""
    actor, day = request.actor, today(request)
    line = pilot_for(actor=actor, pilot_id=pilot_id, day=day)
    target = reverse("rollout:pilot", args=[pilot_id])
    units = units_for(actor, language=language())
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        initial={"since": max(day, line.pilot.until)},
        units=unit_choices([unit for unit in units if unit.unit_id not in line.unit_ids]),
        auto_id="decision-%s",
    )

    def apply(data: dict[str, Any]) -> str:
        wanted = Wanted(
            data["decision"],
            data["since"],
            data["reason"],
            data["last"] + timedelta(days=1) if data["last"] else None,
            data["units"],
        )
        operations.ask_for_decision(pilot_id=pilot_id, wanted=wanted, actor=actor, now=request.now)
        messages.success(request, _("The decision waits for a second person."))
        return target

    return box(
        request,
        form,
        apply,
        title=_("Decide on the pilot"),
        text=_("It takes effect only when a second person agrees."),
        confirm=_("Ask a second person"),
        back=target,
    )
