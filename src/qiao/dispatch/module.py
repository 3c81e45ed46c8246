"""What the dispatch module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.cases.events import CaseChanged, CaseClosed, CaseHandedPast, CasesHeld, StepEntered
from qiao.core.manifest import DemoStage, Module, Permission, Subscription
from qiao.dispatch import contributions, demo, morning
from qiao.dispatch.parameters import PARAMETERS
from qiao.dispatch.personal import PERSONAL
from qiao.dispatch.tab_contributions import TABS
from qiao.dispatch.tasks import (
    on_case_changed,
    on_case_closed,
    on_case_handed_past,
    on_cases_held,
    on_step_entered,
)


def _tick(now: datetime) -> None:
    morning.tick(now)


manifest = Module(
    key="dispatch",
    label=_("Dispatch"),
    personal=PERSONAL,
    permissions=(
        Permission("jobs.view", _("See work orders")),
        Permission("jobs.work", _("Do work orders: accept, travel, arrive, complete")),
        Permission("jobs.assign", _("Assign work orders to people and crews")),
    ),
    navigation=contributions.NAVIGATION,
    panels=contributions.PANELS,
    timeline=contributions.TIMELINE,
    search=contributions.SEARCH,
    tabs=TABS,
    commands=contributions.COMMANDS,
    subscriptions=(
        Subscription(StepEntered, on_step_entered),
        Subscription(CaseClosed, on_case_closed),
        Subscription(CaseChanged, on_case_changed),
        Subscription(CasesHeld, on_cases_held),
        Subscription(CaseHandedPast, on_case_handed_past),
    ),
    demo=(DemoStage("dispatch", 40, demo.build, demo.audit, _tick),),
    parameters=PARAMETERS,
    append_only=("dispatch_workorderevent",),
)
