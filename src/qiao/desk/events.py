"""What happened in the problem log, and to backups."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("desk.problem_reported", topics=("problems",))
@dataclass(frozen=True, slots=True)
class ProblemReported:
    """A person reported a problem."""

    problem_id: int


@event_type("desk.problem_decided", topics=("problems",))
@dataclass(frozen=True, slots=True)
class ProblemDecided:
    """Somebody decided on a problem: its state, and the version in which it is mended."""

    problem_id: int
    state: str
    severity: int
    fixed_in: str
    duplicate_of_id: int | None


@event_type("desk.backup_requested", topics=("backups",))
@dataclass(frozen=True, slots=True)
class BackupRequested:
    """A backup, or a test of the backup `backup_id`, was asked for."""

    run_id: int
    kind: str
    origin: str
    backup_id: int | None


@event_type("desk.backup_ended", topics=("backups",))
@dataclass(frozen=True, slots=True)
class BackupEnded:
    """A backup or a test is done or has failed; `reason` says why. ``removed``: its file went."""

    run_id: int
    kind: str
    state: str
    reason: str
