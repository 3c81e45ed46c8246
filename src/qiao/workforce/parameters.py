"""What the company may set about planning, from a day on."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Parameter

SHRINKAGE = "workforce.shrinkage"
REST = "workforce.rest_hours"
IN_ROW = "workforce.days_in_row"
WEEK_HOURS = "workforce.week_hours"
CONTRACT = "workforce.contract_hours"
SOLVING = "workforce.solving_seconds"
FAIR_WEEKS = "workforce.fair_weeks"

PARAMETERS = (
    Parameter(
        key=SHRINKAGE,
        label=_("People on shift who are not at the telephone"),
        about=_(
            "Training, coaching, meetings, sudden illness. Breaks stand in the shifts and leave in"
            " the absences: they do not belong in here."
        ),
        kind="percentage",
        default=12,
        least=0,
        most=60,
        default_source=_("Usual in the trade; measure your own and set it"),
    ),
    Parameter(
        key=REST,
        label=_("Rest between two shifts"),
        kind="number",
        unit=pgettext_lazy("unit", "h"),
        default=11,
        least=8,
        most=24,
        default_source=_("Company rule, after the eleven hours that other countries prescribe"),
    ),
    Parameter(
        key=IN_ROW,
        label=_("Most days of work in a row"),
        kind="number",
        default=6,
        least=1,
        most=7,
        default_source=_("Labour Law of the PRC, article 38: at least one day of rest a week"),
    ),
    Parameter(
        key=WEEK_HOURS,
        label=_("Most hours of work in a week"),
        kind="number",
        unit=pgettext_lazy("unit", "h"),
        default=44,
        least=10,
        most=60,
        default_source=_("Labour Law of the PRC, article 36: 44 hours a week on average"),
    ),
    Parameter(
        key=CONTRACT,
        label=_("Hours of work that a contract agrees"),
        kind="number",
        unit=pgettext_lazy("unit", "h"),
        default=40,
        least=1,
        most=60,
        default_source=_("State Council on working hours (1995): 40 hours a week"),
    ),
    Parameter(
        key=SOLVING,
        label=_("How long a week may be planned"),
        kind="number",
        unit=pgettext_lazy("unit", "s"),
        default=30,
        least=2,
        most=600,
        default_source=_("Long enough for some dozen people on a small machine"),
        everywhere=True,
    ),
    Parameter(
        key=FAIR_WEEKS,
        label=_("Weeks over which nights and weekends are shared out"),
        kind="number",
        default=8,
        least=1,
        most=52,
        default_source=_("Company rule: two months"),
    ),
)
