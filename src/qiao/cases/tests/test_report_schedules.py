"""Reports that come by themselves: when, to whom, once, and as far as their rights go."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qiao.cases.models import ReportSchedule, SavedView
from qiao.cases.operations import report_schedules as schedules
from qiao.cases.operations.views import Reach, save_view
from qiao.cases.queries.saved import REPORT, saved_views
from qiao.cases.rules.schedules import EVERY, latest, missed
from qiao.cases.schedule_contributions import choice_of
from qiao.cases.showing.report_files import header, records
from qiao.cases.showing.reports import build_report
from qiao.cases.tests.browsing import client_of, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.core.models import Disclosure, Export
from qiao.core.rules.spans import Span
from qiao.core.tests.deliveries import run_background
from qiao.messaging.models import Message
from qiao.staff.models import Assignment, Notice, Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company

MONDAY = date(2026, 11, 23)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def local(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_daily_one_is_of_the_days_since_the_working_day_before() -> None:
    found = latest(every="day", hour=8, local=local(MONDAY, 8), works=weekday)
    assert (found.day, found.span) == (MONDAY, Span(date(2026, 11, 20), date(2026, 11, 22)))
    early = latest(every="day", hour=8, local=local(MONDAY, 7), works=weekday)
    assert early.day == date(2026, 11, 20)


def test_a_weekly_and_a_monthly_one_come_on_the_first_working_day() -> None:
    week = latest(every="week", hour=8, local=local(MONDAY, 9), works=weekday)
    assert (week.day, week.span) == (MONDAY, Span(date(2026, 11, 16), date(2026, 11, 22)))

    def not_monday(day: date) -> bool:
        return weekday(day) and day != MONDAY

    assert latest(every="week", hour=8, local=local(MONDAY, 9), works=not_monday).day == date(
        2026, 11, 16
    )
    month = latest(every="month", hour=8, local=local(MONDAY, 9), works=weekday)
    assert (month.day, month.span) == (
        date(2026, 11, 2),
        Span(date(2026, 10, 1), date(2026, 10, 31)),
    )


@given(
    st.sampled_from(EVERY),
    st.integers(0, 23),
    st.integers(0, 700 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
)
def test_occasions_never_lie_ahead_and_no_day_is_left_out(
    every: Any, hour: int, moment: datetime
) -> None:
    found = latest(every=every, hour=hour, local=moment, works=weekday)
    assert (found.day, hour) <= (moment.date(), moment.hour)
    before = latest(
        every=every, hour=23, local=local(found.day - timedelta(days=1), 23), works=weekday
    )
    assert before.span.until + timedelta(days=1) == found.span.since
    assert missed(every=every, since=before.day, found=found, works=weekday) == 0


def weekly(company: Company, *receivers: int) -> ReportSchedule:
    """A report of a kept query that comes on Mondays at eight."""
    view = save_view(
        name="周报", query="period=week&by=type&fig=opened&fig=kept",
        reach=Reach(unit_id=company.lake.pk), actor=company.chief, page=REPORT,
    )  # fmt: skip
    return schedules.set_schedule(
        view_id=view.pk, unit_id=company.company.pk, every="week", hour=8,
        staff_ids=receivers or (company.chief_staff.pk,), actor=company.chief, now=NOW,
    )  # fmt: skip


def test_it_is_made_once_and_equals_the_screen_cell_by_cell(company: Company, media: Path) -> None:
    a_case(company)
    schedule = weekly(company)
    assert schedules.send_due(now=NOW) == 0, "from its next occasion on"
    later = NOW + timedelta(days=7)
    assert schedules.send_due(now=later) == 1
    assert schedules.send_due(now=later) == 0
    ReportSchedule.objects.filter(pk=schedule.pk).update(made_day=schedule.made_day)
    assert schedules.send_due(now=later) == 1, "a run that was killed asks again"
    export = Export.objects.get()
    run_background()
    export.refresh_from_db()
    assert export.state == "done"
    made = build_report(actor=company.chief, now=NOW, choice=choice_of(export.terms))
    book = CalamineWorkbook.from_path(media / "exports" / f"{export.pk}.xlsx")
    wanted: list[list[Any]] = [list(header(made)), *records(made)]
    assert book.get_sheet_by_index(0).to_python() == [
        ["" if v is None else v for v in line] for line in wanted
    ]
    assert made.total.cells[0].number == 1
    assert Disclosure.objects.get().subject == "cases.report"
    assert Notice.objects.get(kind="cases.report_ready").staff_id == company.chief_staff.pk


@pytest.mark.parametrize(
    ("origins", "address"),
    [
        (["https://*.lake.example", "https://qiao.lake.example/"], "https://qiao.lake.example"),
        ([], ""),
    ],
)
@pytest.mark.usefixtures("media")
def test_the_e_mail_holds_a_whole_address_or_none(
    company: Company, settings: Any, origins: list[str], address: str
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = origins
    Staff.objects.filter(pk=company.chief_staff.pk).update(email="chief@lake.example")
    weekly(company)
    assert schedules.send_due(now=NOW + timedelta(days=7)) == 1
    run_background()
    body = Message.objects.get(kind="report").body
    assert ("/me/files/" in body) == bool(address)
    assert not address or f"（{address}/me/files/）" in body or f"({address}/me/files/)" in body


def test_what_was_missed_is_made_once_for_the_latest_and_said(
    company: Company, media: Path
) -> None:
    schedule = weekly(company)
    assert schedules.send_due(now=NOW + timedelta(days=21)) == 1
    schedule.refresh_from_db()
    assert schedule.missed == 2
    run_background()
    client = client_of(company.chief_staff)
    told = text_of(client.get(reverse("staff:files")))
    assert "周报" in told
    assert Export.objects.get().terms["missed"] == 2
    page = text_of(client.get(reverse("cases:saved_reports")))
    assert "周报" in page


def test_who_lost_the_right_is_left_out_when_it_is_sent(company: Company) -> None:
    schedule = weekly(company)
    Assignment.objects.filter(staff=company.chief_staff).delete()
    assert schedules.send_due(now=NOW + timedelta(days=7)) == 0
    schedule.refresh_from_db()
    assert schedule.left_out == 1
    assert not Export.objects.exists()


def test_rights_of_kept_lists_hold_for_reports(company: Company) -> None:
    schedule = weekly(company)
    with pytest.raises(schedules.NobodyToSend):
        weekly(company, 10**9)
    with pytest.raises((SavedView.DoesNotExist, Forbidden)):
        schedules.end_schedule(view_id=schedule.view_id, actor=company.outsider)
    mine = actor_for(company.chief_staff, day=TODAY)
    assert [v.name for v in saved_views(actor=mine, page=REPORT)] == ["周报"]
    assert not saved_views(actor=mine), "a report is no list"
    assert not saved_views(actor=company.outsider, page=REPORT)
    schedules.end_schedule(view_id=schedule.view_id, actor=mine)
    assert not ReportSchedule.objects.exists()
