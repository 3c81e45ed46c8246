"""What common causes bring to other pages and hear of."""

from django.utils.translation import gettext_lazy as _

from qiao.cases.events import AlikeNoticeWritten, ParentMarked
from qiao.cases.tasks_alike import note_bursts, on_notice_written, on_parent_marked
from qiao.core.manifest import Command, Subscription
from qiao.core.tasks import PeriodicJob

COMMANDS = (Command("cases.alike", _("Many alike"), "stack-2", "cases:alike", "cases.view"),)
SUBSCRIPTIONS = (
    Subscription(AlikeNoticeWritten, on_notice_written),
    Subscription(ParentMarked, on_parent_marked),
)
PERIODIC = (PeriodicJob("cases.note_bursts", "* * * * *", note_bursts),)
