"""All customers into one file, in pieces: how much the memory of the process grows."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import override
from measuring.databases import connected_to
from measuring.timing import Limits, Result, once

from customers_parts.world import ensure
from qiao.customers.operations.exporting import path_of, request_export, write_export
from qiao.customers.queries.exporting import ExportFilters
from qiao.customers.showing.export_file import cells, heads
from qiao.staff.queries import actor_by_number

LIMITS = Limits(most={"grown_mb": 100})
CHIEF = "9001"
COLUMNS = ("number", "name", "phones", "accounts", "addresses", "tier")
PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 1024 * 1024


def measure(customers: int) -> Iterator[Result]:
    """Export everybody as CSV; `grown_mb` is the highest memory above that of the beginning."""
    with (
        connected_to(ensure(customers)),
        tempfile.TemporaryDirectory(prefix="qiao-export-") as folder,
        override_settings(MEDIA_ROOT=Path(folder)),
        override("zh-hans"),
    ):
        now = timezone.now()
        actor = actor_by_number(CHIEF, day=timezone.localdate(now))
        with transaction.atomic():
            export = request_export(
                actor=actor, now=now, filters=ExportFilters(), columns=COLUMNS, form="csv",
                full_phones=False, reason="bench", language="zh-hans",
            )  # fmt: skip
        before = _resident()
        began = time.monotonic()
        export = write_export(
            actor=actor, export_id=export.pk, header=heads(export.columns),
            cells=cells(export.columns, full_phones=False), clock=timezone.now,
        )  # fmt: skip
        seconds = time.monotonic() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        export.refresh_from_db()
        yield once("export", seconds, limits=LIMITS, rows=export.row_count,
                   file_mb=round(path_of(export).stat().st_size / MB),
                   grown_mb=round((peak - before) / MB, 1))  # fmt: skip


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
