"""Which cases jump the queue: the first rule all of whose conditions hold. Plain calculation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ORDER: Final = ("urgent", "high", "normal", "low")
MUCH_PERCENT: Final = 20  # a larger share than this is worth a word: if all are green, nobody is


@dataclass(frozen=True, slots=True)
class GreenRule:
    """A rule in force: for each thing that it looks at, the values of which one must be there."""

    key: str
    wants: Mapping[str, frozenset[str]]
    raises_to: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What rules look at. `has` gives the values of the case and its customer by name: tiers,
    protections, tags, types, groups, priorities."""

    has: Mapping[str, frozenset[str]]


def first_that_holds(rules: Iterable[GreenRule], standing: Standing) -> GreenRule | None:
    """The first rule all of whose conditions hold; None for a case that waits its turn."""
    for rule in rules:
        if rule.wants and all(
            values & standing.has.get(name, frozenset()) for name, values in rule.wants.items()
        ):
            return rule
    return None


def raised(priority: str, least: str) -> str:
    """The more pressing one of two priorities."""
    return min(priority, least, key=ORDER.index)


def percent_of(part: int, whole: int) -> int:
    """The share in percent, rounded; 0 of nothing."""
    return round(100 * part / whole) if whole else 0
