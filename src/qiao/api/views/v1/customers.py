"""Customers and what hangs on them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import (
    BIGGEST_ID,
    MOST_ROWS,
    PAGE_ROWS,
    PRINTABLE,
    Cursor,
    Id,
    Limit,
    PathId,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.api.views.v1.versions import require_version
from qiao.core.wire import Body, line
from qiao.customers import operations, queries

Flag = Literal[
    "hospital",
    "life_support",
    "elderly_alone",
    "infant",
    "disabled",
    "welfare",
    "school",
    "public_safety",
    "important",
]
Kind = Literal["person", "organisation"]
Role = Literal["owner", "occupant", "payer", "contact"]
GROUP = "customers"
LISTED = "customers"


class CustomerLine(Shown):
    """A customer in a list. The telephone number is masked."""

    customer_id: int
    number: str
    name: str
    tier: str
    flags: list[str]
    phone: str
    account_number: str
    address: str


class Customers(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[CustomerLine]
    next: str | None


class PhoneShown(Shown):
    """A number in E.164; masked unless the key holds customers:contact."""

    phone_id: int
    number: str
    label: str
    kind: str
    is_primary: bool
    standing: Literal["", "doubtful", "wrong"]
    is_masked: bool


class ManagerShown(Shown):
    """Who looks after a customer, by staff number."""

    number: str
    name: str
    since: date


class CustomerShown(Shown):
    """A customer. Identity numbers are never told."""

    customer_id: int
    number: str
    kind: str
    name: str
    gender: str
    tier: str
    tier_reason: str
    flags: list[str]
    tags: list[str]
    created_at: datetime
    phones: list[PhoneShown]
    manager: ManagerShown | None


class NewPhone(Body):
    """A number in any usual writing."""

    number: Annotated[str, line(64, 3)]
    label: Annotated[str, line(40)] = ""


class NewCustomer(Body):
    """A customer to be held; the unit is the key's own unless one below it is named."""

    name: Annotated[str, line(120, 1)]
    kind: Kind = "person"
    gender: Literal["", "f", "m"] = ""
    phones: Annotated[list[NewPhone], Field(max_length=10)] = []
    flags: Annotated[list[Flag], Field(max_length=20)] = []
    organisation_id: Id | None = None


class CustomerChange(Body):
    """What shall change; what is left out stays. `flags` is the whole new set."""

    name: Annotated[str, line(120, 1)] | None = None
    flags: Annotated[list[Flag], Field(max_length=20)] | None = None


class PartyShown(Shown):
    """A part played for an account from `since` to before `until`."""

    party_id: int
    account_id: int
    account_number: str
    customer_id: int
    customer_name: str
    role: str
    since: date
    until: date | None


class Parties(Shown):
    """All parts, the latest first."""

    items: list[PartyShown]


class AccountOfCustomer(Shown):
    """An account that a customer stands for today."""

    account_id: int
    number: str
    service: str
    status: str
    role: str
    organisation_id: int
    premises_id: int | None
    address: str


class AccountsOfCustomer(Shown):
    """Accounts, open ones first."""

    items: list[AccountOfCustomer]


class ProtectionShown(Shown):
    """A reason to protect a customer, in force until it is ended; `premises_id` of null means
    wherever the customer is, `until` the first day that its evidence does not cover."""

    protection_id: int
    kind: str
    stage: str
    effects: list[str]
    premises_id: int | None
    since: date
    until: date | None
    is_proven: bool


class Protections(Shown):
    """What is in force, then what ended, the latest first."""

    items: list[ProtectionShown]


@reads(
    "/customers", "listCustomers", scope="customers:read", answer=Customers, group=GROUP,
    title=_("List or search customers"),
    about=_(
        "The newest first, page by page; with `q` a search by name, pinyin, telephone, account or"
        " address that gives the likeliest and no further page."
    ),
)  # fmt: skip
def list_customers(
    request: ProgramRequest,
    q: Annotated[str, Query(max_length=100, pattern=PRINTABLE)] = "",
    tier: Literal["", "A", "B", "C", "D"] = "",
    flag: Literal["", Flag] = "",
    tag: Annotated[int | None, Query(ge=1, le=BIGGEST_ID)] = None,
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> Customers:
    """A page of customers."""
    actor = actor_of(request)
    if q.strip():
        hits = queries.find_customers(actor=actor, text=q, limit=min(limit, MOST_ROWS))
        return Customers(items=[CustomerLine.model_validate(hit) for hit in hits], next=None)
    page = queries.list_customers(
        actor=actor,
        after=read_cursor(LISTED, after),
        limit=limit,
        tier=tier,
        flag=flag,
        tag_id=tag,
    )
    lines = [CustomerLine.model_validate(each) for each in page.lines]
    return Customers(items=lines, next=cursor_for(LISTED, page.after))


def _shown(request: ProgramRequest, customer_id: int) -> CustomerShown:
    record = queries.record_of(
        actor=actor_of(request), customer_id=customer_id, day=timezone.localdate(request.call.now)
    )
    return CustomerShown.model_validate(record)


def _done(request: ProgramRequest, customer_id: int) -> Done:
    return Done(_shown(request, customer_id), f"/api/v1/customers/{customer_id}")


@changes(
    "/customers", "registerCustomer", scope="customers:write", answer=CustomerShown, group=GROUP,
    title=_("Register a customer"),
    about=_("Held once in the company; look for likely doubles first."),
)  # fmt: skip
def register_customer(request: ProgramRequest, body: NewCustomer) -> Done:
    """Hold a new customer."""
    actor = actor_of(request)
    customer = operations.register_customer(
        actor=actor,
        now=request.call.now,
        organisation_id=body.organisation_id or actor.organisation_id,
        name=body.name,
        kind=body.kind,
        gender=body.gender,
        phones=[operations.NewPhone(each.number, each.label) for each in body.phones],
        flags=body.flags,
    )
    return _done(request, customer.pk)


@reads(
    "/customers/{customer_id}", "getCustomer", scope="customers:read", answer=CustomerShown,
    group=GROUP, title=_("Read a customer"),
    about=_("An id that was merged into another answers with the one who stands for it."),
)  # fmt: skip
def get_customer(request: ProgramRequest, customer_id: PathId) -> CustomerShown:
    """One customer."""
    return _shown(request, customer_id)


@changes(
    "/customers/{customer_id}", "changeCustomer", scope="customers:write", method="PATCH",
    answer=CustomerShown, group=GROUP, title=_("Change a customer’s name or protection"),
    about=_("With `If-Match` only if the customer is still as it was read; else 412."),
)  # fmt: skip
def change_customer(request: ProgramRequest, customer_id: PathId, body: CustomerChange) -> Done:
    """Change what is given."""
    about: dict[str, Any] = {
        "actor": actor_of(request),
        "now": request.call.now,
        "customer_id": customer_id,
    }
    operations.lock_customer(actor=about["actor"], customer_id=customer_id)
    require_version(request, lambda: _shown(request, customer_id))
    if body.name is not None:
        operations.change_name(**about, name=body.name)
    if body.flags is not None:
        operations.restate_protections(
            **about, kinds=body.flags, reason=str(_("Told by another program"))
        )
    return Done(_shown(request, customer_id))


@changes(
    "/customers/{customer_id}/phones", "addPhone", scope="customers:write", answer=CustomerShown,
    group=GROUP, title=_("Add a telephone number"),
    about=_("From now on the number leads to this customer."),
)  # fmt: skip
def add_phone(request: ProgramRequest, customer_id: PathId, body: NewPhone) -> Done:
    """Teach a number."""
    operations.add_phone(
        actor=actor_of(request),
        now=request.call.now,
        customer_id=customer_id,
        number=body.number,
        label=body.label,
    )
    return _done(request, customer_id)


@reads(
    "/customers/{customer_id}/accounts", "listAccountsOfCustomer", scope="customers:read",
    answer=AccountsOfCustomer, group=GROUP, title=_("List a customer’s accounts"),
)  # fmt: skip
def list_accounts(request: ProgramRequest, customer_id: PathId) -> AccountsOfCustomer:
    """Accounts that the customer stands for today."""
    actor = actor_of(request)
    customer = queries.get_customer_for(actor=actor, customer_id=customer_id)
    found = queries.accounts_of(actor=actor, customer_id=customer.pk)
    return AccountsOfCustomer(items=[AccountOfCustomer.model_validate(each) for each in found])


@reads(
    "/customers/{customer_id}/protections", "listProtectionsOfCustomer", scope="customers:read",
    answer=Protections, group=GROUP, title=_("List what protects a customer"),
    about=_("Also what has ended. A protection is in force until somebody ends it."),
)  # fmt: skip
def list_protections(request: ProgramRequest, customer_id: PathId) -> Protections:
    """Protections of the customer."""
    found = queries.protection_records(actor=actor_of(request), customer_id=customer_id)
    return Protections(items=[ProtectionShown.model_validate(each) for each in found])


@reads(
    "/customers/{customer_id}/parties", "listPartiesOfCustomer", scope="customers:read",
    answer=Parties, group=GROUP, title=_("List the parts a customer plays"),
    about=_("Owner, payer, occupant, contact person; also those that are over."),
)  # fmt: skip
def list_parties(request: ProgramRequest, customer_id: PathId) -> Parties:
    """Parts of the customer."""
    found = queries.parties_of_customer(actor=actor_of(request), customer_id=customer_id)
    return Parties(items=[PartyShown.model_validate(each) for each in found])
