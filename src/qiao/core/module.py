"""What the toolbox itself contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core import demo
from qiao.core.manifest import Module, Permission
from qiao.core.tasks import PeriodicJob

manifest = Module(
    key="core",
    label=_("Foundation"),
    periodic=(PeriodicJob("demo_tick", "* * * * * */12", demo.tick, demo_only=True),),
    permissions=(
        Permission("core.configure", _("Change dated configuration")),
        Permission("core.approve", _("Decide on approvals")),
        Permission("core.audit", _("Read the audit trail")),
    ),
)
