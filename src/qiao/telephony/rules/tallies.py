"""Figures of calls added up: what the service level, the answer speed and the rest are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from qiao.core.rules.service_level import LevelTerms, counted, level


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over turns of calls; times in seconds. `level_of` is how many calls the service level
    is counted of, by the definition of each queue."""

    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    lost: int = 0
    left_early: int = 0
    handled: int = 0
    transfers: int = 0
    answer_wait_seconds: int = 0
    abandon_wait_seconds: int = 0
    longest_wait_seconds: int = 0
    ring_seconds: int = 0
    talk_seconds: int = 0
    hold_seconds: int = 0
    wrap_seconds: int = 0
    level_of: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together; the longest wait is the longer one."""
        sums = {
            name: getattr(self, name) + getattr(other, name)
            for name in NAMES
            if name != "longest_wait_seconds"
        }
        longest = max(self.longest_wait_seconds, other.longest_wait_seconds)
        return Tally(**sums, longest_wait_seconds=longest)

    @property
    def level(self) -> float | None:
        """The service level in percent."""
        return level(self.in_time, self.level_of)

    @property
    def answer_speed(self) -> float | None:
        """Mean seconds that those waited who were answered (ASA)."""
        return self.answer_wait_seconds / self.answered if self.answered else None

    @property
    def abandon_rate(self) -> float | None:
        """Of all who were offered, the percentage that gave up."""
        return level(self.abandoned, self.offered)

    @property
    def handle_time(self) -> float | None:
        """Mean seconds of talk, hold and work after it, of those who were handled (AHT)."""
        work = self.talk_seconds + self.hold_seconds + self.wrap_seconds
        return work / self.handled if self.handled else None


NAMES = tuple(field.name for field in fields(Tally))


def tally_of(sums: dict[str, int], terms: LevelTerms | None) -> Tally:
    """The sums of one queue, with what its level is counted of; all that were offered where no
    pack brings the queue any more."""
    whole = counted(
        terms.counts if terms else "all",
        offered=sums["offered"],
        answered=sums["answered"],
        abandoned_short=sums["abandoned_short"],
    )
    return Tally(**sums, level_of=whole)


def total(tallies: Iterable[Tally]) -> Tally:
    """All together."""
    whole = Tally()
    for each in tallies:
        whole += each
    return whole
