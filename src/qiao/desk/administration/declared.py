"""What the company may set about the care of the installation."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter
from qiao.desk.administration.health import BACKUP_AGE

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
)
