"""Who is away, from when to when, and who stands in."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.models import Absence, Staff
from qiao.staff.operations.notices import notify

PLAN: Final = "staff.roster"
DEPUTY_NOTICE: Final = "staff.deputy"
MOST_DAYS: Final = 366


class AbsenceMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such absence where the actor may change one."""


class BadAbsence(ValueError):  # noqa: N818 - a refusal
    """The days are in the wrong order, over, or too many."""


class AlreadyAway(ValueError):  # noqa: N818 - a refusal
    """The person is entered as away on some of the days."""


class NoDeputy(ValueError):  # noqa: N818 - a refusal
    """Nobody works here under that number, or it is the person's own."""


def plan_absence(
    *,
    staff: Staff,
    deputy: Staff | None,
    first: date,
    last: date,
    kind: Absence.Kind,
    today: date,
    actor: Actor,
    now: datetime,
) -> Absence:
    """Enter days, `last` included, on which a person is away; one's own, or as a planner of the
    unit. The deputy is told at once.

    Raises `Forbidden`, `BadAbsence`, `AlreadyAway`, `NoDeputy`.
    """
    required()
    if staff.pk != actor.staff_id:
        actor.require(PLAN, staff.organisation_id)
    if last < first or last < today or (last - first).days >= MOST_DAYS:
        raise BadAbsence
    if deputy is not None and (deputy.pk == staff.pk or not deputy.is_active):
        raise NoDeputy
    row = Absence(
        staff=staff,
        deputy=deputy,
        days=(first, last + timedelta(days=1)),
        kind=kind,
        entered_by_id=actor.staff_id,
        entered_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadyAway from error
    if deputy is not None:
        notify(
            staff_ids=[deputy.pk],
            kind=DEPUTY_NOTICE,
            subject_id=row.pk,
            once=f"absence:{row.pk}",
            now=now,
        )
    return row


def end_absence(*, absence_id: int, actor: Actor, now: datetime) -> Absence:
    """The person is back early, or it was a mistake: whoever stood in does so no more.

    Raises `AbsenceMissing`, `Forbidden`.
    """
    required()
    seen = Q(staff=actor.person_id) | Q(
        staff__organisation__in=list(actor.organisations("staff.view"))
    )
    row = Absence.objects.select_for_update(of=("self",)).select_related("staff")
    found = row.filter(seen, pk=absence_id, ended_at=None).first()
    if found is None:
        raise AbsenceMissing(str(absence_id))
    if found.staff_id != actor.staff_id:
        actor.require(PLAN, found.staff.organisation_id)
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    return found
