"""Taking one batch of rows in: one transaction, one event, and a record of every row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.events import publish
from qiao.core.sheets import SheetRow
from qiao.customers.events import CustomersCompleted, CustomersImported
from qiao.customers.models import CustomerImport, ImportedRow
from qiao.customers.operations.bulk_tables import array
from qiao.customers.operations.import_adding import Adding
from qiao.customers.operations.import_held import lock_held, look_up_held
from qiao.customers.operations.import_matching import look_up, match
from qiao.customers.operations.import_places import remember_places
from qiao.customers.operations.import_reading import Reader
from qiao.customers.operations.import_writing import Pen
from qiao.customers.rules.import_adding import ADD
from qiao.customers.rules.import_rows import ImportedRow as Read

_RECORD: Final = (
    "customer_import_id, row_number, outcome, customer_id, account_id, is_new_customer,"
    " is_new_account, faults, added, differs"
)


class ImportEnded(Exception):  # noqa: N818 - names the finding
    """The import is done, cancelled or rolled back; or another run is ahead of this one."""


def locked_import(import_id: int, read_count: int) -> CustomerImport:
    """A running import, its row locked. Raises `ImportEnded`, also where it is further on."""
    job = CustomerImport.objects.select_for_update().get(id=import_id)
    if job.state != CustomerImport.State.RUNNING or job.read_count != read_count:
        raise ImportEnded(job.state)
    return job


def take_batch(
    job: CustomerImport,
    batch: Sequence[SheetRow],
    rows: Sequence[Read],
    reader: Reader,
    actor: Actor,
    now: datetime,
) -> CustomerImport:
    """Take the next rows of a file in, in the caller's transaction. Raises `ImportEnded`."""
    job = locked_import(job.pk, job.read_count)
    known = look_up(rows)
    pen = Pen(job.organisation_id, reader.today, now, known)
    records = _Batch(job, pen, _adding(job, pen, now)).write(batch, rows)
    remember_places(
        job.pk,
        premises=[line[0] for line in pen.lines["customers_premises"]],
        points=[line[0] for line in pen.lines["customers_servicepoint"]],
    )
    _count(job, records)
    _tell(job, records, actor, now)
    return job


def _adding(job: CustomerImport, pen: Pen, now: datetime) -> Adding | None:
    if job.known != ADD:
        return None
    since = lock_held(pen.known)
    held = look_up_held(
        pen.known,
        organisation_id=job.organisation_id,
        today=pen.today,
        import_id=job.pk,
        since=job.created_at,
    )
    return Adding(job, pen, held, now, pen.today, since)


def _count(job: CustomerImport, records: Sequence["_Record"]) -> None:
    outcomes = Counter(record.outcome for record in records)
    job.read_count += len(records)
    job.created_count += outcomes[ImportedRow.Outcome.CREATED]
    job.known_count += outcomes[ImportedRow.Outcome.KNOWN]
    job.refused_count += outcomes[ImportedRow.Outcome.REFUSED]
    job.added_count += sum(
        bool(record.added) and record.outcome == ImportedRow.Outcome.KNOWN for record in records
    )
    job.differing_count += sum(bool(record.differs) for record in records)
    job.save()


def _tell(job: CustomerImport, records: Sequence["_Record"], actor: Actor, now: datetime) -> None:
    new_ids = [r.customer for r in records if r.is_new_customer and r.customer is not None]
    if new_ids:
        told = CustomersImported(min(new_ids), max(new_ids), len(new_ids))
        publish(told, organisation_id=job.organisation_id, actor=actor, now=now)
    added = [record.number for record in records if record.added]
    if added:
        completed = CustomersCompleted(job.pk, added[0], added[-1], len(added))
        publish(completed, organisation_id=job.organisation_id, actor=actor, now=now)


@dataclass(slots=True)
class _Record:
    """What became of one row."""

    number: int
    outcome: str
    customer: int | None = None
    account: int | None = None
    is_new_customer: bool = False
    is_new_account: bool = False
    faults: list[dict[str, Any]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    differs: list[dict[str, Any]] = field(default_factory=list)

    def line(self, import_id: int) -> tuple[Any, ...]:
        """The row of `_RECORD`."""
        return (
            import_id, self.number, self.outcome, self.customer, self.account,
            self.is_new_customer, self.is_new_account, Jsonb(self.faults), array(self.added),
            Jsonb(self.differs),
        )  # fmt: skip


@dataclass(slots=True)
class _Batch:
    """Writes the rows of one batch."""

    job: CustomerImport
    pen: Pen
    adding: Adding | None

    def write(self, batch: Sequence[SheetRow], rows: Sequence[Read]) -> list[_Record]:
        """Write what is new and what is added; a record of every row."""
        self.pen.reserve(
            customer=len(rows),
            account=sum(bool(row.account_number) for row in rows),
            premises=sum(bool(row.address) for row in rows),
            servicepoint=sum(bool(row.address) for row in rows),
        )
        records = [
            self._record(sheet_row.number, row) for sheet_row, row in zip(batch, rows, strict=True)
        ]
        with connection.cursor() as cursor:
            self.pen.write(cursor)
            if self.adding is not None:
                self.adding.write(cursor)
            lines = [record.line(self.job.pk) for record in records]
            copy_rows(cursor, "customers_importedrow", _RECORD, lines)
        return records

    def _record(self, number: int, row: Read) -> _Record:
        customer, account = match(row, self.pen.known)
        if row.faults:
            return _Record(number, "refused", faults=[asdict(fault) for fault in row.faults])
        is_new_customer = customer is None
        if customer is None:
            customer = self.pen.customer(row)
        is_new_account = bool(row.account_number) and account is None
        if is_new_account:
            account = self.pen.account(row, customer)
            if not is_new_customer:
                self.pen.see(customer)
        outcome = "created" if is_new_customer or is_new_account else "known"
        record = _Record(number, outcome, customer, account, is_new_customer, is_new_account)
        if self.adding is not None:
            self._add(self.adding, row, record)
        return record

    def _add(self, adding: Adding, row: Read, record: _Record) -> None:
        assert record.customer is not None
        if record.is_new_customer:
            adding.held.new_person(row, record.customer)
        if record.is_new_account and record.account is not None:
            adding.new_account(row, record.account)
        judged = adding.held.judge(
            row, record.customer, record.account, has_new_account=record.is_new_account
        )
        adding.add(record.number, row, record.customer, record.account, judged.additions)
        record.added = sorted({addition.kind for addition in judged.additions})
        record.differs = [asdict(difference) for difference in judged.differences]
