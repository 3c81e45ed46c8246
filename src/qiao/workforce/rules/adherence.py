"""How somebody kept to their shift: from what was planned and how they stood.

Adherence is the share of the planned time at work in which somebody was at work: ready, rung,
with a customer, in wrap-up, or away from the telephone for work (training, a meeting, back
office).
Work through a planned break takes nothing away; a break at another time does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AT_WORK: Final = frozenset({"ready", "reserved", "busy", "wrap_up"})
WORK_REASONS: Final = frozenset({"training", "meeting", "back_office"})
REST_REASONS: Final = frozenset({"rest", "meal"})
TOLERANCE: Final = timedelta(minutes=5)  # of coming and going

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stood:
    """How somebody stood from `start` until before `end`."""

    start: datetime
    end: datetime
    state: str
    reason: str = ""

    @property
    def at_work(self) -> bool:
        """Whether it is work."""
        return self.state in AT_WORK or (self.state == "break" and self.reason in WORK_REASONS)

    @property
    def rests(self) -> bool:
        """Whether it is a rest."""
        return self.state == "break" and self.reason in REST_REASONS


@dataclass(frozen=True, slots=True)
class Kept:
    """A shift as it went: `planned` time at work, `worked` of it, times of coming late, going
    early, and resting longer than planned. `absent`: nothing was heard of them all shift."""

    planned: timedelta
    worked: timedelta
    late: timedelta
    early: timedelta
    overrun: timedelta
    absent: bool

    @property
    def percent(self) -> float:
        """Adherence, 0 to 100."""
        return 100.0 * (self.worked / self.planned) if self.planned else 100.0


def kept(shift: Span, breaks: Sequence[Span], stood: Iterable[Stood]) -> Kept:
    """How a shift that is over went. `breaks` lie within it, in order."""
    begin, end = shift
    spans = [each for each in stood if each.start < end and each.end > begin]
    work = [(max(each.start, begin), min(each.end, end)) for each in spans if each.at_work]
    planned = _without(shift, breaks)
    length = sum((b - a for a, b in planned), timedelta())
    if not work:
        nothing = timedelta()
        return Kept(length, nothing, nothing, nothing, nothing, absent=True)
    first, last = min(a for a, _ in work), max(b for _, b in work)
    rested = sum((_shared((each.start, each.end), shift) for each in spans if each.rests),
                 timedelta())  # fmt: skip
    allowed = sum((b - a for a, b in breaks), timedelta())
    return Kept(
        planned=length,
        worked=sum((_shared(a, b) for a in planned for b in work), timedelta()),
        late=_beyond(first - begin),
        early=_beyond(end - last),
        overrun=_beyond(rested - allowed),
        absent=False,
    )


def together(shifts: Iterable[Kept]) -> Kept:
    """Several shifts as one; absent only if all were."""
    listed = list(shifts)

    def whole(name: str) -> timedelta:
        return sum((getattr(each, name) for each in listed), timedelta())

    return Kept(
        whole("planned"), whole("worked"), whole("late"), whole("early"), whole("overrun"),
        absent=all(each.absent for each in listed),
    )  # fmt: skip


def _beyond(time: timedelta) -> timedelta:
    return time if time > TOLERANCE else timedelta()


def _shared(one: Span, other: Span) -> timedelta:
    return max(timedelta(), min(one[1], other[1]) - max(one[0], other[0]))


def _without(span: Span, holes: Sequence[Span]) -> list[Span]:
    found, reached = [], span[0]
    for begin, end in holes:
        if begin > reached:
            found.append((reached, begin))
        reached = max(reached, end)
    if reached < span[1]:
        found.append((reached, span[1]))
    return found
