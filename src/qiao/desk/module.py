"""What the desk module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module
from qiao.desk.overview import contributed as overview

manifest = Module(
    key="desk",
    label=_("Desk"),
    navigation=overview.NAVIGATION,
    commands=overview.COMMANDS,
    permissions=overview.PERMISSIONS,
    figures=overview.FIGURES,
)
