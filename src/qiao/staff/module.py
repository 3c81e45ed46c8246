"""What the staff module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module, Permission
from qiao.core.tasks import PeriodicJob
from qiao.staff import absence_demo, demo, duty_demo, tasks
from qiao.staff.absence_contributions import (
    ABSENCE_COMMANDS,
    ABSENCE_LINKS,
    ABSENCE_NOTICES,
)
from qiao.staff.codes import CODE_TABLES
from qiao.staff.duty_contributions import (
    DUTY_COMMANDS,
    DUTY_DECISIONS,
    DUTY_LINKS,
    DUTY_NOTICES,
)
from qiao.staff.file_contributions import FILE_LINKS, FILE_NOTICES
from qiao.staff.operations import install_roles, install_skills
from qiao.staff.queries import signed_in
from qiao.staff.retention import RETENTION


def _install(now: datetime) -> None:  # noqa: ARG001 - a manifest's form
    install_roles()
    install_skills()


manifest = Module(
    key="staff",
    label=_("Staff"),
    permissions=(
        Permission("staff.view", _("See colleagues")),
        Permission("staff.roster", _("Plan who is on duty")),
        Permission("staff.manage", _("Manage people, roles and the organisation tree")),
    ),
    signed_in=signed_in,
    install=_install,
    code_tables=CODE_TABLES,
    retention=RETENTION,
    notices=DUTY_NOTICES + FILE_NOTICES + ABSENCE_NOTICES,
    decisions=DUTY_DECISIONS,
    person_menu=DUTY_LINKS + FILE_LINKS + ABSENCE_LINKS,
    commands=DUTY_COMMANDS + ABSENCE_COMMANDS,
    periodic=(
        PeriodicJob("staff.close_units", "5 * * * *", tasks.close_units),
        PeriodicJob("staff.tell_holes", "35 * * * *", tasks.tell_of_holes),
    ),
    demo=(
        DemoStage("staff", 10, demo.build_company, demo.audit),
        DemoStage("staff.duty", 11, duty_demo.build_rosters),
        DemoStage("staff.absences", 12, absence_demo.build_absences),
    ),
    audited=(
        "staff_organisation",
        "staff_staff",
        "staff_role",
        "staff_assignment",
        "staff_membership",
        "staff_staffskill",
        "staff_absence",
        "staff_dutypattern",
        "staff_dutyshift",
    ),
)
