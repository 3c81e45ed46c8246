"""What the desk module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Command, DemoStage, Module, NavItem
from qiao.desk.administration import contributed as administration
from qiao.desk.administration import demo as administration_demo
from qiao.desk.administration.declared import PARAMETERS
from qiao.desk.administration.words import WORDS
from qiao.desk.overview import contributed as overview

manifest = Module(
    key="desk",
    label=_("Desk"),
    navigation=(
        NavItem(
            "desk.workspace",
            _("Workspace"),
            "headset",
            "desk:workspace",
            "interactions.work",
            10,
            "g w",
        ),
        *overview.NAVIGATION,
        *administration.NAVIGATION,
    ),
    permissions=(*overview.PERMISSIONS, *administration.PERMISSIONS),
    panels=administration.PANELS,
    figures=overview.FIGURES,
    parameters=PARAMETERS,
    audit_words=WORDS,
    demo=(DemoStage("desk.care", 95, administration_demo.build),),
    commands=(
        Command(
            "desk.workspace",
            _("Go to the workspace"),
            "headset",
            "desk:workspace",
            "interactions.view",
            "G W",
        ),
        Command(
            "desk.emergency",
            _("Report an emergency"),
            "urgent",
            "desk:emergency",
            "cases.open",
            "F9",
        ),
        Command("desk.search", _("Search everything"), "search", "desk:search", "staff.view"),
        *overview.COMMANDS,
        *administration.COMMANDS,
    ),
)
