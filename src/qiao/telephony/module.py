"""What the telephone contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="telephony",
    label=_("Telephone"),
    permissions=(Permission("calls.watch", _("Listen to calls, whisper, take them over")),),
    append_only=("telephony_callentry",),
)
