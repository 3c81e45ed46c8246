"""What voice menus bring to other pages: the administration, a command."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import AdministrationPage, Command
from qiao.telephony.queries.menu_drafts import RIGHT

ADMINISTRATION: Final = (AdministrationPage("menus", _("Voice menus"), "telephony:menus", RIGHT),)
COMMANDS: Final = (
    Command("telephony.menus", _("Voice menus"), "list-check", "telephony:menus", RIGHT),
)
