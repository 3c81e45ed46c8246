"""The duty rosters of the demo company: nights and weekends of its centre and branches."""

from datetime import timedelta

from qiao.core.demo import World
from qiao.staff.models import DutyChange, DutyRoster, Organisation, Staff
from qiao.staff.operations.duty import plan_roster
from qiao.staff.operations.duty_patterns import keep_pattern
from qiao.staff.queries.duty import as_rules
from qiao.staff.rules.roster import Need, Shift

EVENING, MORNING, DAY_START = 1200, 480, 480  # 20:00 to 8:00; by day at the weekend from 8:00
FEWEST = 4


def build_rosters(world: World) -> None:
    """A roster for each unit that has teams with people, in turn week by week."""
    today = world.now.date()
    anchor = today - timedelta(days=today.weekday() + 28)
    units = Organisation.objects.filter(kind__in=("department", "branch")).order_by("id")
    for unit in units:
        people = list(
            Staff.objects.filter(memberships__team__path__startswith=unit.path, is_active=True)
            .order_by("number")
            .distinct()[:8]
        )
        if len(people) < FEWEST:
            continue
        nights = [Need(weekday, EVENING, MORNING) for weekday in range(7)]
        days = [Need(weekday, DAY_START, EVENING) for weekday in (5, 6)]
        shifts = [
            Shift(week, need.weekday, need.start, need.end, _turn(people, week, need).pk)
            for week in range(4)
            for need in (*nights, *days)
        ]
        roster = plan_roster(
            unit=unit, name="夜间与周末值班", anchor=anchor, weeks=4, shifts=shifts,
            needs=[*nights, *days],
        )  # fmt: skip
        DutyChange.objects.create(
            roster=roster,
            day=today + timedelta(days=2),
            start=EVENING,
            staff=people[-1],
            reason="家中有事，已协商换班",
            changed_at=world.now,
        )
    _leave_a_hole(world)
    _plan_anew(world)


def _plan_anew(world: World) -> None:
    """In four weeks the first unit takes turns by whole weeks."""
    roster = DutyRoster.objects.order_by("id").first()
    if roster is None:
        return
    monday = world.now.date() + timedelta(days=28 - world.now.weekday())
    people = sorted(as_rules(roster).people)[:FEWEST]
    needs = [Need(weekday, EVENING, MORNING) for weekday in range(7)]
    keep_pattern(
        roster=roster,
        since=monday,
        weeks=FEWEST,
        shifts=[
            Shift(week, need.weekday, need.start, need.end, people[week])
            for week in range(FEWEST)
            for need in needs
        ],
        needs=needs,
        planned_by_id=None,
        now=world.now,
    )


def _turn(people: list[Staff], week: int, need: Need) -> Staff:
    return people[(week * 3 + need.weekday + (need.start == DAY_START)) % len(people)]


def _leave_a_hole(world: World) -> None:
    """One night in twelve days for which nobody has been found yet."""
    change = DutyChange.objects.order_by("roster_id").first()
    if change is not None:
        DutyChange.objects.create(
            roster_id=change.roster_id,
            day=world.now.date() + timedelta(days=12),
            start=EVENING,
            staff=None,
            reason="培训，接替人选待定",
            changed_at=world.now,
        )
