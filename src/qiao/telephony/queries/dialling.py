"""Whether somebody may be called now, and the calls out of whoever calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from qiao.contact.queries import standing_of
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.leading import is_led
from qiao.customers.queries.care import Wishes, may_contact, preferences_of
from qiao.messaging.queries.quiet import quiet_hours
from qiao.staff.queries import chain_to, organisation
from qiao.telephony.models import Call, Line
from qiao.telephony.rules.outside import refusal_of

ABROAD: Final = "calls.dial_abroad"
RECORDED: Final = "calls.outgoing_recorded"


@dataclass(frozen=True, slots=True)
class MayNot:
    """Why somebody may not be called: ``no_number``, ``service_number``, ``abroad``,
    ``do_not_call``, ``quiet``, this one with the moment `until` which it holds."""

    reason: str
    until: datetime | None = None


def is_switch_led() -> bool:
    """Whether a controller conducts calls now: else nobody would dial."""
    return is_led("telephony_controller")


def is_signed_on(actor: Actor) -> bool:
    """Whether the actor has a telephone that can be rung."""
    agent = standing_of(actor)
    return agent is not None and agent.state != "off" and bool(agent.endpoint)


def why_not_to_call(
    *,
    number: str,
    customer_id: int | None,
    organisation_id: int,
    purpose: str,
    asked_at: datetime | None,
    at: datetime,
) -> MayNot | None:
    """Why a number, in the stored form, may not be called now for a purpose of consents; None
    where it may. `asked_at`: when they wished to be called, which no quiet time forbids and no
    word that they had given before; one that they gave since does."""
    unit = organisation(organisation_id)
    local = at.astimezone(ZoneInfo(unit.timezone))
    chain = chain_to(unit)
    abroad = bool(parameters.find(ABROAD, day=local.date(), organisation_ids=chain).value)
    refused = refusal_of(number, abroad=abroad)
    if refused is not None:
        return MayNot(refused)
    wishes = Wishes()
    if customer_id is not None:

        def agreed(then: datetime) -> bool:
            return may_contact(customer_id=customer_id, purpose=purpose, channel="phone", at=then)

        if not agreed(at) and (asked_at is None or agreed(asked_at)):
            return MayNot("do_not_call")
        wishes = preferences_of(customer_id)
    if asked_at is not None:
        return None
    free = quiet_hours(unit, local).earliest(wishes)
    return MayNot("quiet", free) if free > local else None


def line_shown(organisation_id: int) -> Line | None:
    """The hotline whose number is shown to whom a unit calls: its own, else that of the nearest
    unit above it."""
    chain = list(chain_to(organisation(organisation_id)))
    lines = Line.objects.filter(organisation_id__in=chain, is_active=True, is_emergency=False)
    near = {unit: place for place, unit in enumerate(chain)}
    found = sorted(lines, key=lambda line: (near[line.organisation_id], line.number))
    return found[0] if found else None


def calling_now(*, actor: Actor) -> Call | None:
    """The call out that the actor makes now: dialled, or talked."""
    own = Call.objects.alive().filter(direction=Call.Direction.OUT, staff_id=actor.person_id)
    return own.select_related("outgoing").order_by("-id").first()
