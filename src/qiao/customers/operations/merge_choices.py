"""What a merge changes of the one who stands for both, and how undoing takes it back.

A change is ``{"field", "before", "after"}`` in plain JSON, with ``"over"`` where the value before
came from a merge too; `qiao.customers.rules.merging` says what that is for. Undoing restores what
still is as the merge left it; what somebody changed since stays.
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
from qiao.customers.rules.merging import Gift, giver, without

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
    earlier = _merges_of(survivor)
    for change in changes:
        over = giver(_gifts(earlier, change["field"]), _plain(change["before"]))
        if over is not None:
            change["over"] = over
    return changes


def take_back(*, merge: Merge, survivor: Customer, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Restore what `merge`, which still stands, changed of `survivor`.

    Names the fields that stay, since a person or a later merge has given them another value.
    """
    merges, state = _merges_of(survivor), _state(survivor)
    kept, restored = [], []
    for change in merge.changes:
        field = change["field"]
        gifts = _gifts(merges, field)
        if field == "phone":
            if not _give_phone_back(merge, survivor, change, gifts):
                kept.append(field)
        elif giver(gifts, state[field]) == merge.pk:
            restored.append({"field": field, "before": without(gifts, merge.pk)})
        else:
            kept.append(field)
    _give(survivor, restored, "before", actor, now, merge.reason)
    return tuple(kept)


def _merges_of(survivor: Customer) -> list[Merge]:
    return list(Merge.objects.filter(survivor=survivor).order_by("pk"))


def _gifts(merges: Iterable[Merge], field: str) -> list[Gift]:
    """What the merges gave in one field; a telephone number is known by the id of its row."""
    return [
        Gift(
            merge_id=merge.pk,
            before=_plain(change["before"]),
            after=_plain(change["after"]),
            over=change.get("over"),
            is_undone=merge.undone_at is not None,
        )
        for merge in merges
        for change in merge.changes
        if change["field"] == field
    ]


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and "id" in value else value


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


def _give_phone_back(
    merge: Merge, survivor: Customer, change: dict[str, Any], gifts: list[Gift]
) -> bool:
    """Whether the first number is again as before the merge.

    A copy that no standing merge has chosen goes, unless another module has come to refer to it.
    """
    own = CustomerPhone.objects.filter(customer=survivor)
    first = own.filter(is_primary=True).values_list("pk", flat=True).first()
    is_restored = first is not None and giver(gifts, first) == merge.pk
    if is_restored:
        is_restored = _step_back(own, first, without(gifts, merge.pk))
    _drop_copy(merge, survivor, change["after"]["id"])
    return is_restored


def _step_back(own: Any, first: Any, before: int | None) -> bool:
    """Whether `before` is the first number again; where it has gone the oldest becomes it."""
    own.filter(pk=first).update(is_primary=False)
    if before is None or own.filter(pk=before).update(is_primary=True):
        return True
    oldest = own.exclude(pk=first).order_by("pk").values("pk")[:1]
    own.filter(pk__in=oldest).update(is_primary=True)
    return False


def _drop_copy(undone: Merge, survivor: Customer, phone_id: int) -> None:
    """Delete a number that came by a merge when no merge that stands has it as the first one."""
    chosen = [
        (merge, change["after"])
        for merge in _merges_of(survivor)
        for change in merge.changes
        if change["field"] == "phone" and change["after"]["id"] == phone_id
    ]
    is_copy = any(after["is_copy"] for _merge, after in chosen)
    stands = any(m.undone_at is None and m.pk != undone.pk for m, _after in chosen)
    if is_copy and not stands:
        _delete(CustomerPhone.objects.filter(customer=survivor), phone_id)


def _delete(phones: Any, phone_id: int) -> None:
    remove: Callable[[], object] = phones.filter(pk=phone_id).delete
    try:
        with transaction.atomic():
            remove()
    except IntegrityError:
        return
