"""Moments of logs are read in their own zone; rows say what is wrong with them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.rules.intake_fields import FIELDS, TABLE
from qiao.cases.rules.intake_rows import CLOSED, OPEN, Plan, read_log_row
from qiao.cases.rules.intake_times import (
    DAY_FIRST,
    MONTH_FIRST,
    YEAR_FIRST,
    BadMoment,
    orders,
    read_moment,
)

NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
COLUMNS = ("number", "opened_at", "closed_at", "status", "latitude", "longitude", "title")
PLAN = Plan(dict(enumerate(COLUMNS)), SHANGHAI, YEAR_FIRST)


@pytest.mark.parametrize(
    ("text", "order", "told"),
    [
        ("05/01/2022 12:00:03 AM", MONTH_FIRST, "2022-05-01 04:00:03"),
        ("05/01/2022 12:00:03 PM", DAY_FIRST, "2022-01-05 17:00:03"),
        ("2022-05-01T00:00:03Z", "", "2022-05-01 00:00:03"),
        ("2022-05-01 08:00:00.120+08:00", "", "2022-05-01 00:00:00"),
        ("2022年5月1日 下午3时05分", "", "2022-05-01 19:05:00"),
        ("2022/5/1", "", "2022-05-01 04:00:00"),
        ("20220501120003", "", "2022-05-01 16:00:03"),
    ],
)
def test_the_forms_that_logs_use_are_read(text: str, order: str, told: str) -> None:
    at = read_moment(text, zone=NEW_YORK, order=order or YEAR_FIRST).at
    assert f"{at:%Y-%m-%d %H:%M:%S}" == told


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2022-02-30", "13:00 PM", "2022-01-01 13:00 PM", "0022-01-01", "1/2"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadMoment):
        read_moment(text, zone=NEW_YORK, order=MONTH_FIRST)


def test_without_a_word_on_the_order_days_that_begin_otherwise_are_refused() -> None:
    with pytest.raises(BadMoment, match="order"):
        read_moment("05/01/2022", zone=NEW_YORK)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive by contract
def test_a_moment_written_in_local_time_is_read_back_or_noted(at: datetime) -> None:
    at = at.replace(microsecond=0)
    text = f"{at.astimezone(NEW_YORK):%m/%d/%Y %I:%M:%S %p}"
    read = read_moment(text, zone=NEW_YORK, order=MONTH_FIRST)
    assert read.at == at or (read.note == "twice" and abs(read.at - at) == timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "note", "told"),
    [
        ("2022-03-13 02:30", "gap", "2022-03-13 07:30"),
        ("2022-11-06 01:30", "twice", "2022-11-06 05:30"),
        ("2022-11-06 03:30", "", "2022-11-06 08:30"),
    ],
)
def test_days_of_23_and_25_hours_are_told(text: str, note: str, told: str) -> None:
    read = read_moment(text, zone=NEW_YORK)
    assert (read.note, f"{read.at:%Y-%m-%d %H:%M}") == (note, told)


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1))
def test_the_order_that_wrote_the_days_is_always_among_those_that_fit(days: list[date]) -> None:
    written = [f"{day:%m/%d/%Y}" for day in days]
    assert MONTH_FIRST in orders(written)
    assert (DAY_FIRST in orders(written)) == all(day.day <= 12 for day in days)


def test_days_that_begin_with_the_year_need_no_word() -> None:
    assert orders(["2022-01-02", "no day"]) == (YEAR_FIRST,)
    assert orders(["no day"]) == ()


def faults_of(*cells: str) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in read_log_row(cells, PLAN, now=NOW).faults}


def test_a_row_tells_all_its_faults() -> None:
    assert faults_of("", "x", "", "办理中", "91", "x", "") == {
        ("number", "missing"),
        ("opened_at", "moment"),
        ("latitude", "coordinate"),
        ("longitude", "coordinate"),
    }
    assert faults_of("1", "2026-01-02", "2026-01-01") == {("closed_at", "before_opened")}
    assert faults_of("1", "2027-01-02") == {("opened_at", "future")}
    assert faults_of("1", "2026-01-02", "", "已办结") == {("closed_at", "no_end")}
    assert faults_of("1", "2026-01-02", "", "", "", "", "a\x00b") == {("title", "nul")}


def test_the_word_of_the_status_decides_whether_a_case_is_over() -> None:
    cells = ("1", "2026-01-02", "2026-01-03", "Held")
    assert read_log_row(cells, PLAN, now=NOW).is_closed
    opened = Plan(PLAN.mapping, SHANGHAI, YEAR_FIRST, statuses={"Held": OPEN})
    assert not read_log_row(cells, opened, now=NOW).is_closed
    closed = Plan(PLAN.mapping, SHANGHAI, YEAR_FIRST, statuses={"Held": CLOSED})
    assert read_log_row(cells, closed, now=NOW).is_closed


def test_the_columns_of_the_published_log_and_of_a_hotline_are_recognised() -> None:
    header = (
        "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Status,Due Date,"
        "Borough,Latitude,Longitude,Resolution Description"
    )
    assert [p.field for p in TABLE.propose(header.split(","))] == [
        "number", "opened_at", "closed_at", "agency", "type", "sub_type", "status", "due_at",
        "area", "latitude", "longitude", "resolution",
    ]  # fmt: skip
    header = "工单编号,受理时间,办结时间,诉求类型,细类,状态,联系电话,诉求内容,处理结果,承办单位"
    assert [p.field for p in TABLE.propose(header.split(","))] == [
        "number", "opened_at", "closed_at", "type", "sub_type", "status", "phone", "description",
        "resolution", "agency",
    ]  # fmt: skip
    assert len({field.key for field in FIELDS}) == len(FIELDS)
