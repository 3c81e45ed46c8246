"""Tiers decided by people: each has its reason and its end."""

from datetime import date, datetime, timedelta

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.customers.events import TierSet
from qiao.customers.models import Customer, TierChange
from qiao.customers.operations.access import branch_of, local_day, lock_customer
from qiao.customers.operations.refusals import BadPeriod, ReasonMissing, UnknownTier

PERMISSION = "customers.tier"
REASON_LENGTH = 300
LONGEST_DAYS = 366


def set_tier(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    tier: str,
    reason: str,
    until: date | None = None,
) -> Customer:
    """Put a customer into a tier by hand, with the reason that the customer could be told.

    It holds until `until` (exclusive), at most and without it for a year; then what the rule says
    holds again.

    Raises `UnknownTier`, `ReasonMissing`, `BadPeriod`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=PERMISSION)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("a tier needs its reason")
    if tier not in Customer.Tier.values:
        raise UnknownTier(tier)
    branch = branch_of(actor=actor, customer_id=customer.pk, permission=PERMISSION)
    today = local_day(organisation_id=branch, now=now)
    last = today + timedelta(days=LONGEST_DAYS)
    end = until or last
    if not today < end <= last:
        raise BadPeriod(f"{end} does not lie within a year after {today}")
    before, customer.tier, customer.tier_reason = customer.tier, tier, words
    customer.save(update_fields=["tier", "tier_reason"])
    TierChange.objects.create(
        customer=customer,
        tier=tier,
        kind=TierChange.Kind.MANUAL,
        reason=words,
        at=now,
        actor_id=actor.staff_id,
        until=end,
    )
    publish(TierSet(customer.pk, before, tier), organisation_id=branch, actor=actor, now=now)
    return customer
