"""Whether a feature is on in a unit on a day: decisions with days, inherited down the tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

AS_ABOVE: Final = None
"""The state of a decision that gives a unit back to the unit above."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A feature shall be on or off in a unit from `since` until before `until` (None: no end).

    `place` is its place in the order of deciding: of two that cover a day the later one holds.
    A `state` of None says that the unit is as the one above.
    """

    place: int
    unit_id: int
    since: date
    until: date | None
    state: bool | None

    def covers(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds in a unit on a day, and the decision that says so; None where nobody decided."""

    is_on: bool
    decision: Decision | None = None

    def is_own(self, unit_id: int) -> bool:
        """Whether the unit itself decided, and not one above."""
        return self.decision is not None and self.decision.unit_id == unit_id


def decided(decisions: Iterable[Decision], *, unit_id: int, day: date) -> Decision | None:
    """The decision of a unit itself that holds on a day: the latest of those that cover it."""
    own = (each for each in decisions if each.unit_id == unit_id and each.covers(day))
    return max(own, key=lambda each: each.place, default=None)


def standing(
    decisions: Sequence[Decision], *, chain: Sequence[int], day: date, default: bool
) -> Standing:
    """What holds at the foot of `chain` (the unit itself first, the company last) on a day.

    A unit is as the one above until it decides by itself; where none did, `default` holds. When a
    decision ends, what it stood over holds again.
    """
    for unit_id in chain:
        found = decided(decisions, unit_id=unit_id, day=day)
        if found is not None and found.state is not AS_ABOVE:
            return Standing(found.state, found)
    return Standing(default)


def next_change(
    decisions: Sequence[Decision], *, chain: Sequence[int], day: date, default: bool
) -> tuple[date, bool] | None:
    """The first day after `day` on which the feature turns on or off, and what it turns to."""
    above = set(chain)
    turns = {each.since for each in decisions if each.unit_id in above}
    turns |= {each.until for each in decisions if each.unit_id in above and each.until}
    now = standing(decisions, chain=chain, day=day, default=default).is_on
    for turn in sorted(turn for turn in turns if turn > day):
        then = standing(decisions, chain=chain, day=turn, default=default).is_on
        if then is not now:
            return turn, then
    return None
