"""Accounts, the parts people play for them, and places."""

from datetime import date
from typing import Annotated, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.customers import Parties, PartyShown, Role
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import Id, PathId, Shown
from qiao.core.wire import Body, Day, line
from qiao.customers import operations, queries

Service = Literal["water", "power", "gas", "heat", "care", "appliance"]
GROUP = "accounts"


class AddressParts(Body):
    """An address in parts; `region` is the code of the district, at least one part is needed."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]
    district: Annotated[str, line(60)] = ""
    road: Annotated[str, line(60)] = ""
    house_number: Annotated[str, line(20)] = ""
    community: Annotated[str, line(60)] = ""
    building: Annotated[str, line(20)] = ""
    unit: Annotated[str, line(20)] = ""
    room: Annotated[str, line(20)] = ""

    def address(self) -> operations.Address:
        """As the operations take it."""
        return operations.Address(**self.model_dump())


class PlaceGiven(Body):
    """Coordinates in degrees with their reference system."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    datum: Literal["wgs84", "gcj02"]


class NewPremises(AddressParts):
    """A place to be held."""

    place: PlaceGiven | None = None
    organisation_id: Id | None = None

    def address(self) -> operations.Address:
        """As the operations take it."""
        return operations.Address(**self.model_dump(exclude={"place", "organisation_id"}))


class PremisesShown(Shown):
    """A place that is served."""

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


class AccountShown(Shown):
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


class NewAccount(Body):
    """An account for somebody who moves in; address and service point are held once."""

    number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{4,20}$")]
    service: Service
    owner_id: Id
    address: AddressParts
    organisation_id: Id | None = None


class NewParty(Body):
    """A part from today on, or from a day given, to before another."""

    customer_id: Id
    role: Role
    since: Day | None = None
    until: Day | None = None


@changes(
    "/accounts", "openAccount", scope="customers:write", answer=AccountShown, group=GROUP,
    title=_("Open an account"),
)  # fmt: skip
def open_account(request: ProgramRequest, body: NewAccount) -> Done:
    """Open an account where somebody moves in."""
    actor = actor_of(request)
    account = operations.open_account_at(
        actor=actor,
        now=request.call.now,
        organisation_id=body.organisation_id or actor.organisation_id,
        number=body.number,
        service=body.service,
        owner_id=body.owner_id,
        address=body.address.address(),
    )
    return Done(_shown(request, account.pk), f"/api/v1/accounts/{account.pk}")


def _shown(request: ProgramRequest, account_id: int) -> AccountShown:
    record = queries.account_record(actor=actor_of(request), account_id=account_id)
    return AccountShown.model_validate(record)


@reads(
    "/accounts/{account_id}", "getAccount", scope="customers:read", answer=AccountShown,
    group=GROUP, title=_("Read an account"),
)  # fmt: skip
def get_account(request: ProgramRequest, account_id: PathId) -> AccountShown:
    """One account."""
    return _shown(request, account_id)


@reads(
    "/accounts/{account_id}/parties", "listPartiesOfAccount", scope="customers:read",
    answer=Parties, group=GROUP, title=_("List who stands for an account"),
)  # fmt: skip
def list_parties(request: ProgramRequest, account_id: PathId) -> Parties:
    """Parts of the account."""
    return _parties(request, account_id)


@changes(
    "/accounts/{account_id}/parties", "addParty", scope="customers:write", answer=Parties,
    group=GROUP, title=_("Let a customer play a part for an account"),
)  # fmt: skip
def add_party(request: ProgramRequest, account_id: PathId, body: NewParty) -> Done:
    """Add a part."""
    operations.add_party(
        actor=actor_of(request),
        now=request.call.now,
        account_id=account_id,
        customer_id=body.customer_id,
        role=body.role,
        from_date=body.since or timezone.localdate(request.call.now),
        to_date=body.until,
    )
    return Done(_parties(request, account_id), f"/api/v1/accounts/{account_id}/parties")


def _parties(request: ProgramRequest, account_id: int) -> Parties:
    found = queries.parties_of_account(actor=actor_of(request), account_id=account_id)
    return Parties(items=[PartyShown.model_validate(each) for each in found])


@changes(
    "/premises", "addPremises", scope="customers:write", answer=PremisesShown, group="premises",
    title=_("Hold a place"),
    about=_("An address that is held already answers 409 with its id as `existing_id`."),
)  # fmt: skip
def add_premises(request: ProgramRequest, body: NewPremises) -> Done:
    """Hold an address once."""
    actor = actor_of(request)
    place = operations.Place(**body.place.model_dump()) if body.place else None
    premises = operations.add_premises(
        actor=actor,
        now=request.call.now,
        organisation_id=body.organisation_id or actor.organisation_id,
        address=body.address(),
        place=place,
    )
    record = queries.premises_record(actor=actor, premises_id=premises.pk)
    return Done(PremisesShown.model_validate(record), f"/api/v1/premises/{premises.pk}")


@reads(
    "/premises/{premises_id}", "getPremises", scope="customers:read", answer=PremisesShown,
    group="premises", title=_("Read a place"),
)  # fmt: skip
def get_premises(request: ProgramRequest, premises_id: PathId) -> PremisesShown:
    """One place."""
    record = queries.premises_record(actor=actor_of(request), premises_id=premises_id)
    return PremisesShown.model_validate(record)
