"""What of the telephone units switch on and off."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Feature

SOFTPHONE: Final = "telephony.softphone_used"
LISTS: Final = "telephony.call_lists"
MENUS: Final = "telephony.menu_editor"
LIVE: Final = "telephony.live_calls"
DIALLING: Final = "telephony.dialling"

FEATURES = (
    Feature(
        SOFTPHONE,
        _("Telephone in the browser"),
        _("Calls are taken with a headset at the computer; without it the desk's own rings."),
        addresses=("telephony:softphone", "telephony:softphone_line"),
        parts=("telephony.softphone",),
    ),
    Feature(
        LISTS,
        _("Call lists"),
        _("Customers who are to be called, one after another; lists stay where they are."),
        addresses=(
            "telephony:call_list*", "telephony:new_call_list", "telephony:turn_call_list",
            "telephony:take_call_list", "telephony:work_call_list", "telephony:next_in_call_list",
            "telephony:call_entry*", "telephony:code_entry", "telephony:give_back_entry",
            "telephony:put_back_entry",
        ),
    ),
    Feature(
        MENUS,
        _("Voice menu editor"),
        _("Voice menus are changed on screen; those in service go on serving callers."),
        addresses=("telephony:menu*",),
    ),
    Feature(
        LIVE,
        _("Live calls"),
        _("Supervisors see calls that run, listen, whisper and take them over."),
        addresses=(
            "telephony:living", "telephony:watch", "telephony:watch_bar", "telephony:take_over",
        ),
        parts=("telephony.watch",),
    ),
    Feature(
        DIALLING,
        _("Calling by one key"),
        _("A key beside each telephone number of a customer begins the call."),
        addresses=("telephony:call_number",),
    ),
)  # fmt: skip
