"""What the cases module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission

manifest = Module(
    key="cases",
    label=_("Cases"),
    permissions=(
        Permission("cases.view", _("See cases")),
        Permission("cases.open", _("Open cases, chase and escalate them")),
        Permission("cases.note", _("Add notes and files to cases")),
        Permission("cases.work", _("Work on cases: actions, priority, pauses, answers")),
        Permission("cases.assign", _("Assign cases to other people")),
        Permission("cases.transfer", _("Receive cases transferred from other teams")),
        Permission("cases.export", _("Export cases")),
    ),
    append_only=("cases_caseevent",),
)
