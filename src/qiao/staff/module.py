"""What the staff module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="staff",
    label=_("Staff"),
    permissions=(
        Permission("staff.view", _("See colleagues")),
        Permission("staff.manage", _("Manage people, roles and the organisation tree")),
    ),
    audited=(
        "staff_organisation",
        "staff_staff",
        "staff_role",
        "staff_assignment",
        "staff_membership",
    ),
)
