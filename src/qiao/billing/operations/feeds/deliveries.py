"""Deliveries on their way: checked, taken in, answered for, taken back.

Files and programs both end in `taking.take_in`. A file is read in batches of their own
transactions, and its row tells how far it is; what is staged is taken in by one transaction, so a
job that was killed begins it again from the same rows.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from qiao.billing.models import Delivery, StagedRow
from qiao.billing.models.feeds import MANAGE
from qiao.billing.operations.feeds.keeping import (
    CHECK_TASK,
    FOLDER,
    TAKE_TASK,
    State,
    defer,
    drop,
    locked,
    of_feeds,
    reason_of,
)
from qiao.billing.operations.feeds.receiving import mapping_of
from qiao.billing.operations.feeds.staging import count, judge, stage, terms_of
from qiao.billing.operations.feeds.taking import move_as_of, take_in, undo
from qiao.billing.rules.feeds.rows import cells_by_field, read_row
from qiao.core import disclosure
from qiao.core.actor import Actor
from qiao.core.sheets import SheetRefused, SheetRow, open_sheet
from qiao.core.table_uploads import FileChanged, FileMovedOn, digest_of, failure_of
from qiao.core.transactions import acting, required

BATCH: Final = 5_000
WAITING: Final = (State.MAPPING, State.CHECKING, State.CHECKED, State.FAILED)


def run_check(*, actor: Actor, delivery_id: int) -> Delivery:
    """Read what is left of a file and judge it: what would be taken in, and what set aside.

    Opens its own transactions; ends quietly when somebody went back to the columns meanwhile.
    """
    delivery = Delivery.objects.select_related("feed").get(pk=delivery_id)
    if delivery.state != State.CHECKING:
        return delivery
    try:
        for batch in _batches(delivery, skip=delivery.read_count):
            with acting(actor):
                delivery = locked(actor, delivery_id, State.CHECKING)
                _stage_batch(batch, delivery)
        with acting(actor):
            delivery = locked(actor, delivery_id, State.CHECKING)
            judge(delivery)
            delivery.found = count(delivery)
            delivery.refused_count = sum(
                each["rows"] - each["taken"] for each in delivery.found.values()
            )
            delivery.state = State.CHECKED
            delivery.save()
    except FileMovedOn:
        delivery.refresh_from_db()
    except (SheetRefused, FileNotFoundError, FileChanged) as refusal:
        with acting(actor):
            delivery = locked(actor, delivery_id, State.CHECKING)
            delivery.state = State.FAILED
            delivery.failure, delivery.failure_detail = failure_of(refusal)
            drop(delivery)
    return delivery


def _stage_batch(batch: Sequence[SheetRow], delivery: Delivery) -> None:
    terms, mapping = terms_of(delivery), mapping_of(delivery)
    told = (
        (row.number, read_row(delivery.kind, cells_by_field(row.cells, mapping), terms))
        for row in batch
    )
    delivery.read_count += stage(delivery, told)
    delivery.save(update_fields=["read_count"])


def start(*, actor: Actor, delivery_id: int) -> Delivery:
    """Have a checked file taken in. Raises `FileMovedOn`, `Forbidden`."""
    delivery = locked(actor, delivery_id, State.CHECKED)
    delivery.state = State.RUNNING
    drop(delivery)
    defer(TAKE_TASK, delivery, actor)
    return delivery


def resume(*, actor: Actor, delivery_id: int) -> Delivery:
    """Have a check or a run go on whose job was lost. Raises `FileMovedOn`, `Forbidden`."""
    delivery = locked(actor, delivery_id, State.RUNNING, State.CHECKING)
    defer(TAKE_TASK if delivery.state == State.RUNNING else CHECK_TASK, delivery, actor)
    return delivery


def discard(*, actor: Actor, delivery_id: int) -> Delivery:
    """Throw a file away before it was started. Raises `FileMovedOn`, `Forbidden`."""
    delivery = locked(actor, delivery_id, *WAITING)
    StagedRow.objects.filter(delivery=delivery).delete()
    delivery.state = State.DISCARDED
    drop(delivery)
    return delivery


def run_take(*, delivery_id: int, now: datetime) -> Delivery:
    """Take in what is staged, in one transaction that it opens; quiet where that is done.

    Whoever had it taken in was asked for the right then: a program has none that a job may use.
    """
    with acting(None):
        delivery = of_feeds().get(pk=delivery_id)
        if delivery.state == State.RUNNING:
            take_in(delivery, now=now)
    return delivery


def accept(*, actor: Actor, delivery_id: int, reason: str, now: datetime) -> Delivery:
    """Count a delivery as whole although its figures differ, and say why.

    Raises `FileMovedOn`, `BadText`, `Forbidden`.
    """
    delivery = locked(actor, delivery_id, State.DONE)
    if delivery.is_good:
        raise FileMovedOn(delivery.state)
    delivery.accepted_reason = reason_of(reason)
    delivery.accepted_at, delivery.accepted_by_id = now, actor.person_id
    delivery.save()
    move_as_of(delivery.feed_id)
    return delivery


def take_back(*, actor: Actor, delivery_id: int, reason: str, now: datetime) -> Delivery:
    """Leave what would be there without a delivery, and say why.

    Raises `FileMovedOn`, `BadText`, `Forbidden`.
    """
    delivery = locked(actor, delivery_id, State.DONE)
    delivery.taken_back_reason = reason_of(reason)
    delivery.taken_back_at, delivery.taken_back_by_id = now, actor.person_id
    delivery.state = State.TAKEN_BACK
    delivery.save()
    undo(delivery)
    return delivery


def record_rows(*, actor: Actor, delivery: Delivery, form: str, now: datetime) -> None:
    """Keep that somebody took the rows that were set aside away. Raises `Forbidden`."""
    required()
    unit = delivery.feed.organisation_id
    actor.require(MANAGE, unit)
    disclosure.record(
        kind="export",
        subject="billing.delivery",
        subject_id=delivery.pk,
        fields=("row", "number", "account", "field", "found", "expected"),
        row_count=delivery.refused_count,
        organisation_id=unit,
        actor=actor,
        now=now,
        reason=f"rows set aside as {form}",
    )


def sweep_files(now: datetime) -> None:
    """Remove files on the disk that have long belonged to nothing."""
    for path in FOLDER.strangers(now, _needed):
        path.unlink(missing_ok=True)


def _needed(ids: list[int]) -> set[int]:
    rows = Delivery.objects.filter(pk__in=ids, is_on_disk=True)
    return set(rows.values_list("pk", flat=True))


def _batches(delivery: Delivery, *, skip: int) -> Iterator[list[SheetRow]]:
    path = FOLDER.path_of(delivery.pk)
    if digest_of(path) != delivery.digest:
        raise FileChanged(delivery.file_name)
    rows = islice(open_sheet(path).rows(), skip, None)
    while batch := list(islice(rows, BATCH)):
        yield batch
