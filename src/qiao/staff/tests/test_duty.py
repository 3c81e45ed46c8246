"""Planning duties: by whom, until when, by two where one asks, and holes that are told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import AlreadyPending, decide
from qiao.core.models import Approval
from qiao.staff.models import DutyChange, DutyRoster, Membership, Notice
from qiao.staff.operations.duty import (
    DutyMissing,
    DutyOver,
    NotOwnDuty,
    RosterMissing,
    ask_swap,
    change_duty,
    plan_roster,
    swap_agreed,
    tell_holes,
)
from qiao.staff.queries.duty import answerable_now, on_duty_in
from qiao.staff.rules.roster import Need, Shift
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 10:00 in Shanghai
TUESDAY = date(2026, 11, 24)
NIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)  # Tuesday 23:00 in Shanghai


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def roster(company: Company) -> DutyRoster:
    """The agent is on duty every night."""
    return plan_roster(
        unit=company.lake,
        name="夜班",
        anchor=TUESDAY,
        weeks=1,
        shifts=[Shift(0, day, 1050, 510, company.agent.person_id) for day in range(7)],
        needs=[Need(day, 1050, 510) for day in range(7)],
    )


def change(roster: DutyRoster, actor: Actor, staff_id: int | None, day: date = TUESDAY) -> None:
    change_duty(
        roster_id=roster.pk,
        day=day,
        start=1050,
        staff_id=staff_id,
        reason="换班",
        actor=actor,
        now=NOW,
    )


def test_a_duty_that_is_to_come_is_given_to_somebody_else(
    company: Company, roster: DutyRoster
) -> None:
    change(roster, company.chief, company.colleague.person_id)
    assert on_duty_in(company.lake.pk, NIGHT) == (company.colleague.person_id,)
    assert on_duty_in(company.lake.pk, NIGHT + timedelta(days=1)) == (company.agent.person_id,)
    made = DutyChange.objects.get()
    assert (made.reason, made.changed_by_id) == ("换班", company.chief.staff_id)


def test_what_has_begun_or_is_no_duty_is_refused(company: Company, roster: DutyRoster) -> None:
    with pytest.raises(DutyOver):
        change(roster, company.chief, None, date(2026, 11, 22))
    with pytest.raises(DutyMissing):
        change_duty(
            roster_id=roster.pk,
            day=TUESDAY,
            start=7,
            staff_id=None,
            reason="x",
            actor=company.chief,
            now=NOW,
        )


def test_a_roster_of_the_branch_next_door_is_not_there(
    company: Company, roster: DutyRoster
) -> None:
    with pytest.raises(RosterMissing):
        change(roster, company.outsider, None)
    client = Client()
    client.force_login(company.outsider_staff, backend="qiao.staff.signin.StaffBackend")
    assert client.get(f"/me/duty/{roster.pk}/").status_code == 404


def test_who_may_only_see_may_not_plan(company: Company, roster: DutyRoster) -> None:
    sees = Actor(
        staff_id=company.agent.staff_id,
        name="x",
        organisation_id=company.lake.pk,
        grants={"staff.view": (company.lake.pk,)},
    )
    with pytest.raises(Forbidden):
        change(roster, sees, None)


def swap(roster: DutyRoster, actor: Actor, with_id: int) -> object:
    return ask_swap(
        roster_id=roster.pk,
        day=TUESDAY,
        start=1050,
        with_id=with_id,
        reason="家中有事",
        actor=actor,
        now=NOW,
    )


def test_a_swap_takes_effect_when_a_second_person_agrees(
    company: Company, roster: DutyRoster
) -> None:
    swap(roster, company.agent, company.colleague.person_id)
    assert on_duty_in(company.lake.pk, NIGHT) == (company.agent.person_id,)
    with pytest.raises(AlreadyPending):
        swap(roster, company.agent, company.colleague.person_id)
    waits = Approval.objects.get()
    agreed = decide(approval_id=waits.pk, approve=True, note="", actor=company.chief, now=NOW)
    swap_agreed(approval=agreed, actor=company.chief, now=NOW)
    assert on_duty_in(company.lake.pk, NIGHT) == (company.colleague.person_id,)


def test_only_ones_own_duty_is_swapped_and_not_with_oneself(
    company: Company, roster: DutyRoster
) -> None:
    with pytest.raises(NotOwnDuty):
        swap(roster, company.colleague, company.agent.person_id)
    with pytest.raises(NotOwnDuty):
        swap(roster, company.agent, company.agent.person_id)


def test_a_hole_is_told_to_who_leads_once(company: Company, roster: DutyRoster) -> None:
    Membership.objects.filter(staff=company.colleague_staff).update(is_lead=True)
    plan_roster(
        unit=company.lake_team, name="周末", anchor=TUESDAY, weeks=1, shifts=[],
        needs=[Need(5, 480, 1200)],
    )  # fmt: skip
    assert tell_holes(now=NOW) == 1
    assert tell_holes(now=NOW) == 1
    assert Notice.objects.filter(kind="staff.duty_hole").count() == 1
    assert Notice.objects.get().staff_id == company.colleague.person_id


def test_nothing_goes_to_nobody_while_there_is_somebody_above(
    company: Company, roster: DutyRoster
) -> None:
    day = NOW.date()
    at_noon = answerable_now(unit_id=company.lake_team.pk, now=NOW, day=day)
    assert (at_noon.staff_ids, at_noon.why) == ((), "")
    Membership.objects.filter(staff=company.colleague_staff).update(is_lead=True)
    found = answerable_now(unit_id=company.lake_team.pk, now=NOW, day=day)
    assert (found.staff_ids, found.why) == ((company.colleague.person_id,), "lead")
    at_night = answerable_now(unit_id=company.lake_team.pk, now=NIGHT, day=day)
    assert (at_night.staff_ids, at_night.why) == ((company.agent.person_id,), "duty")


def test_the_month_shows_who_is_on_duty_and_where_nobody_is(
    company: Company, roster: DutyRoster
) -> None:
    coming = timezone.localdate() + timedelta(days=3)
    change(roster, company.chief, None, coming)
    client = Client()
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.get(f"/me/duty/{roster.pk}/?month={coming:%Y-%m}").content.decode()
    assert company.agent.name in page
    assert "q-dutyhole" in page
