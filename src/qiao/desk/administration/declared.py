"""What the company may set about the care of the installation, and how long its records stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter, Retention
from qiao.desk import backup_parameters
from qiao.desk.administration.health import BACKUP_AGE
from qiao.desk.models import BackupRun

PARAMETERS = (
    Parameter(
        key=BACKUP_AGE,
        label=_("Age of the last backup that is worth a warning"),
        kind="number",
        unit=_("hours"),
        least=1,
        most=720,
        default=26,
        default_source=_("One backup a night, and two hours of grace"),
    ),
    *backup_parameters.PARAMETERS,
)


def clear_runs(ids: Sequence[Any], now: datetime) -> None:
    """Delete backups and their tests."""
    del now
    BackupRun.objects.filter(pk__in=ids).delete()


RETENTION = (
    Retention(
        key="desk.backups",
        label=_("Records of backups whose file is gone, and of failed ones"),
        about=_("Deleted with their tests; the audit trail still tells of them"),
        table="desk_backuprun",
        due=(
            "r.kind = 'backup' AND r.state IN ('removed', 'failed') AND r.finished_at < %(before)s"
        ),
        keep=365,
        because=_("One year: an auditor asks whether every night had its backup"),
        least=30,
        clear=clear_runs,
    ),
)
