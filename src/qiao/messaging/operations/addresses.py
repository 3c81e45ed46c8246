"""E-mail addresses of customers: kept, chosen, confirmed, taken away."""

import re
from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.customers.operations import lock_customer
from qiao.customers.queries import held_as
from qiao.messaging.models import EmailAddress
from qiao.messaging.models.addresses import ADDRESS
from qiao.messaging.operations.refusals import AddressKnown, BadAddress

LENGTH = 254  # RFC 5321, 4.5.3.1.3


def read_address(text: str) -> str:
    """An address in the stored form: its domain in small letters. Raises `BadAddress`."""
    cleaned = clean(text, field="address", max_length=LENGTH, one_line=True)
    local, _at, domain = cleaned.rpartition("@")
    found = f"{local}@{domain.lower()}"
    if not re.fullmatch(ADDRESS, found) or not found.isascii():
        raise BadAddress(text)
    return found


def add_email(*, customer_id: int, address: str, actor: Actor, now: datetime) -> EmailAddress:
    """Keep an address; the first one is the one that is used.

    Raises `BadAddress`, `AddressKnown`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    found = read_address(address)
    own = EmailAddress.objects.filter(customer__in=held_as(customer.pk))
    if own.filter(address__iexact=found).exists():
        raise AddressKnown(found)
    has_one = own.filter(customer=customer, is_primary=True).exists()
    return EmailAddress.objects.create(
        customer=customer,
        address=found,
        is_primary=not has_one,
        created_at=now,
        created_by_id=actor.staff_id,
    )


def confirm_email(*, customer_id: int, email_id: int, actor: Actor) -> EmailAddress:
    """Trust a doubtful address again. Raises as `add_email`, and `EmailAddress.DoesNotExist`."""
    row = _row(customer_id, email_id, actor)
    row.standing, row.standing_since, row.standing_reason = "", None, ""
    row.save(update_fields=["standing", "standing_since", "standing_reason"])
    return row


def use_email(*, customer_id: int, email_id: int, actor: Actor) -> EmailAddress:
    """Use this address before the others. Raises as `confirm_email`."""
    row = _row(customer_id, email_id, actor)
    EmailAddress.objects.filter(customer=row.customer_id, is_primary=True).update(is_primary=False)
    row.is_primary = True
    row.save(update_fields=["is_primary"])
    return row


def drop_email(*, customer_id: int, email_id: int, actor: Actor) -> None:
    """Take an address away; the trail keeps that it was there. Raises as `confirm_email`."""
    row = _row(customer_id, email_id, actor)
    row.delete()
    following = EmailAddress.objects.filter(customer=row.customer_id).order_by("id").first()
    if row.is_primary and following:
        following.is_primary = True
        following.save(update_fields=["is_primary"])


def _row(customer_id: int, email_id: int, actor: Actor) -> EmailAddress:
    customer = lock_customer(actor=actor, customer_id=customer_id)
    return EmailAddress.objects.select_for_update().get(
        pk=email_id, customer__in=held_as(customer.pk)
    )
