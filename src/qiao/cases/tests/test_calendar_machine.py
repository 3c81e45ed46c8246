"""Calendars change in any way while cases run, pause, are merged and reopened: order is kept.

The machine is that of joining cases, with time that passes and working time that is moved: days
closed, without length or with odd hours, weeks rewritten, changes planned for later. It also runs
where clocks are set back and forth.
"""

from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from qiao.cases.models import Case, CaseRung, ClockRecord, Recount
from qiao.cases.operations import change_priority, pause, refresh_levels, resume
from qiao.cases.operations.climbing import climb
from qiao.cases.operations.recounting import (
    begin_calendar_recount,
    begin_missing_recounts,
    carry_out_recount,
)
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.tests import test_joining_machine as joining
from qiao.cases.tests.test_merging import mirrored
from qiao.cases.tests.test_recounts import OFFICE
from qiao.cases.tests.world import a_case
from qiao.core.calendar_edits import (
    CalendarChange,
    CalendarUnchanged,
    NeverWorks,
    OwnDay,
    change_calendar,
)
from qiao.core.models import BusinessCalendar
from qiao.core.rules.calendar import BadCalendar
from qiao.staff.tests.cast import Company

START = datetime(2026, 10, 30, 15, 0, tzinfo=UTC)  # clocks of New York go back on Sunday
HOURS = ((), ((510, 720), (810, 1050)), ((0, 1440),), ((59, 61),), ((120, 180),), ((1380, 1440),))
spans = st.sampled_from(HOURS)


def let_count_in(zone: str, sunday: list[list[int]] | None = None) -> None:
    """The office counts in the time of a zone, and on Sundays, from long ago on."""
    moved = copy(BusinessCalendar.objects.filter(key=OFFICE).order_by("-id")[0])
    assert moved.effective_at < START
    moved.pk, moved.timezone = None, zone
    moved.spans = [*moved.spans[:6], sunday or []]
    moved.save(force_insert=True)


class Calendars(joining.Joining):
    """People do things to a handful of cases while working time is moved under them."""

    zone: str
    start = START

    @initialize()
    def open_some(self) -> None:
        """The cases of joining, opened before a weekend on which clocks may be set back."""
        self.point = transaction.savepoint()
        let_count_in(self.zone)
        super().open_some()
        self.number = 0

    def teardown(self) -> None:
        """Nothing of a run is left to the next one."""
        if hasattr(self, "point"):
            transaction.savepoint_rollback(self.point)

    @rule(hours=st.sampled_from((1, 5, 20, 71, 300, 1200)))
    def wait(self, hours: int) -> None:
        """Time passes; what the clock does by itself is done."""
        self.now += timedelta(hours=hours)
        while refresh_levels(now=self.now):
            pass
        climb(now=self.now)

    @rule(ahead=st.integers(0, 12), own=st.none() | spans)
    def move_a_day(self, ahead: int, own: Any) -> None:
        """A day is closed, gets hours of its own, or is again as every other."""
        day = (self.now + timedelta(days=ahead)).date()
        self._change(CalendarChange(days={day: None if own is None else OwnDay(own, "移")}), 0)

    @rule(week=st.tuples(*[spans] * 7), later=st.sampled_from((0, 0, 3, 30)))
    def move_the_week(self, week: Any, later: int) -> None:
        """The week is another one from now on, or from a day that is still to come."""
        self._change(CalendarChange(week=week), later)

    def _change(self, change: CalendarChange, later: int) -> None:
        try:
            self.number = change_calendar(
                key=OFFICE, change=change, effective_at=self.now + timedelta(days=later),
                source="决定", changed_by_id=None, now=self.now,
            )  # fmt: skip
        except (CalendarUnchanged, NeverWorks, BadCalendar):
            return
        begin_calendar_recount(key=OFFICE, number=self.number, actor=None, now=self.now)

    @rule()
    def recount(self) -> None:
        """Everybody is told of the newest calendar; a second time there is nothing to tell."""
        begin_missing_recounts(now=self.now)
        newest = Recount.objects.filter(key=OFFICE).order_by("-number").first()
        if newest is None:
            return
        carry_out_recount(run_id=newest.pk, now=self.now)
        told = Recount.objects.get(pk=newest.pk).told
        assert carry_out_recount(run_id=newest.pk, now=self.now).told == told
        for state in ClockRecord.objects.filter(case__closed_at=None).values_list("state"):
            assert state[0]["known"].get(OFFICE, newest.number) >= newest.number

    @rule(place=joining.pick)
    def pause_and_go_on(self, place: int) -> None:
        """A pause without length costs nothing and gives nothing."""
        case = Case.objects.get(pk=self.case(place))
        if case.closed_at or case.is_paused or case.merged_into_id or case.merged_count:
            return
        told: dict[str, Any] = {"case_id": case.pk, "actor": self.company.agent, "now": self.now}
        before = self._dues(case.pk)
        pause(reason="等客户", **told)
        resume(**told)
        assert self._dues(case.pk) == before

    @rule(place=joining.pick)
    def weigh_and_weigh_back(self, place: int) -> None:
        """A priority that is given and taken back at once leaves every promise where it was."""
        case = Case.objects.get(pk=self.case(place))
        if case.closed_at or case.merged_into_id or case.priority == "low":
            return
        told: dict[str, Any] = {"case_id": case.pk, "actor": self.company.agent, "now": self.now}
        before, row = self._dues(case.pk), mirrored(case)
        if any(due and due <= self.now for _promise, _round, due in before):
            return  # a promise that is late already is not due in the past again
        change_priority(priority="low", **told)
        change_priority(priority=case.priority, **told)
        assert self._dues(case.pk) == before
        assert mirrored(case) == row

    @staticmethod
    def _dues(case_id: int) -> list[tuple[str, int, datetime | None]]:
        state = state_from_data(ClockRecord.objects.get(case=case_id).state)
        return [(c.promise, c.round, c.due_at) for c in state.clocks if c.open]

    @invariant()
    def no_case_is_without_a_clock(self) -> None:
        """A case that is open owes something or has kept everything; no rung is climbed twice."""
        if not hasattr(self, "ids"):
            return
        for case in Case.objects.filter(pk__in=self.ids, closed_at=None):
            state = state_from_data(ClockRecord.objects.get(case=case).state)
            assert state.clocks
            if not case.is_paused and not state.paused:
                assert all(c.due_at for c in state.clocks if c.state == "running")
        rungs = CaseRung.objects.filter(case__in=self.ids)
        places = list(rungs.values_list("case_id", "promise", "round", "rung"))
        assert len(places) == len(set(places))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_working_time_may_be_moved_in_any_way(company: Company, zone: str) -> None:
    class Run(Calendars):
        pass

    Run.company, Run.zone = company, zone
    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_day_on_which_clocks_are_set_back_counts_the_hour_once_more(company: Company) -> None:
    let_count_in("America/New_York", sunday=[[0, 1440]])
    friday = datetime.combine(date(2026, 10, 30), time(21, 30), UTC)  # 17:30: the week is over
    case = a_case(company, now=friday)
    state = state_from_data(ClockRecord.objects.get(case=case).state)
    (answer,) = (clock for clock in state.clocks if clock.promise == "answer")
    # 48 h: 25 h of the Sunday, 7.5 h on three days each, and half an hour of the fourth.
    assert answer.due_at == datetime(2026, 11, 5, 14, 0, tzinfo=UTC)
