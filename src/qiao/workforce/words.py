"""What rules, states and refusals are called."""

from collections.abc import Collection, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.core.actor import Forbidden
from qiao.core.rules.text import BadText
from qiao.workforce.operations.groups import BadShift, NameTaken
from qiao.workforce.operations.people import BadCertificate
from qiao.workforce.operations.weeks import RuleBroken, WeekRefused
from qiao.workforce.operations.wishes import WishRefused
from qiao.workforce.queries.demand import NoHistory
from qiao.workforce.rules.limits import Limit

WEEKDAYS: Final = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
LIMITS: Final[Mapping[Limit, Promise]] = {
    Limit.AWAY: pgettext_lazy("rule of rosters", "on leave"),
    Limit.DUTY: pgettext_lazy("rule of rosters", "on night or weekend duty"),
    Limit.SKILL: pgettext_lazy("rule of rosters", "without the skill"),
    Limit.OTHER_SHIFT: pgettext_lazy("rule of rosters", "on another shift that day"),
    Limit.REST: pgettext_lazy("rule of rosters", "too little rest between two shifts"),
    Limit.IN_ROW: pgettext_lazy("rule of rosters", "too many days in a row"),
    Limit.HOURS: pgettext_lazy("rule of rosters", "hours of the week used up"),
    Limit.PINNED: pgettext_lazy("rule of rosters", "pinned to something else"),
}
WARNINGS: Final[Mapping[str, Promise]] = {
    "much": pgettext_lazy("load", "many contacts"),
    "busy": pgettext_lazy("load", "hardly a pause"),
    "nights": pgettext_lazy("load", "many nights"),
    "abusive": pgettext_lazy("load", "often insulted"),
    "one_matter": pgettext_lazy("load", "always the same"),
}
MOODS: Final = (
    (1, "mood-angry", pgettext_lazy("mood", "bad")),
    (2, "mood-sad", pgettext_lazy("mood", "not so good")),
    (3, "mood-empty", pgettext_lazy("mood", "so-so")),
    (4, "mood-smile", pgettext_lazy("mood", "good")),
    (5, "mood-happy", pgettext_lazy("mood", "very good")),
)
_WEEK: Final[Mapping[str, Promise]] = {
    "published": gettext_lazy("The week is published: change single shifts by hand."),
    "running": gettext_lazy("The week is being planned at this moment."),
    "empty": gettext_lazy("There is no shift in it yet."),
    "past": gettext_lazy("Days that are over are not planned."),
    "exists": gettext_lazy("This week has been begun already."),
    "far": gettext_lazy("So far ahead nothing can be foretold."),
    "person": gettext_lazy("This person or shift does not belong to the group."),
}
_WISH: Final[Mapping[str, Promise]] = {
    "past": gettext_lazy("Wishes are for days from tomorrow on."),
    "far": gettext_lazy("Wishes are for the next three months."),
    "many": gettext_lazy("You have as many wishes as can be heeded. Take one back first."),
    "shift": gettext_lazy("There is no such shift in your group."),
}
REFUSALS: Final = (
    Forbidden,
    BadText,
    BadCertificate,
    BadShift,
    NameTaken,
    NoHistory,
    RuleBroken,
    WeekRefused,
    WishRefused,
)


def limits_in_words(limits: Collection[Limit]) -> str:
    """Rules in a row."""
    return pgettext("between items of a list", ", ").join(str(LIMITS[each]) for each in limits)


def reasons_in_words(reasons: Mapping[Limit, int], free: int) -> str:
    """How many people each rule keeps away, the most first."""
    parts = [
        pgettext("rule of rosters", "%(n)s %(rule)s") % {"n": n, "rule": LIMITS[limit]}
        for limit, n in reasons.items()
    ]
    if free:
        parts.append(_("%(n)s could come") % {"n": free})
    return pgettext("between items of a list", ", ").join(parts) or _("no shift is at these hours")


def refusal_words(refusal: Exception) -> tuple[str | None, str]:
    """The field that a refusal is about, and why."""
    if isinstance(refusal, BadText):
        return refusal.field, _(refusal.message) % refusal.params
    if isinstance(refusal, RuleBroken):
        return None, _("This breaks a rule: %(rules)s.") % {
            "rules": limits_in_words(refusal.limits)
        }
    if isinstance(refusal, WeekRefused):
        return None, str(_WEEK[refusal.reason])
    if isinstance(refusal, WishRefused):
        return None, str(_WISH[refusal.reason])
    return None, _plain(refusal)


def _plain(refusal: Exception) -> str:
    if isinstance(refusal, NoHistory):
        return _("There are too few days with calls to foretell the week from.")
    if isinstance(refusal, BadShift):
        return _("Breaks must lie within the shift, one after the other.")
    if isinstance(refusal, BadCertificate):
        return _("It ends before it was issued.")
    if isinstance(refusal, NameTaken):
        return _("There is one of this name already.")
    return _("You may not do this in this unit.")
