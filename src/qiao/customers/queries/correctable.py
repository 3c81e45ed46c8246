"""Customers, accounts and places as corrections see them: by number, with their values as text."""

from typing import TYPE_CHECKING

from qiao.core.actor import Actor
from qiao.core.manifest import Record
from qiao.core.rules.numbers import normal_form
from qiao.customers.models import Account, Customer, CustomerOrganisation, Premises
from qiao.customers.rules.addresses import PARTS

if TYPE_CHECKING:
    from django.db.models import QuerySet

VIEW = "customers.view"
CORRECT = "customers.correct"
PLACE_FIELDS = ("region", *PARTS)


def customer_record(customer: Customer, *, actor: Actor) -> Record | None:
    """A customer whom the actor may correct or see; None for anybody else's."""
    for right in (CORRECT, VIEW):
        links = CustomerOrganisation.objects.filter(
            customer=customer, organisation__in=list(actor.organisations(right))
        )
        units = set(links.values_list("organisation_id", flat=True))
        if units:
            unit = actor.organisation_id if actor.organisation_id in units else min(units)
            values = {"name": customer.name, "kind": customer.kind, "gender": customer.gender}
            return Record(customer.pk, unit, customer.number, customer.name, values)
    return None


def find_customer(*, actor: Actor, number: str) -> Record | None:
    """The customer of a customer number, or the owner of an account number."""
    wanted = normal_form(number)
    found = Customer.objects.filter(number=wanted, merged_into__isnull=True).first()
    if found is None:
        owners = Customer.objects.filter(
            parties__account__number=wanted, parties__role="owner", merged_into__isnull=True
        )
        found = owners.order_by("-parties__period").first()
    return customer_record(found, actor=actor) if found else None


def account_record(account: Account) -> Record:
    """An account with its values; those of its meter where it has a service point."""
    values = {
        "number": account.number,
        "use": account.use,
        "opened_date": account.opened_date.isoformat(),
    }
    point = account.service_point
    if point is not None and point.meter_number:
        values["meter_number"] = point.meter_number
    title = point.premises.full_text if point else account.number
    return Record(account.pk, account.organisation_id, account.number, title, values)


def find_account(*, actor: Actor, number: str) -> Record | None:
    """The account of a number."""
    found = _accounts(actor).filter(number=normal_form(number)).first()
    return account_record(found) if found else None


def _accounts(actor: Actor) -> "QuerySet[Account]":
    return Account.objects.visible_to(actor).select_related("service_point__premises")


def place_record(premises: Premises, account: Account) -> Record:
    """A place as one of its accounts leads to it."""
    values = {name: getattr(premises, name) for name in PLACE_FIELDS}
    return Record(premises.pk, account.organisation_id, account.number, premises.full_text, values)


def find_place(*, actor: Actor, number: str) -> Record | None:
    """The place that an account of this number is for."""
    found = _accounts(actor).filter(number=normal_form(number)).first()
    if found is None or found.service_point is None:
        return None
    return place_record(found.service_point.premises, found)


def account_at(*, actor: Actor, premises_id: int) -> Account | None:
    """An account at a place that the actor may see."""
    found: Account | None = _accounts(actor).filter(service_point__premises=premises_id).first()
    return found


def load_customer(*, actor: Actor, record_id: int, lock: bool = False) -> Record | None:
    """The customer by id, with the row locked if asked; None if gone, merged or out of sight."""
    rows = Customer.objects.select_for_update(no_key=True) if lock else Customer.objects.all()
    found = rows.filter(pk=record_id, merged_into__isnull=True).first()
    return customer_record(found, actor=actor) if found else None


def load_account(*, actor: Actor, record_id: int, lock: bool = False) -> Record | None:
    """The account by id, with the row locked if asked; None if gone or out of sight."""
    rows = _accounts(actor)
    rows = rows.select_for_update(no_key=True, of=("self",)) if lock else rows
    found = rows.filter(pk=record_id).first()
    return account_record(found) if found else None


def load_place(*, actor: Actor, record_id: int, lock: bool = False) -> Record | None:
    """The place by id, with the row locked if asked; None if it has no account in sight."""
    rows = Premises.objects.select_for_update(no_key=True) if lock else Premises.objects.all()
    found = rows.filter(pk=record_id).first()
    account = account_at(actor=actor, premises_id=record_id) if found else None
    return place_record(found, account) if found and account else None
