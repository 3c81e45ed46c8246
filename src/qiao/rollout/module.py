"""What introducing new ways of working contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.events import CaseClosed
from qiao.core.manifest import DemoStage, Module, Subscription
from qiao.rollout import contributions, demo
from qiao.rollout.tasks import on_case_closed

manifest = Module(
    key="rollout",
    label=_("Introduction"),
    permissions=contributions.PERMISSIONS,
    administration=contributions.ADMINISTRATION,
    commands=contributions.COMMANDS,
    person_menu=contributions.PERSON_MENU,
    notices=contributions.NOTICES,
    decisions=contributions.DECISIONS_OF_TWO,
    subscriptions=(Subscription(CaseClosed, on_case_closed),),
    audited=contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS,
    demo=(DemoStage("rollout", 97, demo.build, demo.audit),),
)
