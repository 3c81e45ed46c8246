"""Files are written and read outside of transactions; they go once that is committed."""

import io
import os
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from qiao.core.table_life import mapping_of
from qiao.core.table_uploads import STRANGE_FOR, FileMovedOn
from qiao.core.transactions import acting
from qiao.customers.models import CustomerImport, ImportFile, SubjectExport
from qiao.customers.operations import documents, subject_access
from qiao.customers.operations.import_files import FILES, map_columns
from qiao.customers.operations.import_runs import start_file
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.import_setting import HEADER, line
from qiao.staff.tests.cast import Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def world() -> Company:
    return make_company()


def receive(world: Company, *lines: str) -> ImportFile:
    upload = SimpleUploadedFile("用户.csv", "\n".join([HEADER, *lines]).encode())
    return FILES.receive(actor=world.agent, organisation_id=world.lake.pk, upload=upload, now=NOW)


def checked(world: Company, *lines: str) -> ImportFile:
    """A file that may be started."""
    file = receive(world, *lines)
    with acting(world.agent):
        map_columns(actor=world.agent, file_id=file.pk, mapping=mapping_of(file))
    return FILES.run_check(actor=world.agent, file_id=file.pk, now=NOW)


def keep_document(world: Company, customer_id: int) -> None:
    documents.add_document(
        actor=world.agent, now=NOW, customer_id=customer_id,
        told=documents.NewDocument("contract", "供水合同", date(2026, 1, 5)),
        file=io.BytesIO(b"words"), file_name="a.txt",
    )  # fmt: skip


@pytest.mark.parametrize("what", ["receive", "start", "document", "subject"])
def test_what_writes_or_reads_a_whole_file_refuses_to_hold_a_transaction(
    world: Company, what: str
) -> None:
    file = checked(world, line(1))
    customer = make_customer(world.agent)
    long_work: dict[str, Any] = {
        "receive": lambda: receive(world, line(2)),
        "start": lambda: start_file(actor=world.agent, file_id=file.pk, now=NOW),
        "document": lambda: keep_document(world, customer.pk),
        "subject": lambda: subject_access.pack(export_id=1, now=NOW),
    }
    with pytest.raises(RuntimeError), acting(world.agent):
        long_work[what]()
    assert ImportFile.objects.count() == 1
    assert not CustomerImport.objects.exists()


def test_a_file_that_went_before_its_start_is_told(world: Company) -> None:
    file = checked(world, line(1))
    FILES.path_of(file.pk).unlink()
    with pytest.raises(FileMovedOn):
        start_file(actor=world.agent, file_id=file.pk, now=NOW)
    assert ImportFile.objects.get().state == "checked"


def test_a_file_stays_on_the_disk_until_its_end_is_committed(
    world: Company, django_capture_on_commit_callbacks: Any
) -> None:
    file = receive(world, line(1))
    with transaction.atomic():
        FILES.discard(actor=world.agent, file_id=file.pk)
        transaction.set_rollback(True)
    assert FILES.path_of(file.pk).exists()
    assert ImportFile.objects.get().is_on_disk
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        FILES.discard(actor=world.agent, file_id=file.pk)
        assert FILES.path_of(file.pk).exists()
    assert not FILES.path_of(file.pk).exists()


def test_what_a_crash_left_behind_is_swept_and_what_is_needed_stays(world: Company) -> None:
    needed = FILES.path_of(receive(world, line(1)).pk)
    let_go = receive(world, line(2))
    with transaction.atomic():  # killed after the commit, before the file went
        FILES.discard(actor=world.agent, file_id=let_go.pk)
    strangers = [FILES.path_of(let_go.pk), FILES.path_of(99), FILES.folder.path / "ab12.coming"]
    fresh = FILES.folder.path / "cd34.coming"
    for path in (*strangers, fresh):
        path.touch()
    old = (NOW - STRANGE_FOR - timedelta(hours=1)).timestamp()
    for path in (needed, *strangers):
        os.utime(path, (old, old))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    FILES.sweep(NOW)
    assert sorted(FILES.folder.path.iterdir()) == sorted([needed, fresh])


def test_a_file_about_a_person_who_was_erased_meanwhile_does_not_stay(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = make_customer(world.agent)
    export = SubjectExport.objects.create(
        customer=customer, organisation=world.lake, reason="x", language="en",
        requested_by_id=world.agent.person_id, requested_at=NOW,
    )  # fmt: skip
    write = subject_access._write  # noqa: SLF001 - the moment between writing and keeping

    def erased_then(*given: Any) -> None:
        write(*given)
        SubjectExport.objects.update(state="removed")

    monkeypatch.setattr(subject_access, "_write", erased_then)
    subject_access.pack(export_id=export.pk, now=NOW)
    assert not subject_access.file_of(export.pk).exists()
    assert SubjectExport.objects.get().state == "removed"
