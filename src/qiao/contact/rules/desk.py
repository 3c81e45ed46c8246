"""Figures and choices of people who take contacts."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

LEASE_SECONDS: Final = 60  # three signs of life of the browser may be lost
AT_WORK: Final = ("reserved", "busy", "wrap_up")  # states of who is at a contact, or rung
CALL_BACK: Final = "callback"  # the channel of whoever keeps a place without holding the line
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


# From when a supervisor should look, in seconds. A meal may take longer than a short rest.
LONG: Final[Mapping[str, int]] = {
    "busy": 600,
    "wrap_up": 180,
    "reserved": 60,
    "not_ready": 120,
    "break": 900,
}
LONG_BREAKS: Final[Mapping[str, int]] = {
    "meal": 2_700,
    "training": 7_200,
    "meeting": 5_400,
    "back_office": 7_200,
}


def too_long_after(state: str, reason: str) -> int | None:
    """After how many seconds somebody has stood so for too long; None for never."""
    if state == "break":
        return LONG_BREAKS.get(reason, LONG[state])
    return LONG.get(state)
