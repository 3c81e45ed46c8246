"""Changing many cases: foreseen for each by trying it, then done to each in its own transaction.

What is foreseen is what the change itself says when it is made and rolled back, so that there is
one rule and not two. A case that fails harms no other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from qiao.cases.journal import lock_case, lock_many
from qiao.cases.models import BulkItem, BulkRun
from qiao.cases.operations.bulk_kinds import KINDS
from qiao.cases.operations.merging import queue_joins
from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.transactions import acting, required

TASK: Final = "cases.run_bulk"
AT_ONCE: Final = 100
MOST: Final = 1_000
_Run = BulkRun.State
_Item = BulkItem.State


@dataclass(frozen=True, slots=True)
class Refusals:
    """The exceptions that refuse a change of one case, and why, in words. Others are faults."""

    kinds: tuple[type[Exception], ...]
    words: Callable[[Exception], str]


class NotReady(Exception):  # noqa: N818 - names the finding
    """The run is not in a state in which this can be done to it."""


class _Tried(Exception):  # noqa: N818 - takes back what was tried
    pass


def prepare_bulk(
    *,
    kind: str,
    terms: Mapping[str, Any],
    case_ids: Sequence[int],
    language: str,
    actor: Actor,
    now: datetime,
    refusals: Refusals,
) -> BulkRun:
    """Ask for a change of these cases (the first `MOST`), and foresee what it will do to each: at
    once for up to `AT_ONCE`, else in the background. Nothing is changed yet.

    Raises `KeyError` for a kind that is none, `Forbidden`.
    """
    required()
    actor.require(KINDS[kind].permission)
    run = _make(kind, terms, case_ids[:MOST], language, actor, now)
    if len(case_ids) > AT_ONCE:
        _defer(run)
        return run
    for item in run.items.select_related("case").order_by("id"):
        _foresee(run, item, actor, now, refusals)
    run.state = _Run.READY
    run.save(update_fields=["state"])
    return run


def start_bulk(*, run_id: int, actor: Actor) -> BulkRun:
    """Have a foreseen change made in the background. Raises `NotReady`."""
    run = _lock(run_id, actor)
    if run.state != _Run.READY:
        raise NotReady(run.state)
    run.state = _Run.RUNNING
    run.save(update_fields=["state"])
    _defer(run)
    return run


def cancel_bulk(*, run_id: int, actor: Actor, now: datetime) -> BulkRun:
    """Stop a change; what is done stays done and can be undone. Raises `NotReady`."""
    run = _lock(run_id, actor)
    if run.state in (_Run.DONE, _Run.CANCELLED):
        raise NotReady(run.state)
    run.state, run.finished_at = _Run.CANCELLED, now
    run.save(update_fields=["state", "finished_at"])
    return run


def undo_bulk(*, run_id: int, actor: Actor, now: datetime) -> BulkRun:
    """Take back what a change did, where nobody changed it since, in the background.

    Raises `NotReady` for one that is under way, was undone, or cannot be.
    """
    run = _lock(run_id, actor)
    ended = run.state in (_Run.DONE, _Run.CANCELLED)
    again = BulkRun.objects.filter(undo_of=run).exists()
    if not ended or again or run.undo_of_id or KINDS[run.kind].undo is None:
        raise NotReady(run.state)
    done = run.items.filter(state=_Item.DONE)
    back = _make(
        run.kind, run.terms, list(done.values_list("case_id", flat=True)), run.language, actor, now
    )
    back.undo_of, back.state = run, _Run.RUNNING
    back.save(update_fields=["undo_of", "state"])
    kept = dict(done.values_list("case_id", "before"))
    items = list(back.items.all())
    for item in items:
        item.before, item.state = kept[item.case_id], _Item.WAITING
    BulkItem.objects.bulk_update(items, ["before", "state"])
    _defer(back)
    return back


def run_bulk(
    *, run_id: int, actor: Actor, clock: Callable[[], datetime], refusals: Refusals
) -> None:
    """Go on with a run: foresee or change each case that is left, each in its own transaction,
    until all are through or somebody cancels. Opens its own transactions."""
    while True:
        with acting(actor):
            run = BulkRun.objects.get(pk=run_id)
            step = {_Run.FORESEEING: _Item.NEW, _Run.RUNNING: _Item.WAITING}.get(run.state)  # type: ignore[call-overload]
            if step is None:
                return
            item = _next(run, step)
            if item is None:
                _finish(run, clock())
            elif step == _Item.NEW:
                _foresee(run, item, actor, clock(), refusals)
            else:
                _change(run, item, actor, clock(), refusals)


def _next(run: BulkRun, state: str) -> BulkItem | None:
    waiting = run.items.select_for_update().select_related(None).filter(state=state)
    return waiting.order_by("id").first()


def _finish(run: BulkRun, now: datetime) -> None:
    if run.state == _Run.FORESEEING:
        BulkRun.objects.filter(pk=run.pk, state=_Run.FORESEEING).update(state=_Run.READY)
    else:
        BulkRun.objects.filter(pk=run.pk, state=_Run.RUNNING).update(
            state=_Run.DONE, finished_at=now
        )


def _foresee(
    run: BulkRun, item: BulkItem, actor: Actor, now: datetime, refusals: Refusals
) -> None:
    problem = _attempt(run, item, actor, now, refusals, keep=False)
    item.state = _Item.REFUSED if problem else _Item.WAITING
    item.problem = problem
    item.save(update_fields=["state", "problem"])


def _change(run: BulkRun, item: BulkItem, actor: Actor, now: datetime, refusals: Refusals) -> None:
    problem = _attempt(run, item, actor, now, refusals, keep=True)
    item.state = _Item.FAILED if problem else _Item.DONE
    item.problem = problem
    item.save(update_fields=["state", "problem", "before"])


def _attempt(
    run: BulkRun, item: BulkItem, actor: Actor, now: datetime, refusals: Refusals, *, keep: bool
) -> str:
    """Make the change of one case, and take it back unless it is to be kept. Why it failed."""
    kind = KINDS[run.kind]
    try:
        with transaction.atomic():
            beside = kind.beside(run.terms)
            if beside:
                queue_joins()
                lock_many(sorted({item.case_id, *beside}))
            case = lock_case(item.case_id)
            actor.require("cases.view", case.organisation_id)
            if run.undo_of_id and kind.undo:
                kind.undo(case, run.terms, item.before, actor, now)
            else:
                item.before = kind.keep(case)
                item.before |= kind.made(kind.apply(case, run.terms, actor, now))
            if not keep:
                raise _Tried
    except _Tried:
        return ""
    except refusals.kinds as error:
        return refusals.words(error)
    return ""


def _make(
    kind: str,
    terms: Mapping[str, Any],
    case_ids: Sequence[int],
    language: str,
    actor: Actor,
    now: datetime,
) -> BulkRun:
    run = BulkRun.objects.create(
        staff_id=actor.person_id,
        kind=kind,
        terms=dict(terms),
        state=_Run.FORESEEING,
        language=language,
        asked_at=now,
    )
    BulkItem.objects.bulk_create([BulkItem(run=run, case_id=pk) for pk in dict.fromkeys(case_ids)])
    return run


def _lock(run_id: int, actor: Actor) -> BulkRun:
    required()
    return BulkRun.objects.select_for_update().get(pk=run_id, staff_id=actor.person_id)


def _defer(run: BulkRun) -> None:
    background.defer(TASK, lock=lock_of(run.pk), run_id=run.pk, staff_id=run.staff_id)


def lock_of(run_id: int) -> str:
    """The lock of the job that makes the change."""
    return f"{TASK}:{run_id}"
