"""Changing a business calendar: every change is a new version, in force from a moment on.

Versions are only ever added, and the highest number in force at a moment counts. So a change that
begins before one that is planned already is carried into a copy of the planned one as well.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from qiao.core.calendars import Version, public_days, version_of
from qiao.core.models import BusinessCalendar, CalendarDay
from qiao.core.packs.model import WEEKDAYS, CalendarSpec
from qiao.core.rules import holidays
from qiao.core.rules.calendar import Spans, Week
from qiao.core.rules.text import clean
from qiao.core.transactions import required

SOURCE_LENGTH = 200
NAME_LENGTH = 60


class UnknownCalendarKey(LookupError):  # noqa: N818 - names the finding
    """There is no calendar of this key."""


class CalendarBeforeNow(ValueError):  # noqa: N818 - a refusal
    """What was in force on days that are over is not rewritten."""


class CalendarUnchanged(ValueError):  # noqa: N818 - a refusal
    """The calendar says the same already."""


class NeverWorks(ValueError):  # noqa: N818 - a refusal
    """A calendar without any working time would let no promise come due."""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What one calendar does on one day: its spans in minutes (none: closed) and its name."""

    spans: Spans
    name: str


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A wanted change: another week from the moment on, or days of its own.

    A day given as None is again what week and public days make of it.
    """

    week: Week | None = None
    days: Mapping[date, OwnDay | None] = field(default_factory=dict)


def change_calendar(
    *,
    key: str,
    change: CalendarChange,
    effective_at: datetime,
    source: str,
    changed_by_id: int | None,
    now: datetime,
) -> int:
    """Keep a change as a new version from `effective_at` on. Returns its number.

    Raises:
        UnknownCalendarKey, CalendarBeforeNow, CalendarUnchanged, NeverWorks: nothing was written.
        BadCalendar: spans that make no day. BadText: the reason is missing.
    """
    required()
    said = clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True)
    _one_at_a_time(key)
    rows = _planned(key, change, effective_at, now)
    for row in rows:
        row.source, row.changed_by_id, row.created_at = said, changed_by_id, now
        row.origin = BusinessCalendar.Origin.COMPANY
        row.save(force_insert=True)
    return int(rows[-1].pk)


def _one_at_a_time(key: str) -> None:
    """Two changes of a calendar at once would lose one; versions themselves cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"core.calendar:{key}"])


def proposed(
    *, key: str, change: CalendarChange, effective_at: datetime, now: datetime
) -> tuple[Version, ...]:
    """All versions of a calendar as they would be after a change that is not written.

    Raises what `change_calendar` raises, but for the reason.
    """
    kept = [version_of(row) for row in BusinessCalendar.objects.filter(key=key).order_by("id")]
    rows = _planned(key, change, effective_at, now)
    top = kept[-1].number
    more = [version_of(row, top + place) for place, row in enumerate(rows, 1)]
    return (*kept, *more)


def renew_public_days(*, region: str, now: datetime, keys: Sequence[str] = ()) -> None:
    """Let all calendars of a region take in what its table of public days says now."""
    required()
    days = public_days(region)
    rows = BusinessCalendar.objects.filter(holidays=region) if region else None
    if rows is None:
        return
    for key in keys or rows.order_by("key").values_list("key", flat=True).distinct():
        _one_at_a_time(key)

        def renewed(row: BusinessCalendar) -> None:
            row.days = days

        for row in _copies(key, renewed, now.replace(microsecond=0), everywhere=True):
            row.created_at = now
            row.save(force_insert=True)


def _planned(
    key: str, change: CalendarChange, effective_at: datetime, now: datetime
) -> list[BusinessCalendar]:
    """The rows that a change adds, unsaved."""
    moment = effective_at.replace(microsecond=0)
    if moment < now.replace(microsecond=0):
        raise CalendarBeforeNow(moment.isoformat())
    names = {
        day: clean(own.name, field="name", max_length=NAME_LENGTH, one_line=True)
        for day, own in change.days.items()
        if own is not None
    }

    def apply(row: BusinessCalendar) -> None:
        if change.week is not None:
            row.spans = [[list(span) for span in day] for day in change.week]
        row.own_days = _own_days(row.own_days, change, names)

    if not BusinessCalendar.objects.filter(key=key).exists():
        raise UnknownCalendarKey(key)
    rows = _copies(key, apply, moment, everywhere=change.week is None)
    for row in rows:
        version_of(row, 0)  # raises BadCalendar
        if not row.round_the_clock and not any(row.spans):
            raise NeverWorks(key)
    return rows


def _own_days(
    before: Mapping[str, Any], change: CalendarChange, names: Mapping[date, str]
) -> dict[str, Any]:
    after = dict(before)
    for day, own in change.days.items():
        after.pop(day.isoformat(), None)
        if own is not None:
            spans = [list(span) for span in own.spans]
            after[day.isoformat()] = {"spans": spans, "name": names[day]}
    return dict(sorted(after.items()))


def _copies(
    key: str,
    apply: Callable[[BusinessCalendar], None],
    moment: datetime,
    *,
    everywhere: bool,
) -> list[BusinessCalendar]:
    """Changed copies of the version in force at `moment`, and of those planned for later.

    A planned version is copied also where the change is not for it: what has the highest number
    counts. Raises `CalendarUnchanged` when the first copy differs in nothing.
    """
    rows = list(BusinessCalendar.objects.filter(key=key).order_by("id"))
    moments = sorted({row.effective_at for row in rows if row.effective_at > moment})
    later = [at for at in moments if _in_force(rows, at).effective_at == at]
    first = _changed_copy(_in_force(rows, moment), apply, moment)
    copies = [
        _changed_copy(_in_force(rows, at), apply if everywhere else None, at) for at in later
    ]
    before = _in_force(rows, moment)
    if all(
        getattr(first, name) == getattr(before, name) for name in ("spans", "days", "own_days")
    ):
        raise CalendarUnchanged(key)
    return [first, *copies]


def _changed_copy(
    row: BusinessCalendar, apply: Callable[[BusinessCalendar], None] | None, at: datetime
) -> BusinessCalendar:
    made = copy(row)
    made.pk, made.effective_at = None, at
    if apply is not None:
        apply(made)
    return made


def _in_force(rows: Sequence[BusinessCalendar], moment: datetime) -> BusinessCalendar:
    """The row that counts at a moment; before the first, the first."""
    for row in reversed(rows):
        if row.effective_at <= moment:
            return row
    return rows[0]


def put_calendar(*, key: str, spec: CalendarSpec, effective_at: datetime) -> None:
    """Keep a calendar of a pack as a new version, unless the pack said the same before.

    What the company changed since is not overwritten; public days that were announced since are
    taken in all the same.
    """
    required()
    rows = BusinessCalendar.objects.filter(key=key).order_by("-id")
    newest = rows.first()
    fields = {
        "timezone": spec.zone,
        "round_the_clock": spec.round_the_clock,
        "spans": [
            [[_minute(a), _minute(b)] for a, b in spec.week.get(day, ())] for day in WEEKDAYS
        ],
        "holidays": spec.holidays,
    }
    days = public_days(spec.holidays)
    whole = effective_at.replace(microsecond=0)  # clocks count whole seconds
    is_own = newest is not None and newest.origin == BusinessCalendar.Origin.COMPANY
    said = any(getattr(newest, name, None) != value for name, value in fields.items())
    if newest is None or (said and not is_own):
        BusinessCalendar.objects.create(
            key=key,
            effective_at=whole,
            days=days,
            own_days=newest.own_days if newest else {},
            created_at=effective_at,
            **fields,
        )
    elif newest.days != days:
        renew_public_days(region=newest.holidays, now=effective_at, keys=[key])


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


def add_company_day(*, region: str, day: CompanyDay, today: date, now: datetime) -> CalendarDay:
    """Keep a day of the company that is still to come, in new versions of the calendars.

    Raises `ValueError` (the day is over or running, or an unknown kind), `BadText`, `DayTaken`.
    """
    required()
    if day.day <= today or day.kind not in CalendarDay.Kind.values:
        raise ValueError(day.day.isoformat())
    if CalendarDay.objects.filter(region=region, date=day.day).exists():
        raise DayTaken(day.day.isoformat())
    source = clean(day.source, field="source", max_length=200, one_line=True, required=True)
    made = CalendarDay.objects.create(
        region=region,
        date=day.day,
        kind=day.kind,
        name=clean(day.name, field="name", max_length=60, one_line=True, required=True),
        source=f"{COMPANY_SOURCE}: {source}",
    )
    renew_public_days(region=region, now=now)
    return made


def take_back_company_day(*, day_id: int, today: date, now: datetime) -> None:
    """Remove a day of the company that is still to come; the audit trail keeps it.

    Raises `CalendarDay.DoesNotExist`, `ValueError` (not the company's, or over).
    """
    required()
    found = CalendarDay.objects.select_for_update().get(pk=day_id)
    if found.date <= today or not found.source.startswith(f"{COMPANY_SOURCE}:"):
        raise ValueError(found.date.isoformat())
    found.delete()
    renew_public_days(region=found.region, now=now)
