"""What watching over living calls contributes: its page in the rail and among the commands."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Command, NavItem

WATCH: Final = "calls.watch"
WATCH_NAVIGATION: Final = (
    NavItem("living", _("Living calls"), "headset", "telephony:living", WATCH, 23, shortcut="g h"),
)
WATCH_COMMANDS: Final = (
    Command("telephony.living", _("Living calls"), "headset", "telephony:living", WATCH),
)
