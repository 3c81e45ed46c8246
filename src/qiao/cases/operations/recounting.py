"""Telling the cases that are open of a changed calendar: in batches, again and again, once each.

A batch is one transaction. Whoever is killed in between leaves the batches that are through, and
the next run goes on after them. A case that was told is found told, so nothing counts twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F

from qiao.cases import definitions
from qiao.cases.events import LevelsChanged
from qiao.cases.journal import Decide, Told, is_late_now, known_calendars, tell_many
from qiao.cases.models import Case, Recount
from qiao.cases.queries.figures_of_promises import (
    Owed,
    Place,
    figures_at,
    open_cases_of,
    opened_tiers,
    promises_for,
)
from qiao.cases.rules.clock_state import ClockState
from qiao.core import background, events
from qiao.core.actor import Actor
from qiao.core.memory import uncollected
from qiao.core.packs.model import CaseType
from qiao.core.transactions import acting, outside, required
from qiao.staff.queries import chain_of, organisation

TASK: Final = "cases.recount"
BATCH: Final = 500
SWEPT_FOR: Final = timedelta(minutes=10)  # a case may be opening while the change is saved
UNFINISHED: Final = (Recount.State.WAITING, Recount.State.RUNNING)

_OPEN = "SELECT id FROM cases_case WHERE closed_at IS NULL AND id > %(after)s ORDER BY id"
_UNTOLD = """
SELECT c.id FROM cases_case c LEFT JOIN cases_clockrecord r ON r.case_id = c.id
 WHERE c.closed_at IS NULL
   AND (r.case_id IS NULL OR (r.state->'known'->>%(key)s)::bigint < %(number)s)
 ORDER BY c.id
"""


def begin_calendar_recount(
    *, key: str, number: int, actor: Actor | None, now: datetime
) -> Recount:
    """Have all open cases told of a version of a calendar, once; an older one is overtaken.

    The work is a job of its own after the transaction; asked for twice it stays one.
    """
    required()
    run, made = Recount.objects.get_or_create(
        cause=Recount.Cause.CALENDAR,
        key=key,
        number=number,
        defaults={
            "not_before": now,
            "created_at": now,
            "asked_by_id": actor.staff_id if actor else None,
        },
    )
    if made:
        older = Recount.objects.filter(cause=run.cause, key=key, number__lt=number)
        older.filter(state__in=UNFINISHED).update(state=Recount.State.OVERTAKEN)
        defer_recount(run.pk)
    return run


def begin_promise_recount(
    *,
    type_key: str,
    number: int,
    organisation_id: int | None,
    not_before: datetime,
    actor: Actor | None,
    now: datetime,
) -> Recount:
    """Have the open cases of a type, in a unit and below it, follow what is promised from
    `not_before` on. `number` names the change."""
    required()
    run, made = Recount.objects.get_or_create(
        cause=Recount.Cause.PROMISES,
        key=type_key,
        number=number,
        defaults={
            "organisation_id": organisation_id,
            "not_before": not_before,
            "created_at": now,
            "asked_by_id": actor.staff_id if actor else None,
        },
    )
    if made and not_before <= now:
        defer_recount(run.pk)
    return run


def defer_recount(run_id: int) -> None:
    """Leave a run to the worker, after the running transaction."""
    background.defer(TASK, lock=f"{TASK}:{run_id}", run_id=run_id)


def begin_missing_recounts(*, now: datetime) -> list[int]:
    """Begin a run for every calendar whose newest version no run tells of: one that a pack, or the
    table of public days, brought. The first version of a calendar changes nothing for anybody."""
    required()
    begun = []
    newest_runs = {
        run.key: run.number
        for run in Recount.objects.filter(cause=Recount.Cause.CALENDAR).order_by("number")
    }
    for key, versions in known_calendars().items():
        number = versions[-1].number
        if len(versions) > 1 and newest_runs.get(key, 0) < number:
            run = begin_calendar_recount(key=key, number=number, actor=None, now=now)
            begun.append(run.pk)
    return begun


def runs_to_continue(*, now: datetime) -> list[int]:
    """Runs whose time has come, and those just done, which are looked through once more."""
    due = Recount.objects.filter(state__in=UNFINISHED, not_before__lte=now)
    swept = Recount.objects.filter(
        state=Recount.State.DONE, cause=Recount.Cause.CALENDAR, finished_at__gt=now - SWEPT_FOR
    )
    return [*due.values_list("pk", flat=True), *swept.values_list("pk", flat=True)]


def carry_out_recount(*, run_id: int, now: datetime) -> Recount:
    """Tell every open case of the change, a batch and a transaction at a time.

    Raises `Recount.DoesNotExist`, `RuntimeError` inside a transaction.
    """
    outside()
    run = Recount.objects.get(pk=run_id)
    if run.state == Recount.State.OVERTAKEN or run.not_before > now:
        return run
    for ids in _rounds(run):
        for start in range(0, len(ids), BATCH):
            with acting(None), uncollected():
                if not _batch(run, ids[start : start + BATCH], now):
                    return run
    with acting(None):
        Case.objects.filter(closed_at__isnull=True, merged_count__gt=0).update(
            level_changes_at=now
        )
        Recount.objects.filter(pk=run.pk).exclude(state=Recount.State.OVERTAKEN).update(
            state=Recount.State.DONE, finished_at=now
        )
    run.refresh_from_db()
    return run


def _rounds(run: Recount) -> Any:
    """All open cases after the last that is through, then whoever was not told after all."""
    if run.cause == Recount.Cause.PROMISES:
        ids = open_cases_of(run.key, run.organisation_id, "")
        Recount.objects.filter(pk=run.pk).update(total=len(ids))
        yield [pk for pk in ids if pk > run.cursor]
        return
    if run.state != Recount.State.DONE:
        ids = _ids(_OPEN, {"after": run.cursor})
        if run.state == Recount.State.WAITING:
            Recount.objects.filter(pk=run.pk).update(total=len(ids))
        yield ids
    yield _ids(_UNTOLD, {"key": run.key, "number": run.number})


def _ids(sql: str, values: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _batch(run: Recount, ids: Sequence[int], now: datetime) -> bool:
    """One batch with its progress. False where the run was overtaken meanwhile."""
    kept = Recount.objects.select_for_update().get(pk=run.pk)
    if kept.state == Recount.State.OVERTAKEN:
        return False
    is_calendar = run.cause == Recount.Cause.CALENDAR
    told = tell_many(
        case_ids=ids,
        kind="calendar_changed" if is_calendar else "promise_set",
        decide=calendar_told(run.key, run.number) if is_calendar else promises_told(ids, now),
        actor=None,
        now=now,
    )
    Recount.objects.filter(pk=run.pk).update(
        state=Recount.State.DONE if kept.finished_at else Recount.State.RUNNING,
        started_at=kept.started_at or now,
        cursor=max(kept.cursor, ids[-1]),
        told=F("told") + len(told),
        moved=F("moved") + sum(each.moved for each in told),
        became_late=F("became_late")
        + sum(is_late_now(each.seen, each.level_before, now) for each in told),
    )
    publish_levels(told, now)
    return True


def calendar_told(key: str, number: int) -> Decide:
    """The entry of a case that counts in a calendar and knows only older versions of it."""

    def decide(case_id: int, state: ClockState) -> Mapping[str, Any] | None:
        del case_id
        known = state.known.get(key)
        return None if known is None or known >= number else {"calendars": {key: number}}

    return decide


def promises_told(case_ids: Sequence[int], now: datetime) -> Decide:
    """The entry of a case to which something else is promised by what is in force now.

    It keeps the tier that it was opened with.
    """
    cases = {case.pk: case for case in Case.objects.filter(id__in=case_ids)}
    tiers = opened_tiers(case_ids)

    def decide(case_id: int, state: ClockState) -> Mapping[str, Any] | None:
        case = cases[case_id]
        definitions.attach(case)
        definition = definitions.case_types().get(case.case_type.key)
        if definition is None:
            return None
        unit = organisation(case.organisation_id)
        day = now.astimezone(ZoneInfo(unit.timezone)).date()
        given = promises_for(
            definition=definition,
            process=definitions.process_of(case.process),
            tier=tiers.get(case_id, ""),
            day=day,
            owed=_figures_of(definition, unit.pk, case.area, day),
        )
        if given.promises == state.promises:
            return None
        keys = {promise.calendar for promise in given.promises}
        versions = known_calendars()
        return {
            "promise_set": definitions.promise_set_of(given.promises),
            "calendars": {key: versions[key][-1].number for key in sorted(keys)},
            "because": dict(given.because),
        }

    kept: dict[tuple[str, int, str], Mapping[str, Owed]] = {}

    def _figures_of(
        definition: CaseType, unit_id: int, area: str, day: date
    ) -> Mapping[str, Owed]:
        place = (definition.key, unit_id, area)
        if place not in kept:
            kept[place] = figures_at(definition, Place(chain_of(unit_id), area, day))
        return kept[place]

    return decide


def publish_levels(told: Sequence[Told], now: datetime) -> None:
    """Tell of the cases whose level turned, one event a unit."""
    units: dict[int, list[int]] = {}
    for each in told:
        if each.seen.level != each.level_before:
            units.setdefault(each.organisation_id, []).append(each.case_id)
    for organisation_id, case_ids in units.items():
        turned = LevelsChanged(tuple(case_ids))
        events.publish(turned, organisation_id=organisation_id, actor=None, now=now)
