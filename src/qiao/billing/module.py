"""What billing contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.billing import contributions
from qiao.billing.operations import install_tariffs
from qiao.billing.queries.pack_tariffs import tariffs_of_packs
from qiao.core.manifest import Module


def _install(now: datetime) -> None:
    install_tariffs(tariffs=tariffs_of_packs(), now=now)


manifest = Module(
    key="billing",
    label=_("Billing"),
    permissions=contributions.PERMISSIONS,
    navigation=contributions.NAVIGATION,
    commands=contributions.COMMANDS,
    install=_install,
    append_only=("billing_tariffversion",),
    audited=contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS,
)
