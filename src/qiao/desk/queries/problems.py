"""Reads of the problem log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.desk.models import Problem

OPERATE = "desk.operate"
OWNER_KIND = "desk.problem"
PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which problems are asked for; an empty value asks for all. `state` ``open``: undecided."""

    state: str = ""
    source: str = ""
    text: str = ""


def list_problems(
    *, actor: Actor, narrowing: Narrowing, after: str = "", limit: int = PAGE_SIZE
) -> tuple[list[Problem], str]:
    """A page of problems, the one seen last first, and where the next page begins."""
    rows = Problem.objects.filter(organisation_id__in=actor.organisations(OPERATE))
    if narrowing.state == "open":
        rows = rows.filter(state__in=[Problem.State.NEW, Problem.State.ACCEPTED])
    elif narrowing.state:
        rows = rows.filter(state=narrowing.state)
    if narrowing.source:
        rows = rows.filter(source=narrowing.source)
    if narrowing.text:
        rows = rows.filter(Q(title__icontains=narrowing.text) | Q(body__icontains=narrowing.text))
    position = _position(after)
    if position is not None:
        at, row_id = position
        rows = rows.filter(Q(last_seen_at__lt=at) | Q(last_seen_at=at, pk__lt=row_id))
    related = rows.select_related("reported_by", "owner", "organisation", "duplicate_of")
    found = list(related.order_by("-last_seen_at", "-id")[: limit + 1])
    page = found[:limit]
    more = f"{page[-1].last_seen_at.isoformat()}|{page[-1].pk}" if len(found) > limit else ""
    return page, more


def _position(text: str) -> tuple[datetime, int] | None:
    at, _bar, row_id = text.partition("|")
    try:
        return datetime.fromisoformat(at), int(row_id)
    except ValueError:
        return None


def find_problem(*, actor: Actor, problem_id: int) -> Problem | None:
    """A problem that the actor looks after, or None."""
    rows = Problem.objects.filter(organisation_id__in=actor.organisations(OPERATE))
    return (
        rows.select_related("reported_by", "owner", "duplicate_of").filter(pk=problem_id).first()
    )


def own_problems(*, actor: Actor, limit: int = PAGE_SIZE) -> Sequence[Problem]:
    """What the actor reported, the newest first."""
    return list(Problem.objects.filter(reported_by_id=actor.person_id).order_by("-id")[:limit])


def unread_answers(*, actor: Actor, limit: int) -> Sequence[Problem]:
    """Reports of the actor whose answers they have not read, the oldest answer first."""
    own = Problem.objects.filter(
        reported_by_id=actor.staff_id, answered_at__isnull=False, answer_seen_at__isnull=True
    )
    return list(own.order_by("answered_at")[:limit])


def own_problem(*, actor: Actor, problem_id: int) -> Problem | None:
    """A problem that the actor reported, or None."""
    return Problem.objects.filter(pk=problem_id, reported_by_id=actor.staff_id).first()


def pictures_of(problem: Problem) -> list[Attachment]:
    """The pictures that came with a report."""
    return list(Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id=problem.pk))
