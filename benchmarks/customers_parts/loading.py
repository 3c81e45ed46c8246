"""A file of a million rows is taken in; the same final rows, copied into the same tables, are its
floor: COPY one table after the other, with all indexes, constraints and triggers in place."""

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
from qiao.customers.operations import importing
from qiao.customers.operations.import_writing import TABLES
from qiao.customers.operations.sampling import write_sample
from qiao.staff.tests.cast import make_company

LIMITS = Limits(ratio=3)
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
            taken, refused = _import(file)
        create(BARE, anew=True)
        with connected_to(BARE), transaction.atomic():
            make_company()
        floor = _floor(Path(folder))
    drop(BARE)
    drop(MADE)
    yield once("import", taken, floor, limits=LIMITS, rows=customers, refused=refused,
               per_second=round(customers / taken))  # fmt: skip


def _import(file: Path) -> tuple[float, int]:
    with transaction.atomic():
        company = make_company()
    header = open_sheet(file).header
    unit = company.lake.pk
    began = time.monotonic()
    job = importing.start_import(
        actor=company.agent, path=file, organisation_id=unit, now=timezone.now(),
        mapping=importing.proposed_mapping(organisation_id=unit, header=header),
    )  # fmt: skip
    job = importing.run_import(
        actor=company.agent, import_id=job.pk, path=file, now=timezone.now()
    )
    return time.monotonic() - began, job.refused_count


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
