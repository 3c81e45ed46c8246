"""What the api module contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.api import tasks
from qiao.api.models.keys import MANAGE
from qiao.api.queries.webhooks import WANTED
from qiao.core.manifest import Listener, Module, Permission
from qiao.core.tasks import PeriodicJob

manifest = Module(
    key="api",
    label=_("Programs"),
    permissions=(Permission(MANAGE, _("Give other programs access, and send them events")),),
    listeners=(Listener(WANTED, tasks.forward),),
    periodic=(PeriodicJob("api.clean_up", "37 2 * * *", tasks.clean_up),),
    audited=("api_apikey", "api_endpoint"),
)
