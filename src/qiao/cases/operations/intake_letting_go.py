"""What logs of cases let go of when its time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_files import LOGS


def let_uploads_go(idents: Sequence[Any], _now: datetime) -> None:
    """Discard uploaded logs that nobody started."""
    for job in CaseIntake.objects.select_for_update().filter(pk__in=idents):
        job.state, job.findings, job.choices = CaseIntake.State.DISCARDED, {}, {}
        LOGS.drop(job)


def let_findings_go(idents: Sequence[Any], _now: datetime) -> None:
    """Forget what stood in refused and differing rows of logs; their outcome stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_intakerow SET faults = '[]', differs = '[]'"
            " WHERE intake_id = ANY(%s) AND (faults <> '[]' OR differs <> '[]')",
            [list(idents)],
        )
