"""What the desk module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Command, DemoStage, Module, NavItem, PersonLink
from qiao.core.tasks import PeriodicJob
from qiao.desk import problem_demo
from qiao.desk.administration import contributed as administration
from qiao.desk.administration import demo as administration_demo
from qiao.desk.administration.declared import PARAMETERS, RETENTION
from qiao.desk.administration.words import WORDS
from qiao.desk.catching import collect_failed_jobs
from qiao.desk.operations.tabs import forget_closed
from qiao.desk.overview import contributed as overview
from qiao.desk.problem_inbox import ANSWERS
from qiao.desk.problem_personal import PERSONAL

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
    person_menu=(PersonLink(_("Report a problem"), "bug", "desk:report_problem"),),
    inbox=(ANSWERS,),
    personal=PERSONAL,
    periodic=(
        PeriodicJob("desk.collect_failed_jobs", "* * * * *", collect_failed_jobs),
        PeriodicJob("desk.forget_closed_tabs", "17 3 * * *", forget_closed),
    ),
    figures=overview.FIGURES,
    parameters=PARAMETERS,
    retention=RETENTION,
    audited=("desk_backuprun",),
    audit_words=WORDS,
    demo=(
        DemoStage("desk.care", 95, administration_demo.build),
        DemoStage("desk.problems", 96, problem_demo.build),
    ),
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
        Command("desk.problem", _("Report a problem"), "bug", "desk:report_problem", "staff.view"),
        Command("desk.search", _("Search everything"), "search", "desk:search", "staff.view"),
        *overview.COMMANDS,
        *administration.COMMANDS,
    ),
)
