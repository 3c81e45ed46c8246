"""Two customers side by side, before they are merged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.history import load_histories
from qiao.core.prepared import fetch_all
from qiao.customers.models import Customer, CustomerIdentity, CustomerPhone
from qiao.customers.queries.duplicates import MERGE, PairLine, duplicate_of
from qiao.customers.queries.people import AccountChoice, accounts_of, get_customer_for, held_as

MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Side:
    """All that is compared of one customer. `histories` are label and number by module."""

    customer: Customer
    phones: Sequence[CustomerPhone]
    identities: Sequence[CustomerIdentity]
    accounts: Sequence[AccountChoice]
    histories: dict[str, tuple[Any, int]]
    last_contact: tuple[datetime, str, str] | None
    merged_count: int

    @property
    def weight(self) -> int:
        """How much hangs on this record: contacts, cases, accounts and records merged before."""
        return (
            sum(number for _, number in self.histories.values())
            + len(self.accounts)
            + self.merged_count
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides, the pair as it was weighed, and which side is proposed to stand: because it has
    more history, else because it is the older one (`is_by_history`)."""

    first: Side
    second: Side
    pair: PairLine | None
    survivor: Side
    is_by_history: bool

    @property
    def other(self) -> Side:
        """The side that is proposed to stand behind."""
        return self.second if self.survivor is self.first else self.first


_LAST_CONTACT = """
SELECT l.at, l.channel, l.subject FROM customers_lastcontact l
 WHERE l.customer_id = ANY(%(ids)s::bigint[]) ORDER BY l.at DESC LIMIT 1
"""


def compare_customers(*, actor: Actor, one: int, other: int, now: datetime) -> Comparison:
    """Both customers as they stand now; the two may be the same by then: see `Side.customer`.

    Raises `qiao.customers.queries.NotVisible` unless the actor may merge both.
    """
    first, second = (_side(actor, pk, now) for pk in (one, other))
    heavier = max((first, second), key=lambda side: side.weight)
    by_history = first.weight != second.weight
    older = min((first, second), key=lambda side: (side.customer.created_at, side.customer.pk))
    return Comparison(
        first,
        second,
        duplicate_of(actor=actor, one=first.customer.pk, other=second.customer.pk),
        heavier if by_history else older,
        by_history,
    )


def _side(actor: Actor, customer_id: int, now: datetime) -> Side:
    customer = get_customer_for(actor=actor, customer_id=customer_id, permission=MERGE)
    ids = held_as(customer.pk)
    phones = CustomerPhone.objects.filter(customer__in=ids).order_by("-is_primary", "id")
    identities = CustomerIdentity.objects.filter(customer__in=ids).order_by("kind", "id")
    contacts = fetch_all(_LAST_CONTACT, {"ids": list(ids)})
    return Side(
        customer=customer,
        phones=_once(customer.pk, phones),
        identities=list(identities[:MOST_SHOWN]),
        accounts=accounts_of(actor=actor, customer_id=customer.pk),
        histories=load_histories(actor, customer.pk, now, customer_ids=ids),
        last_contact=contacts[0] if contacts else None,
        merged_count=len(ids) - 1,
    )


def _once(owner: int, phones: Iterable[CustomerPhone]) -> list[CustomerPhone]:
    """Every number once, the customer's own row before those of merged ones."""
    found: dict[tuple[str, str], CustomerPhone] = {}
    for phone in sorted(phones, key=lambda row: row.customer_id != owner):
        found.setdefault((phone.number, phone.extension), phone)
    return list(found.values())[: 2 * MOST_SHOWN]
