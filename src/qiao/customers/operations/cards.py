"""Giving cards to customers, and taking lost ones out of use."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.customers.events import CustomerChanged
from qiao.customers.models import Card
from qiao.customers.operations.access import branch_of, local_day, lock_customer
from qiao.customers.operations.refusals import BadPeriod, CardTaken, UnknownCard
from qiao.customers.queries import held_as
from qiao.customers.rules.cards import read_card


def add_card(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    kind: str,
    number: str,
    since: date | None = None,
) -> Card:
    """Let a card lead to a customer from `since` (today) on.

    Raises `qiao.customers.rules.cards.BadCard`, `UnknownCard` for a kind there is not,
    `CardTaken`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    if kind not in Card.Kind.values:
        raise UnknownCard(kind)
    branch = branch_of(actor=actor, customer_id=customer.pk)
    start = since or local_day(organisation_id=branch, now=now)
    try:
        with transaction.atomic():
            card = Card.objects.create(
                customer=customer,
                kind=kind,
                number=read_card(number),
                period=DateRange(start, None),
                created_at=now,
                created_by_id=actor.staff_id,
            )
    except IntegrityError as error:
        raise CardTaken(number) from error
    publish(CustomerChanged(customer.pk, ("cards",)), organisation_id=branch, actor=actor, now=now)
    return card


def end_card(
    *, actor: Actor, now: datetime, customer_id: int, card_id: int, end_date: date
) -> Card:
    """Take a card out of use: `end_date` is the first day on which it leads to nobody.

    Raises `UnknownCard`, `BadPeriod` if it ended before or would never have been valid,
    `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    ids = held_as(customer.pk)
    card = Card.objects.select_for_update().filter(pk=card_id, customer_id__in=ids).first()
    if card is None:
        raise UnknownCard(str(card_id))
    if card.period.upper is not None or end_date <= card.period.lower:
        raise BadPeriod(str(end_date))
    card.period = DateRange(card.period.lower, end_date)
    card.save(update_fields=["period"])
    publish(
        CustomerChanged(customer.pk, ("cards",)),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk),
        actor=actor,
        now=now,
    )
    return card
