"""What the administration adds to the desk's manifest."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Command, NavItem, Panel, Permission
from qiao.desk.administration.frame import AUDIT, OPERATE, RIGHT

NAVIGATION = (
    NavItem(
        key="administration",
        label=pgettext_lazy("rail", "System"),
        icon="settings",
        url_name="administration:home",
        permission=RIGHT,
        order=95,
        group="system",
        shortcut="g a",
    ),
)
COMMANDS = (
    Command(
        "administration", _("Open the administration"), "settings", "administration:home", RIGHT
    ),
    Command(
        "administration.parameters",
        _("Parameters by date"),
        "adjustments",
        "administration:parameters",
        RIGHT,
    ),
    Command("administration.codes", _("Code tables"), "table", "administration:codes", RIGHT),
    Command(
        "administration.retention",
        _("What is kept how long"),
        "clock-off",
        "administration:retention",
        RIGHT,
    ),
    Command("administration.backups", _("Backups"), "archive", "administration:backups", RIGHT),
    Command(
        "administration.corrections",
        _("Correct data"),
        "pencil",
        "administration:corrections",
        "customers.correct",
    ),
)
PERMISSIONS = (
    Permission(RIGHT, _("Open the administration")),
    Permission(OPERATE, _("Look after jobs, problems and backups")),
)
PANELS = (
    Panel(
        "desk.changes",
        _("Changes"),
        "desk/administration/panel_changes.html",
        "SELECT jsonb_build_object('id', %(customer_id)s::bigint, 'at', max(a.at))"
        "  FROM core_auditentry a"
        " WHERE a.table_name = 'customers_customer' AND a.row_id = ANY(%(customer_ids)s)",
        AUDIT,
        frozenset({"customer.data"}),
        95,
    ),
)
