"""Figures and choices of people who take contacts."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

LEASE_SECONDS: Final = 60  # three signs of life of the browser may be lost
BREAKS: Final = ("rest", "meal", "training", "meeting", "back_office")


class Serves(Protocol):
    """What asks for a skill; an empty one asks for none."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def skill(self) -> str:
        """The skill that it asks for."""


def serving(queues: Iterable[Serves], skills: Mapping[str, int]) -> tuple[str, ...]:
    """The queues that somebody with these skills (levels 1 to 5) serves."""
    return tuple(sorted(q.key for q in queues if not q.skill or skills.get(q.skill, 0) > 0))
