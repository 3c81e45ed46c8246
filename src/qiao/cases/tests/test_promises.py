"""Promises by tier and by day: who is owed what, who may take it back, who is told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from qiao.cases.journal import recount
from qiao.cases.models import Case, CaseClock, CaseEvent, ClockRecord, Recount
from qiao.cases.operations.promising import (
    BadFigure,
    PromiseBeforeToday,
    PromiseChange,
    PromiseMoved,
    PromiseUnchanged,
    UnknownPromise,
    change_promise,
    loosen_agreed,
    loosens_public,
)
from qiao.cases.operations.recounting import carry_out_recount, runs_to_continue
from qiao.cases.queries.figures_of_promises import history_of
from qiao.cases.rules.clock_rows import state_data
from qiao.cases.rules.figures import Figures, differences
from qiao.cases.tests import world
from qiao.cases.tests.world import HOUR, NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.core.packs import enabled
from qiao.staff.tests.cast import Company

TODAY = date(2026, 11, 20)


def change(promise: str = "respond", **more: Any) -> PromiseChange:
    given: dict[str, Any] = {
        "type_key": "water.leak",
        "promise": promise,
        "figures": Figures({"urgent": HOUR // 2, "*": HOUR}),
        "valid_from": TODAY,
        "source": "总经理办公会 12",
    }
    return PromiseChange(**given | more)


def target_of(case: Case, promise: str = "respond") -> int:
    return CaseClock.objects.get(case=case, promise=promise).target_seconds


def stands_as_counted(case: Case) -> bool:
    kept = ClockRecord.objects.get(case=case).state
    return bool(kept == state_data(recount(case.pk)))


def test_a_tier_is_owed_what_was_set_for_it_and_everybody_else_the_usual(company: Company) -> None:
    figures = Figures({"urgent": HOUR // 2, "*": 2 * HOUR}, {"A": {"*": HOUR}})
    change_promise(change=change(figures=figures), actor=company.chief, now=NOW)
    assert target_of(a_case(company, tier="A")) == HOUR
    assert target_of(a_case(company, tier="A", priority="urgent")) == HOUR // 2
    assert target_of(a_case(company, tier="C")) == 2 * HOUR
    assert target_of(a_case(company)) == 2 * HOUR


def test_the_opening_says_for_ever_why_a_figure_is_not_the_usual_one(company: Company) -> None:
    figures = Figures({"*": 2 * HOUR}, {"A": {"*": HOUR}})
    change_promise(change=change(figures=figures), actor=company.chief, now=NOW)
    case = a_case(company, tier="A")
    data = CaseEvent.objects.get(case=case, kind="opened").data
    assert data["tier"] == "A"
    assert data["because"]["respond"] == {
        "source": "总经理办公会 12",
        "since": "2026-11-20",
        "tier": "A",
        "usual": {"*": 2 * HOUR},
        "pack": {"urgent": HOUR // 2, "*": 2 * HOUR},
    }
    assert stands_as_counted(case)


def test_a_change_holds_from_its_day_on_and_for_its_unit_alone(company: Company) -> None:
    tomorrow = TODAY + timedelta(days=1)
    wanted = change(valid_from=tomorrow, organisation_id=company.lake.pk)
    change_promise(change=wanted, actor=company.agent, now=NOW)
    assert target_of(a_case(company)) == 2 * HOUR
    later = NOW + timedelta(days=1)
    assert target_of(a_case(company, now=later)) == HOUR
    river = a_case(company, company.outsider, organisation=company.river, now=later)
    assert target_of(river) == 2 * HOUR
    assert [each.organisation_id for each in history_of("water.leak", "respond")] == [
        company.lake.pk
    ]


def test_running_cases_follow_only_where_it_was_said(company: Company) -> None:
    stays = a_case(company)
    change_promise(change=change(), actor=company.chief, now=NOW)
    assert not Recount.objects.filter(cause="promises").exists()
    figures = Figures({"*": HOUR // 2})
    change_promise(change=change(figures=figures, running=True), actor=company.chief, now=NOW)
    run = Recount.objects.get(cause="promises")
    done = carry_out_recount(run_id=run.pk, now=NOW + timedelta(minutes=40))
    assert (done.told, done.became_late) == (1, 1)
    assert target_of(stays) == HOUR // 2
    assert stands_as_counted(stays)
    carry_out_recount(run_id=run.pk, now=NOW + timedelta(minutes=41))
    assert CaseEvent.objects.filter(case=stays, kind="promise_set").count() == 1


def test_what_begins_later_is_told_when_its_day_comes(company: Company) -> None:
    a_case(company)
    wanted = change(valid_from=TODAY + timedelta(days=2), running=True)
    change_promise(change=wanted, actor=company.chief, now=NOW)
    run = Recount.objects.get(cause="promises")
    assert run.pk not in runs_to_continue(now=NOW)
    assert carry_out_recount(run_id=run.pk, now=NOW).state == "waiting"
    later = NOW + timedelta(days=2)
    assert run.pk in runs_to_continue(now=later)
    assert carry_out_recount(run_id=run.pk, now=later).told == 1


def test_a_public_commitment_is_loosened_by_two(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    public(monkeypatch)
    tighter, looser = change(), change(figures=Figures({"*": 3 * HOUR}))
    assert not loosens_public(tighter)
    waits = change_promise(change=looser, actor=company.chief, now=NOW)
    assert waits is not None
    assert target_of(a_case(company)) == 2 * HOUR
    loosen_agreed(approval=waits, actor=company.agent, now=NOW)
    assert target_of(a_case(company)) == 3 * HOUR


def test_what_moved_since_it_was_asked_for_is_not_written_over(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    public(monkeypatch)
    waits = change_promise(
        change=change(figures=Figures({"*": 3 * HOUR})), actor=company.chief, now=NOW
    )
    assert waits is not None
    change_promise(change=change(), actor=company.chief, now=NOW)
    with pytest.raises(PromiseMoved):
        loosen_agreed(approval=waits, actor=company.agent, now=NOW)


def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everybody have been told of all promises of the test pack."""
    told = tuple(replace(spec, public=True) for spec in world.PROMISES)
    types = tuple(replace(item, promises=told) for item in world.PACK.case_types)
    pack = replace(world.PACK, case_types=types)
    monkeypatch.setattr(enabled, "load_pack", lambda _path: pack)
    enabled.catalogue.cache_clear()


def test_a_change_that_cannot_be_is_refused(company: Company) -> None:
    usual = Figures({"urgent": HOUR // 2, "*": 2 * HOUR})
    for wanted, refusal in (
        (change(valid_from=TODAY - timedelta(days=1)), PromiseBeforeToday),
        (change(figures=usual), PromiseUnchanged),
        (change(figures=Figures({"*": 0})), BadFigure),
        (change(figures=Figures({})), BadFigure),
        (change("nothing"), UnknownPromise),
    ):
        with pytest.raises(refusal):
            change_promise(change=wanted, actor=company.chief, now=NOW)
    nobody = Actor(staff_id=company.agent.staff_id, name="x", organisation_id=company.lake.pk)
    with pytest.raises(Forbidden):
        change_promise(change=change(), actor=nobody, now=NOW)


def test_a_tier_that_gets_less_time_than_before_is_told_apart() -> None:
    before = Figures({"*": 4 * HOUR}, {"A": {"*": 2 * HOUR}})
    after = Figures({"*": 3 * HOUR}, {"A": {"*": 3 * HOUR}})
    found = {(each.tier, each.priority): each.loosens for each in differences(before, after)}
    assert found[("", "*")] is False
    assert found[("A", "*")] is True
