"""Macros: what they will do, that they do all of it or nothing, and with whose rights."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.journal import held, lock_case, lock_many
from qiao.cases.models import Case, CaseEvent, Macro
from qiao.cases.operations.macros import (
    MacroDraft,
    MacroNotOffered,
    MacroStopped,
    run_macro,
    save_macro,
)
from qiao.cases.rules.macros import (
    KINDS,
    BadSteps,
    MacroStep,
    Standing,
    is_offered,
    offered_for,
    plan,
    read_steps,
)
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.staff.tests.cast import Company

URGENT = MacroStep("priority", "urgent")
NOTE = MacroStep("note", text="请尽快联系 {customer.name}")


def kept(company: Company, *steps: MacroStep, **more: Any) -> Macro:
    draft = MacroDraft({"zh-Hans": "加急"}, steps, **more)
    return save_macro(draft=draft, actor=company.agent, now=NOW)


def run(case: Case, macro: Macro, actor: Actor, **values: str) -> Case:
    with transaction.atomic():
        return run_macro(case_id=case.pk, macro=macro, values=values, actor=actor, now=NOW)


def test_a_macro_does_all_its_steps_and_the_history_names_it(company: Company) -> None:
    case = a_case(company)
    macro = kept(company, URGENT, NOTE, MacroStep("take"))
    done = run(case, macro, company.agent)
    assert (done.priority, done.assignee_id) == ("urgent", company.agent.staff_id)
    kinds = list(
        CaseEvent.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds[kinds.index("macro_run") :][:2] == ["macro_run", "priority_changed"]
    assert "⟦" in CaseEvent.objects.get(case=case, kind="note").data["text"]
    macro.kept.refresh_from_db()
    assert macro.kept.use_count == 1


def test_a_case_that_is_held_is_the_same_one_for_whoever_locks_it(company: Company) -> None:
    case, other = lock_case(a_case(company).pk), a_case(company)
    with held(case):
        case.escalated = True  # not written yet
        again = {each.pk: each for each in lock_many([other.pk, case.pk])}
        assert lock_case(case.pk) is again[case.pk] is case
        assert lock_case(other.pk) is not again[other.pk]
    assert lock_case(case.pk) is not case


def test_one_refused_step_undoes_all_of_them(company: Company) -> None:
    case = a_case(company)
    before = CaseEvent.objects.filter(case=case).count()
    macro = kept(company, URGENT, MacroStep("action", "no_such_action"))
    with pytest.raises(MacroStopped) as stopped:
        run(case, macro, company.agent)
    case.refresh_from_db()
    assert stopped.value.place == 1
    assert case.priority != "urgent"
    assert CaseEvent.objects.filter(case=case).count() == before


def test_each_step_asks_for_its_own_right(company: Company) -> None:
    case = a_case(company)
    macro = kept(company, NOTE, URGENT)
    rights = {k: v for k, v in company.agent.grants.items() if k != "cases.work"}
    with pytest.raises(MacroStopped) as stopped:
        run(case, macro, replace(company.agent, grants=rights))
    assert isinstance(stopped.value.cause, Forbidden)


def test_a_customer_is_never_told_with_a_gap(company: Company) -> None:
    case = a_case(company)
    macro = kept(company, MacroStep("answer", text="{customer.title}您好"))
    with pytest.raises(MacroStopped):
        run(case, macro, company.agent)
    run(case, macro, company.agent, **{"customer.title": "陈女士"})
    assert CaseEvent.objects.get(case=case, kind="answer").data["text"] == "陈女士您好"


def test_a_macro_is_offered_where_it_fits_and_to_whom_it_belongs(company: Company) -> None:
    case = a_case(company)
    other = kept(company, NOTE, types=["test.other"])
    mine = kept(company, NOTE)
    with pytest.raises(MacroNotOffered):
        run(case, other, company.agent)
    with pytest.raises(MacroNotOffered):
        run(case, mine, company.colleague)


def test_a_macro_at_hand_belongs_to_whom_the_list_of_macros_says(company: Company) -> None:
    scopes = {"own": None, "unit": company.lake.pk, "company": None}
    drafts = [MacroDraft({"en": "x"}, [NOTE], scope, unit) for scope, unit in scopes.items()]
    makers = (company.agent, company.agent, company.chief)
    some = [
        save_macro(draft=draft, actor=actor, now=NOW)
        for draft, actor in zip(drafts, makers, strict=True)
    ]
    for actor in (company.agent, company.colleague, company.outsider):
        listed = set(Macro.objects.visible_to(actor))
        assert {macro for macro in some if macro.is_for(actor)} == listed & set(some)


def test_a_unit_s_macros_need_the_right_to_keep_them(company: Company) -> None:
    rights = {k: v for k, v in company.agent.grants.items() if k != "cases.macros"}
    draft = MacroDraft({"en": "x"}, [NOTE], "unit", company.lake.pk)
    with pytest.raises(Forbidden):
        save_macro(draft=draft, actor=replace(company.agent, grants=rights), now=NOW)


def test_the_page_shows_what_it_will_do_and_then_does_it(company: Company, agent: Client) -> None:
    case = a_case(company)
    macro = kept(company, URGENT, NOTE)
    assert str(macro.pk) in text_of(agent.get(page(case, "macro_menu")))
    shown = text_of(agent.get(page(case, "macro", macro.pk), headers=HTMX))
    assert "⟦" in shown
    assert agent.post(page(case, "macro", macro.pk), headers=HTMX).status_code == 200
    case.refresh_from_db()
    assert case.priority == "urgent"


def test_a_macro_that_stops_tells_why_and_leaves_nothing(company: Company, agent: Client) -> None:
    case = a_case(company)
    macro = kept(company, URGENT, MacroStep("action", "no_such_action"))
    assert agent.post(page(case, "macro", macro.pk), headers=HTMX).status_code == 422
    case.refresh_from_db()
    assert case.priority != "urgent"


STANDINGS = st.builds(
    Standing,
    priority=st.sampled_from(["urgent", "normal"]),
    team_id=st.integers(1, 3),
    assignee_id=st.none() | st.integers(1, 3),
    staff_id=st.integers(1, 3),
    is_paused=st.booleans(),
    escalated=st.booleans(),
)
STEPS = st.lists(
    st.one_of(
        st.just(URGENT),
        st.just(MacroStep("take")),
        st.just(MacroStep("pause", text="x")),
        st.just(MacroStep("escalate", text="x")),
        st.integers(1, 3).map(lambda n: MacroStep("transfer", str(n), "x")),
    ),
    min_size=1,
    max_size=4,
)


@given(STEPS, STANDINGS)
def test_a_step_said_twice_in_a_row_is_done_once(steps: list[MacroStep], at: Standing) -> None:
    twice = [step for step in steps for _again in range(2)]
    assert all(planned.skipped for planned in plan(twice, at)[1::2])


@given(STEPS)
def test_steps_are_read_as_they_were_kept(steps: list[MacroStep]) -> None:
    assert read_steps([step.data() for step in steps]) == tuple(steps)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_step_without_what_it_takes_is_refused(kind: str) -> None:
    if kind == "take":
        return
    with pytest.raises(BadSteps):
        read_steps([{"kind": kind}])


def test_a_condition_that_cannot_be_read_offers_nothing() -> None:
    assert not is_offered({"field": "x", "op": "shoe"}, {})
    assert is_offered(offered_for(type=["a"], phase=[]), {"type": "a"})
