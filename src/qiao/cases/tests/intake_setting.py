"""A unit and a log on its way in, for the tests of intake."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from qiao.cases.models import CaseIntake
from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_runs import start_intake
from qiao.cases.operations.intake_undoing import begin_undoing, undo_intake
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
NEW_YORK = {"zone": "America/New_York", "order": "mdy"}


@dataclass
class Intake:
    """One actor's way with logs of one source."""

    company: Company
    source: str = "City log"
    settings: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    def receive(self, data: bytes, name: str = "log.csv") -> CaseIntake:
        """Upload a file."""
        return files.receive_log(
            actor=self.company.agent,
            organisation_id=self.company.lake.pk,
            source=self.source,
            upload=SimpleUploadedFile(name, data),
            now=self.now,
        )

    def check(self, job: CaseIntake, **changes: str) -> CaseIntake:
        """Name the columns as proposed and run the dry run."""
        with acting(self.company.agent):
            files.name_columns(
                actor=self.company.agent,
                intake_id=job.pk,
                mapping={int(c): key for c, key in job.mapping.items()},
                settings=job.settings | self.settings | changes,
            )
        return files.LOGS.run_check(actor=self.company.agent, file_id=job.pk, now=self.now)

    def start(self, job: CaseIntake) -> CaseIntake:
        """Take a checked file in, to its end."""
        start_intake(actor=self.company.agent, intake_id=job.pk, now=self.now)
        files.LOGS.run(actor=self.company.agent, file_id=job.pk, now=self.now)
        job.refresh_from_db()
        return job

    def take(self, data: bytes | str, **changes: str) -> CaseIntake:
        """Upload, check and take in."""
        raw = data.encode() if isinstance(data, str) else data
        return self.start(self.check(self.receive(raw), **changes))

    def take_back(self, job: CaseIntake) -> CaseIntake:
        """Undo an intake to its end."""
        with acting(self.company.agent):
            begin_undoing(actor=self.company.agent, intake_id=job.pk)
        return undo_intake(actor=self.company.agent, intake_id=job.pk, now=self.now)


def table(header: str, *lines: str) -> str:
    """A file of rows."""
    return "\n".join([header, *lines]) + "\n"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """A file as the standard library reads it, for counts of its own."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def percentile(values: Sequence[float], share: float) -> float:
    """The same figure as PostgreSQL's percentile_cont, computed apart from it."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
