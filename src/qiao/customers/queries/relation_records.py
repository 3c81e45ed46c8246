"""The relations of a customer for programs: groups with members, contact persons, acting.

Telephone numbers and e-mail addresses of contact persons are masked unless the actor may see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qiao.core.actor import Actor
from qiao.core.rules.masks import mask_phone
from qiao.customers.queries.people import can_see, get_customer_for
from qiao.customers.queries.records import CONTACT
from qiao.customers.queries.relations import (
    ActingLine,
    Stay,
    acting_lines_of,
    contact_lines_of,
    stays_with,
)


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A household or company group with every stay in it; a household may have no name."""

    group_id: int
    number: str
    kind: str
    name: str
    members: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """Who speaks for an organisation; `person_id` is empty for somebody known by name only."""

    contact_person_id: int
    customer_id: int
    organisation: str
    person_id: int | None
    name: str
    function: str
    phone: str
    email: str
    is_masked: bool
    is_primary: bool
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Relations:
    """All relations of a customer, those that are over too."""

    groups: tuple[GroupRecord, ...]
    contact_persons: tuple[ContactRecord, ...]
    acts_for: tuple[ActingLine, ...]
    represented_by: tuple[ActingLine, ...]


def relations_of(*, actor: Actor, customer_id: int) -> Relations:
    """The relations of a customer. Raises `NotVisible`."""
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    acting = acting_lines_of(actor=actor, customer_id=customer.pk)
    return Relations(
        groups=_groups(stays_with(actor=actor, customer_id=customer.pk)),
        contact_persons=_contacts(actor, customer.pk),
        acts_for=tuple(each for each in acting if each.agent_id == customer.pk),
        represented_by=tuple(each for each in acting if each.principal_id == customer.pk),
    )


def _groups(stays: Sequence[Stay]) -> tuple[GroupRecord, ...]:
    members: dict[int, list[Stay]] = {}
    for stay in stays:
        members.setdefault(stay.group_id, []).append(stay)
    return tuple(
        GroupRecord(pk, rows[0].group_number, rows[0].group_kind, rows[0].group_name, tuple(rows))
        for pk, rows in members.items()
    )


def _contacts(actor: Actor, customer_id: int) -> tuple[ContactRecord, ...]:
    lines = contact_lines_of(actor=actor, customer_id=customer_id)
    clear = actor.can(CONTACT) and can_see(
        actor=actor, customer_id=customer_id, permission=CONTACT
    )
    return tuple(
        ContactRecord(
            contact_person_id=each.contact_person_id,
            customer_id=each.customer_id,
            organisation=each.organisation,
            person_id=each.person_id,
            name=each.name,
            function=each.function,
            phone=each.phone if clear or not each.phone else mask_phone(each.phone),
            email=each.email if clear else "",
            is_masked=not clear,
            is_primary=each.is_primary,
            since=each.since,
            until=each.until,
        )
        for each in lines
    )
