"""A file of readings, one of each meter, through the checks; its final rows copied are the floor.

Meters go on as fast as between their last two readings; every hundredth jumps, so that there are
exceptions to be held up. Measured is the taking in; the dry run before it, which people wait for
too, is told beside it.
"""

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from customers_parts.world import copy
from measuring.databases import connected_to, drop, say, set_up, work_on
from measuring.timing import Limits, Result, once

from billing_parts import world
from billing_parts.copying import copied, written
from billing_parts.run import CLERK

LIMITS = Limits(ratio=3, most={"refused": 0})
MADE, BARE = "billing_readings_made", "billing_readings_bare"
NEW = ("metering_reading", "metering_readingfinding")
_FILE = """
COPY (
    SELECT i.meter_number AS meter, %(today)s AS date, g.kind, g.period,
           mod(l.value + CASE WHEN g.id %% 100 = 0 THEN 40 * (l.used + 1)
                              ELSE round(l.used * (%(today)s::date - l.read_date) / l.days) END,
               10::numeric ^ g.digits)::bigint AS reading
      FROM metering_register g
      JOIN customers_meterinstallation i ON i.id = g.installation_id AND upper(i.period) IS NULL
      JOIN LATERAL (
          SELECT x.value, x.read_date,
                 mod(x.value - lead(x.value, 1, x.value) OVER (ORDER BY x.read_date DESC)
                         + 10::numeric ^ g.digits, 10::numeric ^ g.digits) AS used,
                 greatest(1, x.read_date - lead(x.read_date) OVER (ORDER BY x.read_date DESC))
                     AS days
            FROM metering_reading x
           WHERE x.register_id = g.id AND x.superseded_by_id IS NULL
           ORDER BY x.read_date DESC LIMIT 1) l ON l.read_date < %(today)s::date
     WHERE g.removed_at IS NULL ORDER BY g.id
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


def measure(args: Namespace) -> Iterator[Result]:
    """Take a file of all meters in, then copy what came of it into an equal database."""
    due = world.ensure_due(args.due)
    work_on(due)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    copy(due, MADE)
    with tempfile.TemporaryDirectory(prefix="qiao-readings-") as name:
        folder = Path(name)
        with connected_to(MADE):
            checking, taking, file = _take(folder / "readings.csv", folder)
        copy(due, BARE)
        rows = written(MADE, BARE, NEW, folder)
        drop(MADE)
        floor = copied(rows, BARE, folder)
    drop(BARE)
    yield once(
        "readings", taking, floor, limits=LIMITS, rows=file.read_count,
        exceptions=file.exception_count, refused=file.refused_count,
        check_seconds=round(checking, 1), per_second=round(file.read_count / taking),
    )  # fmt: skip


def _take(path: Path, folder: Path):  # type: ignore[no-untyped-def]
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.utils import timezone

    from qiao.core.transactions import acting
    from qiao.metering.operations.files import FILES
    from qiao.staff.queries import actor_by_number, company_id

    settings.MEDIA_ROOT = folder / "media"
    now, today = timezone.now(), timezone.localdate()
    values = {"today": today.isoformat()}
    with connection.cursor() as cursor, path.open("wb") as out, cursor.copy(_FILE, values) as rows:
        out.writelines(bytes(block) for block in rows)
    clerk = actor_by_number(CLERK, day=today)
    upload = SimpleUploadedFile("readings.csv", path.read_bytes())
    file = FILES.receive(actor=clerk, organisation_id=company_id(), upload=upload, now=now)
    began = time.monotonic()
    file = FILES.run_check(actor=clerk, file_id=file.pk, now=now)
    checking = time.monotonic() - began
    say(f"  checked in {checking:.1f} s: {file.state} {file.findings}")
    with acting(clerk):
        file = FILES.start(actor=clerk, file_id=file.pk)
    began = time.monotonic()
    file = FILES.run(actor=clerk, file_id=file.pk, now=now)
    return checking, time.monotonic() - began, file
