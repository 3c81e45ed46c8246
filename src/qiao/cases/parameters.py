"""What the company may set about cases, from a day on."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.queries.reopening import REOPEN_DAYS
from qiao.core.manifest import Parameter

PARAMETERS = (
    Parameter(
        key=REOPEN_DAYS,
        label=_("Time in which an archived case may be reopened"),
        about=_(
            "Counted from its end. Afterwards a new case is opened and linked; whoever has the"
            " right to reopen old cases may still do so."
        ),
        kind="days",
        unit=_("days"),
        least=1,
        most=3_650,
        default=90,
        default_source=_("Company rule: 90 days, as far back as repetitions are counted"),
    ),
)
