"""Business calendars as kept: versions by key, public holidays and shifted days by region.

A version's number is its row id: versions are only ever added, so numbers grow. They are changed
in `qiao.core.calendar_edits`.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.core.models import BusinessCalendar, CalendarDay
from qiao.core.once import once
from qiao.core.prepared import fetch_all
from qiao.core.rules.calendar import Calendar, is_working

STANDARD_DAY = ((510, 720), (810, 1050))  # 8:30-12:00, 13:30-17:30: a shifted working day


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a calendar in force from a moment on.

    `known_years` are those whose public days the version knows, None where it keeps none: in any
    other year it counts holidays as working days.
    """

    number: int
    effective_from: datetime
    calendar: Calendar
    known_years: frozenset[int] | None = None


_STAMP: Final = "SELECT coalesce(max(id), 0), count(*) FROM core_businesscalendar"
_lock = threading.Lock()
_kept: tuple[tuple[str, int, int], dict[str, tuple[Version, ...]]] | None = None


def all_versions() -> Mapping[str, Sequence[Version]]:
    """Every version of every calendar by key; read again only when one was added."""
    global _kept  # noqa: PLW0603 - the cache belongs to the process
    ((newest, count),) = once("core.calendars", lambda: fetch_all(_STAMP, {}), steady=True)
    stamp = (str(connection.settings_dict["NAME"]), newest, count)
    with _lock:
        if _kept is None or _kept[0] != stamp:
            _kept = (stamp, _read())
        return _kept[1]


def _read() -> dict[str, tuple[Version, ...]]:
    found: dict[str, list[Version]] = {}
    for row in BusinessCalendar.objects.order_by("id"):
        found.setdefault(row.key, []).append(version_of(row))
    return {key: tuple(versions) for key, versions in found.items()}


def version_of(row: BusinessCalendar, number: int | None = None) -> Version:
    """A row as the rules take it; `number` is for one that is not kept yet."""
    years = frozenset(int(day[:4]) for day in row.days) if row.holidays else None
    known = row.pk if number is None else number
    return Version(known, row.effective_at, _calendar(row), years)


def _calendar(row: BusinessCalendar) -> Calendar:
    spans = row.spans or [[]] * 7
    mon, tue, wed, thu, fri, sat, sun = (tuple((a, b) for a, b in day) for day in spans)
    workday = mon or STANDARD_DAY
    special = {
        date.fromisoformat(day): workday
        for day, about in row.days.items()
        if about["kind"] == CalendarDay.Kind.WORKDAY
    }
    own = {
        date.fromisoformat(day): tuple((a, b) for a, b in about["spans"])
        for day, about in row.own_days.items()
    }
    return Calendar(
        timezone=row.timezone,
        week=(mon, tue, wed, thu, fri, sat, sun),
        holidays=frozenset(
            date.fromisoformat(day)
            for day, about in row.days.items()
            if about["kind"] == CalendarDay.Kind.HOLIDAY
        ),
        special_days=special | own,
        round_the_clock=row.round_the_clock,
    )


def on_day(versions: Sequence[Version], day: date) -> Calendar:
    """The calendar of a local day: by the newest version in force before the day ends. What is
    planned for later does not count yet."""
    zone = ZoneInfo(versions[-1].calendar.timezone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    known = [version for version in versions if version.effective_from < end]
    return (known[-1] if known else versions[0]).calendar


def public_days(region: str) -> dict[str, dict[str, str]]:
    """The table of a region's holidays and shifted working days, as a version keeps it."""
    days = CalendarDay.objects.filter(region=region).order_by("date") if region else ()
    return {day.date.isoformat(): {"kind": day.kind, "name": day.name} for day in days}


def is_open(calendar: str, now: datetime) -> bool:
    """Whether a calendar has working time now; one that is not there is closed."""
    versions = all_versions().get(calendar)
    if not versions:
        return False
    zone = ZoneInfo(versions[-1].calendar.timezone)
    return is_working(on_day(versions, now.astimezone(zone).date()), now)
