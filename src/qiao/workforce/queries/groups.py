"""Groups that are planned, with their people."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.wording import from_names
from qiao.staff.queries import members_of_teams, skills_of_many
from qiao.workforce.models import PlanningGroup, ShiftKind
from qiao.workforce.queries.calls import phone_queues


class GroupMissing(Http404):
    """No such group, or none that the actor may see."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a group, with the levels of their skills and the queues that they can serve."""

    staff_id: int
    number: str
    name: str
    skills: dict[str, int]
    queues: frozenset[str]


def groups_for(actor: Actor) -> list[PlanningGroup]:
    """The groups that the actor may see, by name."""
    rows = PlanningGroup.objects.visible_to(actor).filter(is_active=True)
    return list(rows.select_related("unit").order_by("name", "id"))


def group_for(*, actor: Actor, group_id: int) -> PlanningGroup:
    """One group. Raises `GroupMissing`."""
    rows = PlanningGroup.objects.visible_to(actor).filter(is_active=True)
    found = rows.select_related("unit").filter(pk=group_id).first()
    if found is None:
        raise GroupMissing(str(group_id))
    return found


def name_of_group(group: PlanningGroup) -> str:
    """The name in the reader's language."""
    return from_names(group.names, group.name)


def queues_of(group: PlanningGroup) -> list[str]:
    """The queues whose calls the group takes, in the order of the packs."""
    known = list(phone_queues())
    return [key for key in known if not group.queues or key in group.queues]


def members(group: PlanningGroup) -> list[Member]:
    """Who is planned in a group, by number; three statements."""
    people = members_of_teams(group.teams.values_list("team_id", flat=True))
    levels = skills_of_many(person.pk for person in people)
    known = phone_queues()
    mine = queues_of(group)
    return [
        Member(
            person.pk,
            person.number,
            person.name,
            levels[person.pk],
            frozenset(
                key
                for key in mine
                if not known[key].skill or levels[person.pk].get(known[key].skill, 0) > 0
            ),
        )
        for person in people
    ]


def shifts_of(group: PlanningGroup, *, only_active: bool = True) -> list[ShiftKind]:
    """The shifts of a group by their beginning."""
    rows = group.shifts.order_by("begins", "ends", "id")
    return list(rows.filter(is_active=True) if only_active else rows)


def group_of_teams(team_ids: Iterable[int]) -> PlanningGroup | None:
    """The group in which the people of one of these teams are planned."""
    rows = PlanningGroup.objects.filter(teams__team_id__in=list(team_ids), is_active=True)
    return rows.order_by("id").first()
