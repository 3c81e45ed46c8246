"""Customers with addresses, and messages, made by the operations of the desk."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_customer
from qiao.messaging.models import Message
from qiao.messaging.operations import (
    Receiver,
    Sending,
    Words,
    add_email,
    queue_message,
)

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # a Tuesday noon in Shanghai
TEXTS = {
    "zh-Hans": Words("停水通知", "{name}：您好，{place}今晚停水。"),
    "zh-Hant": Words("停水通知", "{name}：您好，{place}今晚停水。"),
    "en": Words("Water off tonight", "Dear {name}, no water at {place} tonight."),
}


def reachable(actor: Actor, address: str, *, name: str = "陈慧敏", **more: Any) -> Customer:
    """A customer with an e-mail address."""
    customer = make_customer(actor, name=name, now=NOON, **more)
    add_email(customer_id=customer.pk, address=address, actor=actor, now=NOON)
    return customer


def sending(actor: Actor, **more: Any) -> Sending:
    """A broadcast about an outage by e-mail, unless said otherwise."""
    about: dict[str, Any] = {
        "organisation_id": actor.organisation_id,
        "kind": "broadcast",
        "texts": TEXTS,
        "values": {"place": "翠湖花园"},
        "subject_kind": "case",
        "channels": ("email",),
    }
    return Sending(**about | more)


def reply(actor: Actor, customer: Customer, *, now: datetime = NOON, **more: Any) -> Message:
    """An answer that somebody wrote."""
    about: dict[str, Any] = {
        "kind": "reply",
        "texts": {"": Words("答复", "水表已校准 {ok}")},
        "is_automatic": False,
        "is_plain": True,
        "reference": "GD2611220001237",
    }
    return queue_message(
        sending=sending(actor, **about | more),
        receiver=Receiver(customer_id=customer.pk, subject_id=7),
        actor=actor,
        now=now,
    )


def receivers(customers: Sequence[Customer]) -> list[Receiver]:
    """All of them, each about a case of their own."""
    return [Receiver(customer_id=c.pk, subject_id=n) for n, c in enumerate(customers, 1)]
