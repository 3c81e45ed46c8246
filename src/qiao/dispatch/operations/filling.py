"""Filling in a work sheet: ticks, figures, words, pictures, and the signature."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qiao.core import attachments
from qiao.core.actor import Actor
from qiao.core.attachments import Accepted
from qiao.core.rules.text import clean
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations.recording import lock_order, require_worker
from qiao.dispatch.queries.orders import OWNER_KIND, pictures_of
from qiao.dispatch.rules.sheets import Filled, sheet_from_data
from qiao.dispatch.rules.states import WrongState

SIGNATURE: Final = "signature"
OTHER: Final = "other"
NOTE_LENGTH: Final = 4_000
REASON_LENGTH: Final = 500
READING_LENGTH: Final = 40
MOST_PICTURES: Final = 30


class TooManyPictures(Exception):  # noqa: N818 - names the finding
    """More pictures than one job keeps."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What came from the technician's form, already of the right kinds.

    `pictures` are checked files by the key of the picture that the sheet asks for (``other`` for
    further ones), `answers` values of fields that the case's process asks for. None leaves what
    is there.
    """

    checks: Mapping[str, bool] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] | None = None
    note: str | None = None
    no_photo_reason: str | None = None
    no_signature_reason: str | None = None
    pictures: Sequence[tuple[str, Accepted]] = ()
    signature: Accepted | None = None


def save_progress(
    *, work_order_id: int, filling: Filling, actor: Actor, now: datetime
) -> WorkOrder:
    """Keep what is filled in so far; nothing has to be complete.

    Raises `Forbidden`, `NotYours`, `BadText`, and `WrongState` when the order is finished.
    """
    order = lock_order(work_order_id)
    require_worker(order, actor)
    if not order.is_open:
        raise WrongState(order.state, "fill_in")
    return fill_in(order, filling, actor=actor, now=now)


def fill_in(order: WorkOrder, filling: Filling, *, actor: Actor, now: datetime) -> WorkOrder:
    """Write the filling into the locked order. Keys that its sheet does not know are dropped."""
    sheet = sheet_from_data(order.sheet)
    order.checks = {c.key: True for c in sheet.checks if filling.checks.get(c.key)}
    order.readings = {
        r.key: clean(
            filling.readings[r.key], field=r.key, max_length=READING_LENGTH, one_line=True
        )
        for r in sheet.readings
        if filling.readings.get(r.key, "").strip()
    }
    for name, limit in (
        ("note", NOTE_LENGTH),
        ("no_photo_reason", REASON_LENGTH),
        ("no_signature_reason", REASON_LENGTH),
    ):
        typed = getattr(filling, name)
        if typed is not None:
            setattr(order, name, clean(typed, field=name, max_length=limit))
    if filling.answers is not None:
        order.answers = {k: v for k, v in filling.answers.items() if v not in (None, "", [])}
    order.version += 1
    order.save()
    _keep_pictures(order, filling, actor, now)
    return order


def _keep_pictures(order: WorkOrder, filling: Filling, actor: Actor, now: datetime) -> None:
    files: list[tuple[str, Accepted]] = [*filling.pictures]
    if filling.signature is not None:
        files.append((SIGNATURE, filling.signature))
    kept = {(a.label, a.sha256) for a in pictures_of(order)}
    if len(kept) + len(files) > MOST_PICTURES:
        raise TooManyPictures
    for label, accepted in files:
        if (label, hashlib.sha256(accepted.content).hexdigest()) in kept:
            continue
        attachments.store(
            accepted,
            owner_kind=OWNER_KIND,
            owner_id=order.pk,
            organisation_id=order.organisation_id,
            actor=actor,
            now=now,
            label=label,
        )


def filled(order: WorkOrder) -> Filled:
    """The order's sheet as filled in so far, for the rules."""
    labels: set[Any] = {a.label for a in pictures_of(order)}
    return Filled(
        checks=order.checks,
        readings=order.readings,
        photos=labels - {SIGNATURE},
        note=order.note,
        signed=SIGNATURE in labels,
        no_photo_reason=order.no_photo_reason,
        no_signature_reason=order.no_signature_reason,
    )
