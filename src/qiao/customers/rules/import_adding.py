"""What a row of a file adds to a customer who is known already, and where it says otherwise.

Pure: the same row and the same state always give the same answer, for the dry run as for the real
one. What is empty is filled, what is missing in a list is added; a value that stands is never
overwritten: it is told as a difference, for a person to decide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from re import compile as pattern
from typing import Final

from qiao.core.rules.masks import mask_id_number
from qiao.customers.rules.columns import folded
from qiao.customers.rules.import_rows import ImportedRow

LEAVE: Final = "leave"
ADD: Final = "add"
CHOICES: Final = (LEAVE, ADD)
_NOISE = pattern(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that a row adds. `kind` is the field of the file, or ``branch`` or ``owner``.

    `value` is what is added in its stored form; empty where the row itself is written (an identity
    number, a place).
    """

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which the file says otherwise; `found` is what it says, numbers masked."""

    field: str
    found: str


@dataclass(slots=True)
class HeldPerson:
    """What is held of a customer; `documents` are blind indexes by kind.

    A customer `is_new` whom this very file brought.
    """

    name_search: str = ""
    kind: str = ""
    gender: str = ""
    flags: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    documents: dict[str, frozenset[bytes]] = field(default_factory=dict)
    is_linked: bool = True
    is_new: bool = False


@dataclass(slots=True)
class HeldPlace:
    """What is held of the place of an account; it `is_new` where this very file brought it."""

    point_id: int = 0
    address_search: str = ""
    region: str = ""
    community: str = ""
    meter_number: str = ""
    meter_size: str = ""
    is_new: bool = False


@dataclass(slots=True)
class HeldAccount:
    """What is held of an account of the unit; `place` is the key of its place, if it has one."""

    service: str = ""
    use: str = ""
    status: str = ""
    opened_date: date | None = None
    has_owner: bool = True
    place: str = ""
    is_new: bool = False


def judge_person(
    row: ImportedRow, held: HeldPerson, *, indexes: Sequence[bytes] = (), is_taken: bool = False
) -> Iterator[Addition | Difference]:
    """What a row without faults adds to a customer, and where it says otherwise.

    `indexes` are the blind indexes of the row's identity number; it `is_taken` where somebody else
    holds it.
    """
    if not held.is_linked:
        yield Addition("branch")
    yield from _who(row, held)
    for phone in row.phones:
        if phone not in held.phones:
            yield Addition("phone", phone)
    flags = sorted(set(row.flags) - held.flags)
    if flags:
        yield Addition("flags", ",".join(flags))
    if row.id_number:
        yield from _to_documents(row, held, indexes, is_taken=is_taken)


def _who(row: ImportedRow, held: HeldPerson) -> Iterator[Addition | Difference]:
    if folded(row.name) != held.name_search:
        yield Difference("name", row.name)
    if "kind" in row.given and row.kind != held.kind:
        yield Difference("kind", row.kind)
    if row.gender and row.gender != held.gender:
        yield _fill("gender", row.gender, held.gender)


def _to_documents(
    row: ImportedRow, held: HeldPerson, indexes: Sequence[bytes], *, is_taken: bool
) -> Iterator[Addition | Difference]:
    here = held.documents.get(row.id_kind, frozenset())
    if here.isdisjoint(indexes):
        if here or is_taken:
            yield Difference("id_number", mask_id_number(row.id_number))
        else:
            yield Addition("id_number")


def judge_account(
    row: ImportedRow, held: HeldAccount, place: HeldPlace | None
) -> Iterator[Addition | Difference]:
    """The same for an account and its place."""
    if not held.has_owner:
        yield Addition("owner")
    for key in ("service", "use", "status"):
        said = getattr(row, key)
        if key in row.given and said != getattr(held, key):
            yield Difference(key, said)
    if row.opened_date and row.opened_date != held.opened_date:
        yield Difference("opened_date", row.opened_date.isoformat())
    if place is not None:
        yield from judge_place(row, place)
    elif row.address:
        yield Addition("address")


def judge_place(row: ImportedRow, held: HeldPlace) -> Iterator[Addition | Difference]:
    """What a row adds to the place of its account, and where it says otherwise."""
    if row.address and folded(row.address) != held.address_search:
        yield Difference("address", row.address)
        return
    if "region" in row.given and row.region != held.region:
        yield Difference("region", row.region)
    if row.community and held.community and row.community != held.community:
        yield Difference("community", row.community)
    is_other = bool(row.meter_number) and _plain(row.meter_number) != _plain(held.meter_number)
    if is_other:
        yield _fill("meter_number", row.meter_number, held.meter_number)
    if (
        row.meter_size
        and row.meter_size != held.meter_size
        and not (is_other and held.meter_number)
    ):
        yield _fill("meter_size", row.meter_size, held.meter_size)


def _fill(key: str, said: str, held: str) -> Addition | Difference:
    return Difference(key, said) if held else Addition(key, said)


def _plain(number: str) -> str:
    return _NOISE.sub("", number.upper())


def note_person(
    held: HeldPerson, addition: Addition, *, id_kind: str = "", indexes: Sequence[bytes] = ()
) -> None:
    """Write into `held` what was added, so that the next row of the file finds it there."""
    match addition.kind:
        case "branch":
            held.is_linked = True
        case "gender":
            held.gender = addition.value
        case "phone":
            held.phones |= {addition.value}
        case "flags":
            held.flags |= set(addition.value.split(","))
        case "id_number":
            held.documents = {**held.documents, id_kind: frozenset(indexes)}


def person_of(row: ImportedRow, indexes: Sequence[bytes]) -> HeldPerson:
    """A customer as a row has just brought them."""
    return HeldPerson(
        name_search=folded(row.name),
        kind=row.kind,
        gender=row.gender,
        flags=frozenset(row.flags),
        phones=frozenset(row.phones),
        documents={row.id_kind: frozenset(indexes)} if row.id_number else {},
        is_new=True,
    )


def place_of(row: ImportedRow) -> HeldPlace:
    """A place as a row has just brought it."""
    return HeldPlace(
        address_search=folded(row.address),
        region=row.region,
        community=row.community,
        meter_number=row.meter_number,
        meter_size=row.meter_size,
        is_new=True,
    )


def account_of(row: ImportedRow, place: str, opened: date) -> HeldAccount:
    """An account as a row has just brought it."""
    return HeldAccount(
        service=row.service,
        use=row.use,
        status=row.status,
        opened_date=opened,
        place=place,
        is_new=True,
    )
