"""Who may be calling, as far as a number tells it, before anybody looks at the call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.contact.queries import last_agent_for
from qiao.customers.queries import match_phone
from qiao.staff.queries import system_actor

MOST: Final = 5
REMEMBERED: Final = timedelta(
    days=14
)  # whoever was spoken to longer ago knows no more than others


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller: the customer and their tier where the number leads to one person alone, and who
    spoke with them last."""

    customer_id: int | None = None
    tier: str = ""
    last_agent_id: int | None = None


NOBODY: Final = Caller()


def caller_of(*, phone: str, organisation_id: int, now: datetime) -> Caller:
    """Who stands behind a number in the stored form; nobody behind an empty one."""
    if not phone:
        return NOBODY
    house = system_actor(organisation_id=organisation_id)
    found = match_phone(actor=house, e164=phone, limit=MOST)
    people = {match.customer_id: match.tier for match in found}
    only = next(iter(people)) if len(people) == 1 else None
    last = last_agent_for(customer_id=only, phone=phone, since=now - REMEMBERED)
    return Caller(only, people[only] if only else "", last)
