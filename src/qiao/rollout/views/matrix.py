"""The matrix of units and features, one feature with its figures and steps, and switching."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core import features
from qiao.core.features import SWITCH, Switching, switch
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Feature
from qiao.core.rules.spans import last_days
from qiao.rollout.forms.steps import StepsForm, SwitchForm
from qiao.rollout.operations.steps import Plan, plan_steps
from qiao.rollout.queries.figures import chosen_figures, unit_figures
from qiao.rollout.queries.standing import VIEW, cells, units_for
from qiao.rollout.showing import figure_cells, history_lines
from qiao.rollout.views.boxes import METHODS, box, language, today, unit_choices
from qiao.staff.queries import Unit, company_id

LOOKED_BACK: Final = 28
STATES: Final = {"on": True, "off": False, "above": None}


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Which unit has which feature, and what turns next."""
    day = today(request)
    units = units_for(request.actor, language=language())
    rows = cells(units=units, day=day)
    context = {
        "rows": rows,
        "features": [cell.feature for cell in rows[0][1]] if rows else [],
        "may_switch": request.actor.can(SWITCH),
        "history": history_lines(features.history(organisation_ids=_ids(units), limit=12)),
    }
    return render(request, "rollout/index.html", context)


def _ids(units: list[Unit]) -> list[int]:
    return [unit.unit_id for unit in units]


def _feature(key: str) -> Feature:
    try:
        return features.feature(key)
    except features.UnknownFeature as unknown:
        raise Http404(key) from unknown


@staff_view(VIEW)
def feature_page(request: StaffRequest, key: str) -> HttpResponse:
    """One feature: how each unit stands and works, its steps and who switched it why."""
    feature = _feature(key)
    day, actor = today(request), request.actor
    units = units_for(actor, language=language())
    span = last_days(day - timedelta(days=1), LOOKED_BACK)
    figures = unit_figures(actor=actor, now=request.now, span=span, units=units)
    shown = chosen_figures(actor, ("opened", "kept", "reopened", "satisfied"))
    context = {
        "feature": feature,
        "span": span,
        "figures": shown,
        "rows": [
            (unit, row[0], figures[unit.unit_id], figure_cells(figures[unit.unit_id], shown))
            for unit, row in cells(units=units, day=day, keys=[key])
        ],
        "may_switch": actor.can(SWITCH),
        "may_step": actor.can_in(SWITCH, company_id()),
        "history": history_lines(
            features.history(organisation_ids=_ids(units), key=key, limit=60)
        ),
    }
    return render(request, "rollout/feature.html", context)


@staff_view(SWITCH, methods=METHODS)
def switch_unit(request: StaffRequest, key: str, unit_id: int) -> HttpResponse:
    """Decide on one feature in one unit."""
    feature, actor = _feature(key), request.actor
    units = {unit.unit_id: unit for unit in units_for(actor, language=language())}
    unit = units.get(unit_id)
    if unit is None:
        raise Http404(unit_id)
    [(_unit, [cell])] = cells(units=[unit], day=today(request), keys=[key])
    back = request.GET.get("back", "")
    target = reverse("rollout:feature", args=[key]) if back else reverse("rollout:index")
    form = SwitchForm(
        request.POST if request.method == "POST" else None,
        initial={"state": "off" if cell.now.is_on else "on", "since": today(request)},
        auto_id="switch-%s",
    )

    def apply(data: dict[str, Any]) -> str:
        until = data["last"] + timedelta(days=1) if data["last"] else None
        wanted = Switching(
            key, unit_id, STATES[data["state"]], data["since"], data["reason"], until
        )
        switch(wanted=wanted, actor=actor, now=request.now)
        messages.success(request, _("Decided. It holds from the first request of that day on."))
        return target

    return box(
        request,
        form,
        apply,
        title=f"{feature.label} · {unit.name}",
        text=str(feature.about),
        confirm=pgettext("feature", "Decide"),
        back=target,
        more={
            "cell": cell,
            "history": history_lines(
                features.history(organisation_ids=[unit_id], key=key, limit=5)
            ),
        },
    )


@staff_view(SWITCH, methods=METHODS)
def steps(request: StaffRequest, key: str) -> HttpResponse:
    """Switch a feature on for one unit after another."""
    feature, actor = _feature(key), request.actor
    units = [
        unit
        for unit in units_for(actor, language=language())
        if actor.can_in(SWITCH, unit.unit_id) and unit.kind != "company"
    ]
    form = StepsForm(
        request.POST if request.method == "POST" else None,
        initial={"first": today(request) + timedelta(days=1), "off_elsewhere": False},
        units=unit_choices(units),
        auto_id="steps-%s",
    )
    target = reverse("rollout:feature", args=[key])

    def apply(data: dict[str, Any]) -> str:
        plan = Plan(
            key,
            data["units"],
            data["first"],
            data["apart"],
            data["at_once"],
            data["reason"],
            data["off_elsewhere"],
        )
        days = plan_steps(plan=plan, actor=actor, now=request.now)
        told = _("%(count)s units follow until %(day)s.")
        messages.success(request, told % {"count": len(days), "day": max(days.values())})
        return target

    return box(
        request,
        form,
        apply,
        title=_("Step by step: %(feature)s") % {"feature": feature.label},
        text=_("Each unit is switched on on its day. A unit that is on already stays on."),
        confirm=_("Plan the steps"),
        back=target,
    )
