"""New customers, accounts and places of an imported batch, written by COPY."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from qiao.core import crypto
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.numbering import bulk_numbers
from qiao.core.rules import masks, phones
from qiao.customers.models import Account, Customer
from qiao.customers.operations.accounts import POINT_PREFIX
from qiao.customers.operations.bulk_tables import COLUMNS, array
from qiao.customers.operations.customers import NUMBER_PREFIX
from qiao.customers.operations.import_matching import Known
from qiao.customers.operations.protection_terms import copy_line, terms_of
from qiao.customers.queries.identities import blind_indexes, sealing_context
from qiao.customers.rules.address_parts import parts_of
from qiao.customers.rules.addresses import PARTS, Address
from qiao.customers.rules.columns import address_columns, folded, name_columns
from qiao.customers.rules.import_rows import ImportedRow
from qiao.customers.rules.protection import Terms

TABLES = (
    "customers_premises",
    "customers_servicepoint",
    "customers_account",
    "customers_customer",
    "customers_protection",
    "customers_customerphone",
    "customers_customeridentity",
    "customers_accountparty",
    "customers_customerorganisation",
)

PREFIXES = {"customers_customer": NUMBER_PREFIX, "customers_servicepoint": POINT_PREFIX}

_LINK = """
INSERT INTO customers_customerorganisation (customer_id, organisation_id, since)
SELECT DISTINCT id, %s, %s::timestamptz FROM unnest(%s::bigint[]) AS id
ON CONFLICT (customer_id, organisation_id) DO UPDATE SET through_merge_of = NULL
 WHERE customers_customerorganisation.through_merge_of IS NOT NULL
"""


@dataclass
class Pen:
    """Collects the rows of a batch for one unit and writes them at once."""

    organisation_id: int
    today: date
    now: datetime
    known: Known
    lines: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {table: [] for table in TABLES}
    )
    ids: dict[str, list[int]] = field(default_factory=dict)
    numbers: dict[str, Iterator[str]] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)

    @cached_property
    def terms(self) -> Terms:
        """The days that hold for protections of the unit."""
        return terms_of(organisation_id=self.organisation_id, day=self.today)

    def reserve(self, **counts: int) -> None:
        """Take ids, and business numbers where rows have one, for at most so many new rows."""
        for table, count in counts.items():
            name = f"customers_{table}"
            first = reserve_ids(name, count) if count else 0
            self.ids[name] = list(range(first + count - 1, first - 1, -1))
            if count and name in PREFIXES:
                self.numbers[name] = bulk_numbers(prefix=PREFIXES[name], count=count)

    def customer(self, row: ImportedRow) -> int:
        """A new customer with telephones and identity number, visible to the unit."""
        pk = self.ids["customers_customer"].pop()
        columns = name_columns(row.name, is_person=row.kind == Customer.Kind.PERSON)
        number = next(self.numbers["customers_customer"])
        self.lines["customers_customer"].append(
            (pk, number, row.kind, row.name, row.gender, "", columns.name_search,
             array(columns.name_grams), columns.initials, columns.pinyin,
             array(list(row.flags)), "C", "", self.now)
        )  # fmt: skip
        self.lines["customers_customerorganisation"].append((pk, self.organisation_id, self.now))
        for kind in row.flags:
            self.lines["customers_protection"].append(
                copy_line(
                    customer_id=pk, organisation_id=self.organisation_id, kind=kind,
                    day=self.today, now=self.now, terms=self.terms,
                )
            )  # fmt: skip
        for place, phone in enumerate(row.phones):
            whole, extension = phones.split_extension(phone)
            self.lines["customers_customerphone"].append(
                (pk, whole, extension, phones.stored_digits(phone), phones.kind_of(whole).value,
                 "", place == 0, self.now)
            )  # fmt: skip
            self.known.phones.setdefault((phone, folded(row.name)), pk)
        if row.id_number:
            self._identity(pk, row)
        return pk

    def see(self, customer_id: int) -> None:
        """Let the unit see a customer who was held before; harmless when it does."""
        self.seen.append(customer_id)

    def _identity(self, pk: int, row: ImportedRow) -> None:
        index, *_ = blind_indexes(row.id_number)
        sealed = crypto.default_ring().encrypt(row.id_number, context=sealing_context(pk))
        self.lines["customers_customeridentity"].append(
            (pk, row.id_kind, sealed, index, masks.mask_id_number(row.id_number), None, self.now)
        )
        self.known.identities[index] = pk

    def account(self, row: ImportedRow, owner: int) -> int:
        """A new account with its owner, at its place if the row names one."""
        pk = self.ids["customers_account"].pop()
        opened = row.opened_date or self.today
        closed = self.today if row.status == Account.Status.CLOSED else None
        point = self.point(row, opened) if row.address else None
        self.lines["customers_account"].append(
            (pk, row.account_number, row.service, row.use, self.organisation_id, point,
             row.status, opened, closed)
        )  # fmt: skip
        until = closed if closed and closed > opened else None
        self.lines["customers_accountparty"].append(
            (pk, owner, "owner", f"[{opened},{until or ''})")
        )
        self.known.accounts[row.account_number] = (pk, owner, folded(row.name))
        return pk

    def point(self, row: ImportedRow, opened: date | None, *, service: str = "") -> int:
        """The point of a service (the row's) at the row's address; a new one if need be."""
        service = service or row.service
        premises = self._premises(row)
        place = (premises, service)
        found = self.known.points.get(place)
        if found is None:
            found = self.known.points[place] = self.ids["customers_servicepoint"].pop()
            number = next(self.numbers["customers_servicepoint"])
            self.lines["customers_servicepoint"].append(
                (found, premises, service, number, row.meter_number, row.meter_size, False,
                 opened if row.meter_number else None, None, "active")
            )  # fmt: skip
        return found

    def _premises(self, row: ImportedRow) -> int:
        columns = address_columns(row.address)
        place = (columns.search, row.region)
        found = self.known.premises.get(place)
        if found is None:
            found = self.known.premises[place] = self.ids["customers_premises"].pop()
            self.lines["customers_premises"].append(
                (found, row.region, *_parts(row), row.address,
                 columns.search, array(columns.grams), None, None, "", self.now)
            )  # fmt: skip
        return found

    def write(self, cursor: Any) -> None:
        """Copy everything, the tables that others refer to first."""
        for table, lines in self.lines.items():
            copy_rows(cursor, table, COLUMNS[table], lines)
        if self.seen:
            cursor.execute(_LINK, [self.organisation_id, self.now, self.seen])


def _parts(row: ImportedRow) -> list[str]:
    """The parts of a row's address as far as they are certain, in the order of `PARTS`."""
    parts = parts_of(row.address, region=row.region, community=row.community)
    parts = parts or Address(row.region, community=row.community)
    return [getattr(parts, name) for name in PARTS]
