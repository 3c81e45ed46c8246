"""Reports that come by themselves: set for a kept report, and made when their hour has come."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from qiao.cases.models import ReportReceiver, ReportSchedule, SavedView
from qiao.cases.operations.views import OFFICIAL
from qiao.cases.queries.reports import RIGHT
from qiao.cases.queries.saved import REPORT
from qiao.cases.rules.schedules import EVERY, Works, latest, missed
from qiao.core import calendars
from qiao.core.actor import Actor
from qiao.core.exports import request_export
from qiao.core.rules.calendar import working_spans
from qiao.core.transactions import required
from qiao.staff.queries import Holder, actor_for, holders_of, organisation

KIND: Final = "cases.report"
TAKE: Final = "cases.export"
FORM: Final = "xlsx"
MOST_RECEIVERS: Final = 50
SATURDAY: Final = 5
HOURS: Final = 24


class NobodyToSend(Exception):  # noqa: N818 - a refusal
    """A report that comes by itself has at least one receiver with the right to it."""


def set_schedule(
    *,
    view_id: int,
    unit_id: int,
    every: str,
    hour: int,
    staff_ids: Sequence[int],
    actor: Actor,
    now: datetime,
) -> ReportSchedule:
    """Let a kept report come by itself from its next occasion on. Replaces what was set.

    Raises `Forbidden` without the right to reports of the unit, `SavedView.DoesNotExist` for a
    report that is not the actor's to change, `NobodyToSend`, `ValueError` for another rhythm.
    """
    required()
    actor.require(RIGHT, unit_id)
    view = _own_report(view_id, actor)
    rhythm = next((each for each in EVERY if each == every), None)
    if rhythm is None or not 0 <= hour < HOURS:
        raise ValueError(f"{every} {hour}")
    unit = organisation(unit_id)
    local = now.astimezone(ZoneInfo(unit.timezone))
    allowed = {holder.staff_id for holder in may_receive(actor=actor, day=local.date())}
    receivers = [pk for pk in dict.fromkeys(staff_ids) if pk in allowed][:MOST_RECEIVERS]
    if not receivers:
        raise NobodyToSend(str(view_id))
    found = latest(every=rhythm, hour=hour, local=local, works=works_of(unit.packs))
    schedule, _made = ReportSchedule.objects.update_or_create(
        view=view,
        defaults={
            "unit_id": unit_id,
            "every": rhythm,
            "hour": hour,
            "made_day": found.day,
            "missed": 0,
            "set_by_id": actor.person_id,
            "set_at": now,
        },
    )
    schedule.receivers.exclude(staff_id__in=receivers).delete()
    ReportReceiver.objects.bulk_create(
        [ReportReceiver(schedule=schedule, staff_id=pk) for pk in receivers],
        ignore_conflicts=True,
    )
    return schedule


def end_schedule(*, view_id: int, actor: Actor) -> None:
    """Let a report come no more. Raises `SavedView.DoesNotExist`."""
    required()
    ReportSchedule.objects.filter(view=_own_report(view_id, actor)).delete()


def _own_report(view_id: int, actor: Actor) -> SavedView:
    mine = Q(staff_id=actor.person_id) | Q(unit_id__in=actor.organisations(OFFICIAL))
    return SavedView.objects.select_for_update().get(
        mine, pk=view_id, page=REPORT, dropped_at__isnull=True
    )


def may_receive(*, actor: Actor, day: date) -> list[Holder]:
    """Who may have a report sent, of the units whose reports the actor sees: people who read
    reports and take files there."""
    units = actor.organisations(RIGHT)
    takers = {h.staff_id for h in holders_of(permission=TAKE, organisation_ids=units, day=day)}
    readers = holders_of(permission=RIGHT, organisation_ids=units, day=day)
    return [holder for holder in readers if holder.staff_id in takers]


def works_of(packs: Sequence[str]) -> Works:
    """Which days are working days of a unit: those of its office, else Monday to Friday."""
    known = calendars.all_versions()
    versions = next(filter(None, (known.get(f"{pack}.office") for pack in packs)), None)
    if versions is None:
        return _weekday
    return lambda day: bool(working_spans(calendars.on_day(versions, day), day))


def _weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def send_due(*, now: datetime) -> int:
    """Ask for the files of every report whose hour has come, once for its latest occasion.

    Occasions that nobody made, since the machine was off, are counted and told of in the file's
    page; only the latest is made. Returns how many files were asked for.
    """
    required()
    waiting = ReportSchedule.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        view__dropped_at__isnull=True
    )
    return sum(_send(each, now) for each in waiting.select_related("view", "unit").order_by("pk"))


def _send(schedule: ReportSchedule, now: datetime) -> int:
    unit = schedule.unit
    works = works_of(unit.packs)
    every = next(each for each in EVERY if each == schedule.every)
    local = now.astimezone(ZoneInfo(unit.timezone))
    found = latest(every=every, hour=schedule.hour, local=local, works=works)
    if found.day <= schedule.made_day:
        return 0
    skipped = missed(every=every, since=schedule.made_day, found=found, works=works)
    terms = {
        "name": schedule.view.name,
        "query": schedule.view.query,
        "since": found.span.since.isoformat(),
        "until": found.span.until.isoformat(),
        "schedule": schedule.pk,
        "period": "own" if every == "day" else every,
        "missed": skipped,
    }
    sent = 0
    receivers = list(schedule.receivers.select_related("staff").order_by("pk"))
    for each in receivers:
        reader = actor_for(each.staff, day=local.date()) if each.staff.is_active else None
        if reader is None or not (reader.can(RIGHT) and reader.can(TAKE)):
            continue
        request_export(
            kind=KIND,
            terms=terms,
            form=FORM,
            reason=schedule.view.name,
            language=(each.staff.language or next(iter(unit.languages), "en")).lower(),
            actor=reader,
            now=now,
            organisation_id=unit.pk,
            once=f"report:{schedule.pk}:{found.day}",
        )
        sent += 1
    schedule.made_day, schedule.made_at = found.day, now
    schedule.missed, schedule.left_out = skipped, len(receivers) - sent
    schedule.save(update_fields=["made_day", "made_at", "missed", "left_out"])
    return sent
