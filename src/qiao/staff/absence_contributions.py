"""What absences bring: the word to whoever stands in, and the way to the page."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import Command, NoticeKind, NoticeRow, NoticeWords, PersonLink
from qiao.staff.models import Absence
from qiao.staff.operations.absences import DEPUTY_NOTICE


def deputy_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """For whom one is to stand in and when; one statement. Only the deputy is told."""
    mine = Absence.objects.filter(deputy=actor.person_id).select_related("staff")
    found = mine.in_bulk({row.subject_id for row in rows})
    return {
        row.notice_id: _words(found[row.subject_id]) for row in rows if row.subject_id in found
    }


def _words(row: Absence) -> NoticeWords:
    last = row.days.upper - timedelta(days=1)
    return NoticeWords(
        title=_("You stand in for %(name)s") % {"name": row.staff.name},
        text=f"{row.days.lower:%Y-%m-%d} – {last:%Y-%m-%d}",
        url=reverse("staff:absences"),
    )


ABSENCE_NOTICES = (
    NoticeKind(
        key=DEPUTY_NOTICE,
        label=gettext_lazy("You stand in for somebody"),
        icon="user-share",
        words=deputy_words,
    ),
)
ABSENCE_LINKS = (
    PersonLink(
        pgettext_lazy("own menu", "Away and standing in"), "calendar-off", "staff:absences"
    ),
)
ABSENCE_COMMANDS = (
    Command(
        "staff.absences",
        gettext_lazy("Away and standing in"),
        "calendar-off",
        "staff:absences",
        "staff.view",
    ),
)
