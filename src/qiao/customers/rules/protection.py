"""Whom the rules protect, from what, and how a protection stands on a day.

A protection is given at once when it is claimed and ends only by a person: days that pass move it
onto somebody's list, never out of force. Sources: the Electricity Supply and Use Regulations (供电
营业规则) and their water and gas counterparts on hospitals, life support and important users;
the rest are promises of the company.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

CLAIMED: Final = "claimed"
IN_FORCE: Final = "in_force"
DUE: Final = "due"
GRACE: Final = "grace"
OVERDUE: Final = "overdue"
ENDED: Final = "ended"
WORK: Final = (DUE, GRACE, OVERDUE)
"""Stages in which a person has to look."""

NO_CUT: Final = "no_disconnection"
CREW_FIRST: Final = "crew_first"
TOLD_EARLIER: Final = "extra_notice"
READ_ALOUD: Final = "read_aloud"
PRESSURE: Final = "no_pressure"

EFFECTS: Final[dict[str, tuple[str, ...]]] = {
    "hospital": (NO_CUT, CREW_FIRST, TOLD_EARLIER),
    "life_support": (NO_CUT, CREW_FIRST, TOLD_EARLIER),
    "elderly_alone": (CREW_FIRST, TOLD_EARLIER, READ_ALOUD),
    "infant": (CREW_FIRST, TOLD_EARLIER),
    "disabled": (CREW_FIRST, TOLD_EARLIER, READ_ALOUD),
    "welfare": (NO_CUT, PRESSURE),
    "school": (TOLD_EARLIER,),
    "public_safety": (NO_CUT, CREW_FIRST, TOLD_EARLIER),
    "important": (NO_CUT, TOLD_EARLIER),
}
"""What each kind protects from, the weightiest first."""

TWO_PEOPLE: Final = frozenset({"hospital", "life_support"})
"""Kinds that only two people together may end."""

OF_PLACE: Final = frozenset({"hospital", "life_support", "school", "public_safety", "important"})
"""Kinds that usually hang on a place: machines, wards and mains do not move with a person."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Days that a company gives: to bring evidence, after the end, and between two reviews.

    A protection with an end is reviewed `proof_days` before it, so that new evidence can come.
    """

    proof_days: int
    grace_days: int
    review_days: int


@dataclass(frozen=True, slots=True)
class Days:
    """The days by which a protection stands as it does; `until` is the first day after it.

    Without evidence it is due on `prove_by`; in any case on `review_date`.
    """

    is_proven: bool
    prove_by: date
    review_date: date
    until: date | None = None
    grace_until: date | None = None
    is_ended: bool = False

    def stage(self, day: date) -> str:
        """How it stands on a day; only an ended one protects nobody."""
        if self.is_ended:
            return ENDED
        if self.until is not None and day >= self.until:
            return OVERDUE if day >= (self.grace_until or self.until) else GRACE
        if day >= self.review_date or (not self.is_proven and day >= self.prove_by):
            return DUE
        return IN_FORCE if self.is_proven else CLAIMED

    @property
    def due_date(self) -> date:
        """The first day on which a person has to look, unless it ended before."""
        marks = [self.review_date]
        marks += [] if self.is_proven else [self.prove_by]
        marks += [self.until] if self.until else []
        return min(marks)

    def moves_on(self, day: date) -> date | None:
        """The first day after `day` on which it stands otherwise, if nobody does anything."""
        now = self.stage(day)
        return next(
            (mark for mark in self._marks() if mark > day and self.stage(mark) != now), None
        )

    def _marks(self) -> Iterator[date]:
        marks = (self.prove_by, self.review_date, self.until, self.grace_until)
        yield from sorted(mark for mark in marks if mark is not None)


def days_from(
    day: date, *, until: date | None, terms: Terms, is_proven: bool, review: date | None = None
) -> Days:
    """The days of a protection that is claimed or confirmed on `day`.

    Reviewed after `review_days`, or on `review` if that is earlier, but in time before its end.
    """
    asked = [day + timedelta(days=terms.review_days)]
    asked += [review] if review else []
    asked += [until - timedelta(days=terms.proof_days)] if until else []
    return Days(
        is_proven=is_proven,
        prove_by=day + timedelta(days=terms.proof_days),
        review_date=max(day + timedelta(days=1), min(asked)),
        until=until,
        grace_until=until + timedelta(days=terms.grace_days) if until else None,
    )
