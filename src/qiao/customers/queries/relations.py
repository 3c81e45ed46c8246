"""Households, company groups, contact persons, and who acts for whom."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.grams import normalise, term_grams
from qiao.customers.models import ContactPerson, Customer, CustomerGroup
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as
from qiao.customers.queries.search import TODAY, ids_of, phone_to_show, visible

VIEW: Final = "customers.view"
MOST_ROWS: Final = 1000


def get_group_for(*, actor: Actor, group_id: int) -> CustomerGroup:
    """A household or group of an organisation in which the actor may see customers.

    Raises `NotVisible`.
    """
    found = CustomerGroup.objects.visible_to(actor).filter(pk=group_id).first()
    if found is None:
        raise NotVisible(f"group {group_id}")
    return found


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a group from `since` to before `until`; ids are of those who stand for it."""

    group_id: int
    group_number: str
    group_kind: str
    group_name: str
    customer_id: int
    number: str
    name: str
    kind: str
    tier: str
    role: str
    under_id: int | None
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the day is one of the stay."""
        return self.since <= day and (self.until is None or day < self.until)


_STAYS = f"""
SELECT g.id, g.number, g.kind, g.name, c.id, c.number, c.name, c.kind, c.tier, m.role,
       customers_survivor(m.under_id), lower(m.period), upper(m.period)
  FROM customers_groupmember m
  JOIN customers_customergroup g ON g.id = m.group_id
  JOIN customers_customer c ON c.id = customers_survivor(m.customer_id)
 WHERE {{condition}} AND g.organisation_id = ANY(%(organisations)s)
 ORDER BY m.group_id, lower(m.period), m.role, m.id LIMIT {MOST_ROWS}
"""
_OF_GROUP = _STAYS.format(condition="m.group_id = %(id)s")
_OF_CUSTOMER = _STAYS.format(
    condition="m.group_id IN (SELECT o.group_id FROM customers_groupmember o"
    " WHERE o.customer_id = ANY(%(ids)s))"
)


def stays_of(*, actor: Actor, group_id: int) -> list[Stay]:
    """Every stay in a group, the earliest first; none for a group that the actor may not see."""
    values = {"id": group_id, "organisations": list(actor.organisations(VIEW))}
    return [Stay(*row) for row in fetch_all(_OF_GROUP, values)]


def stays_with(*, actor: Actor, customer_id: int) -> list[Stay]:
    """Every stay in the groups that a customer belongs or belonged to. Raises `NotVisible`."""
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    values = {
        "ids": list(held_as(customer.pk)),
        "organisations": list(actor.organisations(VIEW)),
    }
    return [Stay(*row) for row in fetch_all(_OF_CUSTOMER, values)]


@dataclass(frozen=True, slots=True)
class GroupAccount:
    """An account for which a member of a group stands."""

    account_id: int
    number: str
    service: str
    status: str
    role: str
    customer_id: int
    name: str
    premises_id: int | None
    address: str


_ACCOUNTS = """
SELECT DISTINCT ON (a.status, a.id) a.id, a.number, a.service, a.status, t.role, c.id, c.name,
       h.id, coalesce(h.full_text, '')
  FROM (SELECT DISTINCT unnest(customers_held_as(customers_survivor(m.customer_id))) AS id
          FROM customers_groupmember m WHERE m.group_id = %(id)s AND m.period @> %(day)s) w
  JOIN customers_accountparty t ON t.customer_id = w.id AND t.period @> %(day)s
  JOIN customers_account a ON a.id = t.account_id
  JOIN customers_customer c ON c.id = customers_survivor(w.id)
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
 WHERE (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY a.status, a.id, array_position(ARRAY['owner','payer','occupant','contact'], t.role)
 LIMIT 200
"""


def accounts_of_group(*, actor: Actor, group_id: int, day: date) -> list[GroupAccount]:
    """The accounts for which members stand on a day, those that run first."""
    values = {"id": group_id, "day": day, "organisations": list(actor.organisations(VIEW))}
    return [GroupAccount(*row) for row in fetch_all(_ACCOUNTS, values)]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A person at the same address, with the household they belong to, if any."""

    customer_id: int
    name: str
    role: str
    group_id: int | None


_AT_HOME = f"""
SELECT DISTINCT ON (c.id) c.id, c.name, o.role, g.group_id
  FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_servicepoint p ON p.premises_id = s.premises_id
  JOIN customers_account b ON b.service_point_id = p.id
  JOIN customers_accountparty o ON o.account_id = b.id AND o.period @> %(day)s
  JOIN customers_customer c ON c.id = customers_survivor(o.customer_id) AND c.kind = 'person'
  LEFT JOIN customers_groupmember g
    ON g.customer_id = ANY(customers_held_as(c.id)) AND g.period @> %(day)s
 WHERE t.customer_id = ANY(%(ids)s) AND t.period @> %(day)s
   AND (b.organisation_id + 0) = ANY(%(organisations)s) AND {visible("c.id")}
 ORDER BY c.id, array_position(ARRAY['owner','payer','occupant','contact'], o.role) LIMIT 20
"""


def people_at_home(*, actor: Actor, customer_id: int, day: date) -> list[Neighbour]:
    """Persons who are customers where this one is, themselves among them; at most twenty.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    values = {
        "ids": list(held_as(customer.pk)),
        "day": day,
        "organisations": list(actor.organisations(VIEW)),
    }
    return [Neighbour(*row) for row in fetch_all(_AT_HOME, values)]


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact person of `organisation`.

    `phone` is in its stored form: the one that was told, else the best of the person's; empty for
    none. The primary one is the first to ask today, `takes_over` who will be when they begin.
    """

    contact_person_id: int
    customer_id: int
    organisation: str
    person_id: int | None
    name: str
    function: str
    phone: str
    email: str
    is_primary: bool
    takes_over: bool
    since: date
    until: date | None


def is_primary_today(contact: str, ids: str, today: str) -> str:
    """A condition: the contact person is today's primary one of the organisation held as `ids`."""
    return (
        f"({contact}.is_primary AND {contact}.period @> {today} AND NOT EXISTS ("
        "SELECT 1 FROM customers_contactperson k"
        f" WHERE k.customer_id = ANY({ids}) AND k.is_primary AND k.period @> {today}"
        f" AND (lower(k.period), k.id) > (lower({contact}.period), {contact}.id)))"
    )


_CONTACTS = f"""
SELECT p.id, o.id, o.name, s.id, coalesce(s.name, p.name), p.function,
       coalesce(nullif(p.phone, ''), {phone_to_show("s.id")}, ''),
       p.email, {is_primary_today("p", ids_of("o.id"), TODAY)} AS leads,
       p.is_primary AND lower(p.period) > {TODAY}, lower(p.period), upper(p.period)
  FROM customers_contactperson p
  JOIN customers_customer o ON o.id = customers_survivor(p.customer_id)
  LEFT JOIN customers_customer s ON s.id = customers_survivor(p.person_id)
 WHERE (p.customer_id = ANY(%(ids)s) OR p.person_id = ANY(%(ids)s))
   AND {visible("o.id")} AND (p.person_id IS NULL OR {visible("s.id")})
 ORDER BY upper(p.period) DESC, leads DESC, p.id LIMIT {MOST_ROWS}
"""


def contact_lines_of(*, actor: Actor, customer_id: int) -> list[ContactLine]:
    """Who speaks or spoke for an organisation, or for whom a person does; open ones first.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    values = {
        "ids": list(held_as(customer.pk)),
        "organisations": list(actor.organisations(VIEW)),
        "zone": settings.TIME_ZONE,
    }
    return [ContactLine(*row) for row in fetch_all(_CONTACTS, values)]


def contact_person_for(*, actor: Actor, contact_person_id: int) -> tuple[ContactPerson, Customer]:
    """One of them with the organisation, for whoever may see both sides. Raises `NotVisible`."""
    row = ContactPerson.objects.filter(pk=contact_person_id).select_related("person").first()
    if row is None:
        raise NotVisible(f"contact person {contact_person_id}")
    if row.person_id is not None:
        get_customer_for(actor=actor, customer_id=row.person_id)
    return row, get_customer_for(actor=actor, customer_id=row.customer_id)


@dataclass(frozen=True, slots=True)
class ActingLine:
    """`agent` acts for `principal` in the matters of `scope` from `since` to before `until`."""

    acting_id: int
    agent_id: int
    agent: str
    principal_id: int
    principal: str
    basis: str
    scope: list[str]
    proof: str
    document_id: int | None
    since: date
    until: date | None


_ACTING = f"""
SELECT a.id, g.id, g.name, p.id, p.name, a.basis, a.scope, a.proof, a.document_id,
       lower(a.period), upper(a.period)
  FROM customers_acting a
  JOIN customers_customer g ON g.id = customers_survivor(a.agent_id)
  JOIN customers_customer p ON p.id = customers_survivor(a.principal_id)
 WHERE {{condition}} AND {visible("g.id")} AND {visible("p.id")}
 ORDER BY upper(a.period) DESC, lower(a.period), a.id LIMIT {MOST_ROWS}
"""
_ACTING_OF = _ACTING.format(
    condition="(a.agent_id = ANY(%(ids)s) OR a.principal_id = ANY(%(ids)s))"
)
_ACTING_BY_ID = _ACTING.format(condition="a.id = %(id)s")


def acting_lines_of(*, actor: Actor, customer_id: int) -> list[ActingLine]:
    """For whom a customer acts or acted, and who for them; open ones first.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    values = {
        "ids": list(held_as(customer.pk)),
        "organisations": list(actor.organisations(VIEW)),
    }
    return [ActingLine(*row) for row in fetch_all(_ACTING_OF, values)]


def acting_line(*, actor: Actor, acting_id: int) -> ActingLine:
    """One of them. Raises `NotVisible`."""
    values = {"id": acting_id, "organisations": list(actor.organisations(VIEW))}
    rows = fetch_all(_ACTING_BY_ID, values)
    if not rows:
        raise NotVisible(f"acting {acting_id}")
    return ActingLine(*rows[0])


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A household or group as a line of search shows it."""

    group_id: int
    number: str
    kind: str
    name: str
    head: str


_FIND = """
SELECT g.id, g.number, g.kind, g.name, coalesce(c.name, '')
  FROM customers_customergroup g
  LEFT JOIN LATERAL (
      SELECT m.customer_id FROM customers_groupmember m
       WHERE m.group_id = g.id AND m.role = 'head' ORDER BY lower(m.period) DESC LIMIT 1) h ON true
  LEFT JOIN customers_customer c ON c.id = customers_survivor(h.customer_id)
 WHERE {condition} AND g.organisation_id = ANY(%(organisations)s)
 ORDER BY upper_inf(g.period) DESC, g.id LIMIT %(limit)s
"""
_BY_NAME = _FIND.format(condition="g.grams @> %(grams)s::text[] AND g.search LIKE %(like)s")
_BY_NUMBER = _FIND.format(condition="g.number = %(number)s")


def find_groups(*, actor: Actor, text: str, limit: int) -> list[FoundGroup]:
    """Groups whose name holds a text of two characters or more, or that have this number."""
    folded = normalise(text)
    if len(folded) < 2:
        return []
    values = {"organisations": list(actor.organisations(VIEW)), "limit": limit}
    if folded.startswith("jt") and folded[2:].isdecimal():
        rows = fetch_all(_BY_NUMBER, {**values, "number": folded.upper()})
    else:
        grams = term_grams(text, singles=False)
        rows = fetch_all(_BY_NAME, {**values, "grams": grams, "like": f"%{folded}%"})
    return [FoundGroup(*row) for row in rows]
