"""What planning brings to other pages: the rail, one's own menu, notices, the trail."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    NavItem,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Permission,
    PersonLink,
)
from qiao.workforce.models import RosterWeek
from qiao.workforce.models.groups import VIEW
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.operations.weeks import NOTICE

PERMISSIONS = (
    Permission(VIEW, gettext_lazy("See rosters, demand and adherence of a group")),
    Permission(PLAN, gettext_lazy("Plan who works when, and publish it")),
)
NAVIGATION = (
    NavItem(
        "workforce", pgettext_lazy("rail", "Rosters"), "calendar-week", "workforce:index", VIEW, 60
    ),
)
COMMANDS = (
    Command(
        "workforce.week",
        pgettext_lazy("roster", "Roster of the week"),
        "calendar-week",
        "workforce:index",
        VIEW,
    ),
    Command(
        "workforce.mine",
        gettext_lazy("My shifts"),
        "calendar-user",
        "workforce:mine",
        "staff.view",
    ),
)
PERSON_MENU = (PersonLink(pgettext_lazy("own menu", "My shifts"), "clock", "workforce:mine"),)


def roster_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """That one's roster was published or changed; one statement."""
    weeks = RosterWeek.objects.filter(Q(cells__staff=actor.person_id)).distinct()
    found = weeks.in_bulk({row.subject_id for row in rows})
    return {row.notice_id: _words(row) for row in rows if row.subject_id in found}


def _words(row: NoticeRow) -> NoticeWords:
    monday = date.fromisoformat(row.facts["monday"])
    published = bool(row.facts.get("published"))
    return NoticeWords(
        title=_("Roster of the week from %(day)s") % {"day": monday.isoformat()},
        text=_("It is published: see your shifts.")
        if published
        else _("Your shifts were changed: please look."),
        url=reverse("workforce:mine"),
        tone="" if published else "warn",
    )


NOTICES = (
    NoticeKind(
        key=NOTICE, label=gettext_lazy("Your roster"), icon="calendar-week", words=roster_words
    ),
)
AUDITED = (
    "workforce_planninggroup",
    "workforce_shiftkind",
    "workforce_rostercell",
    "workforce_certificate",
)
_WEEK = pgettext_lazy("roster", "Week")
_SHIFT = pgettext_lazy("roster", "Shift")
_BY_NAME = pgettext_lazy("roster", "Name")
AUDIT_WORDS = (
    AuditTable(
        "workforce_planninggroup",
        gettext_lazy("Planned group"),
        {
            "name": _BY_NAME,
            "queues": gettext_lazy("Queues"),
            "least_by_day": gettext_lazy("Fewest people by day"),
            "least_by_night": gettext_lazy("Fewest people at night"),
            "patience_seconds": gettext_lazy("Patience of callers (s)"),
        },
    ),
    AuditTable(
        "workforce_shiftkind",
        _SHIFT,
        {
            "name": _BY_NAME,
            "begins": pgettext_lazy("roster", "Begins"),
            "ends": pgettext_lazy("roster", "Ends"),
            "breaks": gettext_lazy("Breaks"),
            "is_night": gettext_lazy("Night shift"),
            "is_active": gettext_lazy("Is planned"),
        },
    ),
    AuditTable(
        "workforce_rostercell",
        gettext_lazy("Shift of a person"),
        {
            "week_id": _WEEK,
            "staff_id": pgettext_lazy("roster", "Person"),
            "day": pgettext_lazy("roster", "Day"),
            "shift_id": _SHIFT,
            "is_pinned": gettext_lazy("Pinned"),
            "by_hand": gettext_lazy("By hand"),
        },
    ),
    AuditTable(
        "workforce_certificate",
        gettext_lazy("Certificate"),
        {
            "name": _BY_NAME,
            "staff_id": pgettext_lazy("roster", "Person"),
            "issued": gettext_lazy("Issued"),
            "expires": gettext_lazy("Expires"),
        },
    ),
)
