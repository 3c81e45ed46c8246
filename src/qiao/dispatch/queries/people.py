"""Who may be sent: the technicians of a team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.dispatch.models import WorkOrder
from qiao.staff.queries import actor_for, members_of, teams_for, units_among


def technicians_of(*, team_id: int, day: date) -> list[Actor]:
    """Members of the team who may do work orders, its leader first, then by number."""
    actors = [actor_for(person, day=day) for person in members_of(team_id)]
    return [actor for actor in actors if actor.can("jobs.work")]


def is_technician_of(*, staff_id: int, team_id: int, day: date) -> bool:
    """Whether the person belongs to the team and may do work orders."""
    return any(a.staff_id == staff_id for a in technicians_of(team_id=team_id, day=day))


def open_load(staff_ids: Iterable[int]) -> dict[int, int]:
    """How many open orders each of these people has; without one they are left out."""
    held = WorkOrder.objects.open().filter(technician_id__in=list(staff_ids))
    counted = (
        held.values("technician_id").annotate(n=Count("id")).values_list("technician_id", "n")
    )
    return {staff_id: n for staff_id, n in counted if staff_id is not None}


def team_of(actor: Actor, *, language: str) -> str:
    """The name of the first team that the actor works in; empty without one."""
    units = units_among(actor.team_ids[:1], language=language)
    return units[0].name if units else ""


@dataclass(frozen=True, slots=True)
class Team:
    """A crew by id and name."""

    team_id: int
    name: str


def people_for(*, order: WorkOrder, day: date, language: str) -> list[tuple[Team, list[Actor]]]:
    """Who may be sent, by crew: the order's own first, then those that take such work, nearest
    area first. A crew without a technician is left out."""
    case: Any = order.case
    definition = catalogue().case_types.get(case.case_type.key)
    duty = definition.duty if definition else ""
    others = teams_for(duty=duty, area=case.area) if duty else []
    ids = list(dict.fromkeys([order.team_id, *(team.team_id for team in others)]))
    names = {unit.unit_id: unit.name for unit in units_among(ids, language=language)}
    crews = [Team(pk, names[pk]) for pk in ids if pk in names]
    found = [(crew, technicians_of(team_id=crew.team_id, day=day)) for crew in crews]
    return [(crew, people) for crew, people in found if people]
