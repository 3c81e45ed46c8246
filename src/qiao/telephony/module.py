"""What the telephone contributes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Module, Permission
from qiao.core.tasks import PeriodicJob
from qiao.telephony.operations import fold_figures, settle_wrap_ups


def _fold(now: datetime) -> None:
    with transaction.atomic():
        settle_wrap_ups(now=now)
        fold_figures()


manifest = Module(
    key="telephony",
    label=_("Telephone"),
    permissions=(
        Permission("calls.watch", _("Listen to calls, whisper, take them over")),
        Permission("calls.figures", _("See the service level and the wallboard")),
    ),
    periodic=(PeriodicJob("telephony.fold_figures", "* * * * *", _fold),),
    append_only=("telephony_callentry",),
)
