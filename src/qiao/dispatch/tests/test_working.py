"""A work order from the case that asked for it to the case that moves on."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qiao.cases.models import Case, CaseClock, CaseDuty, CaseEvent
from qiao.cases.operations import (
    change_priority,
    pause,
    report_duty_done,
    take_action,
    transfer,
)
from qiao.cases.operations import resume as resume_case
from qiao.core.actor import Actor, Forbidden
from qiao.core.models import Attachment, Event
from qiao.core.tests.deliveries import run_deliveries
from qiao.dispatch.models import WorkOrder, WorkOrderEvent
from qiao.dispatch.operations import (
    Filling,
    NotComplete,
    NothingChanges,
    NotInTheTeam,
    NotYours,
    ReasonNeeded,
    Report,
    accept,
    arrive,
    assign_technician,
    complete,
    create_work_order,
    give_back,
    refuse,
    resume,
    save_progress,
    start_travel,
    suspend,
)
from qiao.dispatch.operations.working import for_the_case
from qiao.dispatch.rules.states import WrongState
from qiao.dispatch.tests.cast import NOW, Crew, a_leak, a_picture, a_work_order, all_filled
from qiao.staff.operations import assign_role, define_role, hire, join_team

pytestmark = pytest.mark.django_db


def taken(crew: Crew) -> WorkOrder:
    """An order that the technician has accepted and reached."""
    order = a_work_order(crew)
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    start_travel(work_order_id=order.pk, actor=crew.technician, now=NOW)
    return arrive(work_order_id=order.pk, actor=crew.technician, now=NOW)


def verbs(order: WorkOrder) -> list[str]:
    events = WorkOrderEvent.objects.filter(work_order=order).order_by("seq")
    return list(events.values_list("kind", flat=True))


def test_a_case_that_waits_for_a_crew_gets_one_work_order(crew: Crew) -> None:
    order = a_work_order(crew)
    assert (order.state, order.technician_id, order.team_id) == ("planned", None, crew.team.pk)
    assert order.number.startswith("WO")
    assert order.place == "翠湖花园 6 幢 1203"
    again = create_work_order(case=order.case, entered_seq=order.entered_seq, now=NOW)
    assert again == order
    assert WorkOrder.objects.count() == 1
    assert verbs(order) == ["create"]


def test_the_whole_way_moves_the_case_on(crew: Crew) -> None:
    order = taken(crew)
    done = complete(
        work_order_id=order.pk, filling=all_filled(order), actor=crew.technician, now=NOW
    )
    assert done.state == "done"
    assert verbs(order) == ["create", "accept", "start_travel", "arrive", "complete"]
    case = Case.objects.get(id=order.case_id)
    assert case.phase == "confirm"
    assert case.facts["work_note"] == "更换表前阀，试水无渗漏"
    assert CaseDuty.objects.get(case=case, duty="work_order").done_at == NOW
    kinds = list(CaseEvent.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds.count("arrived") == kinds.count("work_done") == 1
    labels = set(
        Attachment.objects.filter(owner_kind="work_order").values_list("label", flat=True)
    )
    assert "signature" in labels
    told = Event.objects.filter(name="dispatch.work_order_state_changed").count()
    assert told == 4


def test_completion_says_what_is_missing_and_changes_nothing(crew: Crew) -> None:
    order = taken(crew)
    with pytest.raises(NotComplete) as refusal:
        complete(work_order_id=order.pk, filling=Filling(note=""), actor=crew.technician, now=NOW)
    kinds = {item.kind for item in refusal.value.missing}
    assert {"photo", "note", "signature"} <= kinds
    assert WorkOrder.objects.get(id=order.pk).state == "arrived"


def test_stated_reasons_stand_in_for_picture_and_signature(crew: Crew) -> None:
    order = taken(crew)
    full = all_filled(order)
    filling = Filling(
        checks=full.checks,
        readings=full.readings,
        note="阀门已紧固",
        no_photo_reason="客户不同意拍照",
        no_signature_reason="客户不在场",
    )
    done = complete(work_order_id=order.pk, filling=filling, actor=crew.technician, now=NOW)
    assert (done.state, done.no_signature_reason) == ("done", "客户不在场")


def test_a_report_sent_twice_takes_effect_once(crew: Crew) -> None:
    order = taken(crew)
    report = Report(key="phone-1")
    for _ in range(2):
        complete(
            work_order_id=order.pk,
            filling=all_filled(order),
            actor=crew.technician,
            now=NOW,
            report=report,
        )
    assert verbs(order).count("complete") == 1
    assert Event.objects.filter(name="cases.step_entered").count() == 4


def test_what_the_phone_reports_late_counts_from_when_it_happened(crew: Crew) -> None:
    order = a_work_order(crew)
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    start_travel(work_order_id=order.pk, actor=crew.technician, now=NOW)
    there, ended = NOW + timedelta(minutes=20), NOW + timedelta(minutes=50)
    online = NOW + timedelta(hours=9)  # a cellar without network, told in the evening
    arrive(work_order_id=order.pk, actor=crew.technician, now=online, report=Report("a", there))
    done = complete(
        work_order_id=order.pk,
        filling=all_filled(order),
        actor=crew.technician,
        now=online,
        report=Report("b", ended),
    )
    assert (done.arrived_at, done.finished_at) == (there, ended)
    told = CaseEvent.objects.filter(case=order.case_id, kind__in=("arrived", "work_done"))
    assert dict(told.values_list("kind", "at")) == {"arrived": there, "work_done": ended}
    assert set(told.values_list("recorded_at", flat=True)) == {online}
    assert CaseDuty.objects.get(case=order.case_id, duty="work_order").done_at == ended
    visit = CaseClock.objects.get(case=order.case_id, promise="arrive")
    assert (visit.stopped_at, visit.state) == (there, "met")


def test_a_repeated_refusal_is_heard_once_though_the_order_has_left_the_technician(
    crew: Crew,
) -> None:
    order = a_work_order(crew)
    assign_technician(
        work_order_id=order.pk,
        staff_id=crew.technician.staff_id,
        actor=crew.dispatcher,
        now=NOW,
    )
    for _ in range(2):
        order = refuse(
            work_order_id=order.pk,
            reason="手上有爆管",
            actor=crew.technician,
            now=NOW,
            report=Report(key="k"),
        )
    assert (order.state, order.reason, order.technician_id) == ("refused", "手上有爆管", None)


def test_only_who_has_the_order_works_on_it_and_only_the_crew_takes_it(crew: Crew) -> None:
    order = a_work_order(crew)
    with pytest.raises(Forbidden):
        accept(work_order_id=order.pk, actor=crew.agent, now=NOW)
    with pytest.raises(Forbidden):
        accept(work_order_id=order.pk, actor=crew.outsider, now=NOW)
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    with pytest.raises(NotYours, match="王建军"):
        start_travel(work_order_id=order.pk, actor=crew.mate, now=NOW)
    with pytest.raises(NotYours):
        accept(work_order_id=order.pk, actor=crew.mate, now=NOW)
    with pytest.raises(WrongState):
        accept(work_order_id=order.pk, actor=crew.technician, now=NOW)


def test_a_dispatcher_assigns_inside_the_crew_and_to_another_crew(crew: Crew) -> None:
    order = a_work_order(crew)
    with pytest.raises(NotInTheTeam):
        assign_technician(
            work_order_id=order.pk, staff_id=crew.agent.staff_id, actor=crew.dispatcher, now=NOW
        )
    with pytest.raises(Forbidden):
        assign_technician(
            work_order_id=order.pk, staff_id=crew.mate.staff_id, actor=crew.technician, now=NOW
        )
    order = assign_technician(
        work_order_id=order.pk, staff_id=crew.mate.staff_id, actor=crew.dispatcher, now=NOW
    )
    assert (order.state, order.technician_id) == ("assigned", crew.mate.staff_id)
    with pytest.raises(NothingChanges):
        assign_technician(
            work_order_id=order.pk, staff_id=crew.mate.staff_id, actor=crew.dispatcher, now=NOW
        )
    order = assign_technician(
        work_order_id=order.pk,
        staff_id=None,
        team_id=crew.other_team.pk,
        actor=crew.dispatcher,
        now=NOW,
    )
    assert (order.state, order.team_id) == ("planned", crew.other_team.pk)


def test_waiting_for_the_customer_stops_the_clocks_and_waiting_for_parts_does_not(
    crew: Crew,
) -> None:
    order = taken(crew)
    with pytest.raises(ReasonNeeded):
        suspend(work_order_id=order.pk, hold="", reason="", actor=crew.technician, now=NOW)
    suspend(work_order_id=order.pk, hold="parts", reason="", actor=crew.technician, now=NOW)
    assert Case.objects.get(id=order.case_id).is_paused is False
    resume(work_order_id=order.pk, actor=crew.technician, now=NOW)
    suspend(work_order_id=order.pk, hold="absent", reason="", actor=crew.technician, now=NOW)
    assert Case.objects.get(id=order.case_id).is_paused is True
    resume(work_order_id=order.pk, actor=crew.technician, now=NOW)
    assert Case.objects.get(id=order.case_id).is_paused is False


def test_a_case_that_goes_back_cancels_its_order_and_a_new_visit_makes_a_new_one(
    crew: Crew,
) -> None:
    order = a_work_order(crew)
    take_action(
        case_id=order.case_id,
        action="other_crew",
        given={"reason": "需要管网班"},
        actor=_as_technician(crew),
        now=NOW,
    )
    run_deliveries()
    assert WorkOrder.objects.get(id=order.pk).state == "cancelled"
    take_action(
        case_id=order.case_id, action="send_crew", given={}, actor=crew.dispatcher, now=NOW
    )
    run_deliveries()
    assert WorkOrder.objects.open().filter(case_id=order.case_id).count() == 1
    assert WorkOrder.objects.filter(case_id=order.case_id).count() == 2


def _as_technician(crew: Crew) -> Actor:
    return dataclasses.replace(crew.dispatcher, roles=frozenset({"technician", "dispatcher"}))


def test_a_late_delivery_makes_no_order_for_a_step_that_the_case_has_left(crew: Crew) -> None:
    case = a_leak(crew)
    take_action(case_id=case.pk, action="hand_over", given={}, actor=crew.agent, now=NOW)
    take_action(case_id=case.pk, action="send_crew", given={}, actor=crew.dispatcher, now=NOW)
    report_duty_done(
        case_id=case.pk,
        duty="work_order",
        result={},
        actor=_as_technician(crew),
        now=NOW,
        action="work_finished",
        given={"work_note": "电话确认已恢复"},
    )
    run_deliveries()
    assert not WorkOrder.objects.exists()


def test_an_order_follows_its_case_to_another_crew(crew: Crew) -> None:
    order = a_work_order(crew)
    everywhere = (*crew.dispatcher.organisations("cases.work"), crew.other_team.pk)
    free = dataclasses.replace(
        crew.dispatcher, grants={**crew.dispatcher.grants, "cases.transfer": everywhere}
    )
    transfer(case_id=order.case_id, team_id=crew.other_team.pk, reason="跨区", actor=free, now=NOW)
    run_deliveries()
    order.refresh_from_db()
    assert (order.team_id, order.state) == (crew.other_team.pk, "planned")


def test_an_order_knows_when_its_case_is_due_whatever_happens_to_the_case(crew: Crew) -> None:
    order = a_work_order(crew)

    def told() -> bool:
        run_deliveries()
        order.refresh_from_db()
        return order.due_at == Case.objects.get(id=order.case_id).due_at

    first = order.due_at
    assert told()
    assert first is not None
    change_priority(case_id=order.case_id, priority="urgent", actor=crew.dispatcher, now=NOW)
    assert told()
    assert order.due_at is not None
    assert order.due_at < first
    pause(case_id=order.case_id, reason="客户外出", actor=crew.dispatcher, now=NOW)
    assert told()
    resume_case(case_id=order.case_id, actor=crew.dispatcher, now=NOW + timedelta(hours=1))
    assert told()
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    start_travel(work_order_id=order.pk, actor=crew.technician, now=NOW)
    arrive(work_order_id=order.pk, actor=crew.technician, now=NOW)
    assert told()


def test_handing_back_needs_words_and_frees_the_order(crew: Crew) -> None:
    order = taken(crew)
    with pytest.raises(ReasonNeeded):
        give_back(work_order_id=order.pk, reason="  ", actor=crew.technician, now=NOW)
    order = give_back(
        work_order_id=order.pk, reason="需带电作业证", actor=crew.technician, now=NOW
    )
    assert (order.state, order.technician_id) == ("returned", None)


def test_progress_is_kept_and_the_same_picture_is_stored_once(crew: Crew) -> None:
    order = taken(crew)
    for _ in range(2):
        save_progress(
            work_order_id=order.pk,
            filling=Filling(note="拆洗滤网中", pictures=[("after", a_picture())]),
            actor=crew.technician,
            now=NOW,
        )
    order.refresh_from_db()
    assert order.note == "拆洗滤网中"
    assert Attachment.objects.filter(owner_kind="work_order", owner_id=order.pk).count() == 1


def test_who_is_a_technician_from_today_is_one_from_midnight_of_the_unit(crew: Crew) -> None:
    order = a_work_order(crew)
    role = define_role(key="welder", names={}, permissions=["jobs.work"], home="dispatch:today")
    welder = hire(organisation=crew.team, number="3103", name="赵强", title="焊工")
    assign_role(staff=welder, role=role, organisation=crew.lake, valid_from=date(2026, 11, 21))
    join_team(staff=welder, team=crew.team)
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 0:00 of the 21st in Shanghai
    given: dict[str, Any] = {
        "work_order_id": order.pk,
        "staff_id": welder.pk,
        "actor": crew.dispatcher,
    }
    with pytest.raises(NotInTheTeam):
        assign_technician(**given, now=midnight - timedelta(minutes=1))
    assigned = assign_technician(**given, now=midnight)
    assert assigned.technician_id == welder.pk
    assert "welder" in for_the_case(assigned, crew.dispatcher, midnight).roles
