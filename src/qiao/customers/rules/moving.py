"""What stands against handing an account over, and against taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

OWNER = "owner"
Fault = tuple[str, date | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A customer's part in an account from `since` to before `until`; None is open."""

    part_id: int
    customer_id: int
    role: str
    since: date
    until: date | None

    def reaches(self, day: date) -> bool:
        """Whether it holds on that day or begins later."""
        return self.until is None or day < self.until


@dataclass(frozen=True, slots=True)
class Plan:
    """A hand-over as it is asked for: parts that end on `day`, customers who take a role."""

    day: date
    parts: Sequence[Part]
    leaving: frozenset[int]
    coming: Sequence[tuple[int, str]]

    @property
    def staying(self) -> list[Part]:
        """Parts that still hold on the day or begin later."""
        return [p for p in self.parts if p.part_id not in self.leaving and p.reaches(self.day)]


def faults(plan: Plan) -> list[Fault]:
    """Why it cannot be, the plainest reason first; empty when it can.

    ``gone``: a part that should end is not there or has ended; ``too_early``: it began on the day
    or later (the day is told); ``nothing``; ``owned``: the role is taken then or from a later day
    (told); ``ownerless``: nobody would own the account on the day.
    """
    return [*_leaving(plan), *_coming(plan), *_ownership(plan)]


def _leaving(plan: Plan) -> list[Fault]:
    found: list[Fault] = []
    known = {part.part_id: part for part in plan.parts}
    for part_id in sorted(plan.leaving):
        part = known.get(part_id)
        if part is None or not part.reaches(plan.day):
            found.append(("gone", None))
        elif part.since >= plan.day:
            found.append(("too_early", part.since))
    if not plan.leaving and not plan.coming:
        found.append(("nothing", None))
    return found


def _coming(plan: Plan) -> list[Fault]:
    found: list[Fault] = []
    taken: set[tuple[int, str]] = set()
    for customer_id, role in plan.coming:
        rivals = [
            part
            for part in plan.staying
            if part.role == role and (role == OWNER or part.customer_id == customer_id)
        ]
        if rivals:
            found.append(("owned", max(plan.day, min(part.since for part in rivals))))
        if (customer_id, role) in taken:
            found.append(("owned", plan.day))
        taken.add((customer_id, role))
    return found


def _ownership(plan: Plan) -> list[Fault]:
    owners = sum(role == OWNER for _customer, role in plan.coming)
    owners += sum(part.role == OWNER and part.since <= plan.day for part in plan.staying)
    if owners == 0:
        return [("ownerless", None)]
    return [("owned", plan.day)] if owners > 1 else []


@dataclass(frozen=True, slots=True)
class Done:
    """A hand-over that took place: parts it ended and began."""

    day: date
    left: frozenset[int]
    came: frozenset[int]


def hindrances(done: Done, parts: Sequence[Part]) -> list[int]:
    """Ids of the parts that rest on a hand-over, so that it cannot be taken back.

    One that it ended and that now ends otherwise, one that it began and that was changed since,
    and any part of others that began on the day or later.
    """
    known = {part.part_id: part for part in parts}
    changed = [
        part_id
        for part_id in sorted(done.left | done.came)
        if part_id not in known
        or (part_id in done.left and known[part_id].until != done.day)
        or (
            part_id in done.came
            and (known[part_id].since, known[part_id].until) != (done.day, None)
        )
    ]
    later = [
        part.part_id for part in parts if part.since >= done.day and part.part_id not in done.came
    ]
    return [*changed, *later]
