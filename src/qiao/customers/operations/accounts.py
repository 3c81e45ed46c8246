"""Writes on places, service points, accounts, and the parts people play for accounts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.numbering import next_number
from qiao.core.rules.periods import BadPeriod
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import AccountOpened, PartyAdded, PartyEnded
from qiao.customers.models import Account, AccountParty, Premises, ServicePoint
from qiao.customers.operations.access import local_day, make_visible
from qiao.customers.operations.refusals import (
    AccountNumberTaken,
    AddressMissing,
    AlreadyOwned,
    PremisesKnown,
    WrongState,
)
from qiao.customers.queries import NotVisible, get_customer_for
from qiao.customers.rules.addresses import PARTS, Address
from qiao.customers.rules.columns import address_columns

PART_LENGTH = 120
POINT_PREFIX = "YD"  # 用能点
ACCOUNT_NUMBER_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Coordinates in degrees with their reference system (``wgs84`` or ``gcj02``)."""

    latitude: float
    longitude: float
    datum: str


def add_premises(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    address: Address,
    place: Place | None = None,
) -> Premises:
    """Hold an address once. Raises `AddressMissing`, `PremisesKnown`, `BadText`, `Forbidden`."""
    required()
    actor.require("customers.edit", organisation_id)
    parts = {
        name: clean(getattr(address, name), field=name, max_length=PART_LENGTH, one_line=True)
        for name in PARTS
    }
    region = clean(address.region, field="region", max_length=12, one_line=True, required=True)
    full_text = Address(region, **parts).full_text()
    if not full_text:
        raise AddressMissing("an address needs at least one part")
    columns = address_columns(full_text)
    known = Premises.objects.filter(search=columns.search, region=region).first()
    if known is not None:
        raise PremisesKnown(known.pk)
    return Premises.objects.create(
        region=region,
        full_text=full_text,
        search=columns.search,
        grams=columns.grams,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        datum=place.datum if place else "",
        created_at=now,
        **parts,
    )


def add_service_point(
    *,
    actor: Actor,
    organisation_id: int,
    premises: Premises,
    service: str,
    number: str,
    meter_number: str = "",
    meter_size: str = "",
    meter_is_remote: bool = False,
) -> ServicePoint:
    """Add a point where one service is delivered. Raises `IntegrityError` for a number in use."""
    required()
    actor.require("customers.edit", organisation_id)
    return ServicePoint.objects.create(
        premises=premises,
        service=service,
        number=clean(number, field="number", max_length=40, one_line=True, required=True),
        meter_number=clean(meter_number, field="meter_number", max_length=40, one_line=True),
        meter_size=clean(meter_size, field="meter_size", max_length=20, one_line=True),
        meter_is_remote=meter_is_remote,
    )


def open_account(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    number: str,
    service: str,
    opened_date: date,
    owner_id: int,
    service_point: ServicePoint | None = None,
    use: str = Account.Use.HOUSEHOLD,
) -> Account:
    """Open an account with its owner, who becomes visible to the branch.

    Leading zeros of `number` are kept, spaces dropped. Raises `AccountNumberTaken`, `BadText`,
    `NotVisible` and `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require("customers.edit", organisation_id)
    text = clean(number, field="number", max_length=2 * ACCOUNT_NUMBER_LENGTH, required=True)
    owner = get_customer_for(actor=actor, customer_id=owner_id)
    try:
        with transaction.atomic():
            account = Account.objects.create(
                number="".join(text.split()).upper(),
                service=service,
                use=use,
                organisation_id=organisation_id,
                service_point=service_point,
                opened_date=opened_date,
            )
    except IntegrityError as error:
        raise AccountNumberTaken(text) from error
    publish(
        AccountOpened(account.pk, service), organisation_id=organisation_id, actor=actor, now=now
    )
    add_party(
        actor=actor,
        now=now,
        account_id=account.pk,
        customer_id=owner.pk,
        role=AccountParty.Role.OWNER,
        from_date=opened_date,
    )
    return account


def open_account_at(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    number: str,
    service: str,
    owner_id: int,
    address: Address,
) -> Account:
    """Open an account where somebody moves in: the address and its point are held once.

    Raises what `open_account` and `add_premises` raise, except `PremisesKnown`.
    """
    required()
    try:
        premises = add_premises(
            actor=actor, now=now, organisation_id=organisation_id, address=address
        )
    except PremisesKnown as known:
        premises = Premises.objects.get(pk=known.premises_id)
    day = local_day(organisation_id=organisation_id, now=now)
    point = ServicePoint.objects.filter(
        premises=premises, service=service, status=ServicePoint.Status.ACTIVE
    ).first()
    if point is None:
        point = add_service_point(
            actor=actor,
            organisation_id=organisation_id,
            premises=premises,
            service=service,
            number=next_number(prefix=POINT_PREFIX, day=day),
        )
    return open_account(
        actor=actor,
        now=now,
        organisation_id=organisation_id,
        number=number,
        service=service,
        opened_date=day,
        owner_id=owner_id,
        service_point=point,
    )


def _account_for(actor: Actor, account_id: int) -> Account:
    allowed = actor.organisations("customers.view")
    account = Account.objects.filter(pk=account_id, organisation__in=allowed).first()
    if account is None:
        raise NotVisible(f"account {account_id}")
    actor.require("customers.edit", account.organisation_id)
    return account


def add_party(
    *,
    actor: Actor,
    now: datetime,
    account_id: int,
    customer_id: int,
    role: str,
    from_date: date,
    to_date: date | None = None,
) -> AccountParty:
    """Let a customer play a part for an account from a day to before another.

    Raises `AlreadyOwned`, `BadPeriod`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    account = _account_for(actor, account_id)
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    if to_date is not None and to_date <= from_date:
        raise BadPeriod(f"{to_date} does not lie after {from_date}")
    try:
        with transaction.atomic():
            party = AccountParty.objects.create(
                account=account,
                customer=customer,
                role=AccountParty.Role(role),
                period=DateRange(from_date, to_date),
            )
    except IntegrityError as error:
        raise AlreadyOwned(f"account {account.number}, {role}") from error
    make_visible(customer_id=customer.pk, organisation_id=account.organisation_id, now=now)
    publish(
        PartyAdded(party.pk, account.pk, customer.pk, role),
        organisation_id=account.organisation_id,
        actor=actor,
        now=now,
    )
    return party


def end_party(*, actor: Actor, now: datetime, party_id: int, end_date: date) -> AccountParty:
    """Let a part end: `end_date` is the first day on which it is no longer played.

    Raises `WrongState` if it ended before, `BadPeriod`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    required()
    party = AccountParty.objects.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise NotVisible(f"party {party_id}")
    account = _account_for(actor, party.account_id)
    if party.period.upper is not None and party.period.upper <= end_date:
        raise WrongState(f"ended on {party.period.upper}")
    if end_date <= party.period.lower:
        raise BadPeriod(f"{end_date} does not lie after {party.period.lower}")
    party.period = DateRange(party.period.lower, end_date)
    party.save(update_fields=["period"])
    publish(
        PartyEnded(party.pk, account.pk, party.customer_id, party.role),
        organisation_id=account.organisation_id,
        actor=actor,
        now=now,
    )
    return party
