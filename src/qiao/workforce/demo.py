"""The rosters of the demo company: four weeks that are over, this one published, the next a draft.

Weeks that are over are filled by turns (two early, a middle, a late, a night, two free days); the
others by the solver, as on the page.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from qiao.core.demo import Finding, World
from qiao.core.demo_rhythm import ZONE
from qiao.core.packs.qualify import qualify
from qiao.staff.queries import chain_of, company_id, ids_by_number, teams_for
from qiao.staff.queries.absences import away_days
from qiao.workforce.demo_people import add_people
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek, ShiftWish
from qiao.workforce.operations.groups import GroupPlan, ShiftPlan, add_group, keep_shift
from qiao.workforce.operations.weeks import begin_week, write_cells
from qiao.workforce.queries.demand import NoHistory
from qiao.workforce.queries.groups import members
from qiao.workforce.queries.rosters import monday_of, planned
from qiao.workforce.rules.limits import faults
from qiao.workforce.rules.solving import solve

WEEKS_OVER: Final = 4
SECONDS: Final = 5.0
WISHES: Final = 6
PLANNER: Final = "1008"
DUTY: Final = "enquiry"  # of teams that take calls
SHIFTS: Final = (
    ShiftPlan(
        "早班", 480, 960, ((600, 615), (705, 750)), names={"en": "Early", "zh-Hant": "早班"}
    ),
    ShiftPlan(
        "中班", 570, 1080, ((660, 675), (750, 795), (930, 945)),
        names={"en": "Middle", "zh-Hant": "中班"},
    ),
    ShiftPlan(
        "晚班", 720, 1230, ((870, 885), (1020, 1065)), names={"en": "Late", "zh-Hant": "晚班"}
    ),
    ShiftPlan(
        "夜班", 1200, 1920, ((1440, 1460), (1620, 1640), (1740, 1760)), is_night=True,
        names={"en": "Night", "zh-Hant": "夜班"},
    ),
)  # fmt: skip
TURNS: Final = (0, 0, 1, 2, 3, None, None)


def build(world: World) -> None:
    """A group of the call teams with shifts, weeks and wishes."""
    teams = sorted(each.team_id for each in teams_for(duty=DUTY))
    if not teams:
        return
    centre = chain_of(teams[0])[1]
    group = add_group(
        plan=GroupPlan(
            unit_id=centre,
            calls_of_id=company_id(),
            name="热线话务",
            names={"en": "Hotline", "zh-Hant": "熱線話務"},
            team_ids=teams,
            queues=[qualify(world.pack, key) for key in ("emergency", "repair", "billing")],
            least=(5, 2),
        )
    )
    for plan in SHIFTS:
        keep_shift(group=group, plan=plan)
    _add_weeks(world, group)
    add_people(world, group)


def _add_weeks(world: World, group: PlanningGroup) -> None:
    today = world.now.astimezone(ZONE).date()
    this = monday_of(today)
    for back in range(WEEKS_OVER, 0, -1):
        _by_turns(world, group, this - timedelta(weeks=back))
    _wish(world, group, today)
    for monday in (this, this + timedelta(weeks=1)):
        try:
            row = begin_week(group=group, monday=monday, today=today, actor=None, now=world.now)
        except NoHistory:
            continue
        found = planned(row)
        solution = solve(found.rules, seconds=SECONDS)
        write_cells(row, solution.assigned)
        row.solved_at, row.is_best = world.now, solution.is_best
        row.off_by, row.seconds = round(solution.off_by, 4), round(solution.seconds, 2)
        if monday == this:
            row.state, row.published_at = RosterWeek.State.PUBLISHED, world.now
            row.published_by_id = ids_by_number([PLANNER]).get(PLANNER)
        row.save()


def _by_turns(world: World, group: PlanningGroup, monday: date) -> None:
    """A week that is over, published at its time."""
    shifts = list(group.shifts.order_by("begins"))
    people = members(group)
    row = RosterWeek.objects.create(
        group=group,
        monday=monday,
        state=RosterWeek.State.PUBLISHED,
        created_at=world.now - timedelta(weeks=6),
        published_at=world.now - timedelta(weeks=5),
    )
    away = away_days(
        staff_ids=[each.staff_id for each in people], first=monday, last=monday + timedelta(days=6)
    )
    cells = []
    for place, person in enumerate(people):
        for day in range(7):
            on = monday + timedelta(days=day)
            # Weekends move through the people as the weeks go by.
            turn = TURNS[(day + 3 * place + monday.toordinal() // 7) % len(TURNS)]
            if turn is not None and on not in away.get(person.staff_id, {}):
                cells.append(
                    RosterCell(week=row, staff_id=person.staff_id, day=on, shift=shifts[turn])
                )
    RosterCell.objects.bulk_create(cells)


def _wish(world: World, group: PlanningGroup, today: date) -> None:
    """Some wish to be free, some a shift, in the next week."""
    rng = world.random("workforce.wishes")
    people = members(group)
    shifts = list(group.shifts.order_by("begins"))
    monday = monday_of(today) + timedelta(weeks=1)
    ShiftWish.objects.bulk_create(
        ShiftWish(
            staff_id=each.staff_id,
            day=monday + timedelta(days=rng.randrange(7)),
            shift=shifts[0] if place % 3 == 0 else None,
            made_at=world.now - timedelta(days=2),
        )
        for place, each in enumerate(rng.sample(people, min(WISHES, len(people))))
    )


def audit() -> Sequence[Finding]:
    """Weeks are there, and no plan that is not over breaks a rule."""
    weeks = list(RosterWeek.objects.select_related("group__unit").order_by("monday"))
    planned_now = [row for row in weeks if row.solved_at is not None]
    broken = sum(len(faults(found.rules, found.assigned)) for found in map(planned, planned_now))
    return [
        Finding("weeks of rosters", str(len(weeks)), "> 4", ok=len(weeks) > WEEKS_OVER),
        Finding("rules broken by rosters", str(broken), "0", ok=broken == 0),
    ]
