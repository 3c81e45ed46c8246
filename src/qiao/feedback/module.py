"""What the feedback module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="feedback",
    label=_("Feedback"),
    permissions=(
        Permission("followups.view", _("See follow-ups and what customers said")),
        Permission("followups.work", _("Call customers back and keep their word")),
    ),
    append_only=("feedback_followupattempt",),
)
