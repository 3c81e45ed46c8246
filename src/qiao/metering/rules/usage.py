"""What was used between readings: (end - start) x multiplier, and what earlier bills got wrong.

Real readings are what is true; between two of them use is spread evenly by days. An estimate
stands only until the next real reading, which shares the whole span by days: what had been billed
on the estimate comes out as a correction of that span, negative where too much was estimated. So
does a billed reading that another one replaced. Whatever order readings arrive in, what was billed
and what is corrected sum to what the meter went on by.

A register that stands lower than before went past its last figure only where that use is plausible
(or a person said so); else the reckoning ends there, with the problem told: never a silent
negative.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from qiao.metering.rules.registers import (
    DEMAND,
    EXACT,
    Register,
    is_plausible,
    share_at,
    wrapped,
)

ROLLOVER_TIMES: Final = Decimal(3)
BACKWARDS: Final = "backwards"

# What is special about a segment.
ESTIMATED: Final = "estimated"
SHARED: Final = "shared"  # begins or ends between readings: cut by days
ROLLED: Final = "rolled"  # the register went past its last figure
CORRECTION: Final = "correction"  # of days that were billed already


@dataclass(frozen=True, slots=True)
class Read:
    """A reading as it counts: at the beginning of `day` the register stood at `value`.

    `is_rolled`: a check or a person found that the register went past its last figure before it.
    `is_replaced`: another reading stands for it now; it matters only if it `is_billed`.
    """

    id: int
    day: date
    value: Decimal
    is_estimated: bool = False
    is_rolled: bool = False
    is_billed: bool = False
    is_replaced: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A use that is added on a day, or taken off: a leak allowance, a sub-meter's share."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """Use from `start` to the day before `end`.

    `difference` is in units of the register, `usage` = difference x multiplier + adjustment. Of a
    correction both are what is to be added to what was billed for these days. `start_id` and
    `end_id` are the readings at or around its ends; `end_value` the later one's value.
    """

    start: date
    end: date
    start_id: int
    end_id: int
    difference: Decimal
    multiplier: Decimal
    adjustment: Decimal = Decimal(0)
    flags: frozenset[str] = frozenset()

    @property
    def usage(self) -> Decimal:
        """The use, exact."""
        return EXACT.add(EXACT.multiply(self.difference, self.multiplier), self.adjustment)

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end - self.start).days

    @property
    def is_estimated(self) -> bool:
        """Whether no real reading says so."""
        return ESTIMATED in self.flags


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the reckoning ends before the readings do: `code`, and the two readings concerned."""

    code: str
    day: date
    start_id: int
    end_id: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Segments without gap or overlap, corrections of earlier days first; and what ended them."""

    segments: tuple[Segment, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the register stood at the beginning of a day, counted on past its last figure."""

    day: date
    at: Decimal
    read: Read
    is_rolled: bool = False


def reckon(
    register: Register,
    reads: Iterable[Read],
    *,
    since: date,
    until: date,
    adjustments: Iterable[Adjustment] = (),
    times: Decimal = ROLLOVER_TIMES,
) -> Reckoned:
    """The use from `since` up to the last reading not after `until`, and corrections before it.

    `since` is the first day that was not billed yet. Readings may come in any order, one that is
    not replaced for each day. `times` says up to how many times the use before is plausible.
    """
    known = sorted((read for read in reads if read.day <= until), key=lambda r: (r.day, r.id))
    if register.kind == DEMAND:
        return Reckoned(tuple(_demand(register, known, since)))
    true, problem = _true_places(register, known, since, times)
    if not true:
        return Reckoned((), problem)
    before = _billed_places(register, known, since, true)
    is_certain = any(place.day >= since for place in true if not place.read.is_estimated)
    if not is_certain and before and before[-1].day == since:
        # Nothing real is known of these days yet: estimates go on from what was billed.
        true = [*before, *_going_on(register, before[-1], known, since)]
        before = []
    found = _corrections(register, before, true, since) if is_certain else []
    after = _segments(register, true, since)
    return Reckoned((*found, *_adjusted(after, list(adjustments))), problem)


def _true_places(
    register: Register, known: Sequence[Read], since: date, times: Decimal
) -> tuple[list[_Place], Problem | None]:
    """The real readings one after another, then the estimates that go on from the last one."""
    live = [read for read in known if not read.is_replaced]
    if not live:
        return [], None
    places = [_Place(live[0].day, live[0].value, live[0])]
    for read in live[1:]:
        if read.is_estimated:
            continue
        last = places[-1]
        went, is_rolled = _went(register, places, read, times)
        if went is None:
            if read.day <= since:
                # Days that are billed: later readings count from here.
                places = [_Place(read.day, read.value, read)]
                continue
            return places, Problem(BACKWARDS, read.day, last.read.id, read.id)
        places.append(_Place(read.day, EXACT.add(last.at, went), read, is_rolled))
    return [*places, *_going_on(register, places[-1], live, places[-1].day)], None


def _went(
    register: Register, places: Sequence[_Place], read: Read, times: Decimal
) -> tuple[Decimal | None, bool]:
    """How far the register went from the last place to a reading, and whether past its end."""
    last = places[-1]
    went = EXACT.subtract(read.value, last.read.value)
    if went >= 0:
        return went, False
    around = wrapped(last.read.value, read.value, register)
    passed = (last.day - places[0].day).days
    usual = (
        EXACT.divide(EXACT.subtract(last.at, places[0].at), Decimal(passed)) if passed else None
    )
    days = (read.day - last.day).days
    fits = is_plausible(around, days=days, usual_per_day=usual, times=times)
    return (around, True) if read.is_rolled or fits else (None, False)


def _going_on(
    register: Register, last: _Place, known: Sequence[Read], after: date
) -> list[_Place]:
    """Estimates after a place; one that lies below what is known is left out."""
    found = []
    for read in known:
        if not read.is_estimated or read.is_replaced or read.day <= after:
            continue
        went = _nearest(EXACT.subtract(read.value, last.read.value), register)
        if went >= 0:
            last = _Place(read.day, EXACT.add(last.at, went), read)
            found.append(last)
    return found


def _nearest(went: Decimal, register: Register) -> Decimal:
    """A difference that is at most half way round the register."""
    half = register.capacity / 2
    if went < -half:
        return EXACT.add(went, register.capacity)
    return EXACT.subtract(went, register.capacity) if went > half else went


def _billed_places(
    register: Register, known: Sequence[Read], since: date, true: Sequence[_Place]
) -> list[_Place]:
    """What bills went by, from the last place behind which everything is settled to `since`."""
    billed: dict[date, Read] = {}
    for read in known:
        held = billed.get(read.day)
        if read.is_billed and read.day <= since and (held is None or held.is_replaced):
            billed[read.day] = read
    if not billed:
        return []
    real = [day for day, read in billed.items() if not read.is_estimated]
    open_days = [
        place.day
        for place in true
        if min(billed) <= place.day <= since
        and not place.read.is_estimated
        and not place.read.is_billed
    ]
    open_day = min(open_days, default=date.max)
    begins = max((day for day in real if day < open_day), default=min(billed))
    settled = max(real, default=date.min)
    places: list[_Place] = []
    for day in sorted(billed):
        read = billed[day]
        if day < begins or (read.is_estimated and begins < day < settled):
            continue
        if not places:
            at = _nearest_to(_at(true, day, register), read.value, register)
        else:
            went = EXACT.subtract(read.value, places[-1].read.value)
            is_forward = went >= 0 and not read.is_estimated
            at = EXACT.add(places[-1].at, went if is_forward else _nearest(went, register))
        places.append(_Place(day, at, read))
    return places


def _nearest_to(true: Decimal, value: Decimal, register: Register) -> Decimal:
    apart = EXACT.subtract(value, true)
    turns = (apart / register.capacity).to_integral_value()
    return EXACT.subtract(value, EXACT.multiply(turns, register.capacity))


def _at(places: Sequence[_Place], day: date, register: Register) -> Decimal:
    """Where the register stood at the beginning of a day: between two places evenly by days."""
    after = bisect_left([place.day for place in places], day)
    if after == len(places):
        return places[-1].at
    if places[after].day == day or after == 0:
        return places[after].at
    one, two = places[after - 1], places[after]
    part = share_at(
        EXACT.subtract(two.at, one.at),
        passed=(day - one.day).days,
        days=(two.day - one.day).days,
        step=register.step,
    )
    return EXACT.add(one.at, part)


def _corrections(
    register: Register, billed: Sequence[_Place], true: Sequence[_Place], since: date
) -> list[Segment]:
    """What was billed wrongly before `since`, for each span that was billed."""
    if not billed or billed[0].day < true[0].day:
        return []
    begins = billed[0].day
    cuts = [begins, since, *(place.day for place in billed), *register.changes()]
    ends = min(since, billed[-1].day)
    days = sorted({day for day in cuts if begins <= day <= ends})
    found = []
    for start, end in pairwise(days):
        right = EXACT.subtract(_at(true, end, register), _at(true, start, register))
        wrong = EXACT.subtract(_at(billed, end, register), _at(billed, start, register))
        missed = EXACT.subtract(right, wrong)
        if missed:
            piece = _piece(register, true, start, end, missed)
            found.append(replace(piece, flags=piece.flags | {CORRECTION}))
    return found


def _segments(register: Register, places: Sequence[_Place], since: date) -> list[Segment]:
    begins, ends = max(since, places[0].day), places[-1].day
    cuts = [begins, *(place.day for place in places), *register.changes()]
    days = sorted({day for day in cuts if begins <= day <= ends})
    return [
        _piece(
            register, places, start, end,
            EXACT.subtract(_at(places, end, register), _at(places, start, register)),
        )
        for start, end in pairwise(days)
    ]  # fmt: skip


def _piece(
    register: Register, places: Sequence[_Place], start: date, end: date, difference: Decimal
) -> Segment:
    days = [place.day for place in places]
    first = places[bisect_right(days, start) - 1]
    last = places[min(bisect_left(days, end), len(places) - 1)]
    flags = set()
    if last.read.is_estimated:
        flags.add(ESTIMATED)
    if first.day != start or last.day != end:
        flags.add(SHARED)
    if last.is_rolled:
        flags.add(ROLLED)
    factor = register.multiplier_on(start)
    ids = first.read.id, last.read.id
    return Segment(start, end, *ids, difference, factor, flags=frozenset(flags))


def _adjusted(segments: Sequence[Segment], adjustments: Sequence[Adjustment]) -> list[Segment]:
    """Each adjustment of an unbilled day is added to the segment in which its day lies."""
    found = []
    for segment in segments:
        amount = sum(
            (each.amount for each in adjustments if segment.start <= each.day < segment.end),
            Decimal(0),
        )
        found.append(replace(segment, adjustment=amount) if amount else segment)
    return found


def _demand(register: Register, known: Sequence[Read], since: date) -> list[Segment]:
    """The highest demand since the reading before: shown, not counted on."""
    live = [read for read in known if not read.is_replaced]
    billed = {read.day: read for read in known if read.is_billed and read.is_replaced}
    found = []
    for before, read in pairwise(live):
        was = billed.get(read.day)
        flags = {ESTIMATED} if read.is_estimated else set()
        if before.day >= since:
            shown = read.value
        elif was is not None and not read.is_billed and read.value != was.value:
            shown = EXACT.subtract(read.value, was.value)
            flags.add(CORRECTION)
        else:
            continue
        factor = register.multiplier_on(before.day)
        found.append(
            Segment(
                before.day, read.day, before.id, read.id, shown, factor, flags=frozenset(flags)
            )
        )
    return found
