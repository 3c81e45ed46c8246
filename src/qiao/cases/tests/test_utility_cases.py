"""Cases of power and gas: each type with its clocks; gas comes back with a person only."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from qiao.cases.models import Case as CaseRow
from qiao.cases.operations import Cause, OpenRequest, make_parent, open_case
from qiao.cases.rules.form_rules import counted
from qiao.cases.rules.pack import processes_of
from qiao.cases.showing.types import first_of_service, types_by_group
from qiao.cases.tests.process_walks import Case
from qiao.cases.voice import tell_incident
from qiao.core.demo_facts import sample_facts
from qiao.core.manifest import Question
from qiao.core.packs import SHIPPED, load_pack, qualified
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType
from qiao.customers.models import AccountParty
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

PACKS = [qualified(load_pack(SHIPPED / key)) for key in ("power", "gas")]
TYPES = [item for pack in PACKS for item in pack.case_types]
PROCESSES = processes_of(PACKS)
PRIORITY = {"channel": "phone", "tier": "", "customer_known": False}


@pytest.fixture
def company(db: None) -> Company:
    del db
    return make_company()


def opened(company: Company, item: CaseType, **more: Any) -> CaseRow:
    facts = sample_facts(item.fields, Random(5), ["路口"])
    if "off_until" in facts:
        facts |= {
            "off_from": "2026-12-20T08:00:00+08:00",
            "off_until": "2026-12-20T18:00:00+08:00",
        }
    return open_case(
        request=OpenRequest(
            type_key=item.key,
            organisation_id=company.lake.pk,
            title=item.name.zh_hans,
            channel="phone",
            area="339102",
            facts=counted(item.fields, facts) | more,
        ),
        actor=company.agent,
        now=timezone.now(),
    )


@pytest.mark.parametrize("item", TYPES, ids=lambda item: item.key)
def test_every_type_is_opened_and_each_promise_of_its_opening_runs(
    company: Company, item: CaseType
) -> None:
    case = opened(company, item)
    clocks = {clock.promise: clock for clock in case.clocks.all()}
    for promise in item.promises:
        if "opened" not in promise.starts_on:
            continue
        clock = clocks[promise.key]
        assert clock.state == "running"
        assert clock.due_at
        assert clock.due_at > case.opened_at
        wanted = promise.targets.get(case.priority, promise.targets.get("*"))
        assert clock.target_seconds == wanted
    assert case.due_at is not None
    if item.emergency:
        assert case.priority == "urgent"


def test_a_leak_at_three_at_night_is_owed_the_same_hour(company: Company) -> None:
    item = catalogue().case_types["gas.gas_leak"]
    facts = sample_facts(item.fields, Random(5), ["厨房"])
    night = (timezone.now() + timedelta(days=1)).replace(
        hour=19, minute=0, second=0, microsecond=0
    )  # 3 in Shanghai
    request = OpenRequest(
        type_key=item.key, organisation_id=company.lake.pk, title="漏气", channel="phone",
        facts=facts,
    )  # fmt: skip
    case = open_case(request=request, actor=company.agent, now=night)
    assert case.clocks.get(promise="arrive").due_at == night + timedelta(hours=1)


@pytest.mark.parametrize(
    ("key", "facts", "priority"),
    [
        ("power.outage_area", {"affected": ["lift"]}, "urgent"),
        ("power.outage_household", {"vulnerable": ["life_support"]}, "urgent"),
        ("power.voltage", {"sign": "uneven"}, "urgent"),
        ("power.power_payment_missing", {"still_off": True}, "urgent"),
        ("power.power_theft", {"dangerous": True}, "urgent"),
        ("gas.gas_indoor", {"smell": True}, "urgent"),
        ("gas.gas_alarm", {"sign": "sounds", "smell": False}, "urgent"),
        ("gas.gas_meter_fault", {"fault": "leaks"}, "urgent"),
        ("gas.gas_low_pressure", {"flame": "back"}, "high"),
        ("gas.gas_inspection", {"known": ["hose"]}, "high"),
    ],
)
def test_answers_that_tell_of_danger_raise_the_case(
    company: Company, key: str, facts: dict[str, Any], priority: str
) -> None:
    assert opened(company, catalogue().case_types[key], **facts).priority == priority


# Gas: who turns it on again.


def leak_made_safe(state: str) -> Case:
    case = Case(PROCESSES["gas.gas_emergency"], priority="urgent", emergency=True,
                needs_follow_up=True)  # fmt: skip
    case.take("send_at_once")
    case.take("work_finished", duties=("work_order",), work_note="软管老化，已关阀")
    case.take("gas_state_known", supply_state=state)
    return case


def test_nothing_that_smells_of_gas_is_settled_on_the_phone() -> None:
    process = PROCESSES["gas.gas_emergency"]
    first = process.step(process.start)
    assert {action.key for action in first.actions} == {
        "hand_over", "send_at_once", "known_already",
    }  # fmt: skip
    phone = PROCESSES["gas.gas_repair"].step("take_report").action("solved_by_phone")
    assert phone is not None
    assert phone.when is not None  # never while it is urgent


@pytest.mark.parametrize("state", ["house_off", "riser_off", "area_off"])
def test_gas_that_was_shut_waits_for_a_person_and_a_leak_test(state: str) -> None:
    case = leak_made_safe(state)
    assert case.state.step == "gas_await_person"
    case.take("gas_turned_on", person_present=False, pressure_held=True)
    assert case.state.step == "gas_await_person"
    case.take("gas_turned_on", person_present=True, pressure_held=False)
    assert case.state.step == "gas_await_person"
    case.take("gas_turned_on", person_present=True, pressure_held=True)
    assert case.state.step == "call_back"


def test_gas_that_stayed_on_goes_straight_to_the_call_back() -> None:
    assert leak_made_safe("on").state.step == "call_back"


@pytest.mark.parametrize("key", ["gas.gas_emergency", "gas.gas_repair", "gas.gas_restore"])
def test_no_path_of_a_visit_leads_round_the_state_of_the_gas(key: str) -> None:
    finished = PROCESSES[key].step("site_work").action("work_finished")
    assert finished is not None
    assert finished.to == "gas_supply_state"


# The safety inspection.


def inspected(**result: Any) -> Case:
    case = Case(PROCESSES["gas.safety_inspection"], priority="normal")
    again(case, **result)
    return case


def again(case: Case, **result: Any) -> None:
    case.take("si_go")
    case.take("si_visited", duties=("work_order",), work_note="已到访")
    case.take("si_recorded", **result)


def test_three_absences_lead_to_a_written_notice_and_fewer_to_another_visit() -> None:
    case = inspected(visit_result="absent", absences=1)
    assert case.state.step == "si_plan"
    again(case, visit_result="absent", absences=2)
    assert case.state.step == "si_plan"
    again(case, visit_result="absent", absences=3)
    assert case.state.step == "si_absence"
    case.take("si_absence_noted", notice_note="留置告知 2026-118，已通报社区")
    assert case.process.step(case.state.step).final


def test_a_refusal_is_noted_in_writing_or_tried_again() -> None:
    case = inspected(visit_result="refused")
    assert case.state.step == "si_refusal"
    case.take("si_try_again", reason="家属同意再约")
    assert case.state.step == "si_plan"


@pytest.mark.parametrize("grade", ["slight", "considerable"])
def test_a_hazard_is_mended_and_checked_again_until_it_is_gone(grade: str) -> None:
    case = inspected(visit_result="hazard", hazard_grade=grade)
    assert case.state.step == "si_mending"
    for gone in (False, True):
        case.take("si_recheck")
        case.take("si_checked", duties=("work_order",), work_note="复查")
        case.take("si_check_recorded", hazard_gone=gone)
    assert case.state.step == "si_tell"


def test_a_serious_hazard_may_stop_supply_without_any_debt_and_needs_a_person_to_end() -> None:
    case = inspected(visit_result="hazard", hazard_grade="serious")
    assert case.state.step == "si_serious"
    case.take("si_decided", supply_stopped=True, notice_note="停气通知 2026-031")
    case.take("si_recheck")
    case.take("si_checked", duties=("work_order",), work_note="已更换")
    case.take("si_check_recorded", hazard_gone=True)
    assert case.state.step == "si_turn_on"
    case.take("si_on_recorded", person_present=False)
    assert case.state.step == "si_turn_on"
    case.take("si_on_recorded", person_present=True)
    assert case.state.step == "si_tell"


# Side by side.


def test_types_of_the_accounts_own_service_come_first() -> None:
    packs = first_of_service(["water", "power", "gas"], "gas")
    assert packs == ("gas", "water", "power")
    faults = next(lines for group, lines in types_by_group(packs) if len(lines) > 3)
    assert faults[0][0].startswith("gas.")
    assert first_of_service(["water", "nyc311"], "gas") == ("water", "nyc311")


def test_a_stop_of_gas_is_not_told_as_one_of_water(company: Company) -> None:
    now = timezone.now()
    customer = make_customer(company.agent, phones=["13805712264"])
    account = make_account(company.agent, owner=customer)
    assert AccountParty.objects.filter(account=account).exists()
    case = opened(company, catalogue().case_types["gas.no_gas"])
    cause = Cause(
        kind="gas_supply", area="339102", since=now, cause="调压箱故障",
        expected_at=now + timedelta(hours=2),
    )  # fmt: skip
    make_parent(case_id=case.pk, cause=cause, actor=company.chief, now=now)

    def told(menu: str) -> str:
        arguments = {"caller": "+8613805712264"} | ({"menu": menu} if menu else {})
        question = Question(arguments, company.company.pk)
        return tell_incident(question=question, now=now).outcome

    assert told("gas.hotline") == "known"
    assert told("water.hotline") == "none"
    assert told("") == "known"
