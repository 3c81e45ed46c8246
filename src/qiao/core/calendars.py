"""Business calendars as kept: versions by key, public holidays and shifted days by region.

A version's number is its row id: versions are only ever added, so numbers grow.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from qiao.core.models import BusinessCalendar, CalendarDay
from qiao.core.packs.model import WEEKDAYS, CalendarSpec
from qiao.core.rules import holidays
from qiao.core.rules.calendar import Calendar
from qiao.core.rules.text import clean
from qiao.core.transactions import required

STANDARD_DAY = ((510, 720), (810, 1050))  # 8:30-12:00, 13:30-17:30: a shifted working day


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a calendar in force from a moment on."""

    number: int
    effective_from: datetime
    calendar: Calendar


_lock = threading.Lock()
_kept: tuple[tuple[int, int, int], dict[str, tuple[Version, ...]]] | None = None


def all_versions() -> Mapping[str, Sequence[Version]]:
    """Every version of every calendar by key; read again only when one was added."""
    global _kept  # noqa: PLW0603 - the cache belongs to the process
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM core_businesscalendar),"
            " (SELECT coalesce(max(id), 0) FROM core_calendarday),"
            " (SELECT count(*) FROM core_calendarday)"
        )
        stamp = cursor.fetchone()
    with _lock:
        if _kept is None or _kept[0] != stamp:
            _kept = (stamp, _read())
        return _kept[1]


def _read() -> dict[str, tuple[Version, ...]]:
    regions = _special_days()
    found: dict[str, list[Version]] = {}
    for row in BusinessCalendar.objects.order_by("id"):
        found.setdefault(row.key, []).append(
            Version(row.pk, row.effective_at, _calendar(row, regions.get(row.holidays, {})))
        )
    return {key: tuple(versions) for key, versions in found.items()}


def _special_days() -> dict[str, dict[date, str]]:
    regions: dict[str, dict[date, str]] = {}
    for day in CalendarDay.objects.all():
        regions.setdefault(day.region, {})[day.date] = day.kind
    return regions


def _calendar(row: BusinessCalendar, days: Mapping[date, str]) -> Calendar:
    spans = row.spans or [[]] * 7
    mon, tue, wed, thu, fri, sat, sun = (tuple((a, b) for a, b in day) for day in spans)
    workday = mon or STANDARD_DAY
    return Calendar(
        timezone=row.timezone,
        week=(mon, tue, wed, thu, fri, sat, sun),
        holidays=frozenset(d for d, kind in days.items() if kind == CalendarDay.Kind.HOLIDAY),
        special_days={d: workday for d, kind in days.items() if kind == CalendarDay.Kind.WORKDAY},
        round_the_clock=row.round_the_clock,
    )


def put_calendar(*, key: str, spec: CalendarSpec, effective_at: datetime) -> None:
    """Keep a calendar of a pack as a new version, unless the newest one already says the same."""
    required()
    newest = BusinessCalendar.objects.filter(key=key).order_by("-id").first()
    fields = {
        "timezone": spec.zone,
        "round_the_clock": spec.round_the_clock,
        "spans": [
            [[_minute(a), _minute(b)] for a, b in spec.week.get(day, ())] for day in WEEKDAYS
        ],
        "holidays": spec.holidays,
    }
    if newest is None or any(getattr(newest, name) != value for name, value in fields.items()):
        whole = effective_at.replace(microsecond=0)  # clocks count whole seconds
        BusinessCalendar.objects.create(key=key, effective_at=whole, **fields)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def put_public_holidays(region: str = "cn", first_year: int = 2020, years: int = 12) -> None:
    """Fill the table of holidays and shifted working days with every year that is announced."""
    required()
    found = holidays.seed(first_year, first_year + years)
    days = [(day, CalendarDay.Kind.HOLIDAY) for day in found.holidays]
    days += [(day, CalendarDay.Kind.WORKDAY) for day in found.workdays]
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                region=region,
                date=day,
                kind=kind,
                name=found.names.get(day, ""),
                source=found.source,
            )
            for day, kind in days
        ],
        ignore_conflicts=True,
    )


class DayTaken(Exception):  # noqa: N818 - names the finding
    """The day stands in this calendar already."""


COMPANY_SOURCE = "company"


@dataclass(frozen=True, slots=True)
class CompanyDay:
    """A day that the company itself decided on: `kind` is ``holiday`` or ``workday``."""

    day: date
    kind: str
    name: str
    source: str


def add_company_day(*, region: str, day: CompanyDay, today: date) -> CalendarDay:
    """Keep a day of the company that is still to come.

    Raises `ValueError` (the day is over or running, or an unknown kind), `BadText`, `DayTaken`.
    """
    required()
    if day.day <= today or day.kind not in CalendarDay.Kind.values:
        raise ValueError(day.day.isoformat())
    if CalendarDay.objects.filter(region=region, date=day.day).exists():
        raise DayTaken(day.day.isoformat())
    source = clean(day.source, field="source", max_length=200, one_line=True, required=True)
    return CalendarDay.objects.create(
        region=region,
        date=day.day,
        kind=day.kind,
        name=clean(day.name, field="name", max_length=60, one_line=True, required=True),
        source=f"{COMPANY_SOURCE}: {source}",
    )


def take_back_company_day(*, day_id: int, today: date) -> None:
    """Remove a day of the company that is still to come; the audit trail keeps it.

    Raises `CalendarDay.DoesNotExist`, `ValueError` (not the company's, or over).
    """
    required()
    found = CalendarDay.objects.select_for_update().get(pk=day_id)
    if found.date <= today or not found.source.startswith(f"{COMPANY_SOURCE}:"):
        raise ValueError(found.date.isoformat())
    found.delete()
