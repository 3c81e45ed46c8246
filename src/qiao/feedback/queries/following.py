"""Reading follow-ups, with the right to do so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.http import Http404
from django.utils import timezone

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.feedback.models import FollowUp, FollowUpAttempt
from qiao.feedback.rules.follow_ups import Attempt, Patience, counted, next_attempt_at
from qiao.staff.queries import chain_of, members_of

DUTY: Final = "follow_up"  # the name under which processes wait for the customer's word
RELATED: Final = ("case", "case__case_type", "case__customer", "case__responsible", "assigned_to")


class NotVisible(Http404):
    """No such follow-up, or none that the actor may see: outsiders cannot tell the difference."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a follow-up is: attempts newest first, those that count, and from when on the next
    one counts (None: at once)."""

    attempts: list[FollowUpAttempt]
    counted: int
    needed: int
    next_at: datetime | None


def get_follow_up_for(
    *, actor: Actor, follow_up_id: int, permission: str = "followups.view"
) -> FollowUp:
    """The follow-up with its case and people, in one statement. Raises `NotVisible`."""
    found = (
        FollowUp.objects.filter(
            organisation_id__in=actor.organisations(permission), id=follow_up_id
        )
        .select_related(*RELATED, "confirmed_by")
        .first()
    )
    if found is None:
        raise NotVisible(f"follow-up {follow_up_id}")
    return found


def follow_ups_of_case(*, actor: Actor, case_id: int) -> list[FollowUp]:
    """All follow-ups of a case that the actor may see, newest first."""
    seen = FollowUp.objects.visible_to(actor).filter(case_id=case_id)
    return list(seen.select_related("assigned_to", "confirmed_by").order_by("-id"))


def patience_for(*, organisation_id: int, now: datetime) -> Patience:
    """How often and how far apart one tries, by the dated parameters of the unit."""
    day, chain = timezone.localdate(now), chain_of(organisation_id)
    needed = parameters.find("feedback.attempts_needed", day=day, organisation_ids=chain)
    minutes = parameters.find("feedback.attempt_gap_minutes", day=day, organisation_ids=chain)
    return Patience(int(needed.value), timedelta(minutes=int(minutes.value)))


def progress_of(*, follow_up: FollowUp, now: datetime) -> Progress:
    """The attempts of a follow-up, and what they amount to."""
    rows = list(follow_up.attempts.select_related("actor").order_by("-seq"))
    patience = patience_for(organisation_id=follow_up.organisation_id, now=now)
    attempts = [Attempt(row.at, row.outcome) for row in rows]
    after = next_attempt_at(attempts, patience)
    return Progress(
        attempts=rows,
        counted=len(counted(attempts, patience)),
        needed=patience.needed,
        next_at=after if after is not None and after > now else None,
    )


def must_be_another(*, group: str, organisation_id: int, now: datetime) -> bool:
    """Whether cases of this group are called back by somebody other than the handler."""
    groups = parameters.find(
        "feedback.other_person_groups",
        day=timezone.localdate(now),
        organisation_ids=chain_of(organisation_id),
    )
    return group in groups.value


def waiting_follow_ups(*, actor: Actor, scope: str, limit: int) -> list[FollowUp]:
    """Open ones of a scope (``mine``, ``team``, ``all``), by due time."""
    rows = FollowUp.objects.visible_to(actor).open()
    if scope == "mine":
        rows = rows.filter(assigned_to_id=actor.staff_id)
    elif scope == "team":
        mates = {person.pk for team in actor.team_ids for person in members_of(team)}
        rows = rows.filter(assigned_to_id__in=mates)
    ordered = rows.select_related(*RELATED).order_by(F("due_at").asc(nulls_last=True), "id")
    return list(ordered[:limit])
