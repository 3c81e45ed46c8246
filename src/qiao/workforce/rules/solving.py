"""A plan for a week by constraint programming (OR-Tools CP-SAT), within a limit of time.

The rules of `limits` bind. What is weighed, the dearest first: people missing at all, people
missing who can serve a queue, nights and weekends shared out over the weeks before too, wishes,
hours off a contract, more people than needed. The weights are ours; their order is what the page
tells.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qiao.workforce.rules.beginning import first_plan
from qiao.workforce.rules.limits import faults, may_ever
from qiao.workforce.rules.plan import (
    DAY_MINUTES,
    DAYS,
    PARTS,
    SLOT_MINUTES,
    WEEK_SLOTS,
    WEEKEND,
    Assigned,
    Cell,
    Person,
    Week,
)

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

MISSING: Final = 60  # for each part of a slot: ten minutes without somebody who is needed
FIRST_MISSING: Final = 60  # more for the first half of the people: no half hour stays empty
MISSING_SKILL: Final = 50
HOURS: Final = 12  # for each half hour off the contract
NIGHTS: Final = 400
WEEKENDS: Final = 250
WISH: Final = 300
SURPLUS: Final = 2
CROWD: Final = 6  # more for whoever is there beside twice as many as needed
UNFAIR: Final = 150  # for each night or weekend above the one who has had fewest
SECONDS: Final = 20.0
WORKERS: Final = 2


class Unsolvable(Exception):  # noqa: N818 - names the finding
    """What is pinned breaks the rules, so that no plan keeps both."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan. `is_best` says that no better one exists; else it is the best that was found in
    time, at most `off_by` (0 to 1) dearer than a best one could be."""

    assigned: dict[Cell, int]
    is_best: bool
    off_by: float
    seconds: float


def solve(
    week: Week, *, start: Assigned | None = None, seconds: float = SECONDS, seed: int = 1
) -> Solution:
    """The best plan that is found in so many seconds, beginning from `start` or, without one, from
    a first plan made shift by shift.

    Raises `Unsolvable`.
    """
    # The solver brings pandas along: a second and a hundred megabytes that no web process needs.
    from ortools.sat.python import cp_model  # noqa: PLC0415

    model = _Model(week, cp_model.CpModel())
    model.build()
    begin = start or first_plan(week)
    for (person_id, day, key), chosen in model.works.items():
        model.cp.add_hint(chosen, int(begin.get((person_id, day)) == key))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed
    status = solver.solve(model.cp)
    if status == cp_model.UNKNOWN and not faults(week, begin):
        # On a machine with too much to do the time may be over before the solver has begun: what
        # it was to begin from breaks no rule, and is a plan.
        return Solution(dict(begin), is_best=False, off_by=1.0, seconds=solver.wall_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise Unsolvable(solver.status_name(status))
    assigned = {
        (person_id, day): key
        for (person_id, day, key), chosen in model.works.items()
        if solver.value(chosen)
    }
    broken = faults(week, assigned)
    if broken:
        raise Unsolvable(f"{len(broken)} rules broken, the first {broken[0]}")
    cost, bound = solver.objective_value, solver.best_objective_bound
    return Solution(
        assigned,
        status == cp_model.OPTIMAL,
        max(0.0, (cost - bound) / cost) if cost else 0.0,
        solver.wall_time,
    )


class _Model:
    """The variables and what holds between them."""

    def __init__(self, week: Week, cp: "CpModel") -> None:
        self.week, self.cp = week, cp
        self.works: dict[tuple[int, int, int], Any] = {}
        self.cost: list[Any] = []

    def build(self) -> None:
        for person in self.week.people.values():
            self._person(person)
        self._pins()
        self._cover()
        self._fairness()
        self._wishes()
        self.cp.minimize(sum(self.cost))

    def _person(self, person: Person) -> None:
        week, me = self.week, person.person_id
        for day in range(DAYS):
            for key, shift in week.shifts.items():
                if may_ever(week, person, day, shift) or week.pinned.get((me, day)) == key:
                    name = f"{me}/{day}/{key}"
                    self.works[me, day, key] = self.cp.new_bool_var(name)
            self.cp.add_at_most_one(self._on(me, day))
        self._rest(me)
        self._days_in_row(person)
        self._hours(person)

    def _on(self, person_id: int, day: int) -> list[Any]:
        keys = self.week.shifts
        return [self.works[w] for key in keys if (w := (person_id, day, key)) in self.works]

    def _rest(self, me: int) -> None:
        least = self.week.limits.rest_minutes
        for day in range(DAYS - 1):
            for one, early in self.week.shifts.items():
                late = [
                    self.works[me, day + 1, other]
                    for other, later in self.week.shifts.items()
                    if (me, day + 1, other) in self.works
                    and DAY_MINUTES + later.start - early.end < least
                ]
                if late and (me, day, one) in self.works:
                    self.cp.add_at_most_one([self.works[me, day, one], *late])

    def _days_in_row(self, person: Person) -> None:
        most, run = self.week.limits.days_in_row, person.run_before
        for first in range(-min(run, most), DAYS - most):
            days = range(max(first, 0), first + most + 1)
            worked = [each for day in days for each in self._on(person.person_id, day)]
            self.cp.add(sum(worked) <= most - max(0, -first))

    def _hours(self, person: Person) -> None:
        paid = sum(
            self.works[w] * shift.paid_minutes
            for day in range(DAYS)
            for key, shift in self.week.shifts.items()
            if (w := (person.person_id, day, key)) in self.works
        )
        self.cp.add(paid <= self.week.limits.week_minutes)
        share = len(set(range(5)) - person.away) / 5 if person.away else 1.0
        wanted = int(person.weekly_minutes * share)
        off = self.cp.new_int_var(0, 7 * DAY_MINUTES, f"off/{person.person_id}")
        self.cp.add(off >= paid - wanted)
        self.cp.add(off >= wanted - paid)
        steps = self.cp.new_int_var(0, 7 * DAY_MINUTES // SLOT_MINUTES, f"h/{person.person_id}")
        self.cp.add(steps * SLOT_MINUTES >= off)
        self.cost.append(HOURS * steps)

    def _pins(self) -> None:
        for (person_id, day), key in self.week.pinned.items():
            for other in self.week.shifts:
                if (person_id, day, other) in self.works:
                    self.cp.add(self.works[person_id, day, other] == int(other == key))

    def _cover(self) -> None:
        """Slots of which the same people are there and as many are needed are one, so many times
        as dear."""
        week = self.week
        there: dict[int, list[Any]] = defaultdict(list)
        able: dict[tuple[str, int], list[Any]] = defaultdict(list)
        looks: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for who, slot, look, term in self._parts():
            there[slot].append(term)
            looks[slot].append(look)
            for queue in week.people[who].queues & week.queue_needs.keys():
                able[queue, slot].append(term)
        alike: dict[Any, list[int]] = defaultdict(list)
        for slot in range(WEEK_SLOTS):
            needs = (week.needs[slot], *(line[slot] for line in week.queue_needs.values()))
            alike[needs, tuple(looks[slot])].append(slot)
        for slots in alike.values():
            slot, times = slots[0], len(slots)
            weights = (MISSING * times, FIRST_MISSING * times, SURPLUS * times)
            self._slot("", slot, week.needs[slot], there[slot], weights)
            for queue, line in week.queue_needs.items():
                terms = able[queue, slot]
                self._slot(queue, slot, line[slot], terms, (MISSING_SKILL * times, 0, 0))

    def _parts(self) -> Iterator[tuple[int, int, tuple[int, ...], Any]]:
        """Person, slot, what tells the term from others, and the term."""
        for (who, day, key), chosen in self.works.items():
            turn = self.week.people[who].turn
            for slot, parts in self.week.shifts[key].parts_at_work(day, turn).items():
                yield who, slot, (who, day, key, parts), parts * chosen
        for person in self.week.people.values():
            if -1 in person.before:
                last = person.before[-1].parts_at_work(-1, person.turn)
                for slot, parts in last.items():
                    yield person.person_id, slot, (person.person_id, -1, parts), parts

    def _slot(
        self, queue: str, slot: int, need: int, terms: list[Any], weights: tuple[int, int, int]
    ) -> None:
        missing, first, surplus = weights
        there = sum(terms)
        if need:
            short = self.cp.new_int_var(0, PARTS * need, f"short/{queue}/{slot}")
            self.cp.add(there + short >= PARTS * need)
            self.cost.append(missing * short)
        if need and first:
            half = PARTS * -(-need // 2)
            empty = self.cp.new_int_var(0, half, f"empty/{slot}")
            self.cp.add(there + empty >= half)
            self.cost.append(first * empty)
        if surplus and terms:
            over = self.cp.new_int_var(0, PARTS * len(self.week.people), f"over/{slot}")
            self.cp.add(there <= PARTS * need + over)
            self.cost.append(surplus * over)
            crowd = self.cp.new_int_var(0, PARTS * len(self.week.people), f"crowd/{slot}")
            self.cp.add(there <= 2 * PARTS * need + crowd)
            self.cost.append(surplus * CROWD // SURPLUS * crowd)

    def _fairness(self) -> None:
        """Who has had most of the nights, and of the weekend days, has as few more as can be."""
        kinds = (
            ("nights", NIGHTS),
            ("weekends", WEEKENDS),
        )
        for name, weight in kinds:
            sums = [self._counted(person, name) for person in self.week.people.values()]
            if len(sums) > 1:
                most = self.cp.new_int_var(0, 500, f"most/{name}")
                for each in sums:
                    self.cp.add(most >= each)
                self.cost.append(weight * most)
                self._spread(name, sums)

    def _counted(self, person: Person, name: str) -> Any:
        before = person.nights_before if name == "nights" else person.weekends_before
        return before + sum(
            self.works[w]
            for day in range(DAYS)
            for key, shift in self.week.shifts.items()
            if (shift.is_night if name == "nights" else day in WEEKEND)
            and (w := (person.person_id, day, key)) in self.works
        )

    def _spread(self, name: str, sums: list[Any]) -> None:
        """Each one above the fewest that anybody had costs, the second more than the first."""
        people = list(self.week.people.values())
        begun = [p.nights_before if name == "nights" else p.weekends_before for p in people]
        least = min(begun)
        for place, each in enumerate(sums):
            for step in (1, 2):
                above = self.cp.new_int_var(0, 500, f"above/{name}/{place}/{step}")
                self.cp.add(above >= each - least - step)
                self.cost.append(UNFAIR // 2 * above)

    def _wishes(self) -> None:
        for wish in self.week.wishes:
            on = self._on(wish.person_id, wish.day)
            if wish.shift is None:
                self.cost.extend(WISH * each for each in on)
            elif (wish.person_id, wish.day, wish.shift) in self.works:
                self.cost.append(WISH * (1 - self.works[wish.person_id, wish.day, wish.shift]))
