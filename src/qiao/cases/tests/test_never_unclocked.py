"""No case is open without an owner and a clock, whatever is done to it and wherever it is from."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from qiao.cases import definitions, operations
from qiao.cases.journal import recount
from qiao.cases.models import Case, CaseClock, CaseEvent
from qiao.cases.operations.promising import LeftWithoutClock, PromiseChange, change_promise
from qiao.cases.rules.clock_rows import state_data, state_from_data
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.clocks import apply, recompute
from qiao.cases.rules.figures import Figures
from qiao.cases.rules.promises import ClockEvent, Promise, promise_data
from qiao.cases.tests.clock_promises import ALL, CALENDARS, HOUR
from qiao.cases.tests.intake_setting import Intake, table
from qiao.cases.tests.test_intake import CLOSED, HEADER, OPEN, case_of
from qiao.cases.tests.test_merging import clocks
from qiao.cases.tests.test_rules_clocks_histories import check_sums, random_history
from qiao.cases.tests.world import NOW, PACK, a_case
from qiao.core.packs import SHIPPED, available_packs, enabled, load_pack, merge
from qiao.core.packs.checks import check_pack
from qiao.core.packs.house import HOUSE, SOURCE, UNCLOCKED, holds_always, house_promise
from qiao.core.packs.model import CaseType, Pack
from qiao.staff.tests.cast import Company

FLOOR = Promise(HOUSE, (UNCLOCKED,), ("closed",), {"*": 80 * HOUR}, "office")
QUALIFY = import_module("qiao.core.packs.qualify")  # its function has the same name
SOON = NOW + timedelta(minutes=5)


def test_no_history_leaves_an_open_case_without_a_clock() -> None:
    dice = random.Random(20261129)
    for number in range(3_000):
        promises = (*(item for item in ALL if dice.random() < 0.5), FLOOR)
        events = [_kept(event) for event in random_history(dice)]
        state = ClockState(promises=promises)
        for event in events:
            state = apply(state, event, CALENDARS)
            state = state_from_data(json.loads(json.dumps(state_data(state))))
            begun = max(state.seen[k].seq for k in ("opened", "reopened") if k in state.seen)
            ended = state.seen["closed"].seq if "closed" in state.seen else 0
            running = [clock for clock in state.clocks if clock.open]
            assert running or ended > begun, f"history {number}"
            if not any(clock.due_at for clock in running) and running:
                assert state.pauses[-1].reason
                assert state.pauses[-1].end is None
        assert recompute(events, promises, CALENDARS) == state, f"history {number}"
        for clock in state.clocks:
            check_sums(clock, events[-1].at)


def _kept(event: ClockEvent) -> ClockEvent:
    """Other promises of a case come with the one that holds where nothing else runs."""
    if "promises" not in event.data:
        return event
    promises = [*event.data["promises"], promise_data(FLOOR)]
    return replace(event, data={**event.data, "promises": promises})


def test_what_ended_in_the_second_that_it_began_in_never_was() -> None:
    at = NOW
    opened = ClockEvent(1, "opened", at, {"promises": [promise_data(FLOOR)]})
    step = replace(FLOOR, key="step:a", starts_on=("step_entered:a",), stops_on=("step_left:a",))
    limited = ClockEvent(1, "opened", at, {"promises": [promise_data(p) for p in (step, FLOOR)]})
    entered = ClockEvent(2, "step_entered", at, {"step": "a"})
    state = recompute([limited, entered], (), CALENDARS)
    assert [clock.promise for clock in state.clocks] == ["step:a"]
    later = at + timedelta(hours=1)
    left = ClockEvent(3, "step_left", later, {"step": "a"})
    state = apply(state, left, CALENDARS)
    assert [(c.promise, c.open, c.started_at) for c in state.clocks][1:] == [(HOUSE, True, later)]
    state = apply(state, ClockEvent(4, "closed", later), CALENDARS)
    assert [clock.promise for clock in state.clocks] == ["step:a"]
    alone = recompute([opened], (), CALENDARS)
    assert [clock.promise for clock in alone.clocks] == [HOUSE]


def test_every_type_of_every_shipped_pack_has_what_holds_where_nothing_else_runs() -> None:
    found = merge(load_pack(path) for path in available_packs(SHIPPED).values())
    for key, item in found.case_types.items():
        floors = [each for each in item.promises if UNCLOCKED in each.starts_on]
        assert len(floors) == 1, key
        assert holds_always(floors[0].targets), key
        assert floors[0].stops_on == ("closed",), key
        assert floors[0].calendar in found.calendars, key
        assert floors[0].source.en


def test_a_pack_whose_cases_could_be_without_a_clock_is_refused() -> None:
    leak = PACK.case_types[0]
    floor = house_promise("fault", "office", 8 * HOUR)
    bad = replace(floor, targets={"urgent": HOUR}, stops_on=("answered",))
    said = [
        p.message for p in check_pack(replace(PACK, case_types=(replace(leak, promises=(bad,)),)))
    ]
    assert any("expected stops_on of [closed]" in text for text in said)
    assert any("expected a duration for every priority" in text for text in said)
    said = [problem.message for problem in check_pack(replace(PACK, calendars=()))]
    assert any(text.startswith("expected a calendar in calendars.toml") for text in said)
    own = replace(leak, promises=(replace(floor, key="close"),))
    assert not list(check_pack(replace(PACK, case_types=(own,))))
    (kept,) = merge([replace(PACK, case_types=(own,))]).case_types["water.leak"].promises
    assert kept.key == "close"


def running(case: Case) -> list[str]:
    """The promises of a case whose clocks run or are paused; the stored ones equal the history."""
    assert clocks(case) == recount(case.pk).clocks
    return [clock.promise for clock in clocks(case) if clock.open]


def test_who_was_answered_still_has_a_clock_until_the_case_is_closed(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    told: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": SOON}
    assert running(case) == ["respond", "answer"]
    operations.mark(kind="first_response", **told)
    assert running(case) == ["answer"]
    operations.mark(kind="answered", **told)
    assert running(case) == [HOUSE]
    (clock,) = CaseClock.objects.filter(case=case, promise=HOUSE)
    assert clock.target_seconds == 5 * (7 * HOUR + HOUR // 2)
    case.refresh_from_db()
    assert (case.due_at, case.due_promise) == (clock.due_at, HOUSE)
    operations.pause(reason="等客户", **told)
    assert running(case) == [HOUSE]
    operations.resume(**told)
    told["now"] = SOON + timedelta(hours=1)
    for action, given in (
        ("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {}),
    ):  # fmt: skip
        operations.take_action(action=action, given=given, **told)
    assert running(case) == []
    assert CaseClock.objects.get(case=case, promise=HOUSE).state == "met"
    operations.take_action(action="reopen", given={"reason": "不对"}, **told)
    assert running(case)


def test_the_page_names_the_promise_and_where_it_comes_from(
    company: Company, agent: Client
) -> None:
    case = a_case(company, type_key="water.bill")
    operations.mark(case_id=case.pk, kind="first_response", actor=company.agent, now=NOW)
    operations.mark(case_id=case.pk, kind="answered", actor=company.agent, now=NOW)
    page = agent.get(reverse("cases:clocks", args=[case.pk]))
    assert SOURCE.zh_hans in page.content.decode()
    assert "最迟办结" in page.content.decode()


def test_the_database_keeps_no_open_case_without_a_clock(company: Company) -> None:
    case = a_case(company)
    with pytest.raises(IntegrityError, match="cases_case_open_clocked"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(due_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(responsible=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(team=None)


def _only_its_own(_pack: Pack, item: CaseType) -> CaseType:
    return item


def from_before(company: Company, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case that was given its promises when there was none that holds where nothing else runs;
    the customer had the first response."""
    with monkeypatch.context() as earlier:
        earlier.setattr(QUALIFY, "with_house_promise", _only_its_own)
        enabled.catalogue.cache_clear()
        case = a_case(company, type_key="water.bill")
    enabled.catalogue.cache_clear()
    operations.mark(case_id=case.pk, kind="first_response", actor=company.agent, now=NOW)
    assert HOUSE not in [promise.key for promise in recount(case.pk).promises]
    return case


def test_a_case_from_before_is_given_it_when_its_last_clock_stops(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = from_before(company, monkeypatch)
    assert running(case) == ["answer"]
    operations.mark(case_id=case.pk, kind="answered", actor=company.agent, now=SOON)
    assert running(case) == [HOUSE]
    entry = CaseEvent.objects.get(case=case, kind="answered")
    assert entry.data.keys() == {"promise_set", "calendars"}


def test_the_company_states_its_own_but_leaves_no_priority_out(company: Company) -> None:
    change = PromiseChange(
        type_key="water.bill", promise=HOUSE, figures=Figures({"urgent": HOUR}),
        valid_from=NOW.date(), source="服务公约",
    )  # fmt: skip
    told: dict[str, Any] = {"actor": company.chief, "now": NOW}
    with pytest.raises(LeftWithoutClock):
        change_promise(change=change, **told)
    change_promise(change=replace(change, figures=Figures({"*": 3 * HOUR})), **told)
    case = a_case(company, type_key="water.bill", now=SOON)
    for kind in ("first_response", "answered"):
        operations.mark(case_id=case.pk, kind=kind, actor=company.agent, now=SOON)
    assert CaseClock.objects.get(case=case, promise=HOUSE).target_seconds == 3 * HOUR


def test_a_case_of_a_log_whose_promises_do_not_count_is_clocked_from_its_intake(
    company: Company,
) -> None:
    intake = Intake(company)
    intake.take(table(HEADER, CLOSED, OPEN))
    case = case_of("A2")
    assert running(case) == [HOUSE]
    clock = CaseClock.objects.get(case=case)
    assert clock.started_at == intake.now
    assert (case.due_at, case.due_promise) == (clock.due_at, HOUSE)
    assert case.responsible_id == company.agent.staff_id
    told: dict[str, Any] = {"actor": company.agent, "now": intake.now + timedelta(hours=1)}
    old = case_of("A1")
    assert not CaseClock.objects.filter(case=old).exists()
    with transaction.atomic():
        operations.take_action(case_id=old.pk, action="reopen", given={"reason": "又漏"}, **told)
    assert running(old)
    operations.mark(case_id=old.pk, kind="answered", **told)
    assert running(old)


def test_a_case_of_a_pack_that_was_switched_off_keeps_a_clock(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = from_before(company, monkeypatch)
    monkeypatch.setattr(definitions, "case_types", dict)
    operations.mark(case_id=case.pk, kind="answered", actor=company.agent, now=SOON)
    assert running(case) == [HOUSE]
