"""What the messaging module contributes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, DemoStage, Module, Permission, rows_of_customers
from qiao.core.tasks import PeriodicJob
from qiao.messaging import contributions, tasks
from qiao.messaging.bell import NOTICES
from qiao.messaging.decisions import DECISIONS
from qiao.messaging.demo import messages as demo
from qiao.messaging.operations.queueing import QUEUE
from qiao.messaging.parameters import PARAMETERS
from qiao.messaging.personal import PERSONAL
from qiao.messaging.retention import RETENTION

AUDIT_WORDS = (
    AuditTable(
        table="messaging_emailaddress",
        label=_("Email addresses"),
        fields={
            "address": _("Address"),
            "is_primary": pgettext_lazy("address", "Used first"),
            "standing": _("Standing"),
            "standing_reason": _("Reason"),
        },
        of_customer=rows_of_customers("messaging_emailaddress", "customer_id"),
    ),
)

manifest = Module(
    key="messaging",
    label=_("Messages"),
    permissions=(
        Permission("messages.view", _("See messages to customers")),
        Permission("messages.manage", _("Send messages again, cancel them, print letters")),
        Permission("messages.texts", _("Change the texts of notices")),
    ),
    navigation=contributions.NAVIGATION,
    commands=contributions.COMMANDS,
    panels=contributions.PANELS,
    timeline=contributions.TIMELINE,
    decisions=DECISIONS,
    notices=NOTICES,
    demo=(DemoStage("messaging", 88, demo.build, demo.audit),),
    parameters=PARAMETERS,
    personal=PERSONAL,
    retention=RETENTION,
    periodic=(
        PeriodicJob("messaging.look", "* * * * *", tasks.look),
        PeriodicJob("messaging.fold_counts", "* * * * *", tasks.fold_counts),
    ),
    lanes={QUEUE: 1},
    append_only=("messaging_attempt",),
    audited=("messaging_emailaddress",),
    audit_words=AUDIT_WORDS,
)
