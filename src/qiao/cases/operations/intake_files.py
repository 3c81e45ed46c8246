"""Logs of cases on their way in: their columns and words named, checked, taken in by batches.

What their codes and words mean is said between the check and the start; see `choose_words`.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qiao.cases.models import CaseIntake, IntakeMapping
from qiao.cases.operations.intake_plan import (
    PERMISSION,
    refuse_bad,
    settings_data,
    usual_settings,
)
from qiao.cases.operations.intake_work import LogWork
from qiao.cases.rules.intake_fields import TABLE, TIMES
from qiao.cases.rules.intake_times import orders
from qiao.core.actor import Actor
from qiao.core.rules.columns import FieldTable, fold, signature
from qiao.core.rules.text import clean
from qiao.core.table_batches import BatchedLife
from qiao.core.table_uploads import UploadFolder

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

READ_TASK: Final = "cases.read_intake"
CHECK_TASK: Final = "cases.check_intake"
RUN_TASK: Final = "cases.run_intake"
UNDO_TASK: Final = "cases.undo_intake"
SOURCE_LENGTH: Final = 60
_State = CaseIntake.State


class Logs(BatchedLife[CaseIntake]):
    """The life of a log of cases, and of what it brought, until that is taken back."""

    model = CaseIntake
    folder = UploadFolder("intake")
    permission = PERMISSION
    subject = "cases.intake"
    argument = "intake_id"
    tasks = {
        _State.READING: READ_TASK, _State.CHECKING: CHECK_TASK, _State.RUNNING: RUN_TASK,
        _State.ROLLING_BACK: UNDO_TASK,
    }  # fmt: skip
    exported = ("row", "number", "field", "found", "expected")
    goes_by = ("mapping", "settings", "choices")
    is_checked_at_once = False
    size = 2_000

    def table_of(self, file: CaseIntake) -> FieldTable:
        """The fields of a case."""
        del file
        return TABLE

    def propose(self, file: CaseIntake) -> dict[int, str]:
        """As the unit read such a file before, with its settings and choices; else by names."""
        usual = usual_settings(file)
        kept = IntakeMapping.objects.filter(
            organisation_id=file.organisation_id, signature=signature(file.header)
        ).first()
        if kept is not None:
            file.settings, file.choices = settings_data(kept.settings, usual), kept.choices
            file.is_mapping_kept = True
            return {c: kept.fields.get(fold(name), "") for c, name in enumerate(file.header)}
        named = super().propose(file)
        file.settings = usual | {"order": _order(file, named)}
        return named

    def mark(self, file: CaseIntake, path: Path) -> None:
        """Nothing yet: its digest says that it was taken in before, and is asked at the start."""

    def work(self, file: CaseIntake, actor: Actor, now: datetime) -> LogWork:
        """Its rows become cases."""
        return LogWork(file, actor, now)


LOGS: Final = Logs()


def _order(job: CaseIntake, named: Mapping[int, str]) -> str:
    """The one order in which the first days can be read; empty where a person must say it."""
    values = [v for column, key in named.items() if key in TIMES for v in job.samples[column]]
    possible = orders(values)
    return possible[0] if len(possible) == 1 else ""


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
    actor.require(PERMISSION, organisation_id)
    said = clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True)
    return LOGS.receive(
        actor=actor, upload=upload, now=now, organisation_id=organisation_id, source=said
    )


def name_columns(
    *, actor: Actor, intake_id: int, mapping: Mapping[int, str], settings: Mapping[str, str]
) -> CaseIntake:
    """Say what every column means and how the file is read, and have it checked.

    Raises `BadPlan`, `FileMovedOn` and `Forbidden`.
    """
    job = LOGS.locked(actor, intake_id, _State.MAPPING, _State.CHECKED)
    whole = {column: mapping.get(column, "") for column in range(len(job.header))}
    told = settings_data(settings, usual_settings(job))
    refuse_bad(job, told, whole)
    if told["team"] and int(told["team"]) not in actor.organisations("cases.view"):
        told["team"] = ""
    job.mapping = {str(column): key for column, key in whole.items()}
    job.settings = told
    return LOGS.check_anew(job, actor)


def choose_words(
    *, actor: Actor, intake_id: int, choices: Mapping[str, Mapping[str, str]]
) -> CaseIntake:
    """Say what codes, statuses, priorities and channels of the log mean here. Where that changes
    which cases are over, the file is checked again.

    Raises `FileMovedOn` and `Forbidden`.
    """
    job = LOGS.locked(actor, intake_id, _State.CHECKED)
    before = job.choices.get("statuses")
    job.choices = {key: dict(words) for key, words in choices.items()}
    if before != job.choices.get("statuses"):
        return LOGS.check_anew(job, actor)
    job.save()
    return job
