"""Deliveries on their way: by file or by a program, checked, taken in, answered for, taken back.

Both ways end in `taking.take_in`. A file is read in batches of their own transactions, and its row
tells how far it is; what is staged is taken in by one transaction, so a job that was killed
begins it again from the same rows.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction

from qiao.billing.models import Delivery, Feed, StagedRow
from qiao.billing.models.feeds import MANAGE
from qiao.billing.operations.feeds.staging import count, judge, stage, terms_of
from qiao.billing.operations.feeds.taking import move_as_of, take_in, undo
from qiao.billing.rules.feeds.kinds import KINDS, TABLES
from qiao.billing.rules.feeds.rows import cells_by_field, read_row
from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold, signature
from qiao.core.rules.text import clean
from qiao.core.sheets import SheetRefused, SheetRow, open_sheet
from qiao.core.table_uploads import (
    FileChanged,
    FileMovedOn,
    UploadFolder,
    digest_of,
    failure_of,
    name_of,
    samples_of,
)
from qiao.core.transactions import acting, outside, required

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

CHECK_TASK: Final = "billing.check_delivery"
TAKE_TASK: Final = "billing.take_delivery"
FOLDER: Final = UploadFolder("feeds")
BATCH: Final = 5_000
LONGEST_KEY: Final = 80
LONGEST_REASON: Final = 300
EXAMPLES: Final = 3
State = Delivery.State
WAITING: Final = (State.MAPPING, State.CHECKING, State.CHECKED, State.FAILED)


class BadMapping(Exception):  # noqa: N818 - a refusal, not a fault
    """The columns cannot be read like this; `faults` are pairs of a code and a field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


class DeliveryKnown(Exception):  # noqa: N818 - a refusal, not a fault
    """The feed sent a delivery of this number before, and it said something else."""

    def __init__(self, delivery_id: int) -> None:
        super().__init__(str(delivery_id))
        self.delivery_id = delivery_id


class NotStated(Exception):  # noqa: N818 - a refusal, not a fault
    """Rows of a kind were sent without saying how many they are and what they come to."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Stated:
    """How many rows there are of a kind, and what their amounts come to in minor units."""

    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What a delivery says of itself: the sender's number of it, as of when it is, its place among
    those of the same moment, whether more comes up to that moment, and its figures by kind."""

    feed_id: int
    key: str
    as_of: datetime
    stated: Mapping[str, Stated]
    sequence: int = 0
    completes: bool = True
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


def lock_of(delivery_id: int) -> str:
    """The lock of the jobs of a delivery."""
    return f"billing.delivery:{delivery_id}"


def receive_rows(new: NewDelivery, *, actor: Actor, now: datetime) -> Delivery:
    """Take what a program sends: rows by kind, each with the texts of its fields. They are taken
    in by a job.

    The same delivery again is the one that is known. Raises `DeliveryKnown`, `NotStated`,
    `BadText`, `Forbidden`.
    """
    required()
    feed = _feed(actor, new.feed_id)
    for kind, rows in new.rows.items():
        if rows and kind not in new.stated:
            raise NotStated(kind)
    key = _key(new.key)
    digest = _digest(new)
    known = _known(feed, key)
    if known is not None:
        if known.digest != digest:
            raise DeliveryKnown(known.pk)
        return known
    delivery = _of(feed, new, key, actor, now)
    delivery.way, delivery.state, delivery.digest = Delivery.Way.PROGRAM, State.RUNNING, digest
    _save_new(delivery)
    terms = terms_of(delivery)
    for kind in KINDS:
        told = (
            (number, read_row(kind, cells, terms))
            for number, cells in enumerate(new.rows.get(kind, ()), 1)
        )
        delivery.read_count += stage(delivery, told)
    delivery.save(update_fields=["read_count"])
    _defer(TAKE_TASK, delivery, actor)
    return delivery


def receive_file(
    new: NewDelivery, *, kind: str, upload: "UploadedFile[Any]", actor: Actor, now: datetime
) -> Delivery:
    """Keep a file of rows of one kind and read its columns; it is checked at once where all are
    known: as those of the feed's last such file, else by their names.

    Raises `FileTooLarge`, `SheetRefused`, `BadText`, `qiao.core.uploads.NoRoom`, `DeliveryKnown`,
    `Forbidden`.
    """
    outside()
    feed = _feed(actor, new.feed_id)
    key = _key(new.key)
    delivery = _of(feed, new, key, actor, now)
    delivery.way, delivery.kind, delivery.state = Delivery.Way.FILE, kind, State.MAPPING
    delivery.file_name, delivery.size_bytes = name_of(upload), upload.size or 0
    delivery.is_on_disk = True
    with FOLDER.keep(upload) as kept:
        sheet = open_sheet(kept)
        delivery.format, delivery.header = sheet.format, list(sheet.header)
        delivery.signature = signature(sheet.header)
        delivery.samples, delivery.digest = samples_of(sheet), digest_of(kept)
        delivery.mapping = _proposed(delivery)
        with acting(actor):
            known = _known(feed, key)
            if known is not None:
                raise DeliveryKnown(known.pk)
            if not TABLES[kind].faults(mapping_of(delivery)):
                delivery.state = State.CHECKING
            _save_new(delivery)
            if delivery.state == State.CHECKING:
                _defer(CHECK_TASK, delivery, actor)
            kept.replace(FOLDER.path_of(delivery.pk))
    return delivery


def mapping_of(delivery: Delivery) -> dict[int, str]:
    """The field of every column."""
    return {int(column): key for column, key in delivery.mapping.items()}


def _proposed(delivery: Delivery) -> dict[str, str]:
    before = (
        Delivery.objects.filter(
            feed=delivery.feed_id,
            kind=delivery.kind,
            signature=delivery.signature,
            state__in=[State.CHECKED, State.RUNNING, State.DONE, State.TAKEN_BACK],
        )
        .order_by("-pk")
        .first()
    )
    if before is None:
        proposals = TABLES[delivery.kind].propose(delivery.header)
        return {str(each.column): each.field for each in proposals}
    kept = {fold(before.header[int(at)]): key for at, key in before.mapping.items()}
    return {str(at): kept.get(fold(name), "") for at, name in enumerate(delivery.header)}


def name_columns(*, actor: Actor, delivery_id: int, mapping: Mapping[int, str]) -> Delivery:
    """Say what every column means, and have the file checked.

    Raises `BadMapping`, `FileMovedOn`, `Forbidden`.
    """
    delivery = locked(actor, delivery_id, State.MAPPING, State.CHECKED)
    whole = {column: mapping.get(column, "") for column in range(len(delivery.header))}
    faults = TABLES[delivery.kind].faults(whole)
    if faults:
        raise BadMapping(faults)
    delivery.mapping = {str(column): key for column, key in whole.items()}
    _begin_anew(delivery, State.CHECKING)
    _defer(CHECK_TASK, delivery, actor)
    return delivery


def reopen_columns(*, actor: Actor, delivery_id: int) -> Delivery:
    """Go back to the columns; a check that runs ends at its next batch."""
    delivery = locked(actor, delivery_id, State.CHECKING, State.CHECKED)
    _begin_anew(delivery, State.MAPPING)
    return delivery


def _begin_anew(delivery: Delivery, state: Delivery.State) -> None:
    StagedRow.objects.filter(delivery=delivery).delete()
    delivery.state, delivery.read_count = state, 0
    delivery.found, delivery.refused_count = {}, 0
    delivery.save()


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
            _drop(delivery)
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
    _drop(delivery)
    _defer(TAKE_TASK, delivery, actor)
    return delivery


def resume(*, actor: Actor, delivery_id: int) -> Delivery:
    """Have a check or a run go on whose job was lost. Raises `FileMovedOn`, `Forbidden`."""
    delivery = locked(actor, delivery_id, State.RUNNING, State.CHECKING)
    _defer(TAKE_TASK if delivery.state == State.RUNNING else CHECK_TASK, delivery, actor)
    return delivery


def discard(*, actor: Actor, delivery_id: int) -> Delivery:
    """Throw a file away before it was started. Raises `FileMovedOn`, `Forbidden`."""
    delivery = locked(actor, delivery_id, *WAITING)
    StagedRow.objects.filter(delivery=delivery).delete()
    delivery.state = State.DISCARDED
    _drop(delivery)
    return delivery


def run_take(*, delivery_id: int, now: datetime) -> Delivery:
    """Take in what is staged, in one transaction that it opens; quiet where that is done.

    Whoever had it taken in was asked for the right then: a program has none that a job may use.
    """
    with acting(None):
        delivery = _rows().get(pk=delivery_id)
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
    delivery.accepted_reason = _reason(reason)
    delivery.accepted_at, delivery.accepted_by_id = now, actor.person_id
    delivery.save()
    move_as_of(delivery.feed_id)
    return delivery


def take_back(*, actor: Actor, delivery_id: int, reason: str, now: datetime) -> Delivery:
    """Leave what would be there without a delivery, and say why.

    Raises `FileMovedOn`, `BadText`, `Forbidden`.
    """
    delivery = locked(actor, delivery_id, State.DONE)
    delivery.taken_back_reason = _reason(reason)
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


def faults_of(delivery: Delivery) -> list[dict[str, Any]]:
    """What was found wrong with rows, with how many there are and a few examples of each."""
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rows = StagedRow.objects.filter(delivery=delivery, faults__isnull=False)
    for number, faults in rows.order_by("row_number").values_list("row_number", "faults"):
        for each in faults or []:
            kind = (each["field"], each["code"])
            counts[kind] += 1
            told = examples.setdefault(kind, [])
            if len(told) < EXAMPLES:
                told.append({"number": number, **each})
    return [
        {"field": name, "code": code, "count": times, "rows": examples[name, code]}
        for (name, code), times in counts.most_common()
    ]


def locked(actor: Actor, delivery_id: int, *states: str) -> Delivery:
    """A delivery in one of these states, locked. Raises `FileMovedOn`, `Forbidden`."""
    required()
    delivery = _rows().get(pk=delivery_id)
    actor.require(MANAGE, delivery.feed.organisation_id)
    if delivery.state not in states:
        raise FileMovedOn(delivery.state)
    return delivery


def _rows() -> "QuerySet[Delivery]":
    return Delivery.objects.select_for_update(of=("self",)).select_related("feed")


def _feed(actor: Actor, feed_id: int) -> Feed:
    feed = Feed.objects.get(pk=feed_id)
    actor.require(MANAGE, feed.organisation_id)
    return feed


def _of(feed: Feed, new: NewDelivery, key: str, actor: Actor, now: datetime) -> Delivery:
    return Delivery(
        feed=feed,
        key=key,
        as_of=new.as_of,
        sequence=new.sequence,
        completes=new.completes,
        stated={
            kind: {"count": each.count, "minor": each.minor} for kind, each in new.stated.items()
        },
        created_at=now,
        created_by_id=actor.person_id,
    )


def _known(feed: Feed, key: str) -> Delivery | None:
    gone = [State.FAILED, State.DISCARDED, State.TAKEN_BACK]
    return Delivery.objects.filter(feed=feed, key=key).exclude(state__in=gone).first()


def _save_new(delivery: Delivery) -> None:
    try:
        with transaction.atomic():
            delivery.save()
    except IntegrityError as error:  # the same number came at this very moment
        known = _known(delivery.feed, delivery.key)
        if known is None:
            raise
        raise DeliveryKnown(known.pk) from error


def _key(text: str) -> str:
    return clean(text, field="key", max_length=LONGEST_KEY, one_line=True, required=True)


def _reason(text: str) -> str:
    return clean(text, field="reason", max_length=LONGEST_REASON, required=True)


def _digest(new: NewDelivery) -> str:
    stated = {kind: [each.count, each.minor] for kind, each in new.stated.items()}
    rows = {kind: [dict(each) for each in told] for kind, told in new.rows.items() if told}
    said = [new.as_of.isoformat(), new.sequence, new.completes, stated, rows]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _batches(delivery: Delivery, *, skip: int) -> Iterator[list[SheetRow]]:
    path = FOLDER.path_of(delivery.pk)
    if digest_of(path) != delivery.digest:
        raise FileChanged(delivery.file_name)
    rows = islice(open_sheet(path).rows(), skip, None)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _defer(task: str, delivery: Delivery, actor: Actor) -> None:
    background.defer(
        task, lock=lock_of(delivery.pk), delivery_id=delivery.pk, staff_id=actor.person_id
    )


def _drop(delivery: Delivery) -> None:
    """Let a file go; it leaves the disk once that is committed."""
    delivery.is_on_disk, delivery.samples = False, []
    delivery.save()
    transaction.on_commit(partial(FOLDER.path_of(delivery.pk).unlink, missing_ok=True))
