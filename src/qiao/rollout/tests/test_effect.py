"""Before and after: exactly the cases of the days, unit by unit, with those beside without it."""

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.tests.browsing import text_of
from qiao.core.features import Switching, switch
from qiao.core.models import Disclosure
from qiao.core.rules.spans import Span
from qiao.rollout.operations.pilots import PilotPlan, plan_pilot
from qiao.rollout.queries.effect import beside, read_effect, units_with
from qiao.rollout.queries.figures import chosen_figures, unit_figures
from qiao.rollout.queries.standing import units_for
from qiao.rollout.rules.effect import Periods
from qiao.staff.tests.cast import Company

MACROS = "cases.macros"


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def opened(company: Company, day: date, team_id: int, *, kept: bool | None = None) -> None:
    river = team_id == company.river_team.pk
    case = open_case(
        request=OpenRequest(
            type_key="water.bill_query",
            organisation_id=(company.river if river else company.lake).pk,
            title="账单",
            channel="phone",
            team_id=team_id,
        ),
        actor=company.outsider if river else company.agent,
        now=at(day),
    )
    Case.objects.filter(pk=case.pk).update(promise_kept=kept)


def weeks(company: Company) -> tuple[date, Periods]:
    """A pilot of two weeks in the lake branch that began 20 days ago, and its cases."""
    first = timezone.localdate() - timedelta(days=20)
    long_ago = first - timedelta(days=200)
    off = Switching(MACROS, company.company.pk, state=False, since=long_ago, reason="未开始")
    switch(wanted=off, actor=company.chief, now=at(long_ago))
    plan = PilotPlan(
        title="宏试点",
        features=[MACROS],
        units=[company.lake.pk],
        since=first,
        until=first + timedelta(days=14),
        aim="x",
        helpers=[company.agent.person_id],
        off_elsewhere=False,
    )
    plan_pilot(plan=plan, actor=company.chief, now=at(first))
    lake, river = company.lake_team.pk, company.river_team.pk
    for days, team, kept in (
        (-15, lake, True),  # a day too early
        (-14, lake, True),
        (-1, lake, False),
        (0, lake, True),
        (13, lake, True),
        (14, lake, False),  # a day too late
        (-3, river, True),
        (5, river, False),
    ):
        opened(company, first + timedelta(days=days), team, kept=kept)
    one = timedelta(days=1)
    before = Span(first - timedelta(days=14), first - one)
    return first, Periods(before, Span(first, first + timedelta(days=13)))


def test_each_unit_is_counted_on_exactly_its_days_with_those_beside(company: Company) -> None:
    _first, periods = weeks(company)
    units = units_for(company.chief, language="en")
    having, never = units_with(key=MACROS, units=units, periods=periods)
    without = beside(having, never)
    assert [unit.unit_id for unit in having] == [company.lake.pk]
    assert [unit.unit_id for unit in without] == [company.river.pk]
    rows = read_effect(
        actor=company.chief,
        now=timezone.now(),
        periods=periods,
        figures=chosen_figures(company.chief, ("opened", "kept")),
        having=having,
        without=without,
    )
    counted = [
        (
            row.group,
            row.unit.unit_id if row.unit else None,
            *((value.n, value.whole) for value in row.values("kept")),
        )
        for row in rows
    ]
    assert counted == [
        ("with", company.lake.pk, (1, 2), (2, 2)),
        ("with", None, (1, 2), (2, 2)),
        ("beside", company.river.pk, (1, 1), (0, 1)),
        ("beside", None, (1, 1), (0, 1)),
    ]
    assert [value.n for value in rows[0].values("opened")] == [2, 2]


def test_a_unit_has_what_its_teams_hold_and_its_people_are_counted(company: Company) -> None:
    _first, periods = weeks(company)
    units = units_for(company.chief, language="en")
    found: Any = unit_figures(
        actor=company.chief, now=timezone.now(), span=periods.after, units=units
    )
    for unit, count in ((company.company, 3), (company.lake, 2), (company.river_team, 1)):
        assert found[unit.pk].value("opened").n == count
    assert (found[company.lake.pk].active, found[company.lake.pk].people) == (1, 2)


def test_who_sees_one_branch_compares_with_nobody_else(company: Company) -> None:
    _first, periods = weeks(company)
    units = units_for(company.agent, language="en")
    having, never = units_with(key=MACROS, units=units, periods=periods)
    assert [unit.unit_id for unit in having] == [company.lake.pk]
    assert beside(having, never) == []


def test_the_workbook_equals_the_screen_and_is_recorded(company: Company, chief: Client) -> None:
    weeks(company)
    query = f"feature={MACROS}&fig=opened&fig=kept&days=14"
    page = text_of(chief.get(f"{reverse('rollout:effect')}?{query}", HTTP_ACCEPT_LANGUAGE="en"))
    assert "50.0%" in page
    assert "100.0%" in page
    answer = chief.post(f"{reverse('rollout:effect_file')}?{query}", HTTP_ACCEPT_LANGUAGE="en")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join([answer.content])))
    rows = book.get_sheet_by_index(0).to_python()
    kept = [row for row in rows if row[0] == "Promises kept" and row[1] == company.lake.name]
    assert [(row[3], row[6], row[7], row[10]) for row in kept] == [(50.0, 2.0, 100.0, 2.0)]
    assert Disclosure.objects.get(subject="rollout.effect").row_count == 8


def test_days_of_ones_own_may_span_half_a_year(company: Company, chief: Client) -> None:
    first, _periods = weeks(company)
    whole = {
        "before_since": first - timedelta(days=183),
        "before_until": first - timedelta(days=1),
        "after_since": first,
        "after_until": first + timedelta(days=13),
    }
    query = "&".join(f"{name}={day}" for name, day in whole.items())
    page = text_of(chief.get(f"{reverse('rollout:effect')}?feature={MACROS}&fig=opened&{query}"))
    assert f"{whole['before_since']}" in page
    assert company.river.name in page


def test_a_unit_that_had_it_before_proves_nothing(company: Company) -> None:
    first, periods = weeks(company)
    earlier = Switching(MACROS, company.lake.pk, state=True, since=first, reason="早就有")
    day = first - timedelta(days=3)
    switch(wanted=replace(earlier, since=day), actor=company.chief, now=at(day))
    units = units_for(company.chief, language="en")
    having, never = units_with(key=MACROS, units=units, periods=periods)
    assert having == []
    assert company.lake.pk not in {unit.unit_id for unit in never}
