"""What a merge changes of the one who stands for both, and how undoing takes it back.

A change is ``{"field", "before", "after"}`` in plain JSON. Undoing restores what still is as the
merge left it; what somebody changed since stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.customers.events import CustomerChanged, TierSet
from qiao.customers.models import Customer, CustomerPhone, Merge, TierChange
from qiao.customers.operations.access import branch_of, local_day
from qiao.customers.operations.customers import give_name
from qiao.customers.operations.refusals import UnknownChoice
from qiao.customers.queries import held_as

TIER_DAYS = 365
GIVEN = (
    "name", "name_search", "name_grams", "initials", "pinyin", "gender", "tier", "tier_reason",
)  # fmt: skip
FIELDS = ("name", "gender", "tier", "phone")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the survivor shall have of the other; None leaves its own.

    `name`, `gender` and `tier` are taken over where true, `phone_id` names the number of either
    that becomes the first to call. What protects either goes on anyway.
    """

    name: bool = False
    gender: bool = False
    tier: bool = False
    phone_id: int | None = None


def apply_choices(
    *,
    survivor: Customer,
    merged: Customer,
    choices: Choices,
    actor: Actor,
    now: datetime,
    reason: str,
) -> list[dict[str, Any]]:
    """Give the survivor what was chosen; the changes made, in the order of `FIELDS`.

    Raises `UnknownChoice`.
    """
    wanted: dict[str, Any] = {
        "name": merged.name if choices.name else survivor.name,
        "gender": merged.gender if choices.gender else survivor.gender,
        "tier": _tier(merged if choices.tier else survivor),
    }
    changes = [
        {"field": field, "before": before, "after": wanted[field]}
        for field, before in _state(survivor).items()
        if wanted[field] != before
    ]
    _give(survivor, changes, "after", actor, now, reason)
    if choices.phone_id is not None:
        changes += _choose_phone(survivor, merged, choices.phone_id)
    return changes


def take_back(*, merge: Merge, survivor: Customer, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Restore what the merge changed of `survivor`; names the fields that changed since."""
    state = _state(survivor)
    kept, restored = [], []
    for change in merge.changes:
        field = change["field"]
        if field == "phone":
            if not _give_phone_back(merge, survivor, change):
                kept.append(field)
        elif state[field] == change["after"]:
            restored.append({"field": field, "before": _before(merge, change)})
        else:
            kept.append(field)
    _give(survivor, restored, "before", actor, now, merge.reason)
    return tuple(kept)


def _state(customer: Customer) -> dict[str, Any]:
    return {
        "name": customer.name,
        "gender": customer.gender,
        "tier": _tier(customer),
    }


def _tier(customer: Customer) -> dict[str, str]:
    return {"tier": customer.tier, "reason": customer.tier_reason}


def _give(
    customer: Customer,
    changes: Iterable[dict[str, Any]],
    side: str,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    values = {change["field"]: change[side] for change in changes}
    tier = values.pop("tier", None)
    if tier is not None:
        _give_tier(customer, tier, actor, now, reason, is_undo=side == "before")
    if "name" in values:
        give_name(customer, values["name"])
    customer.gender = values.get("gender", customer.gender)
    if tier is not None or values:
        customer.save(update_fields=GIVEN)
    if values:
        publish(
            CustomerChanged(customer.pk, tuple(values)),
            organisation_id=branch_of(actor=actor, customer_id=customer.pk),
            actor=actor,
            now=now,
        )


def _give_tier(
    customer: Customer,
    tier: dict[str, str],
    actor: Actor,
    now: datetime,
    reason: str,
    *,
    is_undo: bool,
) -> None:
    """A tier taken over is a decision of a person for a year; undoing takes the decision back."""
    before, customer.tier, customer.tier_reason = customer.tier, tier["tier"], tier["reason"]
    branch = branch_of(actor=actor, customer_id=customer.pk)
    today = local_day(organisation_id=branch, now=now)
    TierChange.objects.create(
        customer=customer,
        tier=customer.tier,
        kind=TierChange.Kind.WITHDRAWN if is_undo else TierChange.Kind.MANUAL,
        until=None if is_undo else today + timedelta(days=TIER_DAYS),
        reason=customer.tier_reason or reason or "—",
        at=now,
        actor_id=actor.staff_id,
    )
    publish(
        TierSet(customer.pk, before, customer.tier),
        organisation_id=branch,
        actor=actor,
        now=now,
    )


def _before(merge: Merge, change: dict[str, Any]) -> Any:
    """What to restore: of earlier merges undone meanwhile, which had to leave the field alone,
    the value before them."""
    value = change["before"]
    undone = Merge.objects.filter(
        survivor_id=merge.survivor_id, pk__lt=merge.pk, undone_at__gte=merge.at
    )
    for earlier in undone.order_by("-pk"):
        for other in earlier.changes:
            is_same = other["field"] == change["field"] and other["field"] in earlier.kept
            if is_same and _same(other["after"], value):
                value = other["before"]
    return value


def _same(after: Any, value: Any) -> bool:
    if isinstance(after, dict) and "id" in after:
        return value is not None and after["id"] == value["id"]
    return bool(after == value)


def _choose_phone(survivor: Customer, merged: Customer, phone_id: int) -> list[dict[str, Any]]:
    """Make a number of either the survivor's first one; another record's, as a copy of its own."""
    held = (*held_as(survivor.pk), *held_as(merged.pk))
    chosen = CustomerPhone.objects.filter(pk=phone_id, customer__in=held).first()
    if chosen is None:
        raise UnknownChoice(f"phone {phone_id}")
    own = CustomerPhone.objects.filter(customer=survivor)
    first = own.filter(is_primary=True).first()
    row = own.filter(number=chosen.number, extension=chosen.extension).first()
    if row is not None and row.is_primary:
        return []
    own.filter(is_primary=True).update(is_primary=False)
    is_copy = row is None
    if row is None:
        row = chosen
        row.pk, row.customer, row.is_primary = None, survivor, True
        row.save(force_insert=True)
    else:
        own.filter(pk=row.pk).update(is_primary=True)
    before = {"id": first.pk, "number": first.number} if first else None
    after = {"id": row.pk, "number": row.number, "is_copy": is_copy}
    return [{"field": "phone", "before": before, "after": after}]


def _give_phone_back(merge: Merge, survivor: Customer, change: dict[str, Any]) -> bool:
    """Whether the first number is again as before the merge; a copy that is no longer the first
    one goes all the same, unless another module has come to refer to it."""
    own = CustomerPhone.objects.filter(customer=survivor)
    before, after = _before(merge, change), change["after"]
    was_first = own.filter(pk=after["id"], is_primary=True).update(is_primary=False)
    if after["is_copy"]:
        _delete(own, after["id"])
    if not was_first:
        return False
    if before is None or own.filter(pk=before["id"]).update(is_primary=True):
        return True
    own.filter(pk=own.order_by("pk").values("pk")[:1]).update(is_primary=True)
    return False


def _delete(phones: Any, phone_id: int) -> None:
    remove: Callable[[], object] = phones.filter(pk=phone_id).delete
    try:
        with transaction.atomic():
            remove()
    except IntegrityError:
        return
