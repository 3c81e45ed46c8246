"""What billing brings to other pages: permissions, the rail, commands."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.queries.tariffs import VIEW
from qiao.core.manifest import AuditTable, Command, NavItem, Permission

PERMISSIONS = (Permission(VIEW, _("See prices and walk through an example bill")),)
NAVIGATION = (
    NavItem("tariffs", pgettext_lazy("rail", "Prices"), "receipt", "billing:tariffs", VIEW, 45),
)
COMMANDS = (
    Command(
        "billing.tariffs", _("Prices and tariffs on a day"), "receipt", "billing:tariffs", VIEW
    ),
)
AUDITED = ("billing_tariff",)
AUDIT_WORDS = (
    AuditTable(
        "billing_tariff",
        pgettext_lazy("billing", "Tariff"),
        {
            "names": pgettext_lazy("tariff", "Name"),
            "service": pgettext_lazy("tariff", "Service"),
            "inputs": _("What it asks of a customer"),
            "owners": _("Whose money its charges are"),
        },
    ),
)
