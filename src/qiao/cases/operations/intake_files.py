"""Uploaded logs of cases: kept on the disk, read, their columns named, checked, discarded.

A file lies under the media folder by the id of its row until it was taken in. What takes long runs
as a job that opens its own short transactions; a job that runs twice does no harm.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from qiao.cases.models import CaseIntake, IntakeMapping
from qiao.cases.operations.intake_checking import Findings, check_file
from qiao.cases.operations.intake_plan import (
    PERMISSION,
    proposed_channels,
    proposed_types,
    refuse_bad,
    settings_data,
    types_at,
    usual_settings,
)
from qiao.cases.rules.intake_fields import TABLE, TIMES
from qiao.cases.rules.intake_rows import CLOSED, OPEN, PRIORITIES, is_closed_word
from qiao.cases.rules.intake_times import orders
from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold, signature
from qiao.core.rules.text import clean
from qiao.core.sheets import Sheet, SheetRefused, open_sheet
from qiao.core.table_uploads import (
    READ_AT_ONCE,
    FileMovedOn,
    UploadFolder,
    failure_of,
    name_of,
    samples_of,
)
from qiao.core.transactions import acting, outside, required

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

READ_TASK: Final = "cases.read_intake"
CHECK_TASK: Final = "cases.check_intake"
FOLDER: Final = UploadFolder("intake")
SOURCE_LENGTH: Final = 60
_State = CaseIntake.State
WAITING: Final = (
    _State.READING, _State.MAPPING, _State.CHECKING, _State.CHECKED, _State.FAILED,
)  # fmt: skip


def lock_of(intake_id: int) -> str:
    """The lock of the jobs that read, check, take in and take back."""
    return f"cases.intake:{intake_id}"


def path_of(intake_id: int) -> Path:
    """Where the file lies."""
    return FOLDER.path_of(intake_id)


def receive_log(
    *,
    actor: Actor,
    organisation_id: int,
    source: str,
    upload: "UploadedFile[Any]",
    now: datetime,
) -> CaseIntake:
    """Keep an uploaded log and read its columns; a large one is read by the worker.

    `source` names whose log it is. Raises `FileTooLarge`, `SheetRefused`, `BadText`,
    `qiao.core.uploads.NoRoom` and `Forbidden`.
    """
    outside()
    actor.require(PERMISSION, organisation_id)
    job = CaseIntake(
        organisation_id=organisation_id,
        source=clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True,
                     required=True),
        file_name=name_of(upload),
        size_bytes=upload.size or 0,
        created_at=now,
        created_by_id=actor.person_id,
    )  # fmt: skip
    with FOLDER.keep(upload) as kept:
        is_large = job.size_bytes > READ_AT_ONCE
        if not is_large:
            _describe(job, open_sheet(kept))
        with acting(actor):
            job.save()
            if is_large:
                defer(READ_TASK, job, actor)
            kept.replace(path_of(job.pk))
    return job


def defer(task: str, job: CaseIntake, actor: Actor) -> None:
    """Have a task run over the file once the running transaction is through."""
    background.defer(task, lock=lock_of(job.pk), intake_id=job.pk, staff_id=actor.person_id)


def locked(actor: Actor, intake_id: int, *states: str) -> CaseIntake:
    """The row, locked. Raises `FileMovedOn` unless it is in one of these states."""
    required()
    job = CaseIntake.objects.select_for_update().get(id=intake_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state not in states:
        raise FileMovedOn(job.state)
    return job


def read_log(*, actor: Actor, intake_id: int) -> CaseIntake:
    """Find header and samples, and propose what the columns mean. Opens its own transaction."""
    outside()
    job = CaseIntake.objects.get(id=intake_id)
    if job.state != _State.READING:
        return job
    try:
        _describe(job, open_sheet(path_of(intake_id)))
    except (SheetRefused, FileNotFoundError) as refusal:
        return _fail(actor, intake_id, refusal)
    with acting(actor):
        locked(actor, intake_id, _State.READING)
        job.save()
    return job


def _describe(job: CaseIntake, sheet: Sheet) -> None:
    """Put header, samples and what is proposed into the row of a file."""
    job.header, job.samples = list(sheet.header), samples_of(sheet)
    job.state, job.format = _State.MAPPING, sheet.format
    usual = usual_settings(job)
    kept = IntakeMapping.objects.filter(
        organisation_id=job.organisation_id, signature=signature(sheet.header)
    ).first()
    if kept is not None:
        named = {c: kept.fields.get(fold(name), "") for c, name in enumerate(sheet.header)}
        job.settings, job.choices = settings_data(kept.settings, usual), kept.choices
        job.is_mapping_kept = True
    else:
        named = {p.column: p.field for p in TABLE.propose(sheet.header)}
        job.settings = usual | {"order": _order(job, named)}
    job.mapping = {str(column): key for column, key in named.items()}


def _order(job: CaseIntake, named: Mapping[int, str]) -> str:
    """The one order in which the first days can be read; empty where a person must say it."""
    values = [v for column, key in named.items() if key in TIMES for v in job.samples[column]]
    possible = orders(values)
    return possible[0] if len(possible) == 1 else ""


def _fail(actor: Actor, intake_id: int, refusal: Exception) -> CaseIntake:
    with acting(actor):
        job = locked(actor, intake_id, _State.READING, _State.CHECKING)
        job.state = _State.FAILED
        job.failure, job.failure_detail = failure_of(refusal)
        drop_file(job)
    return job


def drop_file(job: CaseIntake) -> None:
    """Let a file go, with the values that were read out of it; it leaves the disk once that is
    committed."""
    job.is_on_disk, job.samples = False, []
    job.save()
    transaction.on_commit(partial(path_of(job.pk).unlink, missing_ok=True))


def name_columns(
    *, actor: Actor, intake_id: int, mapping: Mapping[int, str], settings: Mapping[str, str]
) -> CaseIntake:
    """Say what every column means and how the file is read, and have it checked.

    Raises `BadPlan`, `FileMovedOn` and `Forbidden`.
    """
    job = locked(actor, intake_id, _State.MAPPING, _State.CHECKED)
    whole = {column: mapping.get(column, "") for column in range(len(job.header))}
    told = settings_data(settings, usual_settings(job))
    refuse_bad(job, told, whole)
    if told["team"] and int(told["team"]) not in actor.organisations("cases.view"):
        told["team"] = ""
    job.mapping = {str(column): key for column, key in whole.items()}
    job.settings = told
    return _check(job, actor)


def choose_words(
    *, actor: Actor, intake_id: int, choices: Mapping[str, Mapping[str, str]]
) -> CaseIntake:
    """Say what codes, statuses, priorities and channels of the log mean here. Where that changes
    which cases are over, the file is checked again.

    Raises `FileMovedOn` and `Forbidden`.
    """
    job = locked(actor, intake_id, _State.CHECKED)
    before = job.choices.get("statuses")
    job.choices = {key: dict(words) for key, words in choices.items()}
    if before != job.choices.get("statuses"):
        return _check(job, actor)
    job.save()
    return job


def _check(job: CaseIntake, actor: Actor) -> CaseIntake:
    job.state, job.findings, job.checked_rows = _State.CHECKING, {}, 0
    job.save()
    defer(CHECK_TASK, job, actor)
    return job


def reopen_columns(*, actor: Actor, intake_id: int) -> CaseIntake:
    """Go back to the columns; a check that runs ends at its next batch."""
    job = locked(actor, intake_id, _State.CHECKING, _State.CHECKED)
    job.state = _State.MAPPING
    job.save(update_fields=["state"])
    return job


def check_again(*, actor: Actor, intake_id: int) -> None:
    """Have a file checked whose job was lost. Raises `FileMovedOn` and `Forbidden`."""
    defer(CHECK_TASK, locked(actor, intake_id, _State.CHECKING), actor)


def run_check(*, actor: Actor, intake_id: int, now: datetime) -> CaseIntake:
    """Check a whole file by its plan and keep what was found. Opens its own transactions.

    Ends quietly when somebody went back to the columns meanwhile.
    """
    job = CaseIntake.objects.get(id=intake_id)
    if job.state != _State.CHECKING:
        return job
    still = CaseIntake.objects.filter(
        pk=intake_id, state=_State.CHECKING, mapping=job.mapping, settings=job.settings,
        choices=job.choices,
    )  # fmt: skip
    try:
        found = check_file(
            actor=actor,
            path=path_of(intake_id),
            job=job,
            now=now,
            goes_on=lambda found: bool(still.update(checked_rows=found.rows)),
        )
    except (SheetRefused, FileNotFoundError) as refusal:
        return _fail(actor, intake_id, refusal)
    still.update(
        state=_State.CHECKED,
        findings=found.data(),
        checked_rows=found.rows,
        choices=_proposed(job, found),
    )
    job.refresh_from_db()
    return job


def _proposed(job: CaseIntake, found: Findings) -> dict[str, dict[str, str]]:
    """What the words of the log seem to mean, under what somebody said before."""
    types = types_at(job.organisation_id)
    proposed = {
        "types": proposed_types(list(found.codes), types),
        "statuses": {word: CLOSED if is_closed_word(word) else OPEN for word in found.statuses},
        "priorities": {
            word: PRIORITIES[fold(word)] for word in found.priorities if fold(word) in PRIORITIES
        },
        "channels": proposed_channels(list(found.channels)),
        "causes": {},
    }
    return {key: words | job.choices.get(key, {}) for key, words in proposed.items()}


def discard_log(*, actor: Actor, intake_id: int) -> CaseIntake:
    """Throw an uploaded file away before it was started. Raises `FileMovedOn` and `Forbidden`."""
    job = locked(actor, intake_id, *WAITING)
    job.state = _State.DISCARDED
    drop_file(job)
    return job


def sweep_logs(now: datetime) -> None:
    """Remove files on the disk that have long belonged to nothing."""
    for path in FOLDER.strangers(now, _needed):
        path.unlink(missing_ok=True)


def _needed(ids: list[int]) -> set[int]:
    rows = CaseIntake.objects.filter(pk__in=ids, is_on_disk=True)
    return set(rows.values_list("pk", flat=True))
