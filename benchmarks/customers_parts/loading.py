"""A file of a million rows is taken in; the same final rows, copied into the same tables, are its
floor: COPY one table after the other, with all indexes, constraints and triggers in place. Then
everybody gets a second telephone out of a second file, and both imports are taken back: the floor
of taking back is taking in.
"""

import csv
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import transaction
from django.utils import timezone
from measuring.databases import connected_to, create, drop, say, url_of
from measuring.timing import Limits, Result, once

from qiao.core.sheets import open_sheet
from qiao.customers.models import CustomerImport
from qiao.customers.operations import importing
from qiao.customers.operations.import_undoing import begin_undoing, undo_import
from qiao.customers.operations.import_writing import TABLES
from qiao.customers.operations.sampling import write_sample
from qiao.customers.rules.import_adding import ADD, LEAVE
from qiao.staff.tests.cast import Company, make_company

LIMITS = Limits(ratio=3)
BACK = Limits(ratio=1)
MADE = "customers_import_made"
BARE = "customers_import_bare"
REFUSED = 0.001  # share of faulty rows


def measure(customers: int) -> Iterator[Result]:
    """Import a file of so many rows, then copy what came out of it into an equal database."""
    with tempfile.TemporaryDirectory(prefix="qiao-import-") as folder:
        file = Path(folder) / "customers.csv"
        write_sample(
            file, rows=customers, faulty=int(customers * REFUSED), today=timezone.localdate()
        )
        create(MADE, anew=True)
        with connected_to(MADE):
            company = _company()
            taken, job = _import(file, company)
        create(BARE, anew=True)
        with connected_to(BARE), transaction.atomic():
            make_company()
        floor = _floor(Path(folder))
        drop(BARE)
        yield once("import", taken, floor, limits=LIMITS, rows=customers,
                   refused=job.refused_count, per_second=round(customers / taken))  # fmt: skip
        more = Path(folder) / "more.csv"
        _add_telephones(file, more)
        with connected_to(MADE):
            added, second = _import(more, company, known=ADD)
            added_back = _take_back(second, company)
            back = _take_back(job, company)
    drop(MADE)
    yield once("import-add", added, taken, limits=LIMITS, rows=customers,
               added=second.added_count)  # fmt: skip
    yield once("import-add-back", added_back, added, limits=BACK, rows=second.added_count)
    yield once("import-back", back, taken, limits=BACK, rows=job.created_count)


def _company() -> Company:
    with transaction.atomic():
        return make_company()


def _add_telephones(file: Path, target: Path) -> None:
    """The same rows, with a second telephone each."""
    with (
        file.open(encoding="gb18030", newline="") as source,
        target.open("w", encoding="gb18030", newline="") as out,
    ):
        rows = csv.reader(source)
        writer = csv.writer(out)
        writer.writerow(next(rows))
        for number, row in enumerate(rows):
            writer.writerow([*row[:3], f"139{number:08d}", *row[4:]])


def _take_back(job: CustomerImport, company: Company) -> float:
    with transaction.atomic():
        begin_undoing(actor=company.agent, import_id=job.pk)
    began = time.monotonic()
    undo_import(actor=company.agent, import_id=job.pk, now=timezone.now())
    return time.monotonic() - began


def _import(file: Path, company: Company, known: str = LEAVE) -> tuple[float, CustomerImport]:
    header = open_sheet(file).header
    unit = company.lake.pk
    began = time.monotonic()
    job = importing.start_import(
        actor=company.agent, path=file, organisation_id=unit, now=timezone.now(),
        mapping=importing.proposed_mapping(organisation_id=unit, header=header), known=known,
    )  # fmt: skip
    job = importing.run_import(
        actor=company.agent, import_id=job.pk, path=file, now=timezone.now()
    )
    return time.monotonic() - began, job


def _floor(folder: Path) -> float:
    """Seconds to copy the rows that the import made, a table a transaction."""
    files = {}
    tables = ("customers_customerimport", *TABLES, "customers_importedrow")
    with psycopg.connect(url_of(MADE)) as source:
        for table in tables:
            files[table] = folder / table
            ask = f"COPY (SELECT * FROM {table} ORDER BY ctid) TO STDOUT"
            with files[table].open("wb") as file, source.cursor().copy(ask) as copy:
                file.writelines(bytes(block) for block in copy)
    seconds = 0.0
    with psycopg.connect(url_of(BARE), autocommit=True) as target:
        for table in tables:
            began = time.monotonic()
            ask = f"COPY {table} FROM STDIN"
            with files[table].open("rb") as file, target.cursor().copy(ask) as copy:
                while block := file.read(1 << 18):
                    copy.write(block)
            took = time.monotonic() - began
            say(f"  floor {table} {took:.2f} s")
            seconds += took
    return seconds
