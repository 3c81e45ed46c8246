"""What segments bring to the platform beside their pages: the words of their changes."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import AuditTable

AUDITED: Final = ("customers_segment",)
AUDIT_WORDS: Final = (
    AuditTable(
        table="customers_segment",
        label=_("Segment"),
        fields={"name": _("Name"), "note": _("Note"), "rule": _("Rule"), "state": _("State")},
        hidden=frozenset({"rule"}),
    ),
)
