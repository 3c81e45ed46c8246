"""What tags bring: rights, commands, words of the trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Command, Permission, rows_of_customers
from qiao.customers.models import Tag
from qiao.customers.operations.tags import PERMISSION

COMMANDS = (
    Command("customers.tags", _("Tags of customers"), "tag", "customers:tags", PERMISSION),
)
PERMISSIONS = (Permission(PERMISSION, _("Keep the tags of the company, and tag whole segments")),)
AUDITED = ("customers_tag", "customers_customertag")
AUDIT_WORDS = (
    AuditTable(
        table="customers_tag",
        label=_("Tag"),
        fields={
            "name": pgettext_lazy("tag", "Name"),
            "about": _("When it is given"),
            "group": pgettext_lazy("tag", "Group"),
            "tone": pgettext_lazy("tag", "Colour"),
            "is_active": _("Given now"),
            "merged_into_id": _("Merged into"),
        },
        values={"tone": dict(Tag.Tone.choices)},
    ),
    AuditTable(
        table="customers_customertag",
        label=_("Tag of a customer"),
        fields={"tag_id": _("Tag"), "actor_id": _("Given by"), "at": _("Given at")},
        of_customer=rows_of_customers("customers_customertag", "customer_id"),
    ),
)
