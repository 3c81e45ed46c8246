"""A calendar changes while cases run: each is told once, whatever is killed in between."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qiao.cases.journal import known_calendars, recount, tell_many
from qiao.cases.models import Case, CaseClock, CaseEvent, ClockRecord, Recount
from qiao.cases.operations import change_priority, mark, open_case, pause, resume
from qiao.cases.operations.opening import OpenRequest
from qiao.cases.operations.recounting import (
    begin_calendar_recount,
    begin_missing_recounts,
    carry_out_recount,
)
from qiao.cases.rules.clock_rows import state_data
from qiao.cases.tests.world import NOW, a_case
from qiao.core.calendar_edits import (
    CalendarBeforeNow,
    CalendarChange,
    CalendarUnchanged,
    NeverWorks,
    OwnDay,
    change_calendar,
    proposed,
)
from qiao.core.rules.text import BadText
from qiao.staff.tests.cast import Company

if TYPE_CHECKING:
    from qiao.core.rules.calendar import Week

OFFICE = "water.office"
MONDAY = date(2026, 11, 23)
CLOSED_MONDAY = CalendarChange(days={MONDAY: OwnDay((), "年终盘点")})
LATER = NOW + timedelta(minutes=5)


def close_monday(now: datetime = LATER, change: CalendarChange = CLOSED_MONDAY) -> int:
    return change_calendar(
        key=OFFICE, change=change, effective_at=now, source="决定 7", changed_by_id=None, now=now
    )


def run(number: int, now: datetime = LATER) -> Recount:
    begun = begin_calendar_recount(key=OFFICE, number=number, actor=None, now=now)
    return carry_out_recount(run_id=begun.pk, now=now)


def answer_of(case: Case) -> CaseClock:
    return CaseClock.objects.get(case=case, promise="answer")


def stands_as_counted(case: Case) -> bool:
    """Whether what is stored equals what the whole history gives."""
    kept = ClockRecord.objects.get(case=case).state
    return bool(kept == state_data(recount(case.pk)))


def test_a_running_case_keeps_its_day_until_it_is_told_and_moves_then(company: Company) -> None:
    case = a_case(company)
    before = answer_of(case).due_at
    number = close_monday()
    assert stands_as_counted(case)
    assert answer_of(case).due_at == before
    done = run(number)
    assert (done.state, done.total, done.told, done.moved) == ("done", 1, 1, 1)
    due = answer_of(case).due_at
    assert due is not None
    assert before is not None
    assert due - before == timedelta(days=1)
    assert CaseEvent.objects.get(case=case, kind="calendar_changed").data == {
        "calendars": {OFFICE: number}
    }
    assert stands_as_counted(case)
    case.refresh_from_db()
    assert case.event_count == CaseEvent.objects.filter(case=case).count()


def test_a_case_opened_after_the_change_knows_it_at_once(company: Company) -> None:
    number = close_monday()
    case = a_case(company, now=LATER)
    assert run(number).told == 0
    assert not CaseEvent.objects.filter(case=case, kind="calendar_changed").exists()
    assert stands_as_counted(case)


def test_a_day_planned_for_later_counts_for_a_case_opened_before_it(company: Company) -> None:
    usual = answer_of(a_case(company, now=LATER)).due_at
    week = known_calendars()[OFFICE][-1].calendar.week
    free_friday: Week = (*week[:4], (), *week[5:])
    change_calendar(
        key=OFFICE,
        change=CalendarChange(week=free_friday),
        effective_at=datetime(2026, 11, 26, 16, tzinfo=UTC),
        source="决定 8",
        changed_by_id=None,
        now=LATER,
    )
    due = answer_of(a_case(company, now=LATER)).due_at
    assert due is not None
    assert usual is not None
    assert due - usual == timedelta(days=1)


def test_a_change_before_a_planned_one_is_carried_into_it(company: Company) -> None:
    week = known_calendars()[OFFICE][-1].calendar.week
    longer: Week = (((480, 1080),), *week[1:])
    start = datetime(2026, 11, 30, tzinfo=UTC)
    change_calendar(
        key=OFFICE,
        change=CalendarChange(week=longer),
        effective_at=start,
        source="冬季作息",
        changed_by_id=None,
        now=LATER,
    )
    day = date(2026, 12, 7)
    close_monday(LATER, CalendarChange(days={day: OwnDay((), "停电")}))
    newest = known_calendars()[OFFICE][-1]
    assert newest.effective_from == start
    assert newest.calendar.week[0] == ((480, 1080),)
    assert newest.calendar.special_days[day] == ()


def test_a_run_that_was_killed_goes_on_and_tells_nobody_twice(company: Company) -> None:
    cases = [a_case(company) for _ in range(7)]
    number = close_monday()
    begun = begin_calendar_recount(key=OFFICE, number=number, actor=None, now=LATER)
    told: Any = {"calendars": {OFFICE: number}}
    half = [case.pk for case in cases[:3]]
    tell_many(
        case_ids=half, kind="calendar_changed", decide=lambda *_: told, actor=None, now=LATER
    )
    for _again in range(3):
        carry_out_recount(run_id=begun.pk, now=LATER)
    for case in cases:
        assert CaseEvent.objects.filter(case=case, kind="calendar_changed").count() == 1
        assert stands_as_counted(case)


def test_what_was_not_told_is_found_though_its_number_is_passed(company: Company) -> None:
    case = a_case(company)
    number = close_monday()
    begun = begin_calendar_recount(key=OFFICE, number=number, actor=None, now=LATER)
    Recount.objects.filter(pk=begun.pk).update(cursor=case.pk + 1_000, state="running")
    assert carry_out_recount(run_id=begun.pk, now=LATER).told == 1


def test_a_newer_version_overtakes_what_is_under_way(company: Company) -> None:
    case = a_case(company)
    first = close_monday()
    older = begin_calendar_recount(key=OFFICE, number=first, actor=None, now=LATER)
    tuesday = CalendarChange(days={date(2026, 11, 24): OwnDay((), "")})
    second = close_monday(LATER, tuesday)
    assert run(second).told == 1
    assert carry_out_recount(run_id=older.pk, now=LATER).state == "overtaken"
    events = CaseEvent.objects.filter(case=case, kind="calendar_changed")
    assert [event.data["calendars"][OFFICE] for event in events] == [second]


def test_a_version_that_no_page_brought_is_found_by_the_clock(company: Company) -> None:
    begin_missing_recounts(now=LATER)
    case = a_case(company)
    close_monday()
    (begun,) = begin_missing_recounts(now=LATER)
    assert begin_missing_recounts(now=LATER) == []
    assert carry_out_recount(run_id=begun, now=LATER).told == 1
    assert stands_as_counted(case)


def test_closed_cases_are_left_alone_and_paused_ones_are_told(company: Company) -> None:
    closed, paused = a_case(company), a_case(company)
    Case.objects.filter(pk=closed.pk).update(
        phase="closed", closed_at=NOW, closed_date=NOW.date(), due_at=None
    )
    pause(case_id=paused.pk, reason="等客户", actor=company.agent, now=NOW)
    assert run(close_monday()).told == 1
    resume(case_id=paused.pk, actor=company.agent, now=LATER + timedelta(hours=1))
    assert stands_as_counted(paused)


def test_case_work_goes_on_as_before_after_it_was_told(company: Company) -> None:
    case = a_case(company)
    run(close_monday())
    later = LATER + timedelta(hours=2)
    change_priority(case_id=case.pk, priority="urgent", actor=company.agent, now=later)
    mark(case_id=case.pk, kind="first_response", actor=company.agent, now=later)
    assert stands_as_counted(case)


def test_a_change_that_cannot_be_is_refused(company: Company) -> None:
    close_monday()
    with pytest.raises(CalendarUnchanged):
        close_monday()
    with pytest.raises(CalendarBeforeNow):
        change_calendar(
            key=OFFICE,
            change=CalendarChange(days={MONDAY: None}),
            effective_at=LATER - timedelta(days=1),
            source="x",
            changed_by_id=None,
            now=LATER,
        )
    nothing: Week = ((), (), (), (), (), (), ())
    with pytest.raises(NeverWorks):
        close_monday(LATER, CalendarChange(week=nothing))
    with pytest.raises(BadText):
        change_calendar(
            key=OFFICE,
            change=CalendarChange(days={MONDAY: None}),
            effective_at=LATER,
            source=" ",
            changed_by_id=None,
            now=LATER,
        )


def test_what_would_be_is_told_without_being_written(company: Company) -> None:
    versions = proposed(key=OFFICE, change=CLOSED_MONDAY, effective_at=LATER, now=LATER)
    assert versions[-1].calendar.special_days[MONDAY] == ()
    assert len(versions) == len(known_calendars()[OFFICE]) + 1


def test_a_case_from_before_is_counted_from_its_history(company: Company) -> None:
    case = a_case(company)
    ClockRecord.objects.filter(case=case).delete()
    assert run(close_monday()).told == 1
    assert stands_as_counted(case)


def test_opening_in_the_past_counts_with_what_was_in_force_then(company: Company) -> None:
    close_monday()
    request = OpenRequest(
        type_key="water.bill",
        organisation_id=company.lake.pk,
        title="账单",
        channel="call",
        at=NOW - timedelta(days=30),
    )
    case = open_case(request=request, actor=company.agent, now=LATER)
    assert stands_as_counted(case)
