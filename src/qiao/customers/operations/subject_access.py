"""All that is held about one person as one file: made in the background, gone after a while."""

import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from qiao.core import background, disclosure
from qiao.core.actor import Actor
from qiao.core.attachments import path_of as content_of
from qiao.core.models import Attachment
from qiao.core.personal import Held
from qiao.core.registry import registry
from qiao.core.retention import period, rule
from qiao.core.rules.text import clean
from qiao.core.transactions import acting, outside
from qiao.customers.models import SubjectExport
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.refusals import ReasonMissing, WrongState
from qiao.customers.queries import NotVisible
from qiao.customers.queries.personal import ACCESS, person_of

TASK: Final = "customers.pack_subject_access"
KEPT_BY: Final = "customers.subject_files"
REASON_LENGTH: Final = 300


def ask_subject_access(
    *, actor: Actor, now: datetime, customer_id: int, reason: str, language: str
) -> SubjectExport:
    """Have all that is held about a person put together for them. Recorded as a disclosure.

    Raises `ReasonMissing`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=ACCESS)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("an export needs its reason")
    organisation_id = branch_of(actor=actor, customer_id=customer.pk, permission=ACCESS)
    export = SubjectExport.objects.create(
        customer=customer,
        organisation_id=organisation_id,
        reason=words,
        language=language,
        requested_by_id=actor.person_id,
        requested_at=now,
    )
    disclosure.record(
        kind="export",
        subject="customer",
        subject_id=customer.pk,
        fields=("subject_access",),
        organisation_id=organisation_id,
        actor=actor,
        now=now,
        reason=words,
    )
    background.defer(TASK, lock=f"{TASK}:{export.pk}", export_id=export.pk)
    return export


def file_of(export_id: int) -> Path:
    """Where the file of an export lies."""
    return Path(settings.MEDIA_ROOT) / "subject-access" / f"{export_id}.zip"


def pack(*, export_id: int, now: datetime) -> None:
    """Put the file together; a job that runs twice writes the same file again. Opens its own
    transaction once the file is written; nothing stays of it where nobody waits any more."""
    outside()
    waiting = SubjectExport.objects.filter(pk=export_id, state=SubjectExport.State.WAITING)
    export = waiting.first()
    if export is None:
        return
    target = file_of(export.pk)
    with override(export.language):
        person = person_of(export.customer_id)
        held = [each for part in registry.personal() for each in part.collect(person)]
        _write(target, export, [each for each in held if each.rows], now)
    with acting(None):
        is_awaited = waiting.update(
            state=SubjectExport.State.READY,
            ready_at=now,
            expires_at=now + period(rule(KEPT_BY), now=now).span,
            size_bytes=target.stat().st_size,
        )
    if not is_awaited:
        target.unlink(missing_ok=True)


def _write(target: Path, export: SubjectExport, held: Sequence[Held], now: datetime) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    data = [{"title": str(each.title), "rows": list(each.rows)} for each in held]
    page = render_to_string(
        "customers/personal/held.html",
        {"customer": export.customer, "now": now, "held": [_table(each) for each in held]},
    )
    with (
        NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part,
        ZipFile(part, "w", ZIP_DEFLATED) as packed,
    ):
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
        packed.writestr("index.html", page)
        _add_files(packed, (file for each in held for file in each.files))
    Path(part.name).replace(target)


def _table(held: Held) -> dict[str, Any]:
    columns = list(held.rows[0])
    return {
        "title": held.title,
        "columns": columns,
        "rows": [[_shown(row[name]) for name in columns] for row in held.rows],
    }


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _add_files(packed: ZipFile, files: Iterable[Attachment]) -> None:
    for file in files:
        source = content_of(file.sha256)
        if source.is_file():
            name = f"files/{file.pk}-{file.file_name.replace('/', '_')}"
            with source.open("rb") as content, packed.open(name, "w") as out:
                shutil.copyfileobj(content, out)


def take_subject_access(
    *, actor: Actor, now: datetime, customer_id: int, export_id: int
) -> SubjectExport:
    """Hand the file out; each time is counted and recorded.

    Raises `WrongState` when it is not ready or its time is over, `NotVisible`, `Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=ACCESS)
    export = SubjectExport.objects.filter(pk=export_id, customer=customer).first()
    if export is None:
        raise NotVisible(f"export {export_id}")
    is_over = export.expires_at is None or export.expires_at <= now
    if export.state != SubjectExport.State.READY or is_over:
        raise WrongState("the file is not there")
    export.taken_count += 1
    export.save(update_fields=["taken_count"])
    disclosure.record(
        kind="export",
        subject="customer",
        subject_id=customer.pk,
        fields=("subject_access",),
        organisation_id=export.organisation_id,
        actor=actor,
        now=now,
        reason=export.reason,
    )
    return export
