"""What the staff module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module, Permission
from qiao.core.tasks import PeriodicJob
from qiao.staff import demo, tasks
from qiao.staff.codes import CODE_TABLES
from qiao.staff.operations import install_roles
from qiao.staff.retention import RETENTION


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
    code_tables=CODE_TABLES,
    retention=RETENTION,
    periodic=(PeriodicJob("staff.close_units", "5 * * * *", tasks.close_units),),
    demo=(DemoStage("staff", 10, demo.build_company, demo.audit),),
    audited=(
        "staff_organisation",
        "staff_staff",
        "staff_role",
        "staff_assignment",
        "staff_membership",
    ),
)
