"""Who may be sent: the technicians of a team."""

from datetime import date

from qiao.core.actor import Actor
from qiao.staff.queries import actor_for, members_of


def technicians_of(*, team_id: int, day: date) -> list[Actor]:
    """Members of the team who may do work orders, its leader first, then by number."""
    actors = [actor_for(person, day=day) for person in members_of(team_id)]
    return [actor for actor in actors if actor.can("jobs.work")]


def is_technician_of(*, staff_id: int, team_id: int, day: date) -> bool:
    """Whether the person belongs to the team and may do work orders."""
    return any(a.staff_id == staff_id for a in technicians_of(team_id=team_id, day=day))
