"""What the api module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.api import demo, tasks
from qiao.api.models.keys import MANAGE
from qiao.api.operations.delivering import QUEUE
from qiao.api.queries.webhooks import WANTED
from qiao.api.retention import RETENTION
from qiao.api.words import AUDIT_WORDS
from qiao.core.job_events import JobHandled
from qiao.core.manifest import (
    Command,
    DemoStage,
    Listener,
    Module,
    NavItem,
    Permission,
    Subscription,
)

manifest = Module(
    key="api",
    label=_("Programs"),
    navigation=(NavItem("api", _("Programs"), "plug", "api:keys", MANAGE, 95, group="system"),),
    commands=(
        Command("api.key_new", _("New key"), "key", "api:key_new", MANAGE),
        Command("api.services", _("Services"), "plug", "api:services", MANAGE),
    ),
    permissions=(Permission(MANAGE, _("Give other programs access, and send them events")),),
    subscriptions=(Subscription(JobHandled, tasks.on_job_handled),),
    listeners=(Listener(WANTED, tasks.forward),),
    retention=RETENTION,
    lanes={QUEUE: 3},
    demo=(DemoStage("api", 90, demo.build, demo.audit),),
    audited=("api_apikey", "api_endpoint"),
    audit_words=AUDIT_WORDS,
)
