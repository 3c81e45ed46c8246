"""Which values of a day no check would stop, told before the meter is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qiao.metering.rules.checks import STOP, Rule
from qiao.metering.rules.registers import EXACT, Register
from qiao.metering.rules.spans import Past
from qiao.metering.rules.vee import Around, Candidate, View, check, most_of_late, most_usual


@dataclass(frozen=True, slots=True)
class Range:
    """`last` stood there on `last_day`; values from it up to `most` pass (None: no upper limit),
    and those up to `past` as the register going past its last figure (None: none do). With
    `zero_stops` the value may not be `last` again.
    """

    last: Decimal
    last_day: date
    most: Decimal | None = None
    past: Decimal | None = None
    zero_stops: bool = False

    def passes(self, value: Decimal) -> bool:
        """Whether nothing would be asked about a value."""
        if value < self.last:
            return self.past is not None and value <= self.past
        if value == self.last and self.zero_stops:
            return False
        return self.most is None or value <= self.most


def expected_range(
    *, day: date, register: Register, past: Sequence[Past], rules: Iterable[Rule]
) -> Range | None:
    """What a reading of that day will be held to; None where nothing was read before.

    Only checks that stop count, and only those that need nothing but the register's own past.
    """
    before = max(
        (each for each in past if each.day < day and not each.is_estimated),
        key=lambda each: each.day,
        default=None,
    )
    if before is None:
        return None
    stops = [rule for rule in rules if rule.severity == STOP]
    again = Candidate(day, str(before.value), day)
    view = View(again, before.value, register, Around(past))
    used = [most for rule in stops if (most := _most(view, rule)) is not None]
    turns = [rule for rule in stops if rule.key == "backwards"]
    zeros = [rule for rule in stops if rule.key == "zeros"]
    return Range(
        last=before.value,
        last_day=before.day,
        most=EXACT.add(before.value, min(used)) if used else None,
        past=_past(view, turns[0]) if turns else None,
        zero_stops=check(again, register, Around(past), zeros).is_stopped,
    )


def _most(view: View, rule: Rule) -> Decimal | None:
    if rule.key == "high":
        return most_usual(view, rule)
    if rule.key == "spike" and (late := most_of_late(view, rule)) is not None:
        return late[1]
    return None


def _past(view: View, rule: Rule) -> Decimal | None:
    """The highest value that passes as having gone past the last figure; None where none does."""
    if view.before is None or view.most_usual is None or view.days < 1:
        return None
    used = EXACT.multiply(
        EXACT.multiply(view.most_usual, Decimal(view.days)), rule.number("times")
    )
    upto = EXACT.subtract(EXACT.add(view.before.value, used), view.register.capacity)
    return upto if upto >= 0 else None
