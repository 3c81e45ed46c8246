"""Logs that are taken in: started once each, stopped for good."""

from datetime import datetime
from typing import Any, Final

from qiao.cases.models import CaseIntake, IntakeCategory, IntakeMapping
from qiao.cases.operations.intake_files import LOGS
from qiao.cases.operations.intake_plan import PERMISSION, SEPARATOR, causes_by_key
from qiao.core.actor import Actor
from qiao.core.rules.columns import fold, signature
from qiao.core.table_life import mapping_of
from qiao.core.table_uploads import GONE, FileMovedOn, digest_of
from qiao.core.transactions import acting

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
        digest = digest_of(LOGS.path_of(intake_id))
    except FileNotFoundError as missing:
        raise FileMovedOn(GONE) from missing
    with acting(actor):
        job = LOGS.locked(actor, intake_id, _State.CHECKED)
        before = CaseIntake.objects.filter(
            organisation_id=job.organisation_id, source=job.source, digest=digest, state__in=LIVE
        ).first()
        if before is not None:
            raise AlreadyTakenIn(before.pk)
        learn_categories(job)
        _keep_mapping(job, now)
        job.digest, job.started_at = digest, now
        return LOGS.begin(job, actor)


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


def stop_intake(*, actor: Actor, intake_id: int, now: datetime) -> CaseIntake:
    """Stop for good and remove the file; what was taken in stays.

    Raises `FileMovedOn` and `Forbidden`.
    """
    job = LOGS.locked(actor, intake_id, _State.RUNNING)
    job.state, job.finished_at = _State.CANCELLED, now
    LOGS.drop(job)
    return job
