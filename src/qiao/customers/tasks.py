"""Long work of the customers module that the worker does: files in, files out, files taken back.

Each job may run twice: what was done is found done. A worker that dies leaves its job to another.
"""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core.actor import Actor
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT
from qiao.customers.operations import documents, erasing, subject_access, tag_work
from qiao.customers.operations.import_batches import ImportEnded
from qiao.customers.operations.import_files import CHECK_TASK, FILES, READ_TASK
from qiao.customers.operations.import_runs import RUN_TASK, run_started
from qiao.customers.operations.import_undoing import UNDO_TASK, undo_import
from qiao.staff.queries import actor_by_id


def _actor(staff_id: int) -> Actor:
    """Who asked, with the rights of today."""
    return actor_by_id(staff_id, day=timezone.localdate())


@app.task(name=READ_TASK, queue=QUEUE, retry=PATIENT)
def read_import_file(*, file_id: int, staff_id: int) -> None:
    """Find the columns of a large file."""
    FILES.run_reading(actor=_actor(staff_id), file_id=file_id)


@app.task(name=CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_import_file(*, file_id: int, staff_id: int) -> None:
    """Read a whole file as its import would."""
    FILES.run_check(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=RUN_TASK, queue=QUEUE, retry=PATIENT)
def run_customer_import(*, import_id: int, staff_id: int) -> None:
    """Take in what is left of a file."""
    run_started(actor=_actor(staff_id), import_id=import_id, now=timezone.now())


@app.task(name=UNDO_TASK, queue=QUEUE, retry=PATIENT)
def undo_customer_import(*, import_id: int, staff_id: int) -> None:
    """Take back what is left of an import."""
    try:
        undo_import(actor=_actor(staff_id), import_id=import_id, now=timezone.now())
    except ImportEnded:
        return  # done by a job before this one


@app.task(name=documents.READ_TASK, queue=QUEUE, retry=PATIENT)
def read_document(*, document_id: int) -> None:
    """Read the text of a document, so that it is found by what it says."""
    documents.read_document(document_id=document_id, now=timezone.now())


@app.task(name=tag_work.MERGE_TASK, queue=QUEUE, retry=PATIENT)
def merge_tags(*, tag_id: int) -> None:
    """Let the customers of a merged tag carry the one that stands for it."""
    tag_work.move_merged(tag_id=tag_id)


@app.task(name=tag_work.RUN_TASK, queue=QUEUE, retry=PATIENT)
def tag_segment(*, run_id: int, staff_id: int) -> None:
    """Give a tag to what is left of a segment."""
    tag_work.run_tag_segment(actor=_actor(staff_id), run_id=run_id, clock=timezone.now)


@app.task(name=erasing.TASK, queue=QUEUE, retry=PATIENT)
def erase_person(*, erasure_id: int) -> None:
    """Carry out an erasure that two people agreed on."""
    erasing.run_erasure(erasure_id=erasure_id, now=timezone.now())


@app.task(name=subject_access.TASK, queue=QUEUE, retry=PATIENT)
def pack_subject_access(*, export_id: int) -> None:
    """Put together all that is held about a person."""
    subject_access.pack(export_id=export_id, now=timezone.now())


def sweep(now: datetime) -> None:
    """Remove uploaded files that a crash left without a row."""
    FILES.sweep(now)
