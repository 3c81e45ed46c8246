"""Segments: saving, archiving and taking back a rule. Who fits it: `segment_keeping`."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.conditions import condition_data
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.models import Segment, SegmentKept
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries.segments import shapes
from qiao.customers.rules.segments import BadRule, Rule, check, to_condition

PERMISSION: Final = "customers.segments"
BUILD_TASK: Final = "customers.build_segment"
NAME_LENGTH: Final = 60
NOTE_LENGTH: Final = 300


class SegmentNameTaken(CustomerRefusal):
    """The unit has another segment of this name."""


class SegmentNotOpen(CustomerRefusal):
    """An archived segment cannot be changed."""


def save_segment(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    note: str,
    rule: Rule,
    organisation_id: int,
    segment_id: int | None = None,
) -> Segment:
    """Save a rule under a name; a changed rule is built anew in the background.

    Raises `BadRule`, `BadText`, `SegmentNameTaken`, `SegmentNotOpen`, `Segment.DoesNotExist` and
    `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require(PERMISSION, organisation_id)
    faults = check(rule, shapes(actor))
    if faults:
        raise BadRule(faults)
    segment = _open(actor, segment_id, organisation_id, now)
    data = condition_data(to_condition(rule))
    is_new_rule = segment.pk is None or segment.rule != data
    segment.rule = data
    words = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    if words not in segment.names.values():  # a preset keeps its names in three languages
        segment.name = words
    segment.note = clean(note, field="note", max_length=NOTE_LENGTH)
    segment.changed_at, segment.changed_by_id = now, actor.staff_id
    if is_new_rule:
        segment.state = Segment.State.BUILDING
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        if "customers_segment_name" not in str(error):
            raise
        raise SegmentNameTaken(segment.name) from error
    SegmentKept.objects.get_or_create(segment=segment)
    if is_new_rule:
        ask_to_build(segment.pk)
    return segment


def _open(actor: Actor, segment_id: int | None, organisation_id: int, now: datetime) -> Segment:
    if segment_id is None:
        return Segment(
            organisation_id=organisation_id, created_at=now, created_by_id=actor.staff_id
        )
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    actor.require(PERMISSION, segment.organisation_id)
    if segment.state == Segment.State.ARCHIVED:
        raise SegmentNotOpen(str(segment_id))
    return segment


def archive_segment(*, actor: Actor, now: datetime, segment_id: int) -> Segment:
    """Keep a segment up no longer. Raises `SegmentNotOpen` and `Forbidden`."""
    required()
    segment = _open(actor, segment_id, 0, now)
    segment.state = Segment.State.ARCHIVED
    segment.changed_at, segment.changed_by_id = now, actor.staff_id
    segment.save()
    return segment


def restore_segment(*, actor: Actor, now: datetime, segment_id: int) -> Segment:
    """Keep an archived segment up again. Raises `SegmentNameTaken` and `Forbidden`."""
    required()
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    actor.require(PERMISSION, segment.organisation_id)
    if segment.state != Segment.State.ARCHIVED:
        return segment
    segment.state = Segment.State.BUILDING
    segment.changed_at, segment.changed_by_id = now, actor.staff_id
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        if "customers_segment_name" not in str(error):
            raise
        raise SegmentNameTaken(segment.name) from error
    ask_to_build(segment.pk)
    return segment


def ask_to_build(segment_id: int) -> None:
    """Have the worker look at everybody once the running transaction is through."""
    background.defer(BUILD_TASK, lock=f"customers.segment.{segment_id}", segment_id=segment_id)
