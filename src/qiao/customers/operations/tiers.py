"""Tiers decided by people: each has its reason and its end, and what the rule says is kept too."""

from datetime import date, datetime, timedelta

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.customers.events import TierSet
from qiao.customers.models import Customer, TierChange
from qiao.customers.operations.access import branch_of, local_day, lock_customer
from qiao.customers.operations.refusals import (
    BadPeriod,
    NotOverridden,
    ReasonMissing,
    UnknownTier,
)
from qiao.customers.queries.tiers import tier_as_of

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
    holds again. Both are kept.

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
    _decide(customer, tier, words, TierChange.Kind.MANUAL, actor, now, end)
    return customer


def withdraw_tier(*, actor: Actor, now: datetime, customer_id: int, reason: str) -> Customer:
    """Take back what was set by hand: the tier by the rule holds again at once.

    Raises `NotOverridden`, `ReasonMissing`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=PERMISSION)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("taking a tier back needs its reason")
    standing = tier_as_of(customer_id=customer.pk, at=now)
    if standing.override is None:
        raise NotOverridden(f"customer {customer.pk}")
    letter = standing.computed_letter
    _decide(customer, letter, words, TierChange.Kind.WITHDRAWN, actor, now, None)
    return customer


def _decide(
    customer: Customer,
    tier: str,
    reason: str,
    kind: TierChange.Kind,
    actor: Actor,
    now: datetime,
    until: date | None,
) -> None:
    before, customer.tier = customer.tier, tier
    customer.tier_reason = reason if kind == TierChange.Kind.MANUAL else ""
    customer.save(update_fields=["tier", "tier_reason"])
    standing = tier_as_of(customer_id=customer.pk, at=now)
    TierChange.objects.create(
        customer=customer,
        tier=tier,
        kind=kind,
        reason=reason,
        at=now,
        actor_id=actor.staff_id,
        until=until,
        computed_tier=standing.computed_letter,
        rule_version=standing.rule.version if standing.rule else "",
        points=standing.computed.points if standing.computed else None,
        inputs=standing.computed.figures if standing.computed else None,
    )
    publish(
        TierSet(customer.pk, before, tier),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk, permission=PERMISSION),
        actor=actor,
        now=now,
    )
