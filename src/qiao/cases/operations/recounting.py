"""Telling the cases that are open of a changed calendar: in batches, again and again, once each.

A batch is one transaction, and two are under way at a time. Whoever is killed in between leaves
the batches that are through, and the next run goes on after the last before which all are. A case
that was told is found told, so nothing counts twice.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

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
from qiao.core.hands import share_out
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
    for ids in _rounds(run, now):
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        through = _Through(run.cursor, batches)

        def tell(batch: Sequence[int], through: _Through = through) -> bool:
            with acting(None), uncollected():
                goes_on = _batch(run, batch, through.ending(batch), now)
            through.end(batch)
            return goes_on

        if not share_out(batches, tell):
            run.refresh_from_db()
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


def _rounds(run: Recount, now: datetime) -> Iterator[list[int]]:
    """All open cases after the last that is through, then whoever was not told after all."""
    if run.cause == Recount.Cause.PROMISES:
        ids = open_cases_of(run.key, run.organisation_id, "")
        _begin(run, len(ids), now)
        yield [pk for pk in ids if pk > run.cursor]
        return
    if run.state != Recount.State.DONE:
        ids = _ids(_OPEN, {"after": run.cursor})
        _begin(run, len(ids), now)
        yield ids
    yield _ids(_UNTOLD, {"key": run.key, "number": run.number})


def _begin(run: Recount, total: int, now: datetime) -> None:
    """Say that a run is under way, and how many it is for; one that goes on knows both."""
    Recount.objects.filter(pk=run.pk, state=Recount.State.WAITING).update(
        state=Recount.State.RUNNING, started_at=now, total=total
    )


def _ids(sql: str, values: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


class _Through:
    """The last case up to which all batches are through, though they end in another order."""

    def __init__(self, last: int, batches: Sequence[Sequence[int]]) -> None:
        self._last = last
        self._open = deque(batch[-1] for batch in batches)
        self._ended: set[int] = set()
        self._lock = Lock()

    def ending(self, batch: Sequence[int]) -> int:
        """Where it stands if this batch ends now."""
        with self._lock:
            return batch[-1] if self._open[0] == batch[-1] else self._last

    def end(self, batch: Sequence[int]) -> None:
        """A batch is through, and so are those after it that ended before."""
        with self._lock:
            self._ended.add(batch[-1])
            while self._open and self._open[0] in self._ended:
                self._last = self._open.popleft()


def _batch(run: Recount, ids: Sequence[int], through: int, now: datetime) -> bool:
    """One batch with its progress. False where the run was overtaken meanwhile."""
    is_calendar = run.cause == Recount.Cause.CALENDAR
    told = tell_many(
        case_ids=ids,
        kind="calendar_changed" if is_calendar else "promise_set",
        decide=calendar_told(run.key, run.number) if is_calendar else promises_told(ids, now),
        actor=None,
        now=now,
    )
    publish_levels(told, now)
    kept = Recount.objects.filter(pk=run.pk)
    kept.update(
        cursor=Greatest(F("cursor"), through),
        told=F("told") + len(told),
        moved=F("moved") + sum(each.moved for each in told),
        became_late=F("became_late")
        + sum(is_late_now(each.seen, each.level_before, now) for each in told),
    )
    return not kept.filter(state=Recount.State.OVERTAKEN).exists()


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
