"""What complaints about outlets and people bring: a panel, a page, words of the trail."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.queries.hotline import PANEL
from qiao.core.manifest import AuditTable, Command, Panel

PANELS = (
    Panel(
        key="cases.about",
        title=_("About an outlet or a person"),
        template="cases/panels/hotline.html",
        sql=PANEL,
        permission="cases.view",
        places=frozenset({"case", "case_side"}),
        order=6,
    ),
)
COMMANDS = (Command("cases.findings", _("Findings about us"), "shield", "cases:findings", ""),)
AUDITED = ("cases_outletfinding",)
AUDIT_WORDS = (
    AuditTable(
        table="cases_outletfinding",
        label=_("Finding about an outlet"),
        fields={"verdict": _("Finding"), "text": _("What the outlet reads")},
    ),
)
