"""Segments: saving a rule, and keeping who fits it.

Triggers append touched customers in the transaction of the change (see `segment_installing`); a
job looks at them again and forgets them in one transaction. What commits meanwhile leaves its own
mark.
"""
# ruff: noqa: S608 - put together from what manifests declare; all values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import IntegrityError, connection, transaction

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.registry import registry
from qiao.core.rules.conditions import ConditionInvalid, condition_data, parse_condition
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import SegmentChanged
from qiao.customers.models import Segment, SegmentDirty, SegmentKept
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.customers.queries.segments import shapes
from qiao.customers.rules.segments import BadRule, Rule, check, to_condition
from qiao.staff.queries import subtree_of

PERMISSION: Final = "customers.segments"
BUILD_TASK: Final = "customers.build_segment"
NAME_LENGTH: Final = 60
NOTE_LENGTH: Final = 300
MOST_AT_ONCE: Final = 50_000
log = structlog.get_logger(__name__)


class SegmentNameTaken(CustomerRefusal):
    """The unit has another segment of this name."""


class SegmentNotOpen(CustomerRefusal):
    """An archived segment cannot be changed."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What looking again came to: customers looked at (None for everybody), joined, left."""

    customers: int | None
    joined: int
    left: int


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


def build_segment(*, segment_id: int, now: datetime) -> Refreshed:
    """Look at everybody for one segment, in one statement; harmless when run again."""
    required()
    _queue()
    segment = Segment.objects.select_for_update().get(pk=segment_id)
    if segment.state == Segment.State.ARCHIVED:
        return Refreshed(0, 0, 0)
    joined, left = _look(segment, None, now)
    return Refreshed(None, joined, left)


def waiting_segments() -> list[int]:
    """Ids of the segments for which everybody is to be looked at.

    A preset has no job of its own, and a job may be lost with its worker.
    """
    waiting = Segment.objects.filter(state=Segment.State.BUILDING)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def moving_segments() -> list[int]:
    """Ids of the segments that ask for a field that moves with time."""
    moving = {each.key for each in registry.segment_fields() if each.moves_with_time}
    kept = Segment.objects.exclude(state=Segment.State.ARCHIVED).order_by("pk")
    return [segment.pk for segment in kept if moving & _asked(segment.rule)]


def refresh_segments(*, now: datetime) -> Refreshed:
    """Look again at customers who were touched, at most `MOST_AT_ONCE`, for every segment."""
    required()
    _queue()
    ids, is_everybody = _take()
    if not ids and not is_everybody:
        return Refreshed(0, 0, 0)
    joined = left = 0
    if is_everybody:
        # Each is built in a transaction of its own, by `build_new`.
        Segment.objects.filter(state=Segment.State.CURRENT).update(state=Segment.State.BUILDING)
        return Refreshed(None, 0, 0)
    for segment in _kept():
        come, gone = _look(segment, ids, now)
        joined, left = joined + come, left + gone
    return Refreshed(len(ids), joined, left)


def _queue() -> None:
    """One at a time: two that look at the same customers would count them twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_segment'))")


def _kept() -> list[Segment]:
    open_ones = Segment.objects.exclude(state=Segment.State.ARCHIVED)
    return list(open_ones.select_for_update(no_key=True).order_by("pk"))


def _asked(rule: Any) -> set[str]:
    if isinstance(rule, dict):
        own = {rule["field"]} if "field" in rule else set()
        return own.union(*(_asked(part) for part in rule.values()))
    return set().union(*map(_asked, rule)) if isinstance(rule, list) else set()


_TAKE = """
WITH taken AS (
    DELETE FROM customers_segmentdirty WHERE id IN (
        SELECT id FROM customers_segmentdirty ORDER BY id LIMIT %s)
    RETURNING customer_id
), touched AS (SELECT DISTINCT customer_id AS id FROM taken WHERE customer_id IS NOT NULL)
SELECT ARRAY(SELECT id FROM touched UNION SELECT customers_survivor(id) FROM touched),
       EXISTS (SELECT 1 FROM taken WHERE customer_id IS NULL)
"""


def _take() -> tuple[list[int], bool]:
    """Touched customers with those who stand for them, and whether everybody was touched."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [MOST_AT_ONCE])
        ids, is_everybody = cursor.fetchone()
    if is_everybody:
        SegmentDirty.objects.all().delete()
    return [pk for pk in ids if pk is not None], is_everybody


def _look(segment: Segment, ids: Sequence[int] | None, now: datetime) -> tuple[int, int]:
    """Bring the members up to date, of `ids` or of all; how many joined and left."""
    fields = {each.key: each for each in registry.segment_fields()}
    compiler = Compiler(fields)
    try:
        fits = compiler.compile(parse_condition(segment.rule))
    except (KeyError, ConditionInvalid):
        # A module is gone, or a pack was wrong: this one waits, the others go on.
        log.warning("segment_rule_unusable", segment_id=segment.pk)
        return 0, 0
    among = "" if ids is None else "AND c.id = ANY(%(ids)s)"
    statement = f"""
WITH wanted AS MATERIALIZED (
    SELECT c.id FROM {people()}
     WHERE c.merged_into_id IS NULL {among}
       AND EXISTS (SELECT 1 FROM customers_customerorganisation l
                    WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(units)s))
       AND {fits}
), gone AS (
    DELETE FROM customers_segmentmember c
     WHERE c.segment_id = %(segment)s {among.replace("c.id", "c.customer_id")}
       AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.id = c.customer_id)
    RETURNING customer_id
), come AS (
    INSERT INTO customers_segmentmember (segment_id, customer_id, since)
    SELECT %(segment)s, w.id, %(now)s FROM wanted w
    ON CONFLICT DO NOTHING RETURNING customer_id
), told AS (
    INSERT INTO customers_segmentmove (segment_id, customer_id, has_joined, at)
    SELECT %(segment)s, customer_id, true, %(now)s::timestamptz FROM come
    UNION ALL SELECT %(segment)s, customer_id, false, %(now)s::timestamptz FROM gone
)
SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""
    SegmentKept.objects.get_or_create(segment=segment)
    parameters = compiler.parameters | clock(now) | {
        "segment": segment.pk,
        "now": now,
        "ids": list(ids or ()),
        "units": sorted(subtree_of(segment.organisation_id)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        joined, left = cursor.fetchone()
    _tell(segment, joined, left, now, is_whole=ids is None)
    return joined, left


def _tell(segment: Segment, joined: int, left: int, now: datetime, *, is_whole: bool) -> None:
    SegmentKept.objects.update_or_create(segment=segment, defaults={"refreshed_at": now})
    if is_whole and segment.state == Segment.State.BUILDING:
        segment.state = Segment.State.CURRENT
        segment.save(update_fields=["state"])
    if joined or left:
        publish(
            SegmentChanged(segment.pk, joined, left),
            organisation_id=segment.organisation_id,
            actor=None,
            now=now,
        )
