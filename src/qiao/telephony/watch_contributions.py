"""What watching over living calls contributes: its page, and one's own bar."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Command, FramePart, NavItem
from qiao.telephony.queries import load_watch
from qiao.telephony.rights import WATCH

WATCH_NAVIGATION: Final = (
    NavItem("living", _("Live calls"), "ear", "telephony:living", WATCH, 23, shortcut="g h"),
)
WATCH_FRAME: Final = FramePart(
    "telephony.watch", "bar", "telephony/living/bar.html", WATCH, load_watch, 12
)
WATCH_COMMANDS: Final = (
    Command("telephony.living", _("Live calls"), "ear", "telephony:living", WATCH),
)
