"""Showing what is masked. Every reveal is recorded: who saw which field of whom, and why."""

from datetime import datetime

from qiao.core import disclosure
from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.models import Customer, CustomerIdentity, CustomerPhone
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.refusals import ReasonMissing
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.queries.identities import opened

REVEAL = "customers.reveal"
REASON_LENGTH = 300


def reveal_identity(
    *, actor: Actor, now: datetime, customer_id: int, identity_id: int, reason: str
) -> str:
    """The identity number in clear.

    Raises `ReasonMissing`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=REVEAL)
    row = CustomerIdentity.objects.filter(
        pk=identity_id, customer_id__in=held_as(customer.pk)
    ).first()
    if row is None:
        raise NotVisible(f"identity {identity_id}")
    _record(customer, f"identity.{row.kind}", actor, now, reason)
    return opened(row)


def reveal_phone(
    *, actor: Actor, now: datetime, customer_id: int, reason: str, phone_id: int | None = None
) -> str:
    """A customer's number in full, as it is written for reading; the primary one by default.

    Raises `ReasonMissing`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=REVEAL)
    rows = CustomerPhone.objects.filter(customer_id__in=held_as(customer.pk))
    if phone_id is not None:
        rows = rows.filter(pk=phone_id)
    row = rows.order_by("-is_primary", "id").first()
    if row is None:
        raise NotVisible(f"phone of customer {customer_id}")
    _record(customer, "phone", actor, now, reason)
    return phones.display(phones.join_extension(row.number, row.extension))


def _record(customer: Customer, field: str, actor: Actor, now: datetime, reason: str) -> None:
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("a reveal needs its reason")
    disclosure.record(
        kind="reveal",
        subject="customer",
        subject_id=customer.pk,
        fields=(field,),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk, permission=REVEAL),
        actor=actor,
        now=now,
        reason=words,
    )
