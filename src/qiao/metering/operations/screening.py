"""Readings of a batch that no check can find fault with, let pass without asking the checks."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qiao.core.rules.numbers import normal_form
from qiao.metering.queries.neighbours import Neighbours
from qiao.metering.queries.places import Known, Place
from qiao.metering.rules.checks import Rule
from qiao.metering.rules.registers import BadValue, read_value
from qiao.metering.rules.screen import Column, Held, New, in_steps, surely_fine
from qiao.metering.rules.vee import bounds_broken, is_elsewhere

if TYPE_CHECKING:
    from qiao.metering.operations.taking import NewReading

WORTH: Final = 20  # readings; fewer are checked before columns are made of them


class _Row(NamedTuple):
    """A reading that can stand, the only one of its register in the batch."""

    register_id: int
    place: int
    value: Decimal
    rules: int


class _RuleSets:
    """The different sets of rules that hold for readings, numbered as they are met."""

    def __init__(self, rules: Callable[[str, date], Sequence[Rule]]) -> None:
        self._rules = rules
        self._of_days: dict[tuple[str, date], int] = {}
        self._of_rules: dict[tuple[int, ...], int] = {}
        self.found: list[Sequence[Rule]] = []

    def number_of(self, service: str, day: date) -> int:
        """The number of the set of a service and day."""
        number = self._of_days.get((service, day))
        if number is None:
            own = self._rules(service, day)
            number = self._of_rules.setdefault(tuple(map(id, own)), len(self.found))
            if number == len(self.found):
                self.found.append(own)
            self._of_days[service, day] = number
        return number


def let_pass(
    *,
    readings: Sequence["NewReading"],
    places: Mapping[int, Place],
    days: Mapping[int, date],
    todays: Mapping[int, date],
    known: Mapping[int, Known],
    parts: Mapping[int, Sequence[Known]],
    held: Held,
    rules: Callable[[str, date], Sequence[Rule]],
    neighbours: Neighbours,
    near_day: date,
) -> dict[int, Decimal]:
    """The values of readings of which `rules.vee.check` would find nothing, by their places.

    `places`, `days` are those of readings that are to be taken in, `todays` is by unit, `held` all
    that is in effect of the registers in `known`. `parts` are the registers of time of use of a
    meter, by its id. Neighbours are compared as they were read by `near_day`.
    """
    if len(places) < WORTH:
        return {}
    sets = _RuleSets(rules)
    alone = Counter(where.register_id for where in places.values())
    rows = []
    for place, where in places.items():
        if alone[where.register_id] > 1:
            continue
        day, today = days[place], todays[where.organisation_id]
        value = _value(readings[place], where, day, today, known)
        if value is not None:
            own = sets.number_of(where.service, day)
            rows.append(_Row(where.register_id, place, value, own))
    rows.sort()
    new = _columns(rows, readings, places, days, known, parts)

    def middles(wanted: Sequence[int]) -> tuple[Column, Column]:
        asked = [(places[rows[n].place].route_id, rows[n].register_id) for n in wanted]
        neighbours.read((route for route, _register in asked), near_day)
        found = [neighbours.middle(*each, near_day) for each in asked]
        return np.array([n for n, _ in found]), np.array([float(ratio) for _, ratio in found])

    which = np.array([row.rules for row in rows], dtype=int)
    pairs = [(which == number, own) for number, own in enumerate(sets.found)]
    fine = surely_fine(new, held, pairs, middles)
    return {
        row.place: row.value for row, passed in zip(rows, fine.tolist(), strict=True) if passed
    }


def _value(
    given: "NewReading", where: Place, day: date, today: date, known: Mapping[int, Known]
) -> Decimal | None:
    """The value of a real reading, None where it cannot stand."""
    if given.method == "estimated" or bounds_broken(day, today, where.since, where.until):
        return None
    try:
        return read_value(given.raw, known[where.register_id].register)
    except BadValue:
        return None


def _columns(
    rows: Sequence[_Row],
    readings: Sequence["NewReading"],
    places: Mapping[int, Place],
    days: Mapping[int, date],
    known: Mapping[int, Known],
    parts: Mapping[int, Sequence[Known]],
) -> New:
    wheres = [places[row.place] for row in rows]
    given = [readings[row.place] for row in rows]
    return New(
        register=np.array([row.register_id for row in rows], dtype=np.int64),
        day=np.array([days[row.place].toordinal() for row in rows], dtype=np.int64),
        value=np.array([in_steps(row.value) for row in rows], dtype=np.int64),
        meter=np.array([where.installation_id for where in wheres], dtype=np.int64),
        forms=[known[row.register_id].register for row in rows],
        is_elsewhere=np.array(
            [
                is_elsewhere(face_of(each), normal_form(where.meter_number))
                if each.register_id is not None
                else False
                for each, where in zip(given, wheres, strict=True)
            ],
            dtype=bool,
        ),
        parts=np.array([len(parts.get(w.installation_id, ())) for w in wheres], dtype=np.int64),
    )


def face_of(given: "NewReading") -> str:
    """What was read off as the number of the meter, where the register was named by its id: it
    must be that of the meter. Else the number itself named the register."""
    return normal_form(given.meter_number) if given.register_id is not None else ""
