"""Patterns of a duty roster from a day on: in force on their day, previewed, taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.actor import Forbidden
from qiao.staff.models import DutyPattern, DutyRoster, DutyShift
from qiao.staff.operations.duty import RosterMissing, plan_roster
from qiao.staff.operations.duty_patterns import (
    PatternBroken,
    PatternPast,
    drop_pattern,
    plan_pattern,
)
from qiao.staff.queries import actor_for
from qiao.staff.queries.duty import as_rules, on_duty_in
from qiao.staff.rules.roster import Need, Pattern, Roster, Shift, duties, holes, week_of
from qiao.staff.tests.cast import Company, make_company, person

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 10:00 in Shanghai
MONDAY = date(2026, 11, 30)
NIGHT = datetime(2026, 11, 30, 15, tzinfo=UTC)  # that Monday 23:00 in Shanghai


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def roster(company: Company) -> DutyRoster:
    """The agent is on duty every night."""
    return plan_roster(
        unit=company.lake,
        name="夜班",
        anchor=date(2026, 11, 23),
        weeks=1,
        shifts=[Shift(0, day, 1050, 510, company.agent.person_id) for day in range(7)],
        needs=[Need(day, 1050, 510) for day in range(7)],
    )


def planned(company: Company, roster: DutyRoster, since: date = MONDAY) -> DutyPattern:
    """From that day on the colleague has the Mondays of every other week, and nobody the rest."""
    return plan_pattern(
        roster_id=roster.pk,
        since=since,
        weeks=2,
        shifts=[Shift(0, 0, 1200, 480, company.colleague.person_id)],
        needs=[Need(0, 1200, 480)],
        actor=company.chief,
        now=NOW,
    )


def test_a_pattern_is_in_force_from_its_day_on(company: Company, roster: DutyRoster) -> None:
    planned(company, roster)
    assert on_duty_in(company.lake.pk, NIGHT - timedelta(days=1)) == (company.agent.person_id,)
    assert on_duty_in(company.lake.pk, NIGHT) == (company.colleague.person_id,)
    assert on_duty_in(company.lake.pk, NIGHT + timedelta(days=7)) == ()
    assert on_duty_in(company.lake.pk, NIGHT + timedelta(days=14)) == (
        company.colleague.person_id,
    )
    found = holes(as_rules(roster), MONDAY, MONDAY + timedelta(days=13))
    assert [hole.start for hole in found] == [datetime(2026, 12, 7, 12, tzinfo=UTC)]


def test_planning_the_same_day_again_takes_the_place_and_dropping_it_brings_back_the_old(
    company: Company, roster: DutyRoster
) -> None:
    planned(company, roster)
    planned(company, roster)
    assert DutyPattern.objects.count() == 1
    assert DutyShift.objects.filter(pattern__isnull=False).count() == 1
    drop_pattern(roster_id=roster.pk, since=MONDAY, actor=company.chief, now=NOW)
    assert on_duty_in(company.lake.pk, NIGHT) == (company.agent.person_id,)


def test_what_has_begun_or_is_broken_or_of_others_is_refused(
    company: Company, roster: DutyRoster
) -> None:
    for since in (date(2026, 11, 23), date(2026, 11, 1)):
        with pytest.raises(PatternPast):
            planned(company, roster, since)
    about = {"roster_id": roster.pk, "since": MONDAY, "now": NOW}
    one = Shift(0, 0, 1200, 480, company.agent.person_id)
    for weeks, shifts in ((1, []), (1, [one, one]), (13, [one]), (1, [Shift(1, 0, 0, 60, 1)])):
        with pytest.raises(PatternBroken):
            plan_pattern(**about, weeks=weeks, shifts=shifts, needs=[], actor=company.chief)  # type: ignore[arg-type]
    reader = person(number="3003", name="许静", branch=company.lake, permissions=("staff.view",))
    looks = actor_for(reader, day=NOW.date())
    with pytest.raises(Forbidden):
        plan_pattern(**about, weeks=1, shifts=[one], needs=[], actor=looks)  # type: ignore[arg-type]
    with pytest.raises(RosterMissing):
        plan_pattern(**about, weeks=1, shifts=[one], needs=[], actor=company.outsider)  # type: ignore[arg-type]


@given(days=st.integers(0, 200), weeks=st.integers(1, 8), ahead=st.integers(0, 100))
def test_before_its_day_nothing_changes_and_after_it_the_cycle_begins_with_its_week(
    days: int, weeks: int, ahead: int
) -> None:
    anchor = date(2026, 1, 5)
    since = anchor + timedelta(days=days)
    plain = Roster("Asia/Shanghai", 1, anchor, (Shift(0, 0, 0, 60, 1),), ())
    shifts = tuple(Shift(week, 0, 0, 60, 2) for week in range(weeks))
    changed = replace(plain, later=(Pattern(since, weeks, since, shifts, ()),))
    last = since - timedelta(days=1)
    assert duties(changed, anchor, last) == duties(plain, anchor, last)
    there = since + timedelta(days=ahead)
    assert {duty.staff_id for duty in duties(changed, since, there)} <= {2}
    first = since - timedelta(days=since.weekday())
    assert week_of(changed, there) == ((there - first).days // 7) % weeks
    assert changed.people == {1, 2}


def text_of(response: Any) -> str:
    return str(response.content.decode())


def sent(company: Company, since: date, **more: str) -> dict[str, str]:
    return {
        "since": since.isoformat(),
        "weeks": "1",
        "start_0": "20:00",
        "end_0": "08:00",
        "c_0_0_0": str(company.colleague.person_id),
        "c_0_0_1": "0",
        **more,
    }


@pytest.fixture
def chief(company: Company) -> Client:
    """The browser of somebody who plans."""
    client = Client()
    client.force_login(company.chief_staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = "en"
    return client


def a_monday_ahead() -> date:
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def test_the_form_begins_with_the_pattern_of_the_day_and_grows(
    company: Company, roster: DutyRoster, chief: Client
) -> None:
    change = reverse("staff:duty_pattern_change", args=[roster.pk])
    since = a_monday_ahead()
    chief.cookies["q-language"] = "zh-hans"
    asked = text_of(chief.get(change, {"since": since.isoformat()}))
    assert 'value="17:30"' in asked
    assert f'value="{since.isoformat()}"' in asked  # whatever days look like in the language
    assert "17:30–08:30" in asked
    assert 'name="start_1"' in text_of(chief.post(change, sent(company, since, do="span")))
    two = chief.post(change, sent(company, since, do="shape", weeks="2"))
    assert 'name="c_1_0_6"' in text_of(two)


def test_a_preview_keeps_nothing_and_shows_holes(
    company: Company, roster: DutyRoster, chief: Client
) -> None:
    change = reverse("staff:duty_pattern_change", args=[roster.pk])
    looked = text_of(chief.post(change, sent(company, a_monday_ahead(), do="preview")))
    assert "The first two weeks" in looked
    assert company.colleague.name in looked
    assert "q-dutyhole" in looked
    assert not DutyPattern.objects.exists()


def test_a_pattern_is_kept_and_taken_back_on_the_pages(
    company: Company, roster: DutyRoster, chief: Client
) -> None:
    shown = reverse("staff:duty_pattern", args=[roster.pk])
    change = reverse("staff:duty_pattern_change", args=[roster.pk])
    since = a_monday_ahead()
    assert company.agent.name in text_of(chief.get(shown))
    late = chief.post(change, sent(company, timezone.localdate(), do="keep"))
    half = chief.post(change, sent(company, since, do="keep", end_0=""))
    assert (late.status_code, half.status_code) == (422, 422)
    assert chief.post(change, sent(company, since, do="keep")).status_code == 302
    pattern = DutyPattern.objects.get()
    assert (pattern.since, pattern.planned_by_id) == (since, company.chief.staff_id)
    assert pattern.needs.count() == 2
    there = reverse("staff:duty_pattern_drop", args=[roster.pk, since.isoformat()])
    assert [chief.post(there).status_code for _twice in range(2)] == [302, 404]
    assert not DutyPattern.objects.exists()


def test_whoever_may_not_plan_sees_the_pattern_and_changes_nothing(
    company: Company, roster: DutyRoster
) -> None:
    looks = person(number="3003", name="许静", branch=company.lake, permissions=("staff.view",))
    agent, outsider = Client(), Client()
    for client, staff in ((agent, looks), (outsider, company.outsider_staff)):
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    shown = reverse("staff:duty_pattern", args=[roster.pk])
    change = reverse("staff:duty_pattern_change", args=[roster.pk])
    page = agent.get(shown)
    assert page.status_code == 200
    assert change not in page.content.decode()
    assert agent.get(change).status_code == 403
    assert outsider.get(shown).status_code == 404
