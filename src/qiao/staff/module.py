"""What the staff module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module, Permission
from qiao.staff import demo
from qiao.staff.operations import install_roles


def _install(now: datetime) -> None:  # noqa: ARG001 - a manifest's form
    install_roles()


manifest = Module(
    key="staff",
    label=_("Staff"),
    permissions=(
        Permission("staff.view", _("See colleagues")),
        Permission("staff.manage", _("Manage people, roles and the organisation tree")),
    ),
    install=_install,
    demo=(DemoStage("staff", 10, demo.build_company, demo.audit),),
    audited=(
        "staff_organisation",
        "staff_staff",
        "staff_role",
        "staff_assignment",
        "staff_membership",
    ),
)
