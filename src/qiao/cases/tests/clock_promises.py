"""Calendars and promises that clocks are tried with, on days of June 2026 in Shanghai."""

from datetime import UTC, datetime, timedelta

from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.promises import Promise, Window
from qiao.cases.rules.working_time import CalendarVersion
from qiao.core.rules.calendar import Calendar, Spans, Week

HOUR = 3600
DAY_SPANS: Spans = ((510, 720), (810, 1050))
LONG_SPANS: Spans = ((480, 720), (780, 1200))


def _week(spans: Spans, days: int = 5) -> Week:
    week = [spans] * days + [()] * (7 - days)
    return (week[0], week[1], week[2], week[3], week[4], week[5], week[6])


OFFICE = Calendar(timezone="Asia/Shanghai", week=_week(DAY_SPANS))
LONGER = Calendar(timezone="Asia/Shanghai", week=_week(LONG_SPANS, 7))
ALWAYS = Calendar(timezone="Asia/Shanghai", week=_week(()), round_the_clock=True)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def local(text: str) -> datetime:
    """A moment of June 2026 in Shanghai; the 15th is a Monday."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    moment = datetime(2026, 6, int(day), int(hour), int(minute), tzinfo=UTC)
    return moment - timedelta(hours=8)


CALENDARS = {
    "office": (CalendarVersion(1, EPOCH, OFFICE), CalendarVersion(2, local("17 12:00"), LONGER)),
    "always": (CalendarVersion(1, EPOCH, ALWAYS),),
}
RESPOND = Promise(
    "respond", ("opened",), ("first_response",), {"*": 900}, "always", pausable=False
)
ARRIVE = Promise(
    "arrive",
    ("opened",),
    ("arrived",),
    {"urgent": HOUR, "*": 4 * HOUR},
    "always",
    windows=(Window(22 * 60, 6 * 60, {"urgent": 90 * 60}),),
)
RESOLVE = Promise(
    "resolve",
    ("opened", "reopened"),
    ("work_done",),
    {"urgent": 2 * HOUR, "high": 6 * HOUR, "normal": 14 * HOUR, "low": 30 * HOUR},
    "office",
)
ANSWER = Promise(
    "answer", ("work_done",), ("answered",), {"high": 2 * HOUR, "*": 8 * HOUR}, "office"
)
LIMIT = Promise(
    "limit", ("step_entered:look",), ("step_left:look",), {"*": HOUR}, "office", pausable=False
)
ALL = (RESPOND, ARRIVE, RESOLVE, ANSWER, LIMIT)


def clock(state: ClockState, promise: str) -> Clock:
    found = state.latest(promise)
    assert found is not None
    return found
