"""Customers for tests, made by the same operations as the desk's."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count

from qiao.core.actor import Actor
from qiao.customers.models import Account, Customer, Premises, ServicePoint
from qiao.customers.operations import (
    Address,
    NewIdentity,
    NewPhone,
    add_premises,
    add_service_point,
    open_account,
    register_customer,
)

NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
_serial = count(1)


def make_customer(
    actor: Actor,
    *,
    name: str = "陈慧敏",
    phones: Iterable[str] = (),
    kind: str = "person",
    gender: str = "",
    flags: Iterable[str] = (),
    identities: Iterable[tuple[str, str]] = (),
    organisation_id: int | None = None,
    now: datetime = NOW,
) -> Customer:
    """A customer of the actor's branch."""
    return register_customer(
        actor=actor,
        now=now,
        organisation_id=organisation_id or actor.organisation_id,
        name=name,
        kind=kind,
        gender=gender,
        phones=[NewPhone(number) for number in phones],
        identities=[NewIdentity(*each) for each in identities],
        flags=flags,
    )


def make_premises(
    actor: Actor, *, region: str = "339102", now: datetime = NOW, **parts: str
) -> Premises:
    """An address; a room of 翠湖花园 of its own unless parts are given."""
    if not parts:
        serial = next(_serial)
        parts = {
            "district": "滨湖区",
            "road": "柳荫路",
            "house_number": "88号",
            "community": "翠湖花园",
            "building": f"{serial % 30 + 1}幢",
            "room": f"{serial + 100}室",
        }
    return add_premises(
        actor=actor,
        now=now,
        organisation_id=actor.organisation_id,
        address=Address(region, **parts),
    )


def make_service_point(
    actor: Actor,
    *,
    premises: Premises | None = None,
    service: str = "water",
    meter_size: str = "DN15",
) -> ServicePoint:
    """A point with a meter."""
    serial = next(_serial)
    return add_service_point(
        actor=actor,
        organisation_id=actor.organisation_id,
        premises=premises or make_premises(actor),
        service=service,
        number=f"SP{serial:08d}",
        meter_number=f"W-{30_000_000 + serial}",
        meter_size=meter_size,
    )


def make_account(
    actor: Actor,
    *,
    owner: Customer | None = None,
    number: str = "",
    service: str = "water",
    premises: Premises | None = None,
    service_point: ServicePoint | None = None,
    opened_date: date = date(2017, 5, 1),
    organisation_id: int | None = None,
    now: datetime = NOW,
) -> Account:
    """An account of the actor's branch, with owner and service point."""
    return open_account(
        actor=actor,
        now=now,
        organisation_id=organisation_id or actor.organisation_id,
        number=number or f"{next(_serial):011d}",
        service=service,
        opened_date=opened_date,
        owner_id=(owner or make_customer(actor)).pk,
        service_point=service_point
        or make_service_point(actor, premises=premises, service=service),
    )
