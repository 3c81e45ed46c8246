"""The customer beside the contact: who may be calling, and every panel about the likeliest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.manifest import Panel
from qiao.core.panels import load_panels
from qiao.customers.queries import (
    NotVisible,
    PhoneMatch,
    get_customer_for,
    held_as,
    match_phone,
)

PLACE = "aside"
MOST_MATCHES = 5


@dataclass(frozen=True, slots=True)
class Aside:
    """What the right side shows of a customer: panels with their values, in order."""

    customer_id: int
    name: str
    panels: Sequence[tuple[Panel, Any]]


@dataclass(frozen=True, slots=True)
class ScreenPop:
    """What a ringing number brings: who it may be, and the whole aside of the likeliest."""

    matches: Sequence[PhoneMatch]
    aside: Aside | None


def aside_of(*, actor: Actor, customer_id: int, now: datetime) -> Aside | None:
    """The aside of a customer, or None if the actor may not see them."""
    try:
        customer = get_customer_for(actor=actor, customer_id=customer_id)
    except NotVisible:
        return None
    return _load(actor, customer.pk, customer.name, now)


def screen_pop(*, actor: Actor, phone: str, now: datetime) -> ScreenPop:
    """Who stands behind a number in the stored form, and all panels of the first of them.

    Three statements, whatever number of modules contribute: the matches, the ids under which the
    customer is held, the panels. `match_phone` has made sure that the actor may see them.
    """
    matches = match_phone(actor=actor, e164=phone, limit=MOST_MATCHES)
    if not matches:
        return ScreenPop([], None)
    first = matches[0]
    return ScreenPop(matches, _load(actor, first.customer_id, first.name, now))


def _load(actor: Actor, customer_id: int, name: str, now: datetime) -> Aside:
    panels = load_panels(actor, PLACE, customer_id, now, customer_ids=held_as(customer_id))
    return Aside(customer_id, name, panels)
