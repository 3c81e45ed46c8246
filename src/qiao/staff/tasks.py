"""Jobs of the clock for the tree, and files that people take away."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django import app

from qiao.core import exports
from qiao.core.background import QUEUE
from qiao.core.models import Export
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.staff.operations import close_due_units, duty, notify
from qiao.staff.queries import actor_by_id

FILE_READY: Final = "staff.file_ready"


def close_units(now: datetime) -> None:
    """Close units whose day has come."""
    with acting(None):
        close_due_units(today=timezone.localdate(now))


def tell_of_holes(now: datetime) -> None:
    """Tell supervisors of the holes in the rosters of the days to come."""
    with acting(None):
        duty.tell_holes(now=now)


@app.task(name=exports.TASK, queue=QUEUE, retry=PATIENT)
def write_export(*, export_id: int, staff_id: int) -> None:
    """Write a file in the words, and with the rights of today, of whoever asked for it."""
    export = Export.objects.get(pk=export_id)
    with override(export.language):
        exports.write_export(
            export_id=export_id,
            actor=actor_by_id(staff_id, day=timezone.localdate()),
            clock=timezone.now,
            tell=_tell_ready,
        )


def _tell_ready(export: Export, now: datetime) -> None:
    kind = exports.kind_of(export)
    if kind.done is not None:
        kind.done(export.pk, export.created_by_id, now)
        return
    notify(
        staff_ids=[export.created_by_id],
        kind=FILE_READY,
        subject_id=export.pk,
        once=f"export:{export.pk}",
        now=now,
    )
