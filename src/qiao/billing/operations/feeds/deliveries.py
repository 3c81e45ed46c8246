"""Deliveries that were checked: taken in, answered for, taken back.

Files and programs both end in `taking.take_in`. What is staged is taken in by one transaction, so
a job that was killed begins it again from the same rows.
"""

from datetime import datetime

from qiao.billing.models import Delivery
from qiao.billing.operations.feeds.keeping import DELIVERIES, State, reason_of
from qiao.billing.operations.feeds.taking import move_as_of, take_in, undo
from qiao.core.actor import Actor
from qiao.core.table_uploads import FileMovedOn
from qiao.core.transactions import acting


def run_take(*, delivery_id: int, now: datetime) -> Delivery:
    """Take in what is staged, in one transaction that it opens; quiet where that is done.

    Whoever had it taken in was asked for the right then: a program has none that a job may use.
    """
    with acting(None):
        delivery = DELIVERIES.to_lock().get(pk=delivery_id)
        if delivery.state == State.RUNNING:
            take_in(delivery, now=now)
    return delivery


def accept(*, actor: Actor, delivery_id: int, reason: str, now: datetime) -> Delivery:
    """Count a delivery as whole although its figures differ, and say why.

    Raises `FileMovedOn`, `BadText`, `Forbidden`.
    """
    delivery = DELIVERIES.locked(actor, delivery_id, State.DONE)
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
    delivery = DELIVERIES.locked(actor, delivery_id, State.DONE)
    delivery.taken_back_reason = reason_of(reason)
    delivery.taken_back_at, delivery.taken_back_by_id = now, actor.person_id
    delivery.state = State.TAKEN_BACK
    delivery.save()
    undo(delivery)
    return delivery
