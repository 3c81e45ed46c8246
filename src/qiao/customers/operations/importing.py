"""Taking a file of customers in, batch by batch: each batch is one transaction and one event.

What is known already is left as it is, so that a second run changes nothing; what is new is
written by COPY. A run that was killed goes on after its last batch, and two runs of one import
cannot do the same batch: the import's row is locked and tells how far it is.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.utils.translation import override

from qiao.core.actor import Actor
from qiao.core.ahead import ahead
from qiao.core.events import publish
from qiao.core.sheets import Sheet, SheetRow, open_sheet
from qiao.core.transactions import acting, required
from qiao.customers.events import CustomersImported
from qiao.customers.models import CustomerImport, ImportedRow, ImportMapping, ProtectedFlag
from qiao.customers.operations.access import local_day
from qiao.customers.operations.import_foreseeing import Foreseen
from qiao.customers.operations.import_matching import Known, look_up, match
from qiao.customers.operations.import_places import remember_places
from qiao.customers.operations.import_writing import Pen, copy_rows
from qiao.customers.rules import import_columns
from qiao.customers.rules.import_rows import Defaults, RowFault, read_row
from qiao.customers.rules.import_rows import ImportedRow as Read
from qiao.staff.queries import organisation

BATCH: Final = 2_000
SAMPLES: Final = 20
EXAMPLES: Final = 3
BLOCK: Final = 1 << 20
PERMISSION: Final = "customers.import"
_RECORD: Final = (
    "customer_import_id, row_number, outcome, customer_id, account_id, is_new_customer,"
    " is_new_account, faults"
)


class BadMapping(ValueError):  # noqa: N818 - names the finding
    """Columns are mapped to what is no field, twice, or a needed field is missing."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{code}: {key}" for code, key in faults))
        self.faults = list(faults)


class ImportEnded(Exception):  # noqa: N818 - names the finding
    """The import is done, cancelled or rolled back; or another run is ahead of this one."""


class FileChanged(Exception):  # noqa: N818 - names the finding
    """The file is not the one that the import began with."""


@dataclass(slots=True)
class Findings:
    """What a dry run found: how many rows are new, known and refused, and the first faults.

    `examples` holds the first rows of every kind of fault with what was found there.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: list[tuple[int, list[RowFault]]] = field(default_factory=list)
    examples: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)

    def refuse(self, number: int, faults: list[RowFault]) -> None:
        """Count a refused row."""
        self.refused += 1
        for fault in faults:
            kind = (fault.field, fault.code)
            self.faults[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append((number, fault.found))
        if len(self.samples) < SAMPLES:
            self.samples.append((number, faults))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def proposed_mapping(*, organisation_id: int, header: Sequence[str]) -> dict[int, str]:
    """A field for every column: as the unit mapped such a file before, else by its headers."""
    kept = ImportMapping.objects.filter(
        organisation_id=organisation_id, signature=import_columns.signature(header)
    ).first()
    if kept is not None:
        folded = [import_columns.fold(name) for name in header]
        return {column: kept.fields.get(name, "") for column, name in enumerate(folded)}
    return {p.column: p.field for p in import_columns.propose(header)}


def check_file(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping[int, str],
    organisation_id: int,
    now: datetime,
    goes_on: Callable[[Findings], bool] = lambda _: True,
) -> Findings:
    """Read the whole file as an import would, and write nothing.

    `goes_on` is told the findings after every batch; the check ends where it says no.

    Raises `BadMapping`, `SheetRefused` and `Forbidden`.
    """
    actor.require(PERMISSION, organisation_id)
    _refuse_bad(mapping)
    reader = _Reader(mapping, organisation_id, now)
    findings = Findings()
    with closing(Foreseen()) as foreseen:
        for batch, rows in ahead(reader.batches(open_sheet(path))):
            known = look_up(rows)
            foreseen.recall(rows, known)
            for sheet_row, row in zip(batch, rows, strict=True):
                _foresee(sheet_row.number, row, known, foreseen, findings)
            if not goes_on(findings):
                break
    return findings


def _foresee(number: int, row: Read, known: Known, foreseen: Foreseen, findings: Findings) -> None:
    customer, account = match(row, known)
    findings.rows += 1
    if row.faults:
        findings.refuse(number, row.faults)
    elif customer is None or (row.account_number and account is None):
        findings.new += 1
        foreseen.write(row, known, customer, account)
    else:
        findings.known += 1


def start_import(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping[int, str],
    organisation_id: int,
    now: datetime,
    file_name: str = "",
) -> CustomerImport:
    """Begin an import, or find the one that took the same file before: it goes on, or is done.

    The mapping is kept for the next file with such headers. Reads the file, then opens its own
    transaction. Raises `BadMapping`, `SheetRefused` and `Forbidden`.
    """
    actor.require(PERMISSION, organisation_id)
    _refuse_bad(mapping)
    sheet, digest = open_sheet(path), digest_of(path)
    with acting(actor):
        return _begin(
            sheet,
            digest,
            actor=actor,
            mapping=mapping,
            organisation_id=organisation_id,
            file_name=file_name or path.name,
            now=now,
        )


def _begin(
    sheet: Sheet,
    digest: str,
    *,
    actor: Actor,
    mapping: Mapping[int, str],
    organisation_id: int,
    file_name: str,
    now: datetime,
) -> CustomerImport:
    live = (CustomerImport.State.RUNNING, CustomerImport.State.DONE)
    found = CustomerImport.objects.filter(
        organisation_id=organisation_id, digest=digest, state__in=live
    ).first()
    if found is not None:
        return found
    ImportMapping.objects.update_or_create(
        organisation_id=organisation_id,
        signature=import_columns.signature(sheet.header),
        defaults={
            "fields": {import_columns.fold(sheet.header[c]): f for c, f in mapping.items()},
            "used_at": now,
        },
    )
    return CustomerImport.objects.create(
        organisation_id=organisation_id,
        file_name=file_name[:200],
        digest=digest,
        format=sheet.format,
        header=list(sheet.header),
        mapping={str(column): key for column, key in mapping.items()},
        created_at=now,
        created_by_id=actor.person_id,
    )


def run_import(
    *,
    actor: Actor,
    import_id: int,
    path: Path,
    now: datetime,
    progress: Callable[[CustomerImport], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> CustomerImport:
    """Take in what is left of the file, a transaction for every batch, until it ends.

    Opens its own transactions. Raises `FileChanged`, `ImportEnded` and `SheetRefused`.
    """
    job = CustomerImport.objects.get(id=import_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state == CustomerImport.State.DONE:
        return job
    if digest_of(path) != job.digest:
        raise FileChanged(job.file_name)
    mapping = {int(column): key for column, key in job.mapping.items()}
    reader = _Reader(mapping, job.organisation_id, now)
    for batch, rows in ahead(reader.batches(open_sheet(path), skip=job.read_count)):
        if stopped():
            return job
        with acting(actor):
            job = _take(job, batch, rows, reader.today, actor, now)
        progress(job)
    with acting(actor):
        job = _locked(job.pk, job.read_count)
        job.state, job.finished_at = CustomerImport.State.DONE, now
        job.save()
    return job


def cancel_import(*, actor: Actor, import_id: int, now: datetime) -> CustomerImport:
    """Stop an import for good; what it took in stays. Raises `ImportEnded` and `Forbidden`."""
    required()
    job = CustomerImport.objects.select_for_update().get(id=import_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state != CustomerImport.State.RUNNING:
        raise ImportEnded(job.state)
    job.state, job.finished_at = CustomerImport.State.CANCELLED, now
    job.save()
    return job


class _Reader:
    """Reads rows of one file by its mapping."""

    def __init__(self, mapping: Mapping[int, str], organisation_id: int, now: datetime) -> None:
        unit = organisation(organisation_id)
        self.mapping = dict(mapping)
        self.today: date = local_day(organisation_id=organisation_id, now=now)
        self.defaults = Defaults(region=unit.region or "")
        self.flags = _flag_words()

    def batches(
        self, sheet: Sheet, *, skip: int = 0
    ) -> Iterator[tuple[list[SheetRow], list[Read]]]:
        """The rows of a file behind the first `skip`, in batches, beside what they say."""
        rows = islice(sheet.rows(), skip, None)
        while batch := list(islice(rows, BATCH)):
            yield batch, self.read(batch)

    def read(self, batch: Sequence[SheetRow]) -> list[Read]:
        """The rows of a batch; a faulty cell of a column that is read refuses its row."""
        rows = []
        for sheet_row in batch:
            row = read_row(
                sheet_row.cells,
                self.mapping,
                defaults=self.defaults,
                flag_words=self.flags,
                today=self.today,
            )
            row.faults += [
                RowFault(self.mapping[fault.column], str(fault.code))
                for fault in sheet_row.faults
                if self.mapping.get(fault.column)
            ]
            rows.append(row)
        return rows


def _flag_words() -> dict[str, str]:
    words = {}
    for flag in ProtectedFlag:
        for word in (flag.value, *_labels(flag)):
            words[word.casefold()] = flag.value
    return words


def _labels(flag: ProtectedFlag) -> Iterator[str]:
    for language in ("en", "zh-hans", "zh-hant"):
        with override(language):
            yield str(flag.label)


def _refuse_bad(mapping: Mapping[int, str]) -> None:
    faults = import_columns.mapping_faults(mapping)
    if faults:
        raise BadMapping(faults)


def _locked(import_id: int, read_count: int) -> CustomerImport:
    job = CustomerImport.objects.select_for_update().get(id=import_id)
    if job.state != CustomerImport.State.RUNNING or job.read_count != read_count:
        raise ImportEnded(job.state)
    return job


def _take(
    job: CustomerImport,
    batch: Sequence[SheetRow],
    rows: Sequence[Read],
    today: date,
    actor: Actor,
    now: datetime,
) -> CustomerImport:
    job = _locked(job.pk, job.read_count)
    pen = Pen(job.organisation_id, today, now, look_up(rows))
    records = _write(job, batch, rows, pen)
    remember_places(
        job.pk,
        premises=[line[0] for line in pen.lines["customers_premises"]],
        points=[line[0] for line in pen.lines["customers_servicepoint"]],
    )
    outcomes = Counter(record[2] for record in records)
    new_ids = [record[3] for record in records if record[5]]
    job.read_count += len(batch)
    job.created_count += outcomes[ImportedRow.Outcome.CREATED]
    job.known_count += outcomes[ImportedRow.Outcome.KNOWN]
    job.refused_count += outcomes[ImportedRow.Outcome.REFUSED]
    job.save()
    if new_ids:
        told = CustomersImported(min(new_ids), max(new_ids), len(new_ids))
        publish(told, organisation_id=job.organisation_id, actor=actor, now=now)
    return job


def _write(
    job: CustomerImport, batch: Sequence[SheetRow], rows: Sequence[Read], pen: Pen
) -> list[tuple[Any, ...]]:
    pen.reserve(
        customer=len(rows),
        account=sum(bool(row.account_number) for row in rows),
        premises=sum(bool(row.address) for row in rows),
        servicepoint=sum(bool(row.address) for row in rows),
    )
    records = []
    for sheet_row, row in zip(batch, rows, strict=True):
        customer, account = match(row, pen.known)
        records.append(_record(job, sheet_row.number, row, customer, account, pen))
    with connection.cursor() as cursor:
        pen.write(cursor)
        copy_rows(cursor, "customers_importedrow", _RECORD, records)
    return records


def _record(
    job: CustomerImport,
    number: int,
    row: Read,
    customer: int | None,
    account: int | None,
    pen: Pen,
) -> tuple[Any, ...]:
    if row.faults:
        faults = Jsonb([asdict(fault) for fault in row.faults])
        return job.pk, number, "refused", None, None, False, False, faults
    is_new_customer = customer is None
    if customer is None:
        customer = pen.customer(row)
    is_new_account = bool(row.account_number) and account is None
    if is_new_account:
        account = pen.account(row, customer)
        if not is_new_customer:
            pen.see(customer)
    outcome = "created" if is_new_customer or is_new_account else "known"
    return (
        job.pk, number, outcome, customer, account, is_new_customer, is_new_account, Jsonb([]),
    )  # fmt: skip
