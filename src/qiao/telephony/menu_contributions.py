"""What voice menus bring to other pages: the administration, a command."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import AdministrationPage, Command
from qiao.telephony.rights import MENUS

ADMINISTRATION: Final = (AdministrationPage("menus", _("Voice menus"), "telephony:menus", MENUS),)
COMMANDS: Final = (
    Command("telephony.menus", _("Voice menus"), "list-check", "telephony:menus", MENUS),
)
