"""Who belongs to a household or a company group, and when: plain rules over dated parts.

A household (家庭户) has one head on each of its days, and members. A company group (集团) has one
parent company at its top; every other company stands under one that belongs to the group on the
same days, so that its companies are a tree on any day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from qiao.core.rules.periods import Period, contains, encloses, merge, overlaps

HEAD = "head"
MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Part:
    """One stay in a group; `under_id` is the company above it, `part_id` its row if kept."""

    customer_id: int
    role: str
    period: Period
    under_id: int | None = None
    part_id: int | None = None


Parts = tuple[Part, ...]


class Refused(ValueError):  # noqa: N818 - a refusal, not a fault
    """A change that the rules forbid. `reason` is one of

    ``outside`` (the group does not exist on these days), ``member`` (belongs to it already),
    ``stranger`` (does not belong to it on that day), ``head`` (the head goes only when another
    takes the place), ``later`` (something later rests on it), ``holds`` (others stand under it),
    ``under`` (the company above does not belong to the group all that time), ``circle``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def joined(parts: Sequence[Part], whole: Period, new: Part) -> Parts:
    """Parts with one more. Raises `Refused`."""
    if not encloses(whole, new.period):
        raise Refused("outside")
    if any(
        each.customer_id == new.customer_id and overlaps(each.period, new.period) for each in parts
    ):
        raise Refused("member")
    return _sound((*parts, new), whole)


def left(
    parts: Sequence[Part], whole: Period, customer_id: int, day: date, heir_id: int | None = None
) -> Parts:
    """Parts without the customer from a day on; a head leaves its place to `heir_id`.

    Leaving on the first day takes back what never was. Raises `Refused`.
    """
    part = _ending(parts, customer_id, day)
    if part.role == HEAD:
        if heir_id is None:
            raise Refused("head")
        return headed(parts, whole, heir_id, day, former_stays=False)
    if any(each.under_id == customer_id and _lasts(each, day) for each in parts):
        raise Refused("holds")
    return _sound(_cut(parts, [part], day), whole)


def headed(
    parts: Sequence[Part], whole: Period, heir_id: int, day: date, *, former_stays: bool = True
) -> Parts:
    """Parts with another head from a day on; the former one becomes a member, or leaves.

    In a company group the former parent company stands under the new one; when it leaves, those
    that stood under it do. Raises `Refused`.
    """
    if any(each.role == HEAD and each.period.start > day for each in parts):
        raise Refused("later")
    former = next((e for e in parts if e.role == HEAD and contains(e.period, day)), None)
    heir = _on(parts, heir_id, day)
    if former is None:
        raise Refused("outside")
    if heir is None:
        raise Refused("stranger")
    if heir is former:
        raise Refused("head")
    if heir.period.end != former.period.end or _later(parts, heir_id, day):
        raise Refused("later")
    is_company = any(each.under_id is not None for each in parts)
    changed = [*_cut(parts, [former, heir], day), Part(heir_id, HEAD, _from(day, heir))]
    if former_stays:
        above = heir_id if is_company else None
        changed.append(Part(former.customer_id, MEMBER, _from(day, former), above))
    elif is_company:
        changed = _moved(changed, former.customer_id, heir_id, day)
    return _sound(changed, whole)


def placed(
    parts: Sequence[Part], whole: Period, customer_id: int, under_id: int, day: date
) -> Parts:
    """Parts with a company under another one from a day on. Raises `Refused`."""
    part = _on(parts, customer_id, day)
    if part is None:
        raise Refused("stranger")
    if part.role == HEAD:
        raise Refused("head")
    if _later(parts, customer_id, day):
        raise Refused("later")
    moved = Part(customer_id, MEMBER, _from(day, part), under_id)
    return _sound([*_cut(parts, [part], day), moved], whole)


def ended(parts: Sequence[Part], day: date) -> Parts:
    """All parts end. Raises `Refused` if one begins later."""
    if any(each.period.start >= day for each in parts):
        raise Refused("later")
    return tuple(_cut(parts, [each for each in parts if _lasts(each, day)], day))


def faults(parts: Sequence[Part], whole: Period) -> list[str]:
    """What is wrong with these parts, by the words of `Refused`; nothing for a sound group."""
    found = []
    heads = [each.period for each in parts if each.role == HEAD]
    if merge(heads) != (whole,) or _double(heads):
        found.append("head")
    if not all(encloses(whole, each.period) for each in parts):
        found.append("outside")
    by_customer: dict[int, list[Period]] = {}
    for each in parts:
        by_customer.setdefault(each.customer_id, []).append(each.period)
    if any(_double(periods) for periods in by_customer.values()):
        found.append("member")
    for each in parts:
        if each.under_id is not None and not any(
            encloses(stay, each.period) for stay in merge(by_customer.get(each.under_id, []))
        ):
            found.append("under")
            break
    if _circles(parts):
        found.append("circle")
    return found


def _sound(parts: Iterable[Part], whole: Period) -> Parts:
    changed = tuple(parts)
    if wrong := faults(changed, whole):
        raise Refused(wrong[-1])
    return changed


def _double(periods: Sequence[Period]) -> bool:
    ordered = sorted(periods, key=lambda each: each.start)
    return any(overlaps(one, other) for one, other in pairwise(ordered))


def _circles(parts: Sequence[Part]) -> bool:
    """Whether on any day a company stands under itself; only first days can bring that about."""
    for day in {each.period.start for each in parts if each.under_id is not None}:
        above = {
            each.customer_id: each.under_id
            for each in parts
            if each.under_id is not None and contains(each.period, day)
        }
        for start, first in above.items():
            at, steps = first, 0
            while at in above and at != start and steps <= len(above):
                at, steps = above[at], steps + 1
            if at == start:
                return True
    return False


def _on(parts: Sequence[Part], customer_id: int, day: date) -> Part | None:
    return next(
        (each for each in parts if each.customer_id == customer_id and contains(each.period, day)),
        None,
    )


def _later(parts: Sequence[Part], customer_id: int, day: date) -> bool:
    return any(each.customer_id == customer_id and each.period.start > day for each in parts)


def _lasts(part: Part, day: date) -> bool:
    return part.period.end is None or part.period.end > day


def _ending(parts: Sequence[Part], customer_id: int, day: date) -> Part:
    """The part that would run on the day."""
    if _later(parts, customer_id, day):
        raise Refused("later")
    part = _on(parts, customer_id, day)
    if part is None:
        raise Refused("stranger")
    return part


def _from(day: date, part: Part) -> Period:
    return Period(day, part.period.end)


def _cut(parts: Iterable[Part], ending: Iterable[Part], day: date) -> list[Part]:
    """Parts of which `ending` end on the day; what would last no day is left out."""
    over = set(ending)
    return [
        replace(each, period=Period(each.period.start, day)) if each in over else each
        for each in parts
        if each not in over or each.period.start < day
    ]


def _moved(parts: Sequence[Part], old_id: int, new_id: int, day: date) -> list[Part]:
    """Parts that stood under one company stand under another from the day on."""
    moving = [each for each in parts if each.under_id == old_id and _lasts(each, day)]
    begun = [
        Part(each.customer_id, each.role, Period(max(day, each.period.start), each.period.end),
             new_id)
        for each in moving
    ]  # fmt: skip
    return [*_cut(parts, moving, day), *begun]


def tree(rows: Iterable[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """Companies with their depth, each below the one it stands under: ``[(id, depth)]``.

    What would be lost stands at the top: a company whose upper one is unknown, and those that two
    merged records put under themselves.
    """
    above = dict(rows)
    below: dict[int | None, list[int]] = {}
    for each, upper in above.items():
        below.setdefault(upper if upper in above and upper != each else None, []).append(each)
    found: list[tuple[int, int]] = []
    seen: set[int] = set()
    roots = [*below.get(None, []), *above]
    waiting = [(each, 0) for each in reversed(roots)]
    while waiting:
        each, depth = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        found.append((each, depth))
        waiting += [(lower, depth + 1) for lower in reversed(below.get(each, []))]
    return found
