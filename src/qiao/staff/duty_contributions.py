"""What the duty roster brings: notices of holes, and swaps that a second person allows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import (
    Command,
    Decidable,
    Difference,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    PersonLink,
    Told,
)
from qiao.core.models import Approval
from qiao.core.wording import from_names
from qiao.staff.models import DutyRoster
from qiao.staff.operations.duty import HOLE_NOTICE, SWAP, DutyMissing, DutyOver, swap_agreed
from qiao.staff.queries import names_of


def hole_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Holes of rosters in words, of units that the actor may see; one statement."""
    allowed = actor.organisations("staff.view")
    found = DutyRoster.objects.filter(unit_id__in=allowed).select_related("unit")
    rosters = found.in_bulk({row.subject_id for row in rows})
    return {
        row.notice_id: _hole(rosters[row.subject_id], row)
        for row in rows
        if row.subject_id in rosters
    }


def _hole(roster: DutyRoster, row: NoticeRow) -> NoticeWords:
    zone = ZoneInfo(roster.timezone)
    start = datetime.fromisoformat(row.facts["start"]).astimezone(zone)
    end = datetime.fromisoformat(row.facts["end"]).astimezone(zone)
    unit = from_names(roster.unit.names, roster.unit.name)
    return NoticeWords(
        title=f"{unit} · {roster.name}",
        text=_("Nobody is on duty from %(start)s to %(end)s")
        % {"start": f"{start:%m-%d %H:%M}", "end": f"{end:%m-%d %H:%M}"},
        url=f"{reverse('staff:roster', args=[roster.pk])}?month={start:%Y-%m}",
        tone="bad",
    )


def tell_swap(approval: Approval) -> Told:
    """The request to swap a duty, in words."""
    given = approval.payload
    names = names_of([approval.requested_by_id, given["with"]])
    roster = DutyRoster.objects.select_related("unit").get(pk=given["roster"])
    day = date.fromisoformat(given["day"])
    return Told(
        kind=_("Swap of a duty"),
        title=f"{from_names(roster.unit.names, roster.unit.name)} · {day.isoformat()}",
        url=f"{reverse('staff:roster', args=[roster.pk])}?month={day:%Y-%m}",
        differences=[
            Difference(
                _("On duty"), names.get(approval.requested_by_id, ""), names.get(given["with"], "")
            )
        ],
    )


DUTY_NOTICES = (
    NoticeKind(
        key=HOLE_NOTICE,
        label=gettext_lazy("A hole in a duty roster"),
        icon="user-x",
        words=hole_words,
    ),
)
DUTY_DECISIONS = (
    Decidable(
        kind=SWAP,
        tell=tell_swap,
        carry_out=swap_agreed,
        refusals={
            DutyOver: gettext_lazy("This duty has begun already."),
            DutyMissing: gettext_lazy("The roster has changed: there is no such duty any more."),
        },
    ),
)
DUTY_LINKS = (PersonLink(pgettext_lazy("own menu", "Duty roster"), "calendar-user", "staff:duty"),)
DUTY_COMMANDS = (
    Command(
        "staff.duty", gettext_lazy("Duty roster"), "calendar-user", "staff:duty", "staff.view"
    ),
)
