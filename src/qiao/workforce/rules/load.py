"""Who carries too much, and who always has the same: the load of people beside their group.

Overloaded is who had far more contacts an hour of shift than the group, or was with customers
nearly all the time; not rotated, nearly all of whose contacts are about one matter. Monotony and
the lack of breaks between contacts are what people in call centres leave for (D. Holman, "Call
centres", in *The Essentials of the New Workplace*, 2004); the figures are ours and stand on the
page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MUCH: Final = 1.3  # times the contacts an hour that the group has
BUSY_SHARE: Final = 0.85  # of the hours of shift with customers
ONE_MATTER: Final = 0.6  # of the contacts about one matter
FEWEST: Final = 30  # contacts below which nothing is said
MANY_NIGHTS: Final = 8  # in four weeks
MANY_ABUSIVE: Final = 3  # in four weeks; then somebody talks with them
PULSE_FEWEST: Final = 5  # answers below which nothing is shown


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody had in some weeks: contacts by matter, hours with customers, hours of shift,
    night shifts, days at weekends, and contacts in which they were insulted or threatened."""

    contacts: Mapping[str, int]
    contact_hours: float
    shift_hours: float
    nights: int
    weekends: int
    abusive: int = 0

    @property
    def count(self) -> int:
        """Contacts in all."""
        return sum(self.contacts.values())

    @property
    def an_hour(self) -> float | None:
        """Contacts an hour of shift; None without shifts."""
        return self.count / self.shift_hours if self.shift_hours else None

    @property
    def top(self) -> tuple[str, float] | None:
        """The matter of most contacts, and its share of those whose matter is known."""
        known = {key: n for key, n in self.contacts.items() if key}
        if not known:
            return None
        key = max(known, key=lambda each: (known[each], each))
        return key, known[key] / sum(known.values())


def of_group(loads: Mapping[int, Load]) -> float | None:
    """Contacts an hour of shift in the whole group."""
    hours = sum(each.shift_hours for each in loads.values())
    return sum(each.count for each in loads.values()) / hours if hours else None


def warnings(load: Load, group: float | None) -> list[str]:
    """``much``, ``busy``, ``nights``, ``abusive``, ``one_matter``: what holds beside the group."""
    found = []
    if load.count >= FEWEST and group and load.an_hour and load.an_hour > MUCH * group:
        found.append("much")
    if load.shift_hours and load.contact_hours > BUSY_SHARE * load.shift_hours:
        found.append("busy")
    if load.nights > MANY_NIGHTS:
        found.append("nights")
    if load.abusive >= MANY_ABUSIVE:
        found.append("abusive")
    if load.count >= FEWEST and load.top and load.top[1] > ONE_MATTER:
        found.append("one_matter")
    return found


def mood(counts: Mapping[int, int]) -> tuple[float, int] | None:
    """The mean mood and the number of answers; None below `PULSE_FEWEST` answers."""
    n = sum(counts.values())
    if n < PULSE_FEWEST:
        return None
    return sum(each * count for each, count in counts.items()) / n, n
