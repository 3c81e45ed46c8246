"""What the cases module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.cases.operations import install_packs
from qiao.cases.showing import overview
from qiao.core.manifest import Module, Permission
from qiao.core.packs.enabled import catalogue


def _install(now: datetime) -> None:
    install_packs(catalogue=catalogue(), now=now)


manifest = Module(
    key="cases",
    install=_install,
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
    headlines=overview.HEADLINES,
    figures=overview.FIGURES,
    workload=overview.WORKLOAD,
    append_only=("cases_caseevent",),
)
