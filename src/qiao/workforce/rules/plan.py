"""A week as planning sees it: who may work, which shifts there are, how many people are needed.

Minutes count from Monday 0:00 of the week on the wall; half hours are its slots. A shift whose end
is past midnight goes on into the next day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DAYS: Final = 7
DAY_MINUTES: Final = 1440
SLOT_MINUTES: Final = 30
DAY_SLOTS: Final = DAY_MINUTES // SLOT_MINUTES
WEEK_SLOTS: Final = DAYS * DAY_SLOTS
PARTS: Final = 6  # of a slot: who is there for ten minutes of it counts two
PART_MINUTES: Final = SLOT_MINUTES // PARTS
WEEKEND: Final = (5, 6)
TURNS: Final = 3  # in which breaks are taken
# A rest of up to so long is part of working time, a longer one is not (a meal).
PAID_REST_MINUTES: Final = 20

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShiftSpec:
    """A shift: minutes of the day on which it begins; `breaks` lie within. `is_night` shifts are
    shared out fairly."""

    key: int
    start: int
    end: int
    breaks: tuple[Span, ...] = ()
    is_night: bool = False

    def __post_init__(self) -> None:
        """Raises `ValueError` for a shift that cannot be worked."""
        if not (0 <= self.start < DAY_MINUTES and self.start < self.end <= 2 * DAY_MINUTES):
            raise ValueError("a shift begins on its day and ends on the same or the next")
        if self.end - self.start > DAY_MINUTES:
            raise ValueError("a shift is no longer than a day")
        reached = self.start
        for begin, end in self.breaks:
            if not reached <= begin < end <= self.end:
                raise ValueError("breaks lie within the shift, in order")
            reached = end

    @property
    def paid_minutes(self) -> int:
        """Working time: without breaks that are longer than `PAID_REST_MINUTES`."""
        meals = sum(b - a for a, b in self.breaks if b - a > PAID_REST_MINUTES)
        return self.end - self.start - meals

    def breaks_in_turn(self, turn: int) -> tuple[Span, ...]:
        """The breaks of who takes them in the given turn (0 first): each later by its own length
        for each turn, so that not everybody is away at once; where that leaves the shift or meets
        the next break, all are as planned."""
        moved = tuple((a + turn * (b - a), b + turn * (b - a)) for a, b in self.breaks)
        reached = self.start
        for begin, end in moved:
            if begin < reached or end > self.end:
                return self.breaks
            reached = end
        return moved

    def parts_at_work(self, day: int, turn: int = 0) -> dict[int, int]:
        """How many parts of each slot of the week somebody on this shift is at work, by slot; what
        lies in the next week is left out."""
        found: dict[int, int] = {}
        begin = day * DAY_MINUTES
        breaks = self.breaks_in_turn(turn)
        for minute in range(self.start, self.end, PART_MINUTES):
            if any(a <= minute < b for a, b in breaks):
                continue
            slot = (begin + minute) // SLOT_MINUTES
            if 0 <= slot < WEEK_SLOTS:
                found[slot] = found.get(slot, 0) + 1
        return found


def turn_of(person_id: int) -> int:
    """In which turn somebody takes their breaks; always the same."""
    return person_id % TURNS


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be planned. `queues` are those they can serve; `weekly_minutes` is what
    their contract says; `away` are days of the week (0 Monday) on leave; `duties` spans on duty
    elsewhere; `before` the shifts of the days before the week by day (-1 is the Sunday before);
    `nights_before`, `weekends_before` what they had in the weeks before."""

    person_id: int
    queues: frozenset[str]
    weekly_minutes: int = 2400
    away: frozenset[int] = frozenset()
    duties: tuple[Span, ...] = ()
    before: Mapping[int, ShiftSpec] = field(default_factory=dict)
    nights_before: int = 0
    weekends_before: int = 0

    @property
    def turn(self) -> int:
        """In which turn they take their breaks."""
        return turn_of(self.person_id)

    @property
    def run_before(self) -> int:
        """How many days in a row they worked up to the Sunday before."""
        run = 0
        while -1 - run in self.before:
            run += 1
        return run


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds: the shortest rest between two shifts, the most days in a row and the most
    minutes in a week."""

    rest_minutes: int = 660
    days_in_row: int = 6
    week_minutes: int = 2640


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish: not to work on a day (`shift` None), or to have a shift on it."""

    person_id: int
    day: int
    shift: int | None


Cell = tuple[int, int]
"""A person and a day of the week."""
Assigned = Mapping[Cell, int]
"""The key of the shift by person and day; days without one are free."""


@dataclass(frozen=True, slots=True)
class Week:
    """All that a plan of a week is made from. `needs` are people by slot; `queue_needs` people by
    slot among those who can serve a queue. `pinned` cells stay as they are, None for a free
    day."""

    shifts: Mapping[int, ShiftSpec]
    people: Mapping[int, Person]
    needs: tuple[int, ...]
    queue_needs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    limits: Limits = Limits()
    wishes: tuple[Wish, ...] = ()
    pinned: Mapping[Cell, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `ValueError`."""
        lines = (self.needs, *self.queue_needs.values())
        if any(len(line) != WEEK_SLOTS or min(line) < 0 for line in lines):
            raise ValueError(f"needs of {WEEK_SLOTS} slots, from 0 on")
