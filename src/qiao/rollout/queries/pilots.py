"""Pilots with their units, helpers, and what was said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import Count
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.models import Approval
from qiao.core.rules.spans import ONE_DAY
from qiao.core.wording import from_names
from qiao.rollout.models import Pilot
from qiao.rollout.queries.standing import VIEW

DECIDE: Final = "rollout.decide"


class PilotMissing(Http404):
    """No such pilot, or none that the actor may see."""


@dataclass(frozen=True, slots=True)
class PilotLine:
    """A pilot in a line."""

    pilot: Pilot
    units: Sequence[str]
    helpers: Sequence[str]
    state: str
    remarks: int = 0
    unit_ids: Sequence[int] = field(default_factory=tuple)

    @property
    def last(self) -> date:
        """The last day."""
        return self.pilot.until - ONE_DAY


def state_of(pilot: Pilot, day: date) -> str:
    """``planned``, ``running``, ``over`` (to be decided on) or ``decided``."""
    if pilot.decision:
        return "decided"
    if day < pilot.since:
        return "planned"
    return "running" if day < pilot.until else "over"


def pilots_for(*, actor: Actor, day: date, limit: int = 100) -> list[PilotLine]:
    """Pilots in units that the actor may see, the newest first; three statements."""
    seen = Pilot.objects.filter(units__unit__in=actor.organisations(VIEW)).values("pk")
    rows = Pilot.objects.filter(pk__in=seen).annotate(said=Count("remarks", distinct=True))
    rows = rows.prefetch_related("units__unit", "helpers__staff").order_by("-since", "-id")
    return [_line(pilot, day) for pilot in rows[:limit]]


def _line(pilot: Pilot, day: date) -> PilotLine:
    units = sorted(pilot.units.all(), key=lambda each: each.pk)
    helpers = sorted(pilot.helpers.all(), key=lambda each: each.pk)
    return PilotLine(
        pilot,
        [from_names(each.unit.names, each.unit.name) for each in units],
        [each.staff.name for each in helpers],
        state_of(pilot, day),
        getattr(pilot, "said", 0),
        [each.unit_id for each in units],
    )


def pilot_for(*, actor: Actor, pilot_id: int, day: date) -> PilotLine:
    """One pilot. Raises `PilotMissing`."""
    seen = Pilot.objects.filter(pk=pilot_id, units__unit__in=actor.organisations(VIEW))
    rows = Pilot.objects.filter(pk__in=seen.values("pk")).select_related(
        "created_by", "evaluated_by", "team"
    )
    rows = rows.annotate(said=Count("remarks", distinct=True))
    found = rows.prefetch_related("units__unit", "helpers__staff").first()
    if found is None:
        raise PilotMissing(str(pilot_id))
    return _line(found, day)


def running_for(*, chains: Sequence[Sequence[int]], feature: str, day: date) -> Pilot | None:
    """The pilot that runs on a day in one of these units or above them: the one of the feature at
    hand first, then the newest."""
    units = {unit_id for chain in chains for unit_id in chain}
    rows = Pilot.objects.filter(
        units__unit__in=units, since__lte=day, until__gt=day, decision=""
    ).distinct()
    found = sorted(rows, key=lambda each: (feature not in each.features, -each.pk))
    return found[0] if found else None


def waiting_decision(pilot_id: int) -> Approval | None:
    """What waits for a second person."""
    rows = Approval.objects.filter(kind=DECIDE, subject_id=pilot_id)
    return rows.filter(state=Approval.State.PENDING).first()


def agreed_decision(pilot_id: int) -> Approval | None:
    """What a second person agreed to."""
    rows = Approval.objects.filter(kind=DECIDE, subject_id=pilot_id)
    return rows.filter(state=Approval.State.APPROVED).order_by("-id").first()
