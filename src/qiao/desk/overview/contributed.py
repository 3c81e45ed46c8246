"""What the overview adds to the desk's manifest."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Command, Figure, NavItem, Permission
from qiao.desk.overview.choice import RIGHT
from qiao.desk.overview.people import workload
from qiao.desk.overview.views import EXPORT_RIGHT

NAVIGATION = (
    NavItem(
        key="overview",
        label=_("Overview"),
        icon="chart-histogram",
        url_name="desk:overview",
        permission=RIGHT,
        order=80,
        group="figures",
        shortcut="g o",
    ),
)
COMMANDS = (
    Command("overview", _("Open the overview"), "chart-histogram", "desk:overview", RIGHT),
)
PERMISSIONS = (
    Permission(RIGHT, _("See the overview with its figures")),
    Permission(EXPORT_RIGHT, _("Take figures away as files")),
)
FIGURES = (
    Figure("desk.people", _("Workload by person"), ("table", "bar"), RIGHT, workload, 90, width=9),
)
