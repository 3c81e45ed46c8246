"""A working calendar in words and as a year, each day as it counts."""

import calendar as plain
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.rules.working_time import CalendarVersion, WorkingTime
from qiao.core.calendar_codes import WEEKDAYS
from qiao.core.models import BusinessCalendar
from qiao.core.rules.calendar import Spans, working_spans


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day: how it counts (``work``, ``free``, ``holiday``, ``moved`` or ``own``) and why."""

    day: date
    kind: str
    words: str
    is_over: bool
    is_today: bool

    @property
    def iso(self) -> str:
        """The day as addresses name it."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """A month with its weeks from Monday; None stands for a day of another month."""

    name: str
    weeks: Sequence[Sequence[ShownDay | None]]
    working_days: int


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year of a calendar; not `is_known` where nobody has announced its public days."""

    year: int
    months: Sequence[ShownMonth]
    working_days: int
    is_known: bool


def clock(minute: int) -> str:
    """A minute of the day as a clock says it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def spans_text(spans: Spans) -> str:
    """Spans as they are typed: ``08:30-12:00, 13:30-17:30``."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)


def spans_words(spans: Spans) -> str:
    """Spans for reading; a free day says so."""
    return spans_text(spans).replace("-", "–") or pgettext("working time", "closed")


def show_week(version: CalendarVersion) -> list[tuple[str, str]]:
    """The weekdays with their working time."""
    if version.calendar.round_the_clock:
        return [(str(_("Every day")), pgettext("working time", "day and night"))]
    return [
        (str(name), spans_words(spans))
        for name, spans in zip(WEEKDAYS, version.calendar.week, strict=True)
    ]


def show_year(
    year: int, versions: Sequence[CalendarVersion], rows: Sequence[BusinessCalendar], today: date
) -> ShownYear:
    """Every day of a year under the version that counts on it."""
    whole = WorkingTime(tuple(sorted(versions, key=lambda each: each.number)))
    by_number = {row.pk: row for row in rows}
    months = [_month(year, month, whole, by_number, today) for month in range(1, 13)]
    known = whole.versions[-1].known_years
    return ShownYear(
        year, months, sum(each.working_days for each in months), known is None or year in known
    )


def _month(
    year: int,
    month: int,
    whole: WorkingTime,
    rows: dict[int, BusinessCalendar],
    today: date,
) -> ShownMonth:
    weeks = []
    working = 0
    for week in plain.Calendar().monthdatescalendar(year, month):
        days = [_day(day, whole, rows, today) if day.month == month else None for day in week]
        working += sum(each is not None and _works(each, whole) for each in days)
        weeks.append(days)
    return ShownMonth(date_format(date(year, month, 1), "E"), weeks, working)


def _works(shown: ShownDay, whole: WorkingTime) -> bool:
    return bool(_spans(shown.day, whole)[1])


def _spans(day: date, whole: WorkingTime) -> tuple[int, Spans]:
    zone = ZoneInfo(whole.versions[-1].calendar.timezone)
    noon = datetime.combine(day, time(12), zone)
    return whole.version_at(noon), working_spans(whole.calendar_at(noon), day)


def _day(
    day: date, whole: WorkingTime, rows: dict[int, BusinessCalendar], today: date
) -> ShownDay:
    number, spans = _spans(day, whole)
    row, iso = rows[number], day.isoformat()
    kind, name = ("work" if spans else "free"), ""
    if row.round_the_clock:
        kind = "work"
    elif iso in row.own_days:
        kind, name = "own", row.own_days[iso]["name"]
    elif iso in row.days:
        kind = "holiday" if row.days[iso]["kind"] == "holiday" else "moved"
        name = row.days[iso]["name"]
    words = " · ".join(word for word in (iso, name, spans_words(spans)) if word)
    return ShownDay(day, kind, words, day < today, day == today)
