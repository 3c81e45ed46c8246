"""The ladder: every rung once, none skipped, and never told to nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.models import Case, CaseEvent, CaseRung
from qiao.cases.operations import assign, mark, pause, resume, transfer
from qiao.cases.operations.climbing import climb
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.clocks import recompute
from qiao.cases.rules.ladder import Rung, Step, due_steps, reached_at, steps_of
from qiao.cases.rules.promises import ClockEvent
from qiao.cases.tests import world
from qiao.cases.tests.clock_promises import ALL, CALENDARS, local
from qiao.cases.tests.world import NOW, a_case
from qiao.core.packs import enabled
from qiao.core.packs.ladders import LadderSpec, RungSpec
from qiao.core.rules.texts import Text
from qiao.staff.models import DutyRoster, DutyShift, Membership, Notice, Role
from qiao.staff.operations import assign_role, join_team
from qiao.staff.tests.cast import Company

RUNGS = (
    RungSpec("waiting", 30, "team"),
    RungSpec("percent", 60, "assignee"),
    RungSpec("percent", 85, "lead"),
    RungSpec("due", 0, "lead", raises=True),
    RungSpec("due", 8, "manager"),
)


@pytest.fixture
def laddered(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """The company, its pack with a ladder, and the agent leading the team."""
    ladder = LadderSpec("usual", Text("Usual", "一般", "一般"), "office", RUNGS)
    pack = replace(world.PACK, ladders=(ladder,))
    monkeypatch.setattr(enabled, "load_pack", lambda _path: pack)
    enabled.catalogue.cache_clear()
    Membership.objects.filter(staff=company.agent_staff).update(is_lead=True)
    return company


def climbed(case: Case) -> list[tuple[str, str]]:
    rows = CaseRung.objects.filter(case=case).order_by("reached_at", "id")
    return [(row.promise, row.rung) for row in rows]


def told(company: Company) -> dict[str, int]:
    people = {company.agent_staff.pk: "agent", company.colleague_staff.pk: "colleague"}
    found: dict[str, int] = {}
    for staff_id in Notice.objects.filter(kind="cases.ladder").values_list("staff_id", flat=True):
        who = people.get(staff_id, "other")
        found[who] = found.get(who, 0) + 1
    return found


def test_every_rung_is_climbed_once_however_often_the_job_runs(laddered: Company) -> None:
    case = a_case(laddered)
    assign(case_id=case.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=NOW)
    for minutes in (0, 30, 73, 74, 80, 103, 110, 121, 125):
        climb(now=NOW + timedelta(minutes=minutes))
        climb(now=NOW + timedelta(minutes=minutes))
    assert [rung for promise, rung in climbed(case) if promise == "respond"] == [
        "percent:60:assignee",
        "percent:85:lead",
        "due:0:lead",
    ]
    assert told(laddered) == {"colleague": 1, "agent": 2}
    case.refresh_from_db()
    assert case.escalated
    raised = CaseEvent.objects.filter(case=case, kind="raised").order_by("seq")
    assert [entry.data["names"] for entry in raised] == [["周明"], ["林晓岚"], ["林晓岚"]]
    assert [entry.data["why"] for entry in raised] == ["assignee", "lead", "lead"]


def test_what_passed_while_nobody_looked_is_climbed_in_its_order(laddered: Company) -> None:
    case = a_case(laddered)
    assign(case_id=case.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=NOW)
    climb(now=NOW + timedelta(hours=5))
    assert [rung for promise, rung in climbed(case) if promise == "respond"] == [
        "percent:60:assignee",
        "percent:85:lead",
        "due:0:lead",
    ]


def test_a_kept_promise_climbs_no_further(laddered: Company) -> None:
    case = a_case(laddered)
    assign(case_id=case.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=NOW)
    climb(now=NOW + timedelta(minutes=80))
    mark(
        case_id=case.pk,
        kind="first_response",
        actor=laddered.agent,
        now=NOW + timedelta(hours=1.4),
    )
    climb(now=NOW + timedelta(hours=3))
    assert [rung for promise, rung in climbed(case) if promise == "respond"] == [
        "percent:60:assignee"
    ]


def test_a_case_that_nobody_takes_is_offered_again_and_a_new_wait_begins_anew(
    laddered: Company,
) -> None:
    case = a_case(laddered)
    climb(now=NOW + timedelta(minutes=31))
    climb(now=NOW + timedelta(minutes=40))
    waiting = [place for place in climbed(case) if place[1].startswith("waiting")]
    assert waiting == [("", "waiting:30:team")]
    assert told(laddered) == {"agent": 1, "colleague": 1}
    later = NOW + timedelta(minutes=41)
    assign(case_id=case.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=later)
    climb(now=later + timedelta(minutes=1))
    team = laddered.lake_team
    transfer(case_id=case.pk, team_id=team.pk, reason="x", actor=laddered.agent, now=later)
    climb(now=later + timedelta(minutes=31))
    assert CaseRung.objects.filter(case=case, rung="waiting:30:team").count() == 2


def test_a_paused_case_climbs_nothing_until_it_runs_again(laddered: Company) -> None:
    case = a_case(laddered)
    assign(case_id=case.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=NOW)
    pause(case_id=case.pk, reason="等客户", actor=laddered.agent, now=NOW + timedelta(minutes=5))
    climb(now=NOW + timedelta(hours=4))
    assert climbed(case) == []
    resume(case_id=case.pk, actor=laddered.agent, now=NOW + timedelta(hours=4))
    climb(now=NOW + timedelta(hours=4, minutes=75))
    assert [rung for promise, rung in climbed(case)] == ["percent:60:assignee"]


NIGHT = datetime(2026, 11, 20, 14, tzinfo=UTC)  # Friday 22:00 in Shanghai


def late_at_night(company: Company) -> Case:
    case = a_case(company, now=NIGHT)
    assign(case_id=case.pk, staff_id=company.colleague.staff_id, actor=company.agent, now=NIGHT)
    climb(now=NIGHT + timedelta(minutes=80))
    return case


def test_at_night_whoever_is_on_duty_is_told_and_not_who_sleeps(laddered: Company) -> None:
    roster = DutyRoster.objects.create(
        unit=laddered.lake, name="夜班", anchor=date(2026, 11, 16), weeks=1
    )
    join_team(staff=laddered.chief_staff, team=laddered.lake_team)
    DutyShift.objects.create(
        roster=roster, week=0, weekday=4, start=1050, end=510, staff=laddered.chief_staff
    )
    case = late_at_night(laddered)
    data = CaseEvent.objects.get(case=case, kind="raised").data
    assert (data["names"], data["why"]) == ([laddered.chief_staff.name], "duty")
    assert told(laddered) == {"other": 1}


def test_where_nobody_is_on_duty_whoever_leads_is_told(laddered: Company) -> None:
    case = late_at_night(laddered)
    data = CaseEvent.objects.get(case=case, kind="raised").data
    assert (data["names"], data["why"]) == (["林晓岚"], "lead")


def test_where_nobody_leads_the_supervisor_above_is_told(laddered: Company) -> None:
    Membership.objects.update(is_lead=False)
    role = Role.objects.get(key="supervisor")
    assign_role(
        staff=laddered.chief_staff,
        role=role,
        organisation=laddered.company,
        valid_from=date(2020, 1, 1),
    )
    case = late_at_night(laddered)
    data = CaseEvent.objects.get(case=case, kind="raised").data
    assert (data["names"], data["why"]) == ([laddered.chief_staff.name], "supervisor")


def test_the_page_of_the_case_tells_who_was_told_and_why(laddered: Company, agent: Any) -> None:
    case = late_at_night(laddered)
    page = agent.get(f"/cases/{case.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "60 % of the time is used" in page
    assert "林晓岚" in page


def state_opened() -> ClockState:
    opened = ClockEvent(1, "opened", local("16 09:00"), {"priority": "normal", "calendars": {}})
    return recompute([opened], ALL, CALENDARS)


LADDER = (
    Rung("percent", 60, "assignee"),
    Rung("percent", 85, "lead"),
    Rung("due", 0, "lead"),
    Rung("due", 4, "manager"),
    Rung("waiting", 20, "team"),
)


@given(st.lists(st.integers(0, 60 * 24 * 20), min_size=1, max_size=12))
def test_no_rung_is_skipped_or_repeated_whenever_the_job_happens_to_run(
    minutes: list[int],
) -> None:
    state = state_opened()
    start = local("16 09:00")
    steps = steps_of(state, LADDER, CALENDARS, (1, start))
    taken: list[Step] = []
    for minute in sorted(minutes):
        now = start + timedelta(minutes=minute)
        done = frozenset(step.place for step in taken)
        due, following = due_steps(steps, done, now)
        taken += due
        assert following is None or following > now
    end = start + timedelta(minutes=max(minutes))
    assert [step.place for step in taken] == [step.place for step in steps if step.at <= end]
    assert len({step.place for step in taken}) == len(taken)


def test_later_rungs_of_a_promise_are_never_reached_before_earlier_ones() -> None:
    state = state_opened()
    for clock in state.clocks:
        moments = [reached_at(clock, rung, CALENDARS) for rung in LADDER[:4]]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
