"""What the dispatch module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="dispatch",
    label=_("Dispatch"),
    permissions=(
        Permission("jobs.view", _("See work orders")),
        Permission("jobs.work", _("Do work orders: accept, travel, arrive, complete")),
        Permission("jobs.assign", _("Assign work orders to people and crews")),
    ),
    append_only=("dispatch_workorderevent",),
)
