"""Lists of customers written in the background, for whoever asked and only for a day.

An export is asked for with a reason, written in bounded memory, recorded with its number of rows
when it is there to be taken, and removed after `KEPT`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.table_files import table_file
from qiao.core.transactions import acting, required
from qiao.customers.models import CustomerExport
from qiao.customers.operations.refusals import CustomerRefusal, ReasonMissing
from qiao.customers.queries import get_open_segment_for
from qiao.customers.queries.exporting import ExportFilters, ExportRow, export_rows
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.rules.export_columns import in_order

PERMISSION: Final = "customers.export"
REVEAL: Final = "customers.reveal"
TASK: Final = "customers.write_export"
REASON_LENGTH: Final = 300
KEPT: Final = timedelta(hours=24)
_State = CustomerExport.State
UNDER_WAY: Final = (_State.WAITING, _State.RUNNING)
Header = Callable[[list[str]], list[str]]
Cells = Callable[[ExportRow], Sequence[object]]


class NothingChosen(CustomerRefusal):
    """An export needs at least one column."""


class ExportEnded(CustomerRefusal):
    """The export is there, cancelled or removed."""


def folder() -> Path:
    """Where exports lie."""
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(export: CustomerExport) -> Path:
    """Where one export lies."""
    return folder() / f"{export.pk}.{export.form}"


def lock_of(export_id: int) -> str:
    """The lock of the job that writes it."""
    return f"customers.export:{export_id}"


def units_of(actor: Actor) -> list[int]:
    """The units whose customers the actor may see and take away."""
    return sorted({*actor.organisations(PERMISSION)} & {*actor.organisations("customers.view")})


def may_have_full_phones(actor: Actor) -> bool:
    """Whether telephone numbers may be asked for in full: in every unit that is exported."""
    return set(units_of(actor)) <= set(actor.organisations(REVEAL))


def request_export(
    *,
    actor: Actor,
    now: datetime,
    filters: ExportFilters,
    columns: Iterable[str],
    form: str,
    full_phones: bool,
    reason: str,
    language: str,
) -> CustomerExport:
    """Ask for a list; it is written in the background.

    Raises `NothingChosen`, `ReasonMissing`, `BadText` and `Forbidden`, also where full numbers are
    asked for without the right to reveal them; `NotVisible` for a segment of somewhere else, and
    for a manager whose portfolio the actor may not see.
    """
    required()
    actor.require(PERMISSION)
    if filters.segment:
        get_open_segment_for(actor=actor, segment_id=filters.segment)
    if filters.manager:
        keeper_for(actor=actor, manager_id=filters.manager, day=timezone.localdate(now))
    if full_phones and not may_have_full_phones(actor):
        actor.require(REVEAL, 0)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("an export needs its reason")
    chosen = in_order(columns)
    if not chosen:
        raise NothingChosen("no column")
    export = CustomerExport.objects.create(
        organisation_id=actor.organisation_id,
        filters=asdict(filters),
        columns=chosen,
        form=CustomerExport.Form(form).value,
        full_phones=full_phones,
        reason=words,
        language=language,
        created_at=now,
        created_by_id=actor.person_id,
    )
    background.defer(TASK, lock=lock_of(export.pk), export_id=export.pk, staff_id=actor.person_id)
    return export


def write_export(
    *,
    actor: Actor,
    export_id: int,
    header: Sequence[str],
    cells: Cells,
    clock: Callable[[], datetime],
) -> CustomerExport:
    """Write the file of an export from the beginning. Opens its own transactions.

    The rights are those of now, not of when it was asked for. Ends quietly when it was cancelled.
    Raises `Forbidden`.
    """
    export = CustomerExport.objects.get(pk=export_id)
    mine = CustomerExport.objects.filter(pk=export_id, state__in=UNDER_WAY)
    if not mine.update(state=_State.RUNNING, row_count=0):
        return export
    actor.require(PERMISSION)
    if export.full_phones and not may_have_full_phones(actor):
        actor.require(REVEAL, 0)
    target = path_of(export)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        count = _write(part, export, actor, header, cells)
        if count is not None and part.replace(target):
            _finish(export_id, count, target.stat().st_size, actor, clock())
    finally:
        part.unlink(missing_ok=True)
    export.refresh_from_db()
    if export.state != _State.DONE:
        target.unlink(missing_ok=True)
    return export


def _write(
    part: Path, export: CustomerExport, actor: Actor, header: Sequence[str], cells: Cells
) -> int | None:
    """The number of rows; None if somebody cancelled meanwhile."""
    count = 0
    going = CustomerExport.objects.filter(pk=export.pk, state=_State.RUNNING)
    chunks = export_rows(
        actor=actor,
        organisations=units_of(actor),
        filters=ExportFilters(**export.filters),
    )
    with table_file(part, form=export.form, header=header) as write:
        for chunk in chunks:
            write(cells(row) for row in chunk)
            count += len(chunk)
            if not going.update(row_count=count):
                return None
    return count


def _finish(export_id: int, count: int, size: int, actor: Actor, now: datetime) -> None:
    with acting(actor):
        export = CustomerExport.objects.select_for_update().get(pk=export_id)
        if export.state != _State.RUNNING:
            return
        export.state, export.row_count, export.size_bytes = _State.DONE, count, size
        export.finished_at, export.expires_at = now, now + KEPT
        export.save()
        fields = (*export.columns, "phones in full") if export.full_phones else export.columns
        disclosure.record(
            kind="export",
            subject="customers.customer",
            fields=tuple(fields),
            row_count=count,
            organisation_id=export.organisation_id,
            actor=actor,
            now=now,
            reason=export.reason,
        )


def cancel_export(*, actor: Actor, export_id: int) -> None:
    """Stop an export that is under way. Raises `ExportEnded`; only who asked for it may."""
    required()
    mine = CustomerExport.objects.filter(
        pk=export_id, created_by_id=actor.person_id, state__in=UNDER_WAY
    )
    if not mine.update(state=_State.CANCELLED):
        raise ExportEnded(f"export {export_id}")
