"""What the company sets about its backups: the hour, how many stay, the weekly test."""

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core import parameters
from qiao.core.manifest import Parameter

HOUR: Final = "desk.backup_hour"
KEPT: Final = "desk.backups_kept"
TESTED: Final = "desk.backup_tested_weekly"
NEVER: Final = "never"

PARAMETERS = (
    Parameter(
        key=HOUR,
        label=_("Hour of the backup by night"),
        kind="choice",
        choices=(
            (NEVER, pgettext_lazy("backup", "None by night")),
            *((f"{hour:02}", f"{hour:02}:00") for hour in range(24)),
        ),
        default="02",
        default_source=_("The hour in which the fewest people call"),
        about=_("By the clock of the company; made up for when the machine was off."),
        everywhere=True,
    ),
    Parameter(
        key=KEPT,
        label=_("Backups that are kept"),
        kind="number",
        least=2,
        most=400,
        default=14,
        default_source=_("Two weeks of nights"),
        about=_(
            "The oldest beyond it are deleted; never the last good one, nor the last one that"
            " was tested and equal."
        ),
        everywhere=True,
    ),
    Parameter(
        key=TESTED,
        label=_("Test a backup of the night each week"),
        kind="boolean",
        default=True,
        default_source=_("A backup that was never read back is a hope"),
        everywhere=True,
    ),
)


def night_hour(day: date) -> int | None:
    """The hour of the backup by night, 0 to 23; None: there is none."""
    value = parameters.find(HOUR, day=day).value
    return None if value == NEVER else int(value)


def backups_kept(day: date) -> int:
    """How many backups stay."""
    return int(parameters.find(KEPT, day=day).value)


def is_tested_weekly(day: date) -> bool:
    """Whether a backup of the night is tested each week."""
    return bool(parameters.find(TESTED, day=day).value)
