"""Deliveries as they come, by file or from a program, and what the columns of a file mean."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiao.billing.models import Delivery, Feed, StagedRow
from qiao.billing.operations.feeds.keeping import (
    CHECK_TASK,
    FOLDER,
    TAKE_TASK,
    DeliveryKnown,
    State,
    defer,
    feed_to_fill,
    key_of,
    known_as,
    locked,
    save_new,
)
from qiao.billing.operations.feeds.staging import stage, terms_of
from qiao.billing.rules.feeds.kinds import KINDS, TABLES
from qiao.billing.rules.feeds.rows import read_row
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold, signature
from qiao.core.sheets import open_sheet
from qiao.core.table_uploads import digest_of, name_of, samples_of
from qiao.core.transactions import acting, outside, required

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class BadMapping(Exception):  # noqa: N818 - a refusal, not a fault
    """The columns cannot be read like this; `faults` are pairs of a code and a field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


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


def receive_rows(new: NewDelivery, *, actor: Actor, now: datetime) -> Delivery:
    """Take what a program sends: rows by kind, each with the texts of its fields. They are taken
    in by a job.

    The same delivery again is the one that is known. Raises `DeliveryKnown`, `NotStated`,
    `BadText`, `Forbidden`.
    """
    required()
    feed = feed_to_fill(actor, new.feed_id)
    for kind, rows in new.rows.items():
        if rows and kind not in new.stated:
            raise NotStated(kind)
    key = key_of(new.key)
    digest = _digest(new)
    known = known_as(feed, key)
    if known is not None:
        if known.digest != digest:
            raise DeliveryKnown(known.pk)
        return known
    delivery = _of(feed, new, key, actor, now)
    delivery.way, delivery.state, delivery.digest = Delivery.Way.PROGRAM, State.RUNNING, digest
    save_new(delivery)
    terms = terms_of(delivery)
    for kind in KINDS:
        told = (
            (number, read_row(kind, cells, terms))
            for number, cells in enumerate(new.rows.get(kind, ()), 1)
        )
        delivery.read_count += stage(delivery, told)
    delivery.save(update_fields=["read_count"])
    defer(TAKE_TASK, delivery, actor)
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
    feed = feed_to_fill(actor, new.feed_id)
    key = key_of(new.key)
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
            known = known_as(feed, key)
            if known is not None:
                raise DeliveryKnown(known.pk)
            if not TABLES[kind].faults(mapping_of(delivery)):
                delivery.state = State.CHECKING
            save_new(delivery)
            if delivery.state == State.CHECKING:
                defer(CHECK_TASK, delivery, actor)
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
    defer(CHECK_TASK, delivery, actor)
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


def _digest(new: NewDelivery) -> str:
    stated = {kind: [each.count, each.minor] for kind, each in new.stated.items()}
    rows = {kind: [dict(each) for each in told] for kind, told in new.rows.items() if told}
    said = [new.as_of.isoformat(), new.sequence, new.completes, stated, rows]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
