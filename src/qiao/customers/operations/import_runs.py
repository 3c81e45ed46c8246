"""Imports out of uploaded files: started, resumed, stopped; the work itself is a job."""

from datetime import datetime
from typing import Final

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.table_life import mapping_of
from qiao.core.table_uploads import GONE, UNREADABLE, FileMovedOn, failure_of
from qiao.core.transactions import acting, required
from qiao.customers.models import CustomerImport, ImportFile
from qiao.customers.operations.import_batches import ImportEnded
from qiao.customers.operations.import_files import FILES
from qiao.customers.operations.import_reading import PERMISSION
from qiao.customers.operations.importing import (
    begin_import,
    cancel_import,
    read_beginning,
    run_import,
)

RUN_TASK: Final = "customers.run_import"
_State = ImportFile.State


class AlreadyTakenIn(Exception):  # noqa: N818 - names the finding
    """The unit took the very same file in before; `import_id` says when."""

    def __init__(self, import_id: int) -> None:
        super().__init__(f"the file was taken in as import {import_id}")
        self.import_id = import_id


def lock_of_import(import_id: int) -> str:
    """The lock of the jobs that take an import in, or back."""
    return f"customers.import:{import_id}"


def start_file(*, actor: Actor, file_id: int, now: datetime) -> CustomerImport:
    """Begin to take a checked file in, in the background. The file is read for its digest before
    the transaction that this opens.

    Raises `AlreadyTakenIn`, `FileMovedOn`, `SheetRefused` and `Forbidden`.
    """
    actor.require(PERMISSION, ImportFile.objects.get(id=file_id).organisation_id)
    try:
        beginning = read_beginning(FILES.path_of(file_id))
    except FileNotFoundError as missing:
        raise FileMovedOn(GONE) from missing
    with acting(actor):
        file = FILES.locked(actor, file_id, _State.CHECKED)
        job = begin_import(
            beginning,
            actor=actor,
            mapping=mapping_of(file),
            organisation_id=file.organisation_id,
            now=now,
            file_name=file.file_name,
            known=file.known,
        )
        if job.state != CustomerImport.State.RUNNING:
            raise AlreadyTakenIn(job.pk)
        file.state, file.customer_import, file.samples = _State.STARTED, job, []
        file.save()
        _defer_run(job, actor)
    return job


def _defer_run(job: CustomerImport, actor: Actor) -> None:
    background.defer(
        RUN_TASK, lock=lock_of_import(job.pk), import_id=job.pk, staff_id=actor.person_id
    )


def resume_import(*, actor: Actor, import_id: int) -> CustomerImport:
    """Have a running import go on whose job was lost or refused.

    Raises `ImportEnded`, `FileMovedOn` where its file is not here, and `Forbidden`.
    """
    required()
    job = CustomerImport.objects.select_for_update().get(id=import_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state != CustomerImport.State.RUNNING:
        raise ImportEnded(job.state)
    if not job.files.filter(is_on_disk=True).update(failure="", failure_detail=""):
        raise FileMovedOn(GONE)
    _defer_run(job, actor)
    return job


def run_started(*, actor: Actor, import_id: int, now: datetime) -> CustomerImport | None:
    """Take in what is left of a started file; the file is removed when the import has ended.

    Opens its own transactions. None if there is nothing to do. A file that cannot be read further
    leaves the import where it is, with the failure told beside it.
    """
    file = ImportFile.objects.filter(customer_import_id=import_id, is_on_disk=True).first()
    if file is None:
        return None
    try:
        job = run_import(actor=actor, import_id=import_id, path=FILES.path_of(file.pk), now=now)
    except ImportEnded:
        job = CustomerImport.objects.get(id=import_id)
    except UNREADABLE as refusal:
        file.failure, file.failure_detail = failure_of(refusal)
        file.save(update_fields=["failure", "failure_detail"])
        return None
    if job.state != CustomerImport.State.RUNNING:
        drop_files(import_id=import_id)
    return job


def stop_import(*, actor: Actor, import_id: int, now: datetime) -> CustomerImport:
    """Stop an import for good and remove its file; what it took in stays.

    Raises `ImportEnded` and `Forbidden`.
    """
    job = cancel_import(actor=actor, import_id=import_id, now=now)
    drop_files(import_id=import_id)
    return job


def drop_files(*, import_id: int) -> None:
    """Let the files of an import go."""
    for file in ImportFile.objects.filter(customer_import_id=import_id, is_on_disk=True):
        FILES.drop(file)


def record_refused(*, actor: Actor, job: CustomerImport, form: str, now: datetime) -> None:
    """Keep that somebody took the refused rows of an import away. Raises `Forbidden`."""
    fields = ("row", "field", "reason", "found", "expected")
    _record(actor, job, fields, job.refused_count, f"refused rows as {form}", now)


def record_differing(*, actor: Actor, job: CustomerImport, form: str, now: datetime) -> None:
    """The same for the rows that say otherwise than what is held."""
    fields = ("row", "name", "account", "field", "held", "found")
    _record(actor, job, fields, job.differing_count, f"differing rows as {form}", now)


def _record(
    actor: Actor,
    job: CustomerImport,
    fields: tuple[str, ...],
    rows: int,
    reason: str,
    now: datetime,
) -> None:
    required()
    actor.require(PERMISSION, job.organisation_id)
    disclosure.record(
        kind="export",
        subject="customers.import",
        subject_id=job.pk,
        fields=fields,
        row_count=rows,
        organisation_id=job.organisation_id,
        actor=actor,
        now=now,
        reason=reason,
    )
