"""Placing and releasing legal holds."""

from datetime import datetime
from typing import Final

from qiao.core.actor import Actor
from qiao.core.retention import let_batch_end
from qiao.core.rules.text import clean
from qiao.customers.models import Hold
from qiao.customers.operations.access import lock_customer
from qiao.customers.operations.refusals import ReasonMissing, WrongState
from qiao.customers.queries.holds import open_hold

PERMISSION: Final = "customers.hold"
REASON_LENGTH: Final = 300


def place_hold(*, actor: Actor, now: datetime, customer_id: int, reason: str) -> Hold:
    """Keep everything of a customer until the hold is released.

    Raises `WrongState` where one is open already, `ReasonMissing`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    let_batch_end()
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=PERMISSION)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("a hold needs its reason")
    if open_hold(customer.pk) is not None:
        raise WrongState("held")
    return Hold.objects.create(
        customer=customer, reason=words, placed_at=now, placed_by_id=actor.person_id
    )


def release_hold(*, actor: Actor, now: datetime, customer_id: int) -> Hold:
    """Let the periods run again. Raises `WrongState`, `NotVisible`, `Forbidden`."""
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=PERMISSION)
    hold = open_hold(customer.pk)
    if hold is None:
        raise WrongState("not held")
    hold.released_at, hold.released_by_id = max(now, hold.placed_at), actor.person_id
    hold.save(update_fields=["released_at", "released_by"])
    return hold
