"""E-mail addresses of a customer the actor may see."""

from qiao.core.actor import Actor
from qiao.customers.queries import get_customer_for, held_as
from qiao.messaging.models import EmailAddress


def get_email_for(*, actor: Actor, customer_id: int, email_id: int) -> EmailAddress:
    """An address of a customer, also one of a merged record.

    Raises `qiao.customers.queries.NotVisible`, `EmailAddress.DoesNotExist`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    return EmailAddress.objects.get(pk=email_id, customer__in=held_as(customer.pk))
