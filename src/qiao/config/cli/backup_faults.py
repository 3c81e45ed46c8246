"""Why a backup, its test or a restore cannot be done: each has a word that the runs keep."""

from pathlib import Path

from qiao.config.cli.failure import CommandError


class BackupFailed(CommandError):  # noqa: N818 - names the finding
    """A backup, a test or a restore cannot be done; `reason` says why in one word."""

    reason: str = "database"


class Damaged(BackupFailed):
    """The file is not what was written."""

    reason = "damaged"


class Differs(BackupFailed):
    """What was read back is not what was written; `differences` names it."""

    reason = "differs"

    def __init__(self, message: str, differences: list[str]) -> None:
        super().__init__(message)
        self.differences = differences


class OtherKey(BackupFailed):
    """The file was made with another field key."""

    reason = "other_key"


class DiskFull(BackupFailed):
    """There is less room than is needed; both in bytes."""

    reason = "disk_full"

    def __init__(self, folder: Path, *, needed: int, free: int) -> None:
        super().__init__(
            f"{folder}: {needed / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free:"
            " make room, or choose another disk"
        )
        self.needed, self.free = needed, free


class NotAllowed(BackupFailed):
    """The owner's role may not create a database."""

    reason = "not_allowed"


class Missing(BackupFailed):
    """The file is not there."""

    reason = "missing"
