"""Counting exactly who fits a rule that is being written, in the background."""

from datetime import datetime, timedelta
from typing import Final

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.conditions import condition_data, parse_condition
from qiao.core.transactions import required
from qiao.customers.models import SegmentCount
from qiao.customers.operations.segments import PERMISSION
from qiao.customers.queries.segment_preview import count_exactly, units_seen
from qiao.customers.queries.segments import shapes
from qiao.customers.rules.segments import BadRule, Rule, check, to_condition

COUNT_TASK: Final = "customers.count_segment"
KEPT: Final = timedelta(days=1)


def ask_count(*, actor: Actor, now: datetime, rule: Rule, organisation_id: int) -> SegmentCount:
    """Have a rule counted over everybody of a unit whom the person may see; what the same person
    asked for before is dropped. Raises `BadRule` and `Forbidden`."""
    required()
    actor.require(PERMISSION, organisation_id)
    faults = check(rule, shapes(actor))
    if faults:
        raise BadRule(faults)
    SegmentCount.objects.filter(asked_by_id=actor.person_id).delete()
    asked = SegmentCount.objects.create(
        organisation_id=organisation_id,
        rule=condition_data(to_condition(rule)),
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    lock = f"customers.segment_count.{actor.person_id}"
    background.defer(COUNT_TASK, lock=lock, count_id=asked.pk, staff_id=actor.person_id)
    return asked


def run_count(*, actor: Actor, count_id: int, now: datetime) -> None:
    """Count, with the rights of now. Does nothing where it was dropped or is done."""
    required()
    asked = SegmentCount.objects.filter(pk=count_id, finished_at=None).first()
    if asked is None:
        return
    units = units_seen(actor, asked.organisation_id)
    seen, found = count_exactly(rule=parse_condition(asked.rule), units=units, now=now)
    waiting = SegmentCount.objects.filter(pk=count_id)
    waiting.update(seen=seen, found=found, finished_at=now)


def forget_counts(*, now: datetime) -> None:
    """Forget counts that nobody waits for any more."""
    required()
    SegmentCount.objects.filter(asked_at__lt=now - KEPT).delete()
