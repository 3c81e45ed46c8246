"""Logs that are taken in: started, resumed, stopped; the work itself is a job."""

from datetime import datetime
from typing import Any, Final

from qiao.cases.models import CaseIntake, IntakeCategory, IntakeMapping
from qiao.cases.operations.intake_files import defer, drop_file, locked, path_of
from qiao.cases.operations.intake_plan import PERMISSION, SEPARATOR, causes_by_key, mapping_of
from qiao.cases.operations.intake_taking import IntakeEnded, run_intake
from qiao.core import disclosure
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold, signature
from qiao.core.sheets import SheetRefused
from qiao.core.table_uploads import GONE, FileChanged, FileMovedOn, digest_of, failure_of
from qiao.core.transactions import acting, required

RUN_TASK: Final = "cases.run_intake"
_State = CaseIntake.State
LIVE: Final = (_State.RUNNING, _State.DONE, _State.ROLLING_BACK)


class AlreadyTakenIn(Exception):  # noqa: N818 - names the finding
    """The unit took the very same file in before; `intake_id` says when."""

    def __init__(self, intake_id: int) -> None:
        super().__init__(f"the file was taken in as intake {intake_id}")
        self.intake_id = intake_id


def start_intake(*, actor: Actor, intake_id: int, now: datetime) -> CaseIntake:
    """Begin to take a checked log in, in the background. The file is read for its digest before
    the transaction that this opens. Its codes become categories, and how it was read is kept for
    the next file with such columns.

    Raises `AlreadyTakenIn`, `FileMovedOn` and `Forbidden`.
    """
    found = CaseIntake.objects.get(id=intake_id)
    actor.require(PERMISSION, found.organisation_id)
    try:
        digest = digest_of(path_of(intake_id))
    except FileNotFoundError as missing:
        raise FileMovedOn(GONE) from missing
    with acting(actor):
        job = locked(actor, intake_id, _State.CHECKED)
        before = CaseIntake.objects.filter(
            organisation_id=job.organisation_id, source=job.source, digest=digest, state__in=LIVE
        ).first()
        if before is not None:
            raise AlreadyTakenIn(before.pk)
        learn_categories(job)
        _keep_mapping(job, now)
        job.digest, job.state, job.started_at, job.samples = digest, _State.RUNNING, now, []
        job.save()
        defer(RUN_TASK, job, actor)
    return job


def learn_categories(job: CaseIntake) -> None:
    """Every code of the file is a category of its log, with what somebody said it is here."""
    codes = [code for code, _count in job.findings.get("codes", [])]
    types = job.choices.get("types", {})
    causes = job.choices.get("causes", {})
    ids = causes_by_key(list(set(causes.values())))
    of_log: dict[str, Any] = {"organisation_id": job.organisation_id, "source": job.source}
    tops = {}
    for kind in dict.fromkeys(code.partition(SEPARATOR)[0] for code in codes):
        told = {"case_type": types.get(kind, ""), "cause_id": ids.get(causes.get(kind, ""))}
        tops[kind], _new = IntakeCategory.objects.update_or_create(
            **of_log, parent=None, code=kind, defaults=told
        )
    for code in codes:
        kind, _separator, sub = code.partition(SEPARATOR)
        if sub:
            told = {"case_type": types.get(code, ""), "cause_id": ids.get(causes.get(code, ""))}
            IntakeCategory.objects.update_or_create(
                **of_log, parent=tops[kind], code=sub, defaults=told
            )


def _keep_mapping(job: CaseIntake, now: datetime) -> None:
    IntakeMapping.objects.update_or_create(
        organisation_id=job.organisation_id,
        signature=signature(job.header),
        defaults={
            "fields": {fold(job.header[c]): key for c, key in mapping_of(job).items()},
            "settings": job.settings,
            "choices": job.choices,
            "used_at": now,
        },
    )


def resume_intake(*, actor: Actor, intake_id: int) -> CaseIntake:
    """Have a running intake go on whose job was lost or refused.

    Raises `FileMovedOn` where it has ended or its file is not here, and `Forbidden`.
    """
    job = locked(actor, intake_id, _State.RUNNING)
    if not job.is_on_disk:
        raise FileMovedOn(GONE)
    job.failure = job.failure_detail = ""
    job.save(update_fields=["failure", "failure_detail"])
    defer(RUN_TASK, job, actor)
    return job


def run_started(*, actor: Actor, intake_id: int, now: datetime) -> None:
    """Take in what is left of a started log; its file is removed when it has ended.

    Opens its own transactions. A file that cannot be read further leaves the intake where it is,
    with the failure told beside it.
    """
    try:
        run_intake(actor=actor, intake_id=intake_id, path=path_of(intake_id), now=now)
    except IntakeEnded:
        pass
    except (SheetRefused, FileChanged, FileNotFoundError) as refusal:
        failure, detail = failure_of(refusal)
        CaseIntake.objects.filter(id=intake_id, state=_State.RUNNING).update(
            failure=failure, failure_detail=detail
        )
        return
    with acting(actor):
        job = CaseIntake.objects.select_for_update().get(id=intake_id)
        if job.state != _State.RUNNING and job.is_on_disk:
            drop_file(job)


def stop_intake(*, actor: Actor, intake_id: int, now: datetime) -> CaseIntake:
    """Stop for good and remove the file; what was taken in stays.

    Raises `FileMovedOn` and `Forbidden`.
    """
    job = locked(actor, intake_id, _State.RUNNING)
    job.state, job.finished_at = _State.CANCELLED, now
    drop_file(job)
    return job


def record_rows(*, actor: Actor, job: CaseIntake, what: str, form: str, now: datetime) -> None:
    """Keep that somebody took the refused or differing rows of a log away. Raises `Forbidden`."""
    required()
    actor.require(PERMISSION, job.organisation_id)
    disclosure.record(
        kind="export",
        subject="cases.intake",
        subject_id=job.pk,
        fields=("row", "number", "field", "found", "expected"),
        row_count=job.refused_count if what == "refused" else job.differing_count,
        organisation_id=job.organisation_id,
        actor=actor,
        now=now,
        reason=f"{what} rows as {form}",
    )
