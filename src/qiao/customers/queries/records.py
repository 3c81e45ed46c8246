"""Whole records for programs: a customer, an account, a place, and who plays which part.

Telephone numbers are masked unless the actor may see them; identity numbers are never told.
"""

from dataclasses import dataclass
from datetime import date, datetime

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.masks import mask_phone
from qiao.customers.models import Erasure
from qiao.customers.queries.managers import Manager, manager_of_customer
from qiao.customers.queries.people import NotVisible, can_see, get_customer_for, held_as
from qiao.customers.queries.tags import chips_of

VIEW = "customers.view"
CONTACT = "customers.contact"


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """A telephone number in its stored form, or masked; `standing` as in `CustomerPhone`."""

    phone_id: int
    number: str
    label: str
    kind: str
    is_primary: bool
    standing: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer as held; `customer_id` is that of the one who stands for a merged row."""

    customer_id: int
    number: str
    kind: str
    name: str
    gender: str
    tier: str
    tier_reason: str
    flags: tuple[str, ...]
    tags: tuple[str, ...]
    created_at: datetime
    phones: tuple[PhoneRecord, ...]
    manager: Manager | None


_PHONES = """
SELECT p.id, CASE WHEN p.extension = '' THEN p.number ELSE p.number || ';ext=' || p.extension END,
       p.label, p.kind, p.is_primary, p.standing
  FROM customers_customerphone p WHERE p.customer_id = ANY(%(ids)s)
 ORDER BY p.standing <> '', p.is_primary DESC, p.id LIMIT 100
"""


def record_of(*, actor: Actor, customer_id: int, day: date) -> CustomerRecord:
    """A customer with telephone numbers and their manager of that day.

    Raises `NotVisible`, also once the person is erased.
    """
    row = get_customer_for(actor=actor, customer_id=customer_id)
    if Erasure.objects.filter(customer=row.pk, state=Erasure.State.DONE).exists():
        raise NotVisible(f"customer {customer_id}")
    clear = actor.can(CONTACT) and can_see(actor=actor, customer_id=row.pk, permission=CONTACT)
    phones = fetch_all(_PHONES, {"ids": list(held_as(row.pk))})
    return CustomerRecord(
        customer_id=row.pk,
        number=row.number,
        kind=row.kind,
        name=row.name,
        gender=row.gender,
        tier=row.tier,
        tier_reason=row.tier_reason,
        flags=tuple(row.flags),
        tags=tuple(tag["name"] for tag in chips_of(row.pk)),
        created_at=row.created_at,
        phones=tuple(
            PhoneRecord(
                pk,
                number if clear else mask_phone(number),
                label,
                kind,
                first,
                standing,
                not clear,
            )
            for pk, number, label, kind, first, standing in phones
        ),
        manager=manager_of_customer(customer_id=row.pk, day=day),
    )


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account with its service point, meter and place."""

    account_id: int
    number: str
    service: str
    use: str
    status: str
    organisation_id: int
    opened_date: date
    closed_date: date | None
    service_point: str
    meter_number: str
    premises_id: int | None
    address: str


_ACCOUNT = """
SELECT a.id, a.number, a.service, a.use, a.status, a.organisation_id, a.opened_date,
       a.closed_date, coalesce(s.number, ''), coalesce(s.meter_number, ''), h.id,
       coalesce(h.full_text, '')
  FROM customers_account a
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
 WHERE a.id = %(id)s AND a.organisation_id = ANY(%(organisations)s)
"""


def account_record(*, actor: Actor, account_id: int) -> AccountRecord:
    """One account. Raises `NotVisible`."""
    rows = fetch_all(
        _ACCOUNT, {"id": account_id, "organisations": list(actor.organisations(VIEW))}
    )
    if not rows:
        raise NotVisible(f"account {account_id}")
    return AccountRecord(*rows[0])


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """The part that somebody plays for an account, from `since` to before `until`."""

    party_id: int
    account_id: int
    account_number: str
    customer_id: int
    customer_name: str
    role: str
    since: date
    until: date | None


_PARTY = """
SELECT t.id, a.id, a.number, t.customer_id, c.name, t.role, lower(t.period), upper(t.period)
  FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
  JOIN customers_customer c ON c.id = t.customer_id
 WHERE {condition} AND (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY t.id DESC LIMIT 200
"""
_OF_CUSTOMER = _PARTY.format(condition="t.customer_id = ANY(%(ids)s)")
_OF_ACCOUNT = _PARTY.format(condition="t.account_id = %(id)s")


def parties_of_customer(*, actor: Actor, customer_id: int) -> list[PartyRecord]:
    """The parts that a customer plays or played, the latest first. Raises `NotVisible`."""
    row = get_customer_for(actor=actor, customer_id=customer_id)
    values = {
        "ids": list(held_as(row.pk)),
        "organisations": list(actor.organisations(VIEW)),
    }
    return [PartyRecord(*each) for each in fetch_all(_OF_CUSTOMER, values)]


def parties_of_account(*, actor: Actor, account_id: int) -> list[PartyRecord]:
    """Who plays or played which part for an account, the latest first. Raises `NotVisible`."""
    account = account_record(actor=actor, account_id=account_id)
    values = {"id": account.account_id, "organisations": list(actor.organisations(VIEW))}
    return [PartyRecord(*each) for each in fetch_all(_OF_ACCOUNT, values)]


@dataclass(frozen=True, slots=True)
class PremisesRecord:
    """A place that is served; coordinates in degrees of `datum`, if known."""

    premises_id: int
    region: str
    district: str
    road: str
    house_number: str
    community: str
    building: str
    unit: str
    room: str
    full_text: str
    latitude: float | None
    longitude: float | None
    datum: str


# A place belongs to nobody; it is told of to those who serve an account there, or while nobody
# does.
_PREMISES = """
SELECT h.id, h.region, h.district, h.road, h.house_number, h.community, h.building, h.unit,
       h.room, h.full_text, h.latitude, h.longitude, h.datum
  FROM customers_premises h
 WHERE h.id = %(id)s AND coalesce((
       SELECT bool_or(a.organisation_id = ANY(%(organisations)s))
         FROM customers_servicepoint s JOIN customers_account a ON a.service_point_id = s.id
        WHERE s.premises_id = h.id), true)
"""


def premises_record(*, actor: Actor, premises_id: int) -> PremisesRecord:
    """One place. Raises `NotVisible`."""
    if not actor.can(VIEW):
        raise NotVisible(f"premises {premises_id}")
    rows = fetch_all(
        _PREMISES, {"id": premises_id, "organisations": list(actor.organisations(VIEW))}
    )
    if not rows:
        raise NotVisible(f"premises {premises_id}")
    return PremisesRecord(*rows[0])
