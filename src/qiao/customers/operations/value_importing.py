"""What customers paid by month, out of a billing system's file: noted as facts, batch by batch.

The record behind a fact is named by the system's name and by the bill, or by account and month.
The same file again changes nothing, a corrected one takes the earlier amount back and notes the
new one. A month's value belongs to who owned the account on its last day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.columns import RowFault
from qiao.core.sheets import SheetRow, open_sheet
from qiao.core.table_uploads import BadMapping
from qiao.core.transactions import acting
from qiao.customers.events import ValuesNoted
from qiao.customers.operations.access import local_day
from qiao.customers.operations.facts import NewFact, note_facts
from qiao.customers.operations.import_foreseeing import full_disk_told, private_file
from qiao.customers.operations.import_reading import BATCH, PERMISSION, cell_faults
from qiao.customers.queries.grading import company_zone
from qiao.customers.rules.value_rows import ValueRow, mapping_faults, read_value_row

KIND: Final = "value"
PREFIX: Final = "values:"


@dataclass(slots=True)
class ValuesTaken:
    """What became of the rows so far: new, corrected, the same as before, refused."""

    rows: int = 0
    new: int = 0
    corrected: int = 0
    same: int = 0
    refused: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)


Refused = list[tuple[int, list[RowFault]]]


def take_values(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping[int, str],
    organisation_id: int,
    source: str,
    now: datetime,
    writes: bool = True,
) -> Iterator[tuple[ValuesTaken, Refused]]:
    """Note the values of a file, or only count (`writes`): after every batch, what became of the
    rows so far and the refused rows of the batch.

    `source` names the billing system for ever. Each batch is a transaction of its own; stopped, it
    may be begun again. Raises `BadMapping`, `SheetRefused`, `qiao.core.uploads.NoRoom` and
    `Forbidden`.
    """
    actor.require(PERMISSION, organisation_id)
    faults = mapping_faults(mapping)
    if faults:
        raise BadMapping(faults)
    today = local_day(organisation_id=organisation_id, now=now)
    taken = ValuesTaken()
    with closing(_Seen()) as seen, full_disk_told():
        rows = open_sheet(path).rows()
        while batch := list(islice(rows, BATCH)):
            read = [_read(row, mapping, today) for row in batch]
            known = _resolve(read, organisation_id, today)
            _judge(read, known, seen)
            good = [(row, known[n]) for n, row in enumerate(read) if not row.faults]
            _count(taken, read, good, source)
            if writes and good:
                with acting(actor):
                    _note(good, source, actor, organisation_id, now)
            refused = [
                (sheet.number, row.faults)
                for sheet, row in zip(batch, read, strict=True)
                if row.faults
            ]
            yield taken, refused


class _Seen:
    """Which records stood in the file already, kept in a private file of SQLite's."""

    def __init__(self) -> None:
        self._file = private_file()
        self._file.execute("CREATE TABLE seen (ref TEXT PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, ref: str) -> bool:
        """Whether it comes for the first time."""
        return bool(self._file.execute("INSERT OR IGNORE INTO seen VALUES (?)", [ref]).rowcount)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def _read(sheet: SheetRow, mapping: Mapping[int, str], today: date) -> ValueRow:
    row = read_value_row(sheet.cells, mapping, today=today)
    row.faults += cell_faults(sheet, mapping)
    return row


def _judge(rows: Sequence[ValueRow], known: Mapping[int, int | None], seen: _Seen) -> None:
    """Refuse rows of nobody here, and those that come twice."""
    for place, row in enumerate(rows):
        if row.faults:
            continue
        key = "account_number" if row.account_number else "customer_number"
        if place not in known:
            row.faults.append(RowFault(key, "nobody", getattr(row, key)))
        elif known[place] is None:
            row.faults.append(RowFault(key, "no_owner", getattr(row, key)))
        elif not seen.is_new(row.ref):
            row.faults.append(RowFault("ref", "twice", row.ref))


def _resolve(rows: Sequence[ValueRow], organisation_id: int, today: date) -> dict[int, int | None]:
    """Whose the rows are, by their place; None where nobody owned the account in the month."""
    good = [(place, row) for place, row in enumerate(rows) if not row.faults]
    values: dict[str, Any] = {
        "unit": organisation_id,
        "places": [place for place, _ in good],
        "accounts": [row.account_number for _, row in good],
        "customers": [row.customer_number for _, row in good],
        "days": [min(row.last_day, today) for _, row in good],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, values)
        return dict(cursor.fetchall())


def _fact(row: ValueRow, customer: int | None, source: str) -> NewFact:
    assert customer is not None
    moment = timezone.make_aware(datetime.combine(row.month, time()), company_zone())
    return NewFact(customer, KIND, moment, f"{PREFIX}{source}", row.ref, row.amount_fen)


def _count(
    taken: ValuesTaken,
    rows: Sequence[ValueRow],
    good: Sequence[tuple[ValueRow, int | None]],
    source: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [[row.ref for row, _ in good], f"{PREFIX}{source}"])
        standing = {ref: told for ref, *told in cursor.fetchall()}
    taken.rows += len(rows)
    for row, customer in good:
        fact = _fact(row, customer, source)
        before = standing.get(row.ref)
        if before is None:
            taken.new += 1
        elif before == [fact.customer_id, fact.amount, fact.occurred_at]:
            taken.same += 1
        else:
            taken.corrected += 1
    taken.refused += len(rows) - len(good)
    taken.faults.update((fault.field, fault.code) for row in rows for fault in row.faults)


def _note(
    good: Sequence[tuple[ValueRow, int | None]],
    source: str,
    actor: Actor,
    organisation_id: int,
    now: datetime,
) -> None:
    noted = note_facts(facts=[_fact(row, customer, source) for row, customer in good], now=now)
    if noted:
        told = ValuesNoted(f"{PREFIX}{source}", noted)
        publish(told, organisation_id=organisation_id, actor=actor, now=now)


_WHOSE = """
SELECT g.place, t.customer_id
  FROM unnest(%(places)s::int[], %(accounts)s::text[], %(customers)s::text[], %(days)s::date[])
       AS g (place, account, customer, day)
  JOIN customers_account a ON a.number = g.account AND a.organisation_id = %(unit)s
  LEFT JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND t.period @> g.day
UNION ALL
SELECT g.place, c.id
  FROM unnest(%(places)s::int[], %(accounts)s::text[], %(customers)s::text[])
       AS g (place, account, customer)
  JOIN customers_customer c ON c.number = g.customer AND g.account = ''
 WHERE EXISTS (SELECT FROM customers_customerorganisation l
                WHERE l.customer_id = c.id AND l.organisation_id = %(unit)s)
"""
_STANDING = """
SELECT f.ref, f.customer_id, f.amount, f.occurred_at
  FROM unnest(%s::text[]) AS g (ref)
  JOIN customers_fact f
    ON f.source = %s AND f.ref = g.ref AND f.kind = 'value' AND f.cancels_id IS NULL
 WHERE NOT EXISTS (SELECT FROM customers_fact x WHERE x.cancels_id = f.id)
"""
