"""Reading one customer, or a few, with the right to do so."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules import phones
from qiao.customers.models import AccountParty, Customer
from qiao.customers.queries.search import (
    LINE_JOINS,
    TODAY,
    ids_of,
    masked_phone,
    stands_for,
    visible,
)
from qiao.customers.rules.addresses import short


class NotVisible(Http404):
    """No such customer, or none that the actor may see: outsiders cannot tell the difference."""


def get_customer_for(
    *, actor: Actor, customer_id: int, permission: str = "customers.view"
) -> Customer:
    """The customer who stands for `customer_id`: of a merged row, the one it was merged into.

    Raises `NotVisible` unless the customer is linked to an organisation in which the actor holds
    `permission`.
    """
    found = list(
        Customer.objects.raw(
            "SELECT c.* FROM customers_customer c"
            f" WHERE c.id = (SELECT {stands_for('m')}"
            "                 FROM customers_customer m WHERE m.id = %(id)s)"
            f" AND {visible('c.id')}",
            {"id": customer_id, "organisations": list(actor.organisations(permission))},
        )
    )
    if not found:
        raise NotVisible(f"customer {customer_id}")
    return found[0]


def held_as(customer_id: int) -> tuple[int, ...]:
    """All ids under which a customer is held, whichever of them is known.

    The one that stands for the customer comes first, then those merged into it. An id that nobody
    has stands for itself.
    """
    ((ids,),) = fetch_all(
        "SELECT customers_held_as(coalesce(customers_survivor(%(id)s), %(id)s))",
        {"id": customer_id},
    )
    return tuple(ids)


def can_see(*, actor: Actor, customer_id: int, permission: str = "customers.view") -> bool:
    """Whether `get_customer_for` would answer."""
    try:
        get_customer_for(actor=actor, customer_id=customer_id, permission=permission)
    except NotVisible:
        return False
    return True


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer as a line of another module's list shows it; the telephone number is masked."""

    customer_id: int
    number: str
    name: str
    tier: str
    flags: tuple[str, ...]
    phone: str
    account_number: str
    address: str
    short_address: str


_LINES = f"""
SELECT f.id, c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT w.id, customers_survivor(w.id) AS survivor, NULL::bigint AS account_id
          FROM unnest(%(ids)s::bigint[]) AS w (id)) f
  JOIN customers_customer c ON c.id = f.survivor
  {LINE_JOINS}
 WHERE {visible("c.id")}
"""


def lines_for(*, actor: Actor, customer_ids: Iterable[int]) -> dict[int, CustomerLine]:
    """Lines by the id asked for, in one statement; ids that the actor may not see are left out."""
    ids = sorted(set(customer_ids))
    if not ids:
        return {}
    rows = fetch_all(
        _LINES,
        {
            "ids": ids,
            "organisations": list(actor.organisations("customers.view")),
            "zone": settings.TIME_ZONE,
        },
    )
    return {row[0]: line_of(row[1:]) for row in rows}


def picked_lines(*, actor: Actor, customer_ids: Sequence[int]) -> list[CustomerLine]:
    """Lines of customers chosen one by one, in that order; rows of one customer are one line."""
    found = lines_for(actor=actor, customer_ids=customer_ids)
    lines = (found[pk] for pk in customer_ids if pk in found)
    return list({line.customer_id: line for line in lines}.values())


def line_of(row: Sequence[Any]) -> CustomerLine:
    """A line out of its columns, in the order of `_LINES` without the id asked for."""
    pk, number, name, tier, flags, phone, extension, account, *rest = row
    address, community, building, room = rest
    return CustomerLine(
        customer_id=pk,
        number=number,
        name=name,
        tier=tier,
        flags=tuple(flags),
        phone=masked_phone(phone, extension),
        account_number=account,
        address=address,
        short_address=short(community, building, room, address),
    )


@dataclass(frozen=True, slots=True)
class PhoneMatch:
    """Who may be calling: a person at a place. `last_contact_at` is None for the first time.

    Those whose number it is held for come first, then those who were in contact lately, then those
    whose first number it is. `standing` as in `CustomerPhone.Standing`.
    """

    customer_id: int
    name: str
    tier: str
    flags: list[str]
    label: str
    role: str
    account_id: int | None
    account_number: str
    premises_id: int | None
    address: str
    last_contact_at: datetime | None
    last_contact_channel: str
    last_contact_subject: str
    is_first_number: bool
    standing: str


_MATCH = f"""
WITH numbers AS MATERIALIZED (
    SELECT DISTINCT ON (s.id) s.id, p.label, p.is_primary, p.standing,
           {ids_of("s.id")} AS ids
      FROM customers_customerphone p
      JOIN LATERAL (
          SELECT {stands_for("m")} AS id
            FROM customers_customer m WHERE m.id = p.customer_id) s ON true
     WHERE p.digits = %(digits)s AND p.number = %(number)s
       AND (%(extension)s = '' OR p.extension IN ('', %(extension)s))
       AND {visible("s.id")}
     ORDER BY s.id, p.standing, p.is_primary DESC
     LIMIT 200
)
SELECT c.id, c.name, c.tier, c.flags, n.label, coalesce(pl.role, ''), pl.account_id,
       coalesce(pl.number, ''), pl.premises_id, coalesce(pl.full_text, ''), lc.at,
       coalesce(lc.channel, ''), coalesce(lc.subject, ''), n.is_primary, n.standing
  FROM numbers n
  JOIN customers_customer c ON c.id = n.id
  LEFT JOIN LATERAL (
      SELECT l.at, l.channel, l.subject FROM customers_lastcontact l
       WHERE l.customer_id = ANY(n.ids) ORDER BY l.at DESC LIMIT 1) lc ON true
  LEFT JOIN LATERAL (
      SELECT DISTINCT ON (coalesce(h.id, -a.id)) t.role, a.id AS account_id, a.number, a.status,
             h.id AS premises_id, h.full_text
        FROM customers_accountparty t
        JOIN customers_account a ON a.id = t.account_id
        LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
        LEFT JOIN customers_premises h ON h.id = s.premises_id
       WHERE t.customer_id = ANY(n.ids) AND t.period @> {TODAY}
         AND (a.organisation_id + 0) = ANY(%(organisations)s)
       ORDER BY coalesce(h.id, -a.id), a.status,
             array_position(ARRAY['owner','payer','occupant','contact'], t.role), a.id
       LIMIT 20) pl ON true
 ORDER BY n.standing, lc.at DESC NULLS LAST, n.is_primary DESC, c.id,
       array_position(ARRAY['owner','payer','occupant','contact'], pl.role), pl.account_id
 LIMIT %(limit)s
"""


def match_phone(*, actor: Actor, e164: str, limit: int = 5) -> list[PhoneMatch]:
    """Who may stand behind a number: at most `limit` people with places, the latest contact first.

    `e164` is the stored form of `qiao.core.rules.phones`, extension included.
    """
    number, extension = phones.split_extension(e164)
    rows = fetch_all(
        _MATCH,
        {
            "digits": phones.stored_digits(e164),
            "number": number,
            "extension": extension,
            "organisations": list(actor.organisations("customers.view")),
            "zone": settings.TIME_ZONE,
            "limit": limit,
        },
    )
    return [PhoneMatch(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that a customer stands for now, as a form offers it."""

    account_id: int
    number: str
    service: str
    status: str
    role: str
    organisation_id: int
    service_point_id: int | None
    premises_id: int | None
    region: str
    address: str
    latitude: float | None
    longitude: float | None
    datum: str
    meter: str


_ACCOUNTS = f"""
SELECT DISTINCT ON (a.status, a.id) a.id, a.number, a.service, a.status, t.role,
       a.organisation_id, s.id, h.id, coalesce(h.region, ''), coalesce(h.full_text, ''),
       h.latitude, h.longitude, coalesce(h.datum, ''), coalesce(s.meter_number, '')
  FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
 WHERE t.customer_id = ANY(customers_held_as(%(id)s)) AND t.period @> {TODAY}
   AND (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY a.status, a.id, array_position(ARRAY['owner','payer','occupant','contact'], t.role)
 LIMIT 200
"""


def accounts_of(*, actor: Actor, customer_id: int) -> list[AccountChoice]:
    """The accounts that a customer stands for today and the actor may see, open ones first."""
    rows = fetch_all(
        _ACCOUNTS,
        {
            "id": customer_id,
            "organisations": list(actor.organisations("customers.view")),
            "zone": settings.TIME_ZONE,
        },
    )
    return [AccountChoice(*row) for row in rows]


def party_since(party_id: int) -> date | None:
    """The first day of a part in an account; None for no such part."""
    period = AccountParty.objects.filter(pk=party_id).values_list("period", flat=True).first()
    return period.lower if period else None
