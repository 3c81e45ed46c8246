"""Files that people take away: asked for, written in the background, kept for a while.

One mechanism for every module: it declares an `ExportKind` in its manifest, and asks with
`request_export`. The file is written in bounded memory with the rights of that moment, recorded
as a disclosure with its number of rows once it is there to be taken, handed out to whoever asked
and nobody else, and removed when its time is over. A job that is killed and run again writes the
one file from the beginning.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import F

from qiao.core import background, disclosure
from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import ExportKind, Order, Written
from qiao.core.models import Export
from qiao.core.registry import registry
from qiao.core.retention import period, rule
from qiao.core.rules.text import clean
from qiao.core.transactions import acting, required

TASK: Final = "core.write_export"
REASON_LENGTH: Final = 300
SHOWN: Final = 50
_State = Export.State
UNDER_WAY: Final = (_State.WAITING, _State.RUNNING)
Tell = Callable[[Export, datetime], None]


class NoReason(Exception):  # noqa: N818 - names the finding
    """Who takes something away says why."""


class ExportEnded(Exception):  # noqa: N818 - names the finding
    """The file is there, or will not be written any more."""


class ExportMissing(Exception):  # noqa: N818 - names the finding
    """There is no such file of this person's."""


class Stopped(Exception):  # noqa: N818 - names the finding
    """Somebody cancelled while the file was being written."""


def kind_of(export: Export) -> ExportKind:
    """What it is a file of. Raises `KeyError`."""
    return registry.export_kinds()[export.kind]


def path_of(export: Export) -> Path:
    """Where the file lies."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"{export.pk}.{export.form}"


def lock_of(export_id: int) -> str:
    """The lock of the job that writes it."""
    return f"{TASK}:{export_id}"


def request_export(
    *,
    kind: str,
    terms: Mapping[str, Any],
    form: str,
    reason: str,
    language: str,
    actor: Actor,
    now: datetime,
    organisation_id: int | None = None,
    expected_rows: int | None = None,
    once: str = "",
) -> Export:
    """Ask for a file; it is written in the background for the actor.

    `once` names the occasion: whoever has a file of it is given that one. `organisation_id` is the
    unit under which it is recorded, the actor's own by default; `expected_rows` lets the page
    say how far it is. Raises `NoReason`, `BadText`, `Forbidden`, `KeyError` for an unknown kind.
    """
    required()
    actor.require(registry.export_kinds()[kind].permission)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise NoReason(kind)
    values = {
        "kind": kind,
        "organisation_id": organisation_id or actor.organisation_id,
        "terms": dict(terms),
        "form": Export.Form(form).value,
        "reason": words,
        "language": language,
        "expected_rows": expected_rows,
        "created_at": now,
        "created_by_id": actor.person_id,
    }
    if once:
        export, is_new = Export.objects.get_or_create(
            created_by_id=actor.person_id, once=once, defaults=values
        )
    else:
        export, is_new = Export.objects.create(**values), True
    if is_new:
        background.defer(
            TASK, lock=lock_of(export.pk), export_id=export.pk, staff_id=actor.person_id
        )
    return export


def write_export(
    *, export_id: int, actor: Actor, clock: Callable[[], datetime], tell: Tell
) -> Export:
    """Write a file from the beginning. Opens its own transactions.

    The rights are those of now, not of when it was asked for: without them it ends as refused.
    Ends quietly when it was cancelled. `tell` is called in the transaction that makes it ready.
    """
    export = Export.objects.get(pk=export_id)
    mine = Export.objects.filter(pk=export_id, state__in=UNDER_WAY)
    if not mine.update(state=_State.RUNNING, row_count=0):
        return export
    target = path_of(export)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        written = _write(export, part, actor, clock())
        part.replace(target)
        _finish(export_id, written, target.stat().st_size, actor, clock(), tell)
    except Stopped:
        pass
    except Forbidden:
        mine.update(state=_State.REFUSED, row_count=0, finished_at=clock())
    finally:
        part.unlink(missing_ok=True)
    export.refresh_from_db()
    if export.state != _State.DONE:
        target.unlink(missing_ok=True)
    return export


def _write(export: Export, part: Path, actor: Actor, now: datetime) -> Written:
    kind = kind_of(export)
    actor.require(kind.permission)
    going = Export.objects.filter(pk=export.pk, state=_State.RUNNING)

    def advance(rows: int) -> None:
        if not going.update(row_count=rows):
            raise Stopped(str(export.pk))

    return kind.write(
        Order(actor, export.terms, export.form, part, export.created_at, now, advance)
    )


def _finish(
    export_id: int, written: Written, size: int, actor: Actor, now: datetime, tell: Tell
) -> None:
    with acting(actor):
        export = Export.objects.select_for_update().get(pk=export_id)
        if export.state != _State.RUNNING:
            return
        kind = kind_of(export)
        export.state, export.row_count, export.size_bytes = _State.DONE, written.rows, size
        export.finished_at = now
        export.expires_at = now + period(rule(kind.kept_by), now=now).span
        export.save()
        disclosure.record(
            kind="export",
            subject=kind.subject,
            fields=written.fields,
            row_count=written.rows,
            organisation_id=export.organisation_id,
            actor=actor,
            now=now,
            reason=export.reason,
        )
        tell(export, now)


def cancel_export(*, actor: Actor, export_id: int) -> None:
    """Stop a file that is under way. Raises `ExportEnded`; only who asked for it may."""
    required()
    mine = Export.objects.filter(pk=export_id, created_by_id=actor.person_id, state__in=UNDER_WAY)
    if not mine.update(state=_State.CANCELLED):
        raise ExportEnded(str(export_id))


def exports_of(actor: Actor) -> list[Export]:
    """What the person asked for, the newest first."""
    found = Export.objects.filter(created_by_id=actor.person_id).order_by("-id")
    known = registry.export_kinds()
    return [export for export in found[:SHOWN] if export.kind in known]


def get_export_for(*, actor: Actor, export_id: int) -> Export:
    """A file of the person's own. Raises `ExportMissing`: nobody else's can be seen."""
    found = Export.objects.filter(pk=export_id, created_by_id=actor.person_id).first()
    if found is None:
        raise ExportMissing(str(export_id))
    return found


def is_ready(export: Export, *, actor: Actor, now: datetime) -> bool:
    """Whether it can be fetched: written, its time not over, the right to it not taken back."""
    is_there = export.state == _State.DONE and bool(export.expires_at and export.expires_at > now)
    return is_there and actor.can(kind_of(export).permission)


def note_fetched(*, export: Export) -> None:
    """Count that the file was handed out."""
    required()
    Export.objects.filter(pk=export.pk).update(taken_count=F("taken_count") + 1)


def let_go(idents: Sequence[Any], _now: datetime) -> None:
    """Remove files whose time is over; the record stays.

    A file goes before its row says so: a job that is killed in between finds it gone and goes on.
    """
    for export in Export.objects.filter(pk__in=idents):
        path_of(export).unlink(missing_ok=True)
    Export.objects.filter(pk__in=idents).update(state=_State.REMOVED)
