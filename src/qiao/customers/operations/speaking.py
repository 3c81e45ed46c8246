"""Who speaks for an organisation, and who acts for another customer."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.events import Event, publish
from qiao.core.rules import phones
from qiao.core.rules.periods import Period
from qiao.core.rules.text import clean
from qiao.customers import events
from qiao.customers.models import Acting, ContactPerson, Customer, Document
from qiao.customers.operations.access import branch_of, local_day, lock_customer, lock_customers
from qiao.customers.operations.customers import LABEL_LENGTH, add_phone
from qiao.customers.operations.refusals import (
    AlreadyOwned,
    BadPeriod,
    CustomerRefusal,
    PhoneKnown,
    SameCustomer,
    WrongKind,
    WrongState,
)
from qiao.customers.queries import NotVisible, get_customer_for, held_as

NAME_LENGTH: Final = 80
PROOF_LENGTH: Final = 300
EMAIL_LENGTH: Final = 120


class BadEmail(CustomerRefusal):
    """Not an e-mail address."""


class WhoMissing(CustomerRefusal):
    """A contact person is a customer, or has a name."""


class UnknownScope(CustomerRefusal):
    """No such function, basis or matter; or no matter at all."""


class ForeignDocument(CustomerRefusal):
    """The document belongs to the file of neither."""


@dataclass(frozen=True, slots=True)
class NewContactPerson:
    """A contact person: a customer, or a name; `function` as in `ContactPerson.Function`.

    With `leads_here` the number leads to the organisation from now on, as one of its own.
    """

    function: str
    person_id: int | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    is_primary: bool = False
    leads_here: bool = False


def add_contact_person(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    told: NewContactPerson,
    since: date,
    until: date | None = None,
) -> ContactPerson:
    """Let somebody speak for an organisation. A primary one takes the place of the former when
    their time begins.

    Raises `WrongKind`, `WhoMissing`, `UnknownScope`, `AlreadyOwned` if the person has this
    function then, `BadEmail`, `BadPhone`, `BadText`, `BadPeriod`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    if customer.kind != Customer.Kind.ORGANISATION:
        raise WrongKind(customer.name)
    if told.function not in ContactPerson.Function.values:
        raise UnknownScope(told.function)
    stay = Period(since, until)
    row = ContactPerson(
        customer=customer,
        person=_speaker(actor, customer, told),
        name="" if told.person_id else _name(told.name),
        function=told.function,
        phone=phones.normalise(told.phone) if told.phone else "",
        email=_email(told.email),
        is_primary=told.is_primary,
        period=DateRange(stay.start, stay.end),
    )
    if row.is_primary:
        _step_back(actor, customer, stay, now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyOwned(told.function) from error
    if told.leads_here and row.phone:
        _teach(actor, now, row)
    _tell(customer, events.ContactPersonAdded(row.pk, customer.pk), actor, now)
    if row.is_primary:
        _tell(customer, events.PrimaryContactChosen(row.pk, customer.pk), actor, now)
    return row


def _speaker(actor: Actor, customer: Customer, told: NewContactPerson) -> Customer | None:
    if told.person_id is None:
        return None
    person = get_customer_for(actor=actor, customer_id=told.person_id)
    if person.pk == customer.pk:
        raise SameCustomer(person.number)
    if person.kind != Customer.Kind.PERSON:
        raise WrongKind(person.name)
    return person


def _teach(actor: Actor, now: datetime, row: ContactPerson) -> None:
    """Whoever calls from the number is told as this organisation; one it has already is enough."""
    who = row.name or (row.person.name if row.person else "")
    with suppress(PhoneKnown):
        add_phone(
            actor=actor,
            now=now,
            customer_id=row.customer_id,
            number=row.phone,
            label=who[:LABEL_LENGTH],
        )


def _name(text: str) -> str:
    name = clean(text, field="name", max_length=NAME_LENGTH, one_line=True)
    if not name:
        raise WhoMissing("nobody is named")
    return name


def _email(text: str) -> str:
    email = clean(text, field="email", max_length=EMAIL_LENGTH, one_line=True)
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise BadEmail(email) from error
    return email


def _step_back(actor: Actor, customer: Customer, stay: Period, now: datetime) -> None:
    """Leave nobody the primary one today, or on the first of these days, who would come before.

    Who was it before these days keeps the mark, and so does who begins after today.
    """
    branch = branch_of(actor=actor, customer_id=customer.pk)
    last = max(stay.start, local_day(organisation_id=branch, now=now))
    ContactPerson.objects.filter(
        customer_id__in=held_as(customer.pk),
        is_primary=True,
        period__overlap=DateRange(stay.start, stay.end),
        period__startswith__range=(stay.start, last),
    ).update(is_primary=False)


def make_primary(*, actor: Actor, now: datetime, contact_person_id: int) -> ContactPerson:
    """Let a contact person be the primary one of the organisation.

    Raises `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    row = _contact_person(actor, contact_person_id)
    customer = lock_customer(actor=actor, customer_id=row.customer_id)
    _step_back(actor, customer, Period(row.period.lower, row.period.upper), now)
    row.is_primary = True
    row.save(update_fields=["is_primary"])
    _tell(customer, events.PrimaryContactChosen(row.pk, customer.pk), actor, now)
    return row


def end_contact_person(*, actor: Actor, now: datetime, contact_person_id: int, day: date) -> None:
    """Let somebody no longer speak for an organisation: `day` is the first one.

    The first day of all takes back what was entered by mistake.

    Raises `WrongState` if it ended before, `BadPeriod`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    row = _contact_person(actor, contact_person_id)
    told = events.ContactPersonEnded(row.pk, row.customer_id)
    _end(row, day)
    _tell(row.customer, told, actor, now)


def _contact_person(actor: Actor, contact_person_id: int) -> ContactPerson:
    found = ContactPerson.objects.filter(pk=contact_person_id).first()
    if found is None:
        raise NotVisible(f"contact person {contact_person_id}")
    lock_customer(actor=actor, customer_id=found.customer_id)
    if found.person_id is not None:
        get_customer_for(actor=actor, customer_id=found.person_id)
    return ContactPerson.objects.select_for_update(no_key=True).get(pk=found.pk)


def _end(row: ContactPerson | Acting, day: date) -> None:
    period = row.period
    if period.upper is not None and period.upper <= day:
        raise WrongState(f"ended on {period.upper}")
    if day < period.lower:
        raise BadPeriod(f"{day} lies before {period.lower}")
    if day == period.lower:
        row.delete()
        return
    row.period = DateRange(period.lower, day)
    row.save(update_fields=["period"])


@dataclass(frozen=True, slots=True)
class NewActing:
    """By what and in which matters one acts for another; as in `Acting.Basis` and `.Scope`."""

    basis: str
    scope: tuple[str, ...]
    proof: str = ""
    document_id: int | None = None


def begin_acting(
    *,
    actor: Actor,
    now: datetime,
    agent_id: int,
    principal_id: int,
    told: NewActing,
    since: date,
    until: date | None = None,
) -> Acting:
    """Let `agent_id` act for `principal_id` from a day to before another.

    Raises `SameCustomer`, `WrongKind` for a parent, carer or guardian that is no person,
    `UnknownScope`, `AlreadyOwned` if they act for them then already, `ForeignDocument`,
    `BadText`, `BadPeriod`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    people = lock_customers(actor=actor, customer_ids=(agent_id, principal_id))
    agent, principal = people[agent_id], people[principal_id]
    if agent.pk == principal.pk:
        raise SameCustomer(agent.number)
    _check_acting(told, agent, principal)
    stay = Period(since, until)
    days = DateRange(stay.start, stay.end)
    doubles = Acting.objects.filter(
        agent_id__in=held_as(agent.pk),
        principal_id__in=held_as(principal.pk),
        period__overlap=days,
    )
    if doubles.exists():
        raise AlreadyOwned(f"{agent.number} for {principal.number}")
    row = Acting.objects.create(
        agent=agent,
        principal=principal,
        basis=told.basis,
        scope=[key for key in Acting.Scope.values if key in told.scope],
        proof=clean(told.proof, field="proof", max_length=PROOF_LENGTH),
        document_id=_document(told.document_id, (agent, principal)),
        period=days,
        noted_at=now,
        noted_by_id=actor.staff_id,
    )
    _tell(principal, events.ActingBegun(row.pk, agent.pk, principal.pk), actor, now)
    return row


def _check_acting(told: NewActing, agent: Customer, principal: Customer) -> None:
    known = told.basis in Acting.Basis.values and set(told.scope) <= set(Acting.Scope.values)
    if not known or not told.scope:
        raise UnknownScope(f"{told.basis} {' '.join(told.scope)}")
    if told.basis == Acting.Basis.ATTORNEY:
        return
    for each in (agent, principal):
        if each.kind != Customer.Kind.PERSON:
            raise WrongKind(each.name)


def _document(document_id: int | None, people: Iterable[Customer]) -> int | None:
    if document_id is None:
        return None
    ids = [each for person in people for each in held_as(person.pk)]
    if not Document.objects.filter(pk=document_id, customer_id__in=ids).exists():
        raise ForeignDocument(f"document {document_id}")
    return document_id


def end_acting(*, actor: Actor, now: datetime, acting_id: int, day: date) -> None:
    """Let one act for another no longer: `day` is the first one without.

    The first day of all takes back what was entered by mistake.

    Raises `WrongState` if it ended before, `BadPeriod`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    found = Acting.objects.filter(pk=acting_id).first()
    if found is None:
        raise NotVisible(f"acting {acting_id}")
    lock_customers(actor=actor, customer_ids=(found.agent_id, found.principal_id))
    row = Acting.objects.select_for_update(no_key=True).get(pk=acting_id)
    told = events.ActingEnded(row.pk, row.agent_id, row.principal_id)
    _end(row, day)
    _tell(row.principal, told, actor, now)


def _tell(customer: Customer, event: Event, actor: Actor, now: datetime) -> None:
    branch = branch_of(actor=actor, customer_id=customer.pk)
    publish(event, organisation_id=branch, actor=actor, now=now)
