"""Use added to what a register shows, or taken off."""

from datetime import date, datetime
from decimal import Decimal

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import UsageAdjusted
from qiao.metering.models import UsageAdjustment
from qiao.metering.operations.deciding import VALIDATE, WHY_LENGTH
from qiao.metering.operations.registers import locked_register, refuse_billed


def adjust_usage(
    *, actor: Actor, now: datetime, register_id: int, day: date, amount: Decimal, why: str
) -> UsageAdjustment:
    """Add an amount (below nought: take it off) to the use of a day, in units that are billed.

    Raises `DayBilled` for a day before the last bill, `ValueError` for an amount that is none,
    `BadText`, `NotVisible`, `Forbidden`.
    """
    required()
    register = locked_register(actor, register_id, VALIDATE)
    if not amount.is_finite() or not amount:
        raise ValueError("an adjustment adds something or takes it off")
    refuse_billed(register, day)
    words = clean(why, field="why", max_length=WHY_LENGTH, one_line=True, required=True)
    found = UsageAdjustment.objects.create(
        organisation_id=register.organisation_id, register=register, day=day, amount=amount,
        why=words, at=now, by_id=actor.person_id,
    )  # fmt: skip
    told = UsageAdjusted(found.pk, register.pk)
    publish(told, organisation_id=register.organisation_id, actor=actor, now=now)
    return found
