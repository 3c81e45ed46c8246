"""What records and figures of calls contribute: rail, commands, the headline of the overview."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Command, NavItem
from qiao.core.tasks import PeriodicJob
from qiao.telephony.operations import fold_figures, settle_wrap_ups

VIEW: Final = "interactions.view"
FIGURES: Final = "calls.figures"


def _fold(now: datetime) -> None:
    with transaction.atomic():
        settle_wrap_ups(now=now)
        fold_figures()


NAVIGATION: Final = (
    NavItem(
        "calls",
        pgettext_lazy("telephone", "Calls"),
        "phone",
        "telephony:list",
        FIGURES,
        22,
        shortcut="g l",
    ),
)
COMMANDS: Final = (
    Command("telephony.list", _("All calls"), "phone", "telephony:list", VIEW),
    Command("telephony.level", _("Service level"), "chart-line", "telephony:level", FIGURES),
    Command("telephony.wallboard", _("Wallboard"), "device-tv", "telephony:wallboard", FIGURES),
)
PERIODIC: Final = (PeriodicJob("telephony.fold_figures", "* * * * *", _fold),)
