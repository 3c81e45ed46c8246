"""Pilots: on for their units and days, off elsewhere, decided on by two people."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases.tests.browsing import HTMX, client_of, text_of
from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import SamePerson, decide
from qiao.core.features import is_on
from qiao.core.models import Approval, FeatureSwitch
from qiao.rollout.models import Pilot
from qiao.rollout.operations.pilots import (
    PilotPlan,
    PilotRefused,
    Wanted,
    ask_for_decision,
    decision_agreed,
    evaluate_pilot,
    plan_pilot,
)
from qiao.rollout.operations.steps import NoUnits, Plan, plan_steps
from qiao.staff.queries import actor_for, chain_of
from qiao.staff.tests.cast import Company

MACROS = "cases.macros"
WEEKS = timedelta(days=14)


def today() -> date:
    return timezone.localdate()


def a_pilot(company: Company, **changes: Any) -> Pilot:
    told: dict[str, Any] = {
        "title": "宏试点",
        "features": [MACROS],
        "units": [company.lake.pk],
        "since": today(),
        "until": today() + WEEKS,
        "aim": "少点几次鼠标",
        "helpers": [company.colleague.person_id],
    }
    actor = changes.pop("actor", company.chief)
    return plan_pilot(plan=PilotPlan(**told | changes), actor=actor, now=timezone.now())


def stands(unit_id: int, days: int = 0) -> bool:
    day = today() + timedelta(days=days)
    return is_on(MACROS, organisation_ids=chain_of(unit_id), day=day)


def test_a_pilot_is_on_in_its_units_for_its_days_and_off_for_everybody_else(
    company: Company,
) -> None:
    a_pilot(company)
    assert [stands(company.lake_team.pk, n) for n in (0, 13, 14)] == [True, True, False]
    assert not stands(company.river_team.pk)
    assert not actor_for(company.outsider_staff, day=today()).uses(MACROS)
    assert actor_for(company.agent_staff, day=today()).uses(MACROS)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"units": []}, "units"),
        ({"features": []}, "features"),
        ({"helpers": []}, "helpers"),
        ({"until": date(2020, 1, 1)}, "days"),
    ],
)
def test_a_pilot_without_what_it_needs_is_refused(
    company: Company, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(PilotRefused) as refused:
        a_pilot(company, **changes)
    assert refused.value.reason == reason
    assert not FeatureSwitch.objects.exists()


def test_a_branch_plans_for_itself_alone(company: Company) -> None:
    for changes in ({"off_elsewhere": True}, {"units": [company.river.pk]}):
        with pytest.raises(Forbidden):
            a_pilot(company, actor=company.agent, **changes)
    assert a_pilot(company, actor=company.agent, off_elsewhere=False).units.count() == 1


def proposed(company: Company, decision: str, **more: Any) -> Approval:
    pilot = a_pilot(company)
    now = timezone.now()
    evaluate_pilot(pilot_id=pilot.pk, words="更快了", actor=company.chief, now=now)
    wanted = Wanted(decision, today() + WEEKS, "两周反映良好", **more)
    return ask_for_decision(pilot_id=pilot.pk, wanted=wanted, actor=company.chief, now=now)


def agreed(approval: Approval, actor: Actor, now: datetime) -> None:
    found = decide(approval_id=approval.pk, approve=True, note="", actor=actor, now=now)
    decision_agreed(approval=found, actor=actor, now=now)


@pytest.mark.parametrize(
    ("decision", "lake", "river"),
    [("go_on", True, False), ("widen", True, True), ("stop", False, False)],
)
def test_what_two_people_decide_holds_from_its_day_on(
    company: Company, decision: str, lake: bool, river: bool
) -> None:
    units = [company.river.pk] if decision == "widen" else []
    approval = proposed(company, decision, units=units)
    assert not stands(company.lake_team.pk, 15)  # nothing holds before somebody agreed
    with pytest.raises(SamePerson):
        agreed(approval, company.chief, timezone.now())
    agreed(approval, company.agent, timezone.now())
    assert stands(company.lake_team.pk, 15) is lake
    assert stands(company.river_team.pk, 15) is river
    assert Pilot.objects.get().decision == decision
    with pytest.raises(PilotRefused):
        evaluate_pilot(
            pilot_id=approval.subject_id, words="x", actor=company.chief, now=timezone.now()
        )


def test_nothing_is_decided_before_it_was_evaluated(company: Company) -> None:
    pilot = a_pilot(company)
    wanted = Wanted("go_on", today(), "x")
    with pytest.raises(PilotRefused, match="evaluation"):
        ask_for_decision(pilot_id=pilot.pk, wanted=wanted, actor=company.chief, now=timezone.now())


def test_unit_after_unit_follows_and_the_others_wait(company: Company) -> None:
    plan = Plan(MACROS, [company.lake.pk, company.river.pk], today(), 7, 1, "推开", True)
    plan_steps(plan=plan, actor=company.chief, now=timezone.now())
    stood = [(stands(company.lake.pk, n), stands(company.river.pk, n)) for n in (0, 6, 7)]
    assert stood == [(True, False), (True, False), (True, True)]
    assert not stands(company.company.pk, 7)
    nobody = Plan(MACROS, [], today(), 7, 1, "x")
    with pytest.raises(NoUnits):
        plan_steps(plan=nobody, actor=company.chief, now=timezone.now())


def test_the_matrix_shows_how_units_stand_and_a_press_decides(
    company: Company, chief: Client
) -> None:
    there = reverse("rollout:switch", args=[MACROS, company.lake.pk])
    shown = text_of(chief.get(there, headers=HTMX))
    assert "<dialog" in shown
    data = {"state": "off", "since": today().isoformat(), "reason": "先试点"}
    assert chief.post(there, data, headers=HTMX).status_code == 204
    assert not stands(company.lake_team.pk)
    page = text_of(chief.get(reverse("rollout:index")))
    assert "先试点" in page
    assert page.count("ro-cell off") == 2  # the branch, and its team as the branch above
    feature = text_of(chief.get(reverse("rollout:feature", args=[MACROS])))
    assert company.lake.name in feature
    refused = chief.post(there, data | {"since": "2020-01-01"}, headers=HTMX)
    assert refused.status_code == 422


def test_the_way_of_a_pilot_through_its_pages(company: Company, chief: Client) -> None:
    data = {
        "title": "宏试点",
        "aim": "少点几次鼠标",
        "features": [MACROS],
        "units": [str(company.lake.pk)],
        "since": today().isoformat(),
        "last": (today() + timedelta(days=13)).isoformat(),
        "helpers": [str(company.colleague.person_id)],
        "team": "",
        "off_elsewhere": "on",
    }
    assert chief.post(reverse("rollout:pilot_new"), data).status_code == 302
    pilot = Pilot.objects.get()
    assert pilot.until == today() + WEEKS
    evaluation = reverse("rollout:pilot_evaluate", args=[pilot.pk])
    assert chief.post(evaluation, {"words": "更快了"}, headers=HTMX).status_code == 204
    decision = reverse("rollout:pilot_decide", args=[pilot.pk])
    answer = {"decision": "go_on", "since": today().isoformat(), "reason": "好"}
    assert chief.post(decision, answer, headers=HTMX).status_code == 204
    page = text_of(chief.get(reverse("rollout:pilot", args=[pilot.pk])))
    assert "更快了" in page
    approval = Approval.objects.get()
    second = client_of(company.agent_staff)
    there = reverse("administration:decision", args=[approval.pk])
    assert "宏试点" in text_of(second.get(there))
    assert (
        client_of(company.outsider_staff)
        .get(reverse("rollout:pilot", args=[pilot.pk]))
        .status_code
        == 404
    )
    assert "宏试点" in text_of(chief.get(reverse("rollout:pilots")))
