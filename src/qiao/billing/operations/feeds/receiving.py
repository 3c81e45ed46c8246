"""Deliveries as they come, by file or from a program."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiao.billing.models import Delivery
from qiao.billing.operations.feeds.keeping import (
    DELIVERIES,
    DeliveryKnown,
    State,
    feed_to_fill,
    key_of,
    known_as,
    save_new,
)
from qiao.billing.operations.feeds.staging import stage, terms_of
from qiao.billing.rules.feeds.kinds import KINDS
from qiao.billing.rules.feeds.rows import read_row
from qiao.core.actor import Actor
from qiao.core.transactions import outside, required

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


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
    said, digest = _said(new), _digest(new)
    known = known_as(feed, said["key"])
    if known is not None:
        if known.digest != digest:
            raise DeliveryKnown(known.pk)
        return known
    delivery = Delivery(
        feed=feed, way=Delivery.Way.PROGRAM, state=State.RUNNING, digest=digest,
        created_at=now, created_by_id=actor.person_id, **said,
    )  # fmt: skip
    save_new(delivery)
    terms = terms_of(delivery)
    for kind in KINDS:
        told = (
            (number, read_row(kind, cells, terms))
            for number, cells in enumerate(new.rows.get(kind, ()), 1)
        )
        delivery.read_count += stage(delivery, told)
    delivery.save(update_fields=["read_count"])
    DELIVERIES.defer(delivery, actor)
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
    return DELIVERIES.receive(
        actor=actor, upload=upload, now=now, way=Delivery.Way.FILE, kind=kind, feed=feed,
        **_said(new),
    )  # fmt: skip


def _said(new: NewDelivery) -> dict[str, Any]:
    """What a delivery says of itself, as it is kept. Raises `BadText`."""
    return {
        "key": key_of(new.key),
        "as_of": new.as_of,
        "sequence": new.sequence,
        "completes": new.completes,
        "stated": {
            kind: {"count": each.count, "minor": each.minor} for kind, each in new.stated.items()
        },
    }


def _digest(new: NewDelivery) -> str:
    stated = {kind: [each.count, each.minor] for kind, each in new.stated.items()}
    rows = {kind: [dict(each) for each in told] for kind, told in new.rows.items() if told}
    said = [new.as_of.isoformat(), new.sequence, new.completes, stated, rows]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
