"""Absences of the demo company: in each team somebody is away, and a colleague stands in."""

from datetime import timedelta

from qiao.core.demo import World
from qiao.staff.models import Absence, Membership

SPANS = ((-3, 4), (-1, 1), (2, 9), (0, 0), (6, 12))  # first and last day, from today
KINDS = (Absence.Kind.LEAVE, Absence.Kind.TRAINING, Absence.Kind.OFF_DUTY)
FEWEST = 3


def build_absences(world: World) -> None:
    """One person of each team of some size, in turn for different days; the deputy is another."""
    today = world.now.date()
    teams: dict[int, list[int]] = {}
    places = Membership.objects.filter(staff__is_active=True).order_by("team_id", "staff__number")
    for team_id, staff_id in places.values_list("team_id", "staff_id"):
        teams.setdefault(team_id, []).append(staff_id)
    rows, taken = [], set()
    for turn, people in enumerate(teams.values()):
        free = [staff_id for staff_id in people if staff_id not in taken]
        if len(free) < FEWEST:
            continue
        first, last = SPANS[turn % len(SPANS)]
        away, deputy = free[-1], free[-2]
        taken |= {away, deputy}
        rows.append(
            Absence(
                staff_id=away,
                deputy_id=deputy,
                days=(today + timedelta(days=first), today + timedelta(days=last + 1)),
                kind=KINDS[turn % len(KINDS)],
                entered_at=world.now - timedelta(days=5),
            )
        )
    Absence.objects.bulk_create(rows)
