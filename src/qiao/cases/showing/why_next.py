"""Why a case comes next in a list, in a few words."""

from datetime import datetime

from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.forms.place import Place
from qiao.cases.models import Case
from qiao.cases.showing.listing import SORT_NAMES


def why_next(case: Case, place: Place, now: datetime) -> str:
    """What the order of the list says of this case: how soon it is due, how long it waited."""
    sort, turned = place.order.sort.key, place.order.turned
    if sort in ("due", "priority") and case.priority == Case.Priority.URGENT:
        return pgettext("why next", "urgent")
    if sort in ("due", "priority") and case.due_at is not None:
        if case.due_at <= now:
            return pgettext("why next", "late by %(time)s") % {
                "time": timesince(case.due_at, now, depth=2)
            }
        return pgettext("why next", "due in %(time)s") % {
            "time": timeuntil(case.due_at, now, depth=2)
        }
    if turned and sort in ("opened", "changed"):
        since = case.opened_at if sort == "opened" else case.changed_at
        return pgettext("why next", "waited longest: %(time)s") % {
            "time": timesince(since, now, depth=2)
        }
    if sort == "due":
        return _("Nothing owed")
    return str(SORT_NAMES[str(place.order)])
