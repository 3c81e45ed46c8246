"""What the company may set about cases, from a day on."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.queries.alike_bursts import CHANCE_PPM, LEAST
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
    Parameter(
        key=LEAST,
        label=_("Reports from which a common cause is proposed"),
        kind="number",
        unit=_("reports"),
        least=2,
        most=1_000,
        default=5,
        default_source=_("Company rule: five neighbours are no chance"),
        everywhere=True,
    ),
    Parameter(
        key=CHANCE_PPM,
        label=_("Chance below which a common cause is proposed"),
        about=_(
            "That so many reports come by themselves within 15 to 120 minutes, at the rate of the"
            " four weeks before; in millionths."
        ),
        kind="number",
        unit=_("in a million"),
        least=1,
        most=100_000,
        default=10,
        default_source=_("Company rule: at most one false alarm in a hundred thousand looks"),
        everywhere=True,
    ),
)
