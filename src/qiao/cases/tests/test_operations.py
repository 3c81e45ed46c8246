"""A case from intake to archive through the operations of the desk."""

import contextlib
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from qiao.cases.definitions import case_types, promise_set_of
from qiao.cases.journal import recount
from qiao.cases.models import Case, CaseClock, CaseDraft, CaseEvent, ClockRecord, PromiseSet
from qiao.cases.operations import (
    AlreadyThere,
    CaseClosedAlready,
    NotPaused,
    OpenRequest,
    StaleStep,
    UnknownCaseType,
    add_note,
    change_priority,
    chase,
    edit_case,
    fold_counts,
    mark,
    open_case,
    pause,
    refresh_levels,
    report_duty_done,
    resume,
    take_action,
    take_over,
)
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.rules.process_refusals import DutyOpen, MissingFields, NotAllowed
from qiao.cases.rules.promises import Promise
from qiao.cases.rules.values import BadFact
from qiao.core.actor import Actor, Forbidden
from qiao.core.models import Event
from qiao.core.rules.text import BadText
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
# A Friday morning in Shanghai: 9:30 on a working day.
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ROLES = frozenset({"agent", "dispatcher", "technician", "supervisor"})


@pytest.fixture
def company() -> Company:
    return make_company()


def with_roles(actor: Actor, *roles: str) -> Actor:
    return dataclasses.replace(actor, roles=frozenset(roles or ROLES))


def leak(company: Company, **changes: Any) -> OpenRequest:
    request = OpenRequest(
        type_key="water.small_leak",
        organisation_id=company.lake.pk,
        title="楼道水表前漏水",
        channel="phone",
        area="339102",
        facts={"leak_at": "before_meter", "paid_service": "no"},
        caller_phone="+8613805712264",
    )
    return dataclasses.replace(request, **changes)


def open_leak(company: Company, **changes: Any) -> Case:
    facts = leak_facts()
    return open_case(
        request=leak(company, facts=facts, **changes), actor=with_roles(company.agent), now=NOW
    )


def leak_facts() -> dict[str, Any]:
    fields = case_types()["water.small_leak"].fields
    return {f.key: f.choices[0].key for f in fields if f.required and f.kind == "choice"}


def kinds(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("kind", flat=True))


def walk_to_call_back(company: Company) -> Case:
    """Intake, crew, work done: the case waits for the call back."""
    actor = with_roles(company.agent)
    case = open_leak(company)
    take_action(case_id=case.pk, action="hand_over", given={}, actor=actor, now=NOW)
    take_action(case_id=case.pk, action="send_crew", given={}, actor=actor, now=NOW)
    done = NOW + timedelta(hours=3)
    return report_duty_done(
        case_id=case.pk,
        duty="work_order",
        result={"work_order": 1},
        actor=actor,
        now=done,
        action="work_finished",
        given={"work_note": "更换表前阀，试水无渗漏"},
    )


def test_an_opened_case_has_a_number_an_owner_a_team_and_running_clocks(company: Company) -> None:
    case = open_leak(company)
    case.refresh_from_db()
    assert case.number.startswith("GD261120")
    assert (case.responsible_id, case.opened_by_id) == (company.agent.staff_id,) * 2
    assert case.team_id is not None
    assert case.phase == "intake"
    clocks = {c.promise: c for c in CaseClock.objects.filter(case=case)}
    assert clocks["respond"].due_at == NOW + timedelta(minutes=15)
    assert clocks["resolve"].due_at == NOW + timedelta(hours=24)
    assert (case.due_at, case.due_promise) == (clocks["respond"].due_at, "respond")
    assert kinds(case) == ["opened", "step_entered"]
    told = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert told == ["cases.step_entered", "cases.case_opened"]


def test_the_whole_way_from_intake_to_archive(company: Company) -> None:
    case = walk_to_call_back(company)
    assert case.phase == "confirm"
    assert case.closed_at is None
    actor = with_roles(company.agent)
    with pytest.raises(DutyOpen):
        take_action(
            case_id=case.pk,
            action="called_back",
            given={"follow_up_result": "satisfied"},
            actor=actor,
            now=NOW + timedelta(hours=4),
        )
    end = NOW + timedelta(hours=5)
    case = report_duty_done(
        case_id=case.pk,
        duty="follow_up",
        result={"rating": "satisfied"},
        actor=actor,
        now=end,
        action="called_back",
        given={"follow_up_result": "satisfied"},
    )
    case.refresh_from_db()
    assert (case.phase, case.closed_at, case.answered_at) == ("closed", end, end)
    assert case.promise_kept is True
    assert str(case.closed_date) == "2026-11-20"
    assert {c.state for c in CaseClock.objects.filter(case=case)} == {"met"}
    assert case.responsible_id == company.agent.staff_id
    with pytest.raises(CaseClosedAlready):
        chase(case_id=case.pk, words="", actor=actor, now=end)


def test_promises_whose_transaction_was_undone_are_kept_anew() -> None:
    promises = [Promise("p", ("opened",), ("closed",), {"*": 61}, "always")]
    with contextlib.suppress(RuntimeError), transaction.atomic():
        assert promise_set_of(promises) == promise_set_of(promises)
        raise RuntimeError("undone")
    kept = promise_set_of(promises)
    assert PromiseSet.objects.filter(id=kept).exists()


def test_a_case_that_comes_back_counts_as_reopened_and_owes_again(company: Company) -> None:
    case = walk_to_call_back(company)
    actor = with_roles(company.agent)
    end = NOW + timedelta(hours=5)
    report_duty_done(
        case_id=case.pk, duty="follow_up", result={}, actor=actor, now=end,
        action="called_back", given={"follow_up_result": "satisfied"},
    )  # fmt: skip
    again = end + timedelta(days=1)
    case = take_action(
        case_id=case.pk,
        action="open_repair_again",
        given={"reason": "次日再次渗漏"},
        actor=actor,
        now=again,
    )
    case.refresh_from_db()
    assert (case.closed_at, case.reopened_count, case.phase) == (None, 1, "assign")
    resolve = CaseClock.objects.filter(case=case, promise="resolve").order_by("round")
    assert [c.round for c in resolve] == [1, 2]
    assert resolve[1].due_at == again + timedelta(hours=24)


def test_a_milestone_is_noted_once_a_visit_and_anew_after_a_reopening(company: Company) -> None:
    case = walk_to_call_back(company)
    actor = with_roles(company.agent)

    def mark_arrival(order: str, hours: int) -> None:
        mark(
            case_id=case.pk,
            kind="arrived",
            actor=actor,
            now=NOW + timedelta(hours=hours),
            data={"work_order": order},
        )

    def arrivals() -> int:
        return case.events.filter(kind="arrived").count()

    before = arrivals()
    for order, hours in (("WO1", 4), ("WO1", 4), ("WO2", 4)):
        mark_arrival(order, hours)
    assert arrivals() == before + 2
    report_duty_done(
        case_id=case.pk, duty="follow_up", result={}, actor=actor, now=NOW + timedelta(hours=5),
        action="called_back", given={"follow_up_result": "satisfied"},
    )  # fmt: skip
    mark_arrival("WO3", 6)
    assert arrivals() == before + 2, "an archived case has no milestones"
    take_action(
        case_id=case.pk,
        action="open_repair_again",
        given={"reason": "次日再次渗漏"},
        actor=actor,
        now=NOW + timedelta(hours=7),
    )
    mark_arrival("WO2", 8)
    assert arrivals() == before + 3


def test_refusals_name_what_is_wrong_and_leave_nothing(company: Company) -> None:
    agent = with_roles(company.agent)
    before = Case.objects.count()
    with pytest.raises(UnknownCaseType):
        open_case(request=leak(company, type_key="water.none"), actor=agent, now=NOW)
    with pytest.raises(BadFact, match="leak_at"):
        open_case(request=leak(company, facts={"leak_at": "the moon"}), actor=agent, now=NOW)
    with pytest.raises(BadText, match="title"):
        open_case(request=leak(company, facts={}, title="x" * 200), actor=agent, now=NOW)
    with pytest.raises(BadText, match="description"):
        open_case(request=leak(company, facts={}, description="a\x00b"), actor=agent, now=NOW)
    with pytest.raises(Forbidden):
        open_case(request=leak(company, facts={}), actor=company.outsider, now=NOW)
    assert Case.objects.count() == before
    case = open_leak(company)
    technician = with_roles(company.agent, "technician")
    with pytest.raises(NotAllowed):
        take_action(case_id=case.pk, action="hand_over", given={}, actor=technician, now=NOW)
    with pytest.raises(Forbidden):
        take_action(case_id=case.pk, action="hand_over", given={}, actor=company.outsider, now=NOW)
    with pytest.raises(MissingFields, match="answer_given"):
        take_action(case_id=case.pk, action="solved_by_phone", given={}, actor=agent, now=NOW)
    with pytest.raises(StaleStep):
        take_action(
            case_id=case.pk, action="hand_over", given={}, actor=agent, now=NOW,
            from_step="somewhere_else",
        )  # fmt: skip
    assert kinds(case) == ["opened", "step_entered"]


def test_pauses_and_priorities_keep_what_was_used(company: Company) -> None:
    agent = with_roles(company.agent)
    case = open_leak(company)
    pause(case_id=case.pk, reason="客户要求明天上门", actor=agent, now=NOW + timedelta(hours=1))
    with pytest.raises(NotPaused):
        pause(case_id=case.pk, reason="又一次", actor=agent, now=NOW + timedelta(hours=1))
    resume(case_id=case.pk, actor=agent, now=NOW + timedelta(hours=21))
    change_priority(case_id=case.pk, priority="high", actor=agent, now=NOW + timedelta(hours=22))
    arrive = CaseClock.objects.get(case=case, promise="arrive")
    # Two of four hours are used; the pause of twenty is kept.
    assert arrive.due_at == NOW + timedelta(hours=24)
    assert arrive.paused_seconds == 20 * 3600
    stored = state_from_data(ClockRecord.objects.get(case=case).state)
    assert stored == recount(case.pk)


def test_levels_turn_by_the_clock_and_counts_follow(company: Company) -> None:
    case = open_leak(company)
    late = NOW + timedelta(minutes=16)
    assert refresh_levels(now=NOW + timedelta(minutes=1)) == 0
    assert refresh_levels(now=late) == 1
    case.refresh_from_db()
    assert case.level == "late"
    assert case.promise_kept is False
    assert refresh_levels(now=late) == 0
    fold_counts()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT view, holder, n FROM cases_casecount WHERE view IN ('open', 'level') AND n > 0"
        )
        assert sorted(cursor.fetchall()) == [("level", "late", 1), ("open", "", 1)]


def test_two_people_who_edit_one_case_lose_nothing(company: Company) -> None:
    case = open_leak(company, description="一楼漏水")
    seen = {"title": case.title, "description": "一楼漏水"}
    edit_case(
        case_id=case.pk, base=seen, mine={**seen, "description": "一楼表前漏水，较大"},
        actor=with_roles(company.agent), now=NOW,
    )  # fmt: skip
    result = edit_case(
        case_id=case.pk,
        base=seen,
        mine={"title": "翠湖花园 6 幢漏水", "description": "二楼也在滴水"},
        actor=with_roles(company.colleague),
        now=NOW,
    )
    case.refresh_from_db()
    assert result.saved == ("title",)
    assert case.title == "翠湖花园 6 幢漏水"
    assert case.description == "一楼表前漏水，较大"
    (conflict,) = result.conflicts
    assert (conflict.theirs, conflict.mine) == ("一楼表前漏水，较大", "二楼也在滴水")
    draft = CaseDraft.objects.get(case=case, staff=company.colleague_staff, box="conflict")
    assert draft.values == {"description": "二楼也在滴水"}


def test_taking_over_twice_is_refused_and_the_first_person_stays(company: Company) -> None:
    case = open_leak(company)
    take_over(case_id=case.pk, actor=company.colleague, now=NOW)
    with pytest.raises(AlreadyThere):
        take_over(case_id=case.pk, actor=company.colleague, now=NOW)
    case.refresh_from_db()
    assert case.assignee_id == company.colleague.staff_id
    assert case.responsible_id == company.agent.staff_id


def test_history_can_be_added_to_but_not_changed(company: Company) -> None:
    case = open_leak(company)
    add_note(case_id=case.pk, text="客户家有婴儿", actor=company.agent, now=NOW)
    note = CaseEvent.objects.get(case=case, kind="note")
    assert (note.visibility, note.data) == ("internal", {"text": "客户家有婴儿"})
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CaseEvent.objects.filter(pk=note.pk).update(data={})
