"""Typing errors put right, after a second person agreed; see `qiao.core.corrections`.

These writes take no right of the writer's own beyond seeing the row: the request took the right to
correct, the decision that of a second person, and both are kept.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.corrections import BadField
from qiao.core.events import publish
from qiao.core.rules.numbers import normal_form
from qiao.core.transactions import required
from qiao.customers.events import AccountCorrected, CustomerChanged, PremisesCorrected
from qiao.customers.models import Account, Customer, MeterInstallation, Premises, ServicePoint
from qiao.customers.operations.access import branch_of
from qiao.customers.queries.correctable import account_at
from qiao.customers.rules.addresses import PARTS, Address
from qiao.customers.rules.columns import address_columns, name_columns


def correct_customer(
    *, actor: Actor, now: datetime, record_id: int, values: Mapping[str, str]
) -> None:
    """Write corrected name, kind and gender. Raises `BadField`."""
    required()
    customer = Customer.objects.get(pk=record_id)
    for key, value in values.items():
        setattr(customer, key, value)
    if not customer.name:
        raise BadField("name", "empty")
    is_person = customer.kind == Customer.Kind.PERSON
    if not is_person and customer.gender:
        raise BadField("gender", "organisation")
    columns = name_columns(customer.name, is_person=is_person)
    customer.name_search, customer.name_grams = columns.name_search, columns.name_grams
    customer.initials, customer.pinyin = columns.initials, columns.pinyin
    searched = ("name_search", "name_grams", "initials", "pinyin")
    customer.save(update_fields=[*values, *searched])
    publish(
        CustomerChanged(customer.pk, tuple(values)),
        organisation_id=branch_of(
            actor=actor, customer_id=customer.pk, permission="customers.view"
        ),
        actor=actor,
        now=now,
    )


def correct_account(
    *, actor: Actor, now: datetime, record_id: int, values: Mapping[str, str]
) -> None:
    """Write a corrected number, use, opening day, and the number of the meter that hangs there.

    Whatever refers to the account keeps doing so. Raises `BadField`.
    """
    required()
    account = Account.objects.select_related("service_point").get(pk=record_id)
    own = {key: value for key, value in values.items() if key != "meter_number"}
    if "number" in own:
        own["number"] = _account_number(own["number"], account)
    if "opened_date" in own:
        _check_opened(own["opened_date"], account, now)
    for key, value in own.items():
        setattr(account, key, value)
    try:
        with transaction.atomic():
            if own:
                account.save(update_fields=list(own))
    except IntegrityError as error:
        raise BadField("number", "taken" if "number" in own else "form") from error
    if "meter_number" in values and account.service_point is not None:
        _correct_meter(account.service_point, values["meter_number"])
    told = AccountCorrected(account.pk, tuple(values))
    publish(told, organisation_id=account.organisation_id, actor=actor, now=now)


def _account_number(text: str, account: Account) -> str:
    number = "".join(text.split()).upper()
    if not (4 <= len(number) <= 20 and number.isascii() and number.isalnum()):
        raise BadField("number", "form")
    if Account.objects.filter(number=number).exclude(pk=account.pk).exists():
        raise BadField("number", "taken")
    return number


def _check_opened(text: str, account: Account, now: datetime) -> None:
    day = date.fromisoformat(text) if text else None
    if day is None or day > timezone.localdate(now):
        raise BadField("opened_date", "date")
    if account.closed_date is not None and day > account.closed_date:
        raise BadField("opened_date", "closed")


def _correct_meter(point: ServicePoint, number: str) -> None:
    if not normal_form(number):
        raise BadField("meter_number", "form")
    hanging = MeterInstallation.objects.filter(period__endswith__isnull=True)
    if hanging.filter(meter_search=normal_form(number)).exclude(service_point=point).exists():
        raise BadField("meter_number", "taken")
    hanging.filter(service_point=point).update(meter_number=number)
    ServicePoint.objects.filter(pk=point.pk).update(meter_number=number)


def correct_place(
    *, actor: Actor, now: datetime, record_id: int, values: Mapping[str, str]
) -> None:
    """Write corrected parts of an address, for everybody who is served there.

    Raises `BadField`.
    """
    required()
    premises = Premises.objects.get(pk=record_id)
    for key, value in values.items():
        setattr(premises, key, value)
    address = Address(premises.region, **{name: getattr(premises, name) for name in PARTS})
    if not premises.region or not address.full_text():
        raise BadField("region" if not premises.region else "road", "empty")
    premises.full_text = address.full_text()
    columns = address_columns(premises.full_text)
    premises.search, premises.grams = columns.search, columns.grams
    try:
        with transaction.atomic():
            premises.save(update_fields=[*values, "full_text", "search", "grams"])
    except IntegrityError as error:
        raise BadField(next(iter(values)), "taken") from error
    account = account_at(actor=actor, premises_id=premises.pk)
    publish(
        PremisesCorrected(premises.pk, tuple(values)),
        organisation_id=account.organisation_id if account else actor.organisation_id,
        actor=actor,
        now=now,
    )
