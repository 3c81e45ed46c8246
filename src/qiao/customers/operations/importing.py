"""Taking a file of customers in, batch by batch: each batch is one transaction and one event.

What is known already is left as it is, so that a second run changes nothing; what is new is
written by COPY. A run that was killed goes on after its last batch, and two runs of one import
cannot do the same batch: the import's row is locked and tells how far it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qiao.core.actor import Actor
from qiao.core.ahead import ahead
from qiao.core.rules.columns import fold, signature
from qiao.core.sheets import open_sheet
from qiao.core.table_uploads import FileChanged, digest_of
from qiao.core.transactions import acting, outside, required
from qiao.customers.models import CustomerImport, ImportMapping
from qiao.customers.operations.import_batches import ImportEnded, locked_import, take_batch
from qiao.customers.operations.import_reading import PERMISSION, Reader, refuse_bad
from qiao.customers.rules import import_columns
from qiao.customers.rules.import_adding import LEAVE


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an import keeps of its file: `digest` is the SHA-256 in hexadecimal."""

    header: tuple[str, ...]
    format: str
    digest: str


def read_beginning(path: Path) -> Beginning:
    """Read the whole file for its digest, outside of any transaction. Raises `SheetRefused`."""
    outside()
    sheet = open_sheet(path)
    return Beginning(tuple(sheet.header), sheet.format, digest_of(path))


def proposed_mapping(*, organisation_id: int, header: Sequence[str]) -> dict[int, str]:
    """A field for every column: as the unit mapped such a file before, else by its headers."""
    kept = ImportMapping.objects.filter(
        organisation_id=organisation_id, signature=signature(header)
    ).first()
    if kept is not None:
        folded = [fold(name) for name in header]
        return {column: kept.fields.get(name, "") for column, name in enumerate(folded)}
    return {p.column: p.field for p in import_columns.propose(header)}


def start_import(
    *,
    actor: Actor,
    path: Path,
    mapping: Mapping[int, str],
    organisation_id: int,
    now: datetime,
    file_name: str = "",
    known: str = LEAVE,
) -> CustomerImport:
    """Begin an import, or find the one that took the same file before: it goes on, or is done.

    `known` says what becomes of customers who are known already: ``leave`` them, or ``add`` what
    is missing; the same file may come once for each. The mapping is kept for the next file with
    such headers. Reads the file, then opens its own transaction. Raises `BadMapping`,
    `SheetRefused` and `Forbidden`.
    """
    actor.require(PERMISSION, organisation_id)
    refuse_bad(mapping)
    beginning = read_beginning(path)
    with acting(actor):
        return begin_import(
            beginning,
            actor=actor,
            mapping=mapping,
            organisation_id=organisation_id,
            file_name=file_name or path.name,
            known=known,
            now=now,
        )


def begin_import(
    beginning: Beginning,
    *,
    actor: Actor,
    mapping: Mapping[int, str],
    organisation_id: int,
    file_name: str,
    known: str,
    now: datetime,
) -> CustomerImport:
    """The same for a file that was read already. Raises `BadMapping` and `Forbidden`."""
    required()
    actor.require(PERMISSION, organisation_id)
    refuse_bad(mapping)
    header = beginning.header
    live = (CustomerImport.State.RUNNING, CustomerImport.State.DONE)
    found = CustomerImport.objects.filter(
        organisation_id=organisation_id, digest=beginning.digest, known=known, state__in=live
    ).first()
    if found is not None:
        return found
    ImportMapping.objects.update_or_create(
        organisation_id=organisation_id,
        signature=signature(header),
        defaults={
            "fields": {fold(header[c]): f for c, f in mapping.items()},
            "used_at": now,
        },
    )
    return CustomerImport.objects.create(
        organisation_id=organisation_id,
        file_name=file_name[:200],
        digest=beginning.digest,
        format=beginning.format,
        header=list(header),
        mapping={str(column): key for column, key in mapping.items()},
        known=known,
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
    reader = Reader(mapping, job.organisation_id, now)
    for batch, rows in ahead(reader.batches(open_sheet(path), skip=job.read_count)):
        if stopped():
            return job
        with acting(actor):
            job = take_batch(job, batch, rows, reader, actor, now)
        progress(job)
    with acting(actor):
        job = locked_import(job.pk, job.read_count)
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
