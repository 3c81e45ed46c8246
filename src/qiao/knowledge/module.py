"""What the knowledge module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module
from qiao.knowledge import contributions, demo
from qiao.knowledge.operations import install_knowledge


def _install(now: datetime) -> None:
    install_knowledge(now=now)


manifest = Module(
    key="knowledge",
    label=_("Knowledge base"),
    install=_install,
    permissions=contributions.PERMISSIONS,
    navigation=contributions.NAVIGATION,
    commands=contributions.COMMANDS,
    search=contributions.SEARCH,
    decisions=contributions.DECISIONS,
    demo=(DemoStage("knowledge", 28, demo.build, demo.audit),),
    audited=contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS,
)
