"""Who takes a replayed log in: the mapping's unit, its areas, and the clerks at its desk."""

from datetime import datetime

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.packs.intake import IntakeMap
from qiao.staff.operations import appoint_clerk, define_region, ensure_team
from qiao.staff.queries import actor_for, members_of

NEEDED = ("cases.open", "cases.work", "cases.view", "interactions.work", "interactions.view")
CLERK = "agent"  # the role that every installation has for those who take contacts


def receiving_clerks(*, mapping: IntakeMap, now: datetime) -> list[Actor]:
    """People of the mapping's unit who may do all that the desk does, by staff number.

    What is missing is made: the areas of the log, the unit (a team of the company; in an empty
    database a company too), and one clerk whom nobody can sign in as.
    """
    for area in mapping.areas.values():
        define_region(code=area.key, name=area.name.zh_hans, names=area.name.data())
    unit = mapping.unit
    team = ensure_team(
        code=unit.code,
        name=unit.name.zh_hans,
        names=unit.name.data(),
        duties=unit.duties,
        areas=[area.key for area in mapping.areas.values()],
        timezone=mapping.zone.key,
        packs=[mapping.pack],
    )
    people = [actor_for(person, day=timezone.localdate(now)) for person in members_of(team.pk)]
    able = [a for a in people if all(a.can_in(right, team.pk) for right in NEEDED)]
    if able:
        return able
    name = unit.name.zh_hans
    clerk = appoint_clerk(team=team, number=f"{unit.code}-0", name=name, role=CLERK, now=now)
    return [actor_for(clerk, day=timezone.localdate(now))]
