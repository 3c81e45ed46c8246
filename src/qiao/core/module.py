"""What the toolbox itself contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="core",
    label=_("Foundation"),
    permissions=(
        Permission("core.configure", _("Change dated configuration")),
        Permission("core.approve", _("Decide on approvals")),
        Permission("core.audit", _("Read the audit trail")),
    ),
)
