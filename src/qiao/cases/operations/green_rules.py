"""Rules of the green channel as administrators keep them: versions, by unit, on and off, in order.

What a pack brings holds in the whole company. A unit may decide otherwise under the same key, for
itself and all below it. What was in force is never written over.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import F, Q
from django.utils import timezone

from qiao.cases.models import GreenRuleRow
from qiao.cases.operations.complaint_rules import CONFIGURE, BadRule, RuleMissing
from qiao.cases.operations.green_installing import next_place
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.green_rules import TERMS
from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.staff.queries import company_id

NAME_LENGTH: Final = 120
SOURCE_LENGTH: Final = 200
RAISES: Final = ("urgent", "high")


@dataclass(frozen=True, slots=True)
class GreenWish:
    """A rule to be: from a day on, what must hold (lists by `TERMS`), what it raises to, why.

    `organisation_id` None stands for the whole company.
    """

    valid_from: date
    terms: Mapping[str, list[str]]
    raises_to: str
    source: str
    is_on: bool = True
    organisation_id: int | None = None


def change_green_rule(
    *, rule_id: int, wish: GreenWish, actor: Actor, now: datetime
) -> GreenRuleRow:
    """Another version of a rule from a day on; in another unit than the rule's own, a version that
    holds there and below instead. A version that has not begun yet is written anew.

    Raises `Forbidden`, `RuleMissing`, `BadRule`, `BadText`.
    """
    required()
    actor.require(CONFIGURE, wish.organisation_id or company_id())
    before = _current(rule_id)
    fields = _checked(wish, actor, now)
    day = wish.valid_from
    alike = GreenRuleRow.objects.filter(
        pack=before.pack, key=before.key, organisation=wish.organisation_id
    )
    later = Q(valid_from__gt=day) & (Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
    begun = Q(valid_from=day) if day <= timezone.localdate(now) else Q(pk=None)
    if alike.filter(later | begun).exists():
        raise BadRule("valid_from")
    running = alike.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lt=day)
    running.update(valid_to=day)
    row = alike.filter(valid_from=day).first() or GreenRuleRow(
        pack=before.pack,
        key=before.key,
        organisation_id=wish.organisation_id,
        names=before.names,
        place=before.place,
        valid_from=day,
    )
    for name, value in fields.items():
        setattr(row, name, value)
    row.valid_to = None
    row.save()
    return row


def end_green_rule(*, rule_id: int, valid_to: date, actor: Actor, now: datetime) -> None:
    """From a day on let hold in a unit what holds above it.

    Raises `Forbidden`, `RuleMissing` (also of a rule of the whole company), `BadRule`.
    """
    required()
    row = _current(rule_id)
    if row.organisation_id is None:
        raise RuleMissing(str(rule_id))
    actor.require(CONFIGURE, row.organisation_id)
    if valid_to < max(timezone.localdate(now), row.valid_from):
        raise BadRule("valid_to")
    row.valid_to, row.changed_by_id, row.changed_at = valid_to, actor.staff_id, now
    row.save(update_fields=["valid_to", "changed_by", "changed_at"])


def add_green_rule(
    *, pack: str, name: str, wish: GreenWish, actor: Actor, now: datetime
) -> GreenRuleRow:
    """A rule of the company's own, asked after those that are there.

    Raises `Forbidden`, `BadRule`, `BadText`.
    """
    required()
    actor.require(CONFIGURE, wish.organisation_id or company_id())
    if pack not in catalogue().packs:
        raise BadRule("pack")
    called = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    return GreenRuleRow.objects.create(
        pack=pack,
        key=f"own_{secrets.token_hex(4)}",
        organisation_id=wish.organisation_id,
        names=dict.fromkeys(DATA_KEYS, called),
        place=next_place(pack),
        valid_from=wish.valid_from,
        **_checked(wish, actor, now),
    )


def place_green_rule(*, rule_id: int, place: int, actor: Actor) -> None:
    """Ask a rule as the first, second... of its pack, in every unit; others make room.

    Raises `Forbidden`, `RuleMissing`, `BadRule`.
    """
    required()
    actor.require(CONFIGURE, company_id())
    row = _current(rule_id)
    rows = GreenRuleRow.objects.filter(pack=row.pack)
    places = dict(rows.values_list("key", "place"))
    order = sorted(places.keys() - {row.key}, key=lambda key: (places[key], key))
    if not 1 <= place <= len(places):
        raise BadRule("place")
    order.insert(place - 1, row.key)
    for position, key in enumerate(order, start=1):
        if places[key] != position:
            rows.filter(key=key).update(place=position)


def _current(rule_id: int) -> GreenRuleRow:
    row = GreenRuleRow.objects.select_for_update().filter(pk=rule_id).first()
    if row is None or row.valid_to is not None:
        raise RuleMissing(str(rule_id))
    return row


def _checked(wish: GreenWish, actor: Actor, now: datetime) -> dict[str, Any]:
    """The fields of a wish, cleaned. Raises `BadRule`, `BadText`."""
    if wish.valid_from < timezone.localdate(now):
        raise BadRule("valid_from")
    if wish.raises_to not in RAISES:
        raise BadRule("raises_to")
    terms = {key: list(values) for key, values in wish.terms.items() if values}
    if not terms or set(terms) - set(TERMS):
        raise BadRule("terms")
    source = clean(
        wish.source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True
    )
    return {
        "terms": terms,
        "raises_to": wish.raises_to,
        "is_on": wish.is_on,
        "source": dict.fromkeys(DATA_KEYS, source),
        "changed_by_id": actor.staff_id,
        "changed_at": now,
    }
