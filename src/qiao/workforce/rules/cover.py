"""Who is there when, where people are missing, and which rule keeps the others away."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qiao.workforce.rules.limits import Limit, why_not
from qiao.workforce.rules.plan import (
    DAY_SLOTS,
    DAYS,
    PARTS,
    WEEK_SLOTS,
    Assigned,
    ShiftSpec,
    Week,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Slots in a row of one day in which people are missing: in all, or (`queue`) among those who
    can serve a queue. `missing` is the most that are missing at a time, `reasons` how many people
    each rule keeps away, `free` how many nothing would keep."""

    day: int
    first: int
    last: int
    queue: str
    missing: int
    reasons: Mapping[Limit, int]
    free: int


def present(week: Week, assigned: Assigned) -> dict[str, list[int]]:
    """Parts of people at work by slot: of all under the empty key, and by queue of those who can
    serve it. Shifts of the Sunday before that go on into the week count."""
    found = {key: [0] * WEEK_SLOTS for key in ("", *week.queue_needs)}
    for person_id, day, shift in _shifts(week, assigned):
        person = week.people[person_id]
        lines = [found[""], *(found[key] for key in week.queue_needs if key in person.queues)]
        for slot, parts in shift.parts_at_work(day, person.turn).items():
            for line in lines:
                line[slot] += parts
    return found


def _shifts(week: Week, assigned: Assigned) -> Iterator[tuple[int, int, ShiftSpec]]:
    for (person_id, day), key in assigned.items():
        yield person_id, day, week.shifts[key]
    for person in week.people.values():
        if -1 in person.before:
            yield person.person_id, -1, person.before[-1]


def heads(parts: Sequence[int]) -> list[float]:
    """People at work by slot, from parts."""
    return [round(each / PARTS, 2) for each in parts]


def missing(week: Week, assigned: Assigned) -> dict[str, list[int]]:
    """Whole people who are missing by slot; somebody on a short rest is not missed."""
    there = present(week, assigned)
    needs = {"": week.needs, **week.queue_needs}
    return {
        key: [max(0, -(-(PARTS * n - parts) // PARTS)) if _is_missed(n, parts) else 0
              for n, parts in zip(needs[key], there[key], strict=True)]
        for key in needs
    }  # fmt: skip


def _is_missed(needed: int, parts: int) -> bool:
    """More than half of a person is missing in the slot."""
    return PARTS * needed - parts > PARTS // 2


def gaps(week: Week, assigned: Assigned) -> list[Gap]:
    """Where people are missing, by day, with what keeps each of the others away."""
    lines = missing(week, assigned)
    found = []
    for queue, line in lines.items():
        for first, last in _runs(line):
            # A gap of all people says it already.
            if queue and all(lines[""][slot] >= line[slot] for slot in range(first, last + 1)):
                continue
            reasons, free = _kept_away(week, assigned, queue, first, last)
            day, most = first // DAY_SLOTS, max(line[first : last + 1])
            place = (first % DAY_SLOTS, last % DAY_SLOTS)
            found.append(Gap(day, *place, queue, most, reasons, free))
    return sorted(found, key=lambda gap: (gap.day, gap.first, gap.queue))


def _runs(line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last slot of stretches above 0 within a day."""
    for day in range(DAYS):
        begin = None
        for slot in range(day * DAY_SLOTS, (day + 1) * DAY_SLOTS):
            if line[slot] and begin is None:
                begin = slot
            if not line[slot] and begin is not None:
                yield begin, slot - 1
                begin = None
        if begin is not None:
            yield begin, (day + 1) * DAY_SLOTS - 1


def _kept_away(
    week: Week, assigned: Assigned, queue: str, first: int, last: int
) -> tuple[dict[Limit, int], int]:
    """Of everybody who is not at work in the gap: the rule that binds, and who is kept by none.

    A person is told under the rule that their nearest possible shift would break: the one with the
    fewest rules against it.
    """
    reasons: Counter[Limit] = Counter()
    free = 0
    day = first // DAY_SLOTS
    helping = [
        (on, shift)
        for shift in week.shifts.values()
        for on in (day, day - 1)
        if on >= 0 and any(first <= slot <= last for slot in shift.parts_at_work(on))
    ]
    for person in week.people.values():
        if _works_at(week, assigned, person.person_id, first, last):
            continue
        if queue and queue not in person.queues:
            reasons[Limit.SKILL] += 1
            continue
        tried = [
            why_not(week, assigned, (person.person_id, on), shift, instead=False)
            for on, shift in helping
        ]
        if not tried:
            continue
        nearest = min(tried, key=len)
        if nearest:
            reasons[nearest[0]] += 1
        else:
            free += 1
    return dict(reasons.most_common()), free


def _works_at(week: Week, assigned: Assigned, person_id: int, first: int, last: int) -> bool:
    turn = week.people[person_id].turn
    return any(
        slot in week.shifts[key].parts_at_work(day, turn)
        for (who, day), key in assigned.items()
        if who == person_id
        for slot in range(first, last + 1)
    )
