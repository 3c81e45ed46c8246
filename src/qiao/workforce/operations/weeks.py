"""Weeks of rosters: begun, planned by the solver, changed by hand, published."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.operations import notify
from qiao.workforce.models import PlanningGroup, RosterCell, RosterWeek
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.queries.demand import demand_for
from qiao.workforce.queries.rosters import Planned, planned
from qiao.workforce.rules.limits import Limit, faults, why_not
from qiao.workforce.rules.plan import Assigned, Cell
from qiao.workforce.rules.solving import Solution

SOLVE_TASK: Final = "workforce.solve"
NOTICE: Final = "workforce.roster"
WEEKS_AHEAD: Final = 13


class WeekRefused(ValueError):  # noqa: N818 - a refusal
    """It cannot be done: `reason` is ``published``, ``running``, ``empty``, ``past``, ``exists``,
    ``far`` or ``person``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RuleBroken(ValueError):  # noqa: N818 - a refusal
    """A change by hand would break rules; `limits` name them."""

    def __init__(self, limits: Collection[Limit]) -> None:
        super().__init__(", ".join(limits))
        self.limits = tuple(limits)


def lock_of(week_id: int) -> str:
    """The lock under which a week is planned."""
    return f"workforce:{week_id}"


def begin_week(
    *, group: PlanningGroup, monday: date, today: date, actor: Actor | None, now: datetime
) -> RosterWeek:
    """Begin the roster of a week with the demand that the calls so far foretell.

    Raises `Forbidden`, `WeekRefused`, `NoHistory`.
    """
    required()
    if actor is not None:
        actor.require(PLAN, group.unit_id)
    if monday.weekday() or monday < today - timedelta(days=today.weekday()):
        raise WeekRefused("past")
    if monday > today + timedelta(weeks=WEEKS_AHEAD):
        raise WeekRefused("far")
    demand = demand_for(group, monday=monday, today=today)
    try:
        with transaction.atomic():
            return RosterWeek.objects.create(
                group=group,
                monday=monday,
                demand=demand.kept(),
                created_by_id=actor.staff_id if actor else None,
                created_at=now,
            )
    except IntegrityError as error:
        raise WeekRefused("exists") from error


def ask_solving(*, week_id: int, today: date, actor: Actor) -> RosterWeek:
    """Have a job plan the week anew, by the demand as it is foretold today; what is pinned stays.

    Raises `Forbidden`, `WeekRefused`, `RosterWeek.DoesNotExist`, `NoHistory`.
    """
    row = lock_week(week_id)
    actor.require(PLAN, row.group.unit_id)
    if row.state == RosterWeek.State.PUBLISHED:
        raise WeekRefused("published")
    if row.solving in (RosterWeek.Solving.WAITING, RosterWeek.Solving.RUNNING) and (
        background.state_of(lock_of(week_id))
    ):
        raise WeekRefused("running")
    row.demand = demand_for(row.group, monday=row.monday, today=today).kept()
    row.solving = RosterWeek.Solving.WAITING
    row.save(update_fields=["demand", "solving"])
    background.defer(SOLVE_TASK, lock=lock_of(week_id), week_id=week_id)
    return row


def lock_week(week_id: int) -> RosterWeek:
    """A week, locked. Raises `RosterWeek.DoesNotExist`."""
    required()
    rows = RosterWeek.objects.select_for_update(of=("self",)).select_related("group__unit")
    return rows.get(pk=week_id)


def begin_solving(*, week_id: int) -> Planned | None:
    """What the solver shall work on; None where the week was published meanwhile."""
    row = lock_week(week_id)
    if row.state == RosterWeek.State.PUBLISHED:
        RosterWeek.objects.filter(pk=week_id).update(solving="")
        return None
    row.solving = RosterWeek.Solving.RUNNING
    row.save(update_fields=["solving"])
    return planned(row)


def keep_solution(*, week_id: int, version: int, solution: Solution, now: datetime) -> bool:
    """Keep what the solver found for a version of the week; False where somebody changed the week
    meanwhile, so that it has to be planned again. Raises `RosterWeek.DoesNotExist`."""
    row = lock_week(week_id)
    if row.state == RosterWeek.State.PUBLISHED:
        RosterWeek.objects.filter(pk=week_id).update(solving="")
        return True
    if row.version != version:
        return False
    write_cells(row, solution.assigned)
    row.solving, row.solved_at, row.version = RosterWeek.Solving.NOTHING, now, row.version + 1
    row.is_best, row.off_by = solution.is_best, round(solution.off_by, 4)
    row.seconds = round(solution.seconds, 2)
    row.save(update_fields=["solving", "solved_at", "version", "is_best", "off_by", "seconds"])
    return True


def write_cells(row: RosterWeek, assigned: Assigned) -> None:
    """Put a plan in the place of all cells that are not pinned."""
    row.cells.filter(is_pinned=False).delete()
    pinned = set(row.cells.values_list("staff_id", "day"))
    RosterCell.objects.bulk_create(
        RosterCell(week=row, staff_id=who, day=on, shift_id=key)
        for (who, day), key in sorted(assigned.items())
        if (who, on := row.monday + timedelta(days=day)) not in pinned
    )


def give_up(*, week_id: int) -> None:
    """Say that the week could not be planned: what is pinned breaks the rules."""
    required()
    RosterWeek.objects.filter(pk=week_id).update(solving=RosterWeek.Solving.FAILED)


def set_cell(
    *,
    week_id: int,
    staff_id: int,
    day: date,
    shift_id: int | None,
    today: date,
    actor: Actor,
    now: datetime,
) -> RosterWeek:
    """Give somebody a shift on a day, or (None) the day free; it stays so when the week is planned
    again. In a published week who is touched is told.

    Raises `Forbidden`, `RosterWeek.DoesNotExist`, `WeekRefused`, `RuleBroken`.
    """
    row = _changed(week_id, [day], today, actor)
    found = planned(row)
    _require_allowed(found, {(staff_id, (day - row.monday).days): shift_id})
    _put(row, staff_id, day, shift_id)
    if row.state == RosterWeek.State.PUBLISHED:
        _tell(row, [staff_id], f"{day.isoformat()}:{row.version}", now)
    return row


def move_shift(
    *, week_id: int, day: date, from_id: int, to_id: int, today: date, actor: Actor, now: datetime
) -> RosterWeek:
    """Let two people exchange what they have on a day; who has nothing gets the shift.

    Raises `Forbidden`, `RosterWeek.DoesNotExist`, `WeekRefused`, `RuleBroken`.
    """
    row = _changed(week_id, [day], today, actor)
    found = planned(row)
    place = (day - row.monday).days
    given, taken = found.assigned.get((from_id, place)), found.assigned.get((to_id, place))
    if given is None or from_id == to_id:
        raise WeekRefused("empty")
    _require_allowed(found, {(from_id, place): taken, (to_id, place): given})
    _put(row, from_id, day, taken)
    _put(row, to_id, day, given)
    if row.state == RosterWeek.State.PUBLISHED:
        _tell(row, [from_id, to_id], f"{day.isoformat()}:{row.version}", now)
    return row


def loosen_cell(
    *, week_id: int, staff_id: int, day: date, today: date, actor: Actor
) -> RosterWeek:
    """Let the solver decide again what somebody has on a day.

    Raises `Forbidden`, `RosterWeek.DoesNotExist`, `WeekRefused`.
    """
    row = _changed(week_id, [day], today, actor)
    if row.state == RosterWeek.State.PUBLISHED:
        raise WeekRefused("published")
    row.cells.filter(staff_id=staff_id, day=day, shift__isnull=True).delete()
    row.cells.filter(staff_id=staff_id, day=day).update(is_pinned=False)
    return row


def publish_week(*, week_id: int, actor: Actor, now: datetime) -> RosterWeek:
    """Let everybody see their shifts, and tell them. Raises `Forbidden`, `WeekRefused`,
    `RosterWeek.DoesNotExist`, `RuleBroken`."""
    row = lock_week(week_id)
    actor.require(PLAN, row.group.unit_id)
    if row.state == RosterWeek.State.PUBLISHED:
        raise WeekRefused("published")
    if row.solving in (RosterWeek.Solving.WAITING, RosterWeek.Solving.RUNNING) and (
        background.state_of(lock_of(week_id))
    ):
        raise WeekRefused("running")
    found = planned(row)
    if not found.assigned:
        raise WeekRefused("empty")
    # Leave that was entered since the week was planned must not be overlooked.
    if broken := faults(found.rules, found.assigned):
        raise RuleBroken({limit for _cell, limit in broken})
    row.state, row.published_at = RosterWeek.State.PUBLISHED, now
    row.published_by_id, row.solving = actor.staff_id, RosterWeek.Solving.NOTHING
    row.save(update_fields=["state", "published_at", "published_by", "solving"])
    _tell(row, {who for who, _day in found.assigned}, "published", now)
    return row


def _changed(week_id: int, days: Collection[date], today: date, actor: Actor) -> RosterWeek:
    """The locked week whose days are about to change, its version raised."""
    row = lock_week(week_id)
    actor.require(PLAN, row.group.unit_id)
    for day in days:
        if not 0 <= (day - row.monday).days < 7 or day < today:
            raise WeekRefused("past")
    row.version += 1
    row.save(update_fields=["version"])
    return row


def _require_allowed(found: Planned, changes: Mapping[Cell, int | None]) -> None:
    """Raises `RuleBroken`, or `WeekRefused` for a person or a shift that is not of the group."""
    week = found.rules
    after = {cell: key for cell, key in found.assigned.items() if cell not in changes}
    after |= {cell: key for cell, key in changes.items() if key is not None}
    for cell, key in changes.items():
        if cell[0] not in week.people or (key is not None and key not in week.shifts):
            raise WeekRefused("person")
        if key is None:
            continue
        limits = [
            limit
            for limit in why_not(week, after, cell, week.shifts[key])
            if limit is not Limit.PINNED  # a hand may loosen what a hand has pinned
        ]
        if limits:
            raise RuleBroken(limits)


def _put(row: RosterWeek, staff_id: int, day: date, shift_id: int | None) -> None:
    RosterCell.objects.update_or_create(
        week=row,
        staff_id=staff_id,
        day=day,
        defaults={"shift_id": shift_id, "is_pinned": True, "by_hand": True},
    )


def _tell(row: RosterWeek, staff_ids: Collection[int], what: str, now: datetime) -> None:
    notify(
        staff_ids=staff_ids,
        kind=NOTICE,
        subject_id=row.pk,
        once=f"week:{row.pk}:{what}",
        facts={"monday": row.monday.isoformat(), "published": what == "published"},
        now=now,
    )
