"""A job of the kill tests of readings and drawers: dies by its own hand before a given statement.

``python -m tests.kills.loader readings|intervals|drawer ID STATEMENT``; statement 0 lets it live.
Run again, it goes on where the last one died.
"""

import os
import sys
from typing import Any

import django
from django.utils import timezone

from tests.kills.importer import die_before

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
READINGS = 15  # rows of a file at once
INTERVALS = 90


def take_readings(file_id: int) -> None:
    """A started file of readings."""
    from qiao.metering.models import ReadingFile
    from qiao.metering.operations.files import FILES

    FILES.size = READINGS  # smaller, so that there are many
    file = ReadingFile.objects.get(pk=file_id)
    FILES.run(file_id=file_id, **_by(file.created_by_id))


def take_intervals(load_id: int) -> None:
    """A load of interval data."""
    from qiao.metering.models import IntervalLoad
    from qiao.metering.operations import interval_files, intervals

    interval_files.BLOCK = INTERVALS  # type: ignore[misc] # as above
    load = IntervalLoad.objects.get(pk=load_id)
    intervals.run_load(load_id=load_id, **_by(load.created_by_id))


def close_drawer(shift_id: int) -> None:
    """Count a drawer that holds 20 fen less than it should, then close its day."""
    from qiao.billing.models import CashierShift
    from qiao.billing.operations import close_day, close_shift
    from qiao.billing.queries.shifts import cash_expected
    from qiao.core.transactions import acting

    shift = CashierShift.objects.get(pk=shift_id)
    about = _by(shift.cashier_id)
    if shift.closed_at is None:
        counted = cash_expected(shift) - 20
        with acting(about["actor"]):
            close_shift(shift_id=shift_id, counted_minor=counted, note="", **about)
    day = shift.booked_date
    with acting(about["actor"]):
        close_day(organisation_id=shift.organisation_id, day=day, today=day, **about)


def _by(staff_id: int | None) -> dict[str, Any]:
    from qiao.staff.queries import actor_by_id

    now = timezone.now()
    assert staff_id is not None
    return {"actor": actor_by_id(staff_id, day=timezone.localdate(now)), "now": now}


JOBS = {"readings": take_readings, "intervals": take_intervals, "drawer": close_drawer}

if __name__ == "__main__":
    django.setup()
    if statement := int(sys.argv[3]):
        die_before(statement)
    JOBS[sys.argv[1]](int(sys.argv[2]))
