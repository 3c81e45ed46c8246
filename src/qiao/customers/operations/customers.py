"""Writes on the customer itself: name, phones, identities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from qiao.core import crypto
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.numbering import next_number
from qiao.core.rules import identity, phones
from qiao.core.rules.masks import mask_id_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import CustomerChanged, CustomerRegistered, PhoneAdded
from qiao.customers.models import (
    Customer,
    CustomerIdentity,
    CustomerPhone,
)
from qiao.customers.operations.access import branch_of, local_day, lock_customer, make_visible
from qiao.customers.operations.protecting import claim_at_birth
from qiao.customers.operations.refusals import (
    BadIdentityNumber,
    PhoneKnown,
)
from qiao.customers.queries.identities import blind_indexes, sealing_context
from qiao.customers.rules.columns import name_columns

NUMBER_PREFIX = "KH"
NAME_LENGTH = 120
LABEL_LENGTH = 40


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A number to teach: any writing, with an optional label (办公室, 女儿)."""

    number: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """An identity number to keep; `kind` as in `CustomerIdentity.Kind`."""

    kind: str
    number: str


def register_customer(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    kind: str = Customer.Kind.PERSON,
    gender: str = "",
    language: str = "",
    phones: Iterable[NewPhone] = (),
    identities: Iterable[NewIdentity] = (),
    flags: Iterable[str] = (),
) -> Customer:
    """Hold a new customer, visible to `organisation_id`. The first phone is the primary one; each
    of `flags` is claimed as a protection.

    Raises `BadText`, `BadPhone`, `BadIdentityNumber`, `PhoneKnown`, `UnknownFlag` and
    `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require("customers.edit", organisation_id)
    day = local_day(organisation_id=organisation_id, now=now)
    customer = Customer(
        number=next_number(prefix=NUMBER_PREFIX, day=day),
        kind=Customer.Kind(kind),
        gender=Customer.Gender(gender),
        language=language,
        created_at=now,
        created_by_id=actor.staff_id,
    )
    give_name(customer, name)
    customer.save(force_insert=True)
    make_visible(customer_id=customer.pk, organisation_id=organisation_id, now=now)
    claim_at_birth(customer, flags, organisation_id, actor, now)
    for phone in phones:
        _store_phone(customer, phone, now)
    for given in identities:
        _store_identity(customer, given, now)
    customer.refresh_from_db(fields=["flags"])
    publish(CustomerRegistered(customer.pk), organisation_id=organisation_id, actor=actor, now=now)
    return customer


def give_name(customer: Customer, name: str) -> None:
    """Set the name and the columns it is found by; the caller saves. Raises `BadText`."""
    customer.name = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    columns = name_columns(customer.name, is_person=customer.kind == Customer.Kind.PERSON)
    customer.name_search = columns.name_search
    customer.name_grams = columns.name_grams
    customer.initials = columns.initials
    customer.pinyin = columns.pinyin


def change_name(*, actor: Actor, now: datetime, customer_id: int, name: str) -> Customer:
    """Give a customer another name; what the old one was stays in the audit trail.

    Raises `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    before = customer.name
    give_name(customer, name)
    if customer.name != before:
        customer.save(update_fields=["name", "name_search", "name_grams", "initials", "pinyin"])
        _tell_changed(customer, ("name",), actor, now)
    return customer


def add_phone(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    number: str,
    label: str = "",
    is_primary: bool = False,
) -> CustomerPhone:
    """Teach a number to a customer: from now on it leads to them.

    Raises `BadPhone`, `BadText`, `PhoneKnown`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    phone = _store_phone(customer, NewPhone(number, label), now, is_primary=is_primary)
    publish(
        PhoneAdded(customer.pk, phone.pk),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk),
        actor=actor,
        now=now,
    )
    return phone


def _store_phone(
    customer: Customer, given: NewPhone, now: datetime, *, is_primary: bool = False
) -> CustomerPhone:
    stored = phones.normalise(given.number)
    number, extension = phones.split_extension(stored)
    label = clean(given.label, field="label", max_length=LABEL_LENGTH, one_line=True)
    others = CustomerPhone.objects.filter(customer=customer)
    if others.filter(number=number, extension=extension).exists():
        raise PhoneKnown(phones.display(stored))
    if is_primary:
        others.filter(is_primary=True).update(is_primary=False)
    try:
        with transaction.atomic():
            return CustomerPhone.objects.create(
                customer=customer,
                number=number,
                extension=extension,
                digits=phones.stored_digits(stored),
                kind=phones.kind_of(stored).value,
                label=label,
                is_primary=is_primary or not others.filter(is_primary=True).exists(),
                created_at=now,
            )
    except IntegrityError as error:  # two taught the same number at once
        raise PhoneKnown(phones.display(stored)) from error


def set_primary_phone(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int
) -> CustomerPhone:
    """Make one of the customer's numbers the first to call.

    Raises `CustomerPhone.DoesNotExist`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    phone = CustomerPhone.objects.get(pk=phone_id, customer=customer)
    own = CustomerPhone.objects.filter(customer=customer)
    own.filter(is_primary=True).update(is_primary=False)
    own.filter(pk=phone_id).update(is_primary=True, verified_at=F("verified_at"))
    phone.refresh_from_db()
    _tell_changed(customer, ("phones",), actor, now)
    return phone


def add_identity(
    *, actor: Actor, now: datetime, customer_id: int, kind: str, number: str
) -> CustomerIdentity:
    """Keep an identity number, encrypted. The same number twice is the same row.

    Raises `BadIdentityNumber`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    row = _store_identity(customer, NewIdentity(kind, number), now)
    _tell_changed(customer, ("identities",), actor, now)
    return row


_READERS = {
    CustomerIdentity.Kind.ID_CARD: lambda text: identity.read_resident_id(text).number,
    CustomerIdentity.Kind.CREDIT_CODE: identity.read_credit_code,
    CustomerIdentity.Kind.PASSPORT: identity.read_passport,
    CustomerIdentity.Kind.TRAVEL_PERMIT: identity.read_passport,
    CustomerIdentity.Kind.OTHER: identity.read_passport,
}


def _store_identity(customer: Customer, given: NewIdentity, now: datetime) -> CustomerIdentity:
    try:
        kind = CustomerIdentity.Kind(given.kind)
        number = _READERS[kind](given.number)
    except identity.BadIdentity as error:
        raise BadIdentityNumber(error.reason.value) from error
    except ValueError as error:
        raise BadIdentityNumber("kind") from error
    index, *_ = blind_indexes(number)
    sealed = crypto.default_ring().encrypt(number, context=sealing_context(customer.pk))
    row, _ = CustomerIdentity.objects.get_or_create(
        customer=customer,
        kind=kind,
        blind_index=index,
        defaults={"ciphertext": sealed, "hint": mask_id_number(number), "created_at": now},
    )
    return row


def _tell_changed(
    customer: Customer, fields: tuple[str, ...], actor: Actor, now: datetime
) -> None:
    publish(
        CustomerChanged(customer.pk, fields),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk),
        actor=actor,
        now=now,
    )
