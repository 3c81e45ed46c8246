"""Adding to known customers and accounts what a file says more of: set by set, each remembered.

`ImportAddition` keeps what was added by which row, so that taking the import back takes exactly
that. Rows were locked before they were compared (`import_held.lock_held`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from qiao.core import crypto
from qiao.core.rules import masks, phones
from qiao.customers.models import CustomerImport
from qiao.customers.operations.bulk_tables import COLUMNS
from qiao.customers.operations.import_held import Held
from qiao.customers.operations.import_writing import Pen
from qiao.customers.operations.protection_terms import copy_line
from qiao.customers.queries.identities import blind_indexes, sealing_context
from qiao.customers.rules.import_adding import Addition
from qiao.customers.rules.import_rows import ImportedRow

OF_PERSON: Final = frozenset({"branch", "gender", "phone", "flags", "id_number"})
OF_PLACE: Final = frozenset({"meter_number", "meter_size"})


@dataclass(frozen=True, slots=True)
class Line:
    """One addition of a row, and to whom. `target` is the point or account that it goes to."""

    number: int
    addition: Addition
    customer: int
    target: int
    row: ImportedRow
    is_own: bool

    @property
    def value(self) -> str:
        """What is added, as stored."""
        return self.addition.value


@dataclass(slots=True)
class Adding:
    """Collects what the rows of a batch add, and writes it."""

    job: CustomerImport
    pen: Pen
    held: Held
    now: datetime
    today: date
    since: datetime
    lines: list[Line] = field(default_factory=list)

    def add(
        self, number: int, row: ImportedRow, customer: int, account: int | None,
        additions: Iterable[Addition],
    ) -> None:  # fmt: skip
        """Take down what a row adds; a place that it names is made ready."""
        for addition in additions:
            target, is_own = self._target(addition, row, customer, account)
            self.lines.append(Line(number, addition, customer, target, row, is_own))

    def new_account(self, row: ImportedRow, account: int) -> None:
        """Hold an account that a row has just brought, with the place that was made for it."""
        self.held.new_account(row, account)
        place = self.held.places.get(self.held.accounts[account].place)
        if place is not None and not place.point_id:
            place.point_id = self.pen.point(row, row.opened_date)

    def _target(
        self, addition: Addition, row: ImportedRow, customer: int, account: int | None
    ) -> tuple[int, bool]:
        if addition.kind in OF_PERSON:
            if addition.kind == "branch":
                self.pen.see(customer)
            return customer, self.held.persons[customer].is_new
        assert account is not None
        held = self.held.accounts[account]
        if addition.kind in OF_PLACE:
            place = self.held.places[held.place]
            return place.point_id, place.is_new
        if addition.kind == "address":
            place = self.held.places[held.place]
            place.point_id = self.pen.point(row, row.opened_date, service=held.service)
        return account, addition.kind == "address" and held.is_new

    def write(self, cursor: Any) -> None:
        """Write everything after the new rows of the batch, and remember it."""
        remembered = []
        for kind, group in groupby(sorted(self.lines, key=_kind), key=_kind):
            lines = list(group)
            for line, target, value in _WRITERS[kind](self, cursor, lines):
                remembered.append((line, target, value))
        if remembered:
            self._remember(cursor, remembered)

    def _remember(self, cursor: Any, remembered: list[tuple[Line, int, str]]) -> None:
        remembered.sort(key=lambda told: told[0].number)
        cursor.execute(
            _REMEMBER,
            {
                "import": self.job.pk,
                "since": self.since,
                "numbers": [line.number for line, _, _ in remembered],
                "kinds": [line.addition.kind for line, _, _ in remembered],
                "customers": [line.customer for line, _, _ in remembered],
                "targets": [target for _, target, _ in remembered],
                "values": [value for _, _, value in remembered],
                "owns": [line.is_own for line, _, _ in remembered],
            },
        )


Written = Iterable[tuple[Line, int, str]]


def _kind(line: Line) -> str:
    return line.addition.kind


def _phones(adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    whole = [phones.split_extension(line.value) for line in lines]
    cursor.execute(
        _PHONES,
        {
            "now": adding.now,
            "customers": [line.customer for line in lines],
            "numbers": [number for number, _ in whole],
            "extensions": [extension for _, extension in whole],
            "digits": [phones.stored_digits(line.value) for line in lines],
            "kinds": [phones.kind_of(number).value for number, _ in whole],
        },
    )
    ids = {(customer, number, ext): pk for pk, customer, number, ext in cursor.fetchall()}
    for line, (number, extension) in zip(lines, whole, strict=True):
        pk = ids.get((line.customer, number, extension))
        if pk is not None:
            yield line, pk, ""


def _identities(adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    ring = crypto.default_ring()
    sealed = [
        (
            line.customer, line.row.id_kind,
            ring.encrypt(line.row.id_number, context=sealing_context(line.customer)),
            blind_indexes(line.row.id_number)[0], masks.mask_id_number(line.row.id_number),
        )
        for line in lines
    ]  # fmt: skip
    columns = [list(column) for column in zip(*sealed, strict=True)]
    cursor.execute(_IDENTITIES, [adding.now, *columns])
    ids = {(customer, bytes(index)): pk for pk, customer, index in cursor.fetchall()}
    for line, (customer, _, _, index, _) in zip(lines, sealed, strict=True):
        pk = ids.get((customer, index))
        if pk is not None:
            yield line, pk, ""


def _genders(_adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    yield from _set(cursor, _GENDER, lines)


def _flags(adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    new = [
        copy_line(
            customer_id=line.customer, organisation_id=adding.job.organisation_id, kind=kind,
            day=adding.today, now=adding.now, terms=adding.pen.terms,
        )
        for line in lines
        for kind in line.value.split(",")
    ]  # fmt: skip
    cursor.execute(_FLAGS, [list(column) for column in zip(*new, strict=True)])
    ids = {(customer, kind): pk for pk, customer, kind in cursor.fetchall()}
    for line in lines:
        for kind in line.value.split(","):
            pk = ids.pop((line.customer, kind), None)
            if pk is not None:
                yield line, pk, kind


def _branches(_adding: Adding, _cursor: Any, lines: list[Line]) -> Written:
    """The link itself is written with the new rows: `Pen.see`."""
    for line in lines:
        yield line, line.target, ""


def _owners(adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    accounts, customers = [line.target for line in lines], [line.customer for line in lines]
    cursor.execute(_OWNERS, [adding.today, accounts, customers])
    ids = {account: pk for pk, account in cursor.fetchall()}
    for line in lines:
        if line.target in ids:
            yield line, ids[line.target], ""


def _addresses(adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    points = {
        line.target: adding.held.places[adding.held.accounts[line.target].place].point_id
        for line in lines
    }
    cursor.execute(_PLACE, [list(points), list(points.values())])
    done = {account for (account,) in cursor.fetchall()}
    for line in lines:
        if line.target in done:
            yield line, line.target, str(points[line.target])


def _meters(_adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    done = list(_set(cursor, _METER, lines))
    cursor.execute(_HANG, [[target for _, target, _ in done]])
    yield from done


def _sizes(_adding: Adding, cursor: Any, lines: list[Line]) -> Written:
    done = list(_set(cursor, _SIZE, lines))
    cursor.execute(_HUNG_SIZE, [[target for _, target, _ in done]])
    yield from done


def _set(cursor: Any, sql: str, lines: list[Line]) -> Written:
    """Fill an empty column; the first row of the batch that says something of it did it."""
    first: dict[int, Line] = {}
    for line in lines:
        first.setdefault(line.target, line)
    cursor.execute(sql, [list(first), [line.value for line in first.values()]])
    for (target,) in cursor.fetchall():
        yield first[target], target, first[target].value


_WRITERS: Final = {
    "address": _addresses,
    "branch": _branches,
    "flags": _flags,
    "gender": _genders,
    "id_number": _identities,
    "meter_number": _meters,
    "meter_size": _sizes,
    "owner": _owners,
    "phone": _phones,
}
# Without a primary number the first that is added becomes it.
_PHONES = """
INSERT INTO customers_customerphone
       (customer_id, number, extension, digits, kind, label, is_primary, created_at)
SELECT n.customer_id, n.number, n.extension, n.digits, n.kind, '',
       row_number() OVER (PARTITION BY n.customer_id ORDER BY n.place) = 1 AND NOT EXISTS (
           SELECT FROM customers_customerphone p
            WHERE p.customer_id = n.customer_id AND p.is_primary),
       %(now)s
  FROM unnest(%(customers)s::bigint[], %(numbers)s::text[], %(extensions)s::text[],
              %(digits)s::text[], %(kinds)s::text[])
       WITH ORDINALITY AS n (customer_id, number, extension, digits, kind, place)
ON CONFLICT DO NOTHING RETURNING id, customer_id, number, extension
"""
_IDENTITIES = """
INSERT INTO customers_customeridentity
       (customer_id, kind, ciphertext, blind_index, hint, created_at)
SELECT n.customer_id, n.kind, n.sealed, n.index, n.hint, n.now
  FROM (SELECT %s::timestamptz AS now, x.*
          FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::text[])
               AS x (customer_id, kind, sealed, index, hint)) AS n
ON CONFLICT DO NOTHING RETURNING id, customer_id, blind_index
"""
_GENDER = """
UPDATE customers_customer c SET gender = v.value
  FROM unnest(%s::bigint[], %s::text[]) AS v (id, value)
 WHERE c.id = v.id AND c.gender = '' RETURNING c.id
"""
_FLAGS = f"""
INSERT INTO customers_protection ({COLUMNS["customers_protection"]})
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::date[], %s::date[],
                     %s::date[], %s::date[], %s::text[], %s::date[], %s::timestamptz[],
                     %s::text[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING RETURNING id, customer_id, kind
"""  # noqa: S608 - names of columns of this module
_OWNERS = """
INSERT INTO customers_accountparty (account_id, customer_id, role, period)
SELECT v.account_id, v.customer_id, 'owner', daterange(v.today, NULL)
  FROM (SELECT %s::date AS today, x.*
          FROM unnest(%s::bigint[], %s::bigint[]) AS x (account_id, customer_id)) AS v
 WHERE NOT EXISTS (SELECT FROM customers_accountparty t
                    WHERE t.account_id = v.account_id AND t.role = 'owner'
                      AND t.period && daterange(v.today, NULL))
RETURNING id, account_id
"""
_PLACE = """
UPDATE customers_account a SET service_point_id = v.point_id
  FROM unnest(%s::bigint[], %s::bigint[]) AS v (id, point_id)
 WHERE a.id = v.id AND a.service_point_id IS NULL RETURNING a.id
"""
_METER = """
UPDATE customers_servicepoint s SET meter_number = v.value
  FROM unnest(%s::bigint[], %s::text[]) AS v (id, value)
 WHERE s.id = v.id AND s.meter_number = '' RETURNING s.id
"""
# Since when it hangs there nobody knows, but for the meters that hung there before.
_HANG = """
INSERT INTO customers_meterinstallation
       (service_point_id, meter_number, meter_size, is_remote, period, reason)
SELECT s.id, s.meter_number, s.meter_size, s.meter_is_remote, daterange(
       (SELECT max(upper(m.period)) FROM customers_meterinstallation m
         WHERE m.service_point_id = s.id), NULL), ''
  FROM customers_servicepoint s WHERE s.id = ANY(%s)
"""
_SIZE = """
UPDATE customers_servicepoint s SET meter_size = v.value
  FROM unnest(%s::bigint[], %s::text[]) AS v (id, value)
 WHERE s.id = v.id AND s.meter_size = '' RETURNING s.id
"""
_HUNG_SIZE = """
UPDATE customers_meterinstallation m SET meter_size = s.meter_size
  FROM customers_servicepoint s
 WHERE s.id = ANY(%s) AND m.service_point_id = s.id AND upper_inf(m.period)
   AND m.meter_number = s.meter_number
"""
_REMEMBER = """
INSERT INTO customers_importaddition
       (customer_import_id, row_number, kind, customer_id, target_id, value, is_own, undone,
        kept_because, since, at)
SELECT %(import)s, n.row_number, n.kind, n.customer_id, n.target_id, n.value, n.is_own, '', '',
       %(since)s, clock_timestamp()
  FROM unnest(%(numbers)s::int[], %(kinds)s::text[], %(customers)s::bigint[],
              %(targets)s::bigint[], %(values)s::text[], %(owns)s::boolean[])
       AS n (row_number, kind, customer_id, target_id, value, is_own)
"""
