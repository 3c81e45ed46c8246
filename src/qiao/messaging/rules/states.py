"""What follows on what in the life of a message.

``held`` → ``queued`` → ``sending`` → ``sent`` → ``delivered``, or ``bounced``, ``failed``,
``unknown``, ``cancelled``; letters pass ``printed`` instead of ``sending``. ``skipped`` was never
to be sent: no address, no consent, too many. What was perhaps sent is not sent again by itself.
"""

from typing import Final

LIVE: Final = frozenset({"held", "queued", "sending", "printed"})
WAITING: Final = frozenset({"held", "queued"})
ARRIVING: Final = frozenset({"sent", "delivered"})
TROUBLED: Final = frozenset({"bounced", "failed", "unknown"})
NEXT: Final = {
    "held": frozenset({"queued", "sending", "printed", "cancelled"}),
    "queued": frozenset({"sending", "printed", "cancelled", "failed", "skipped"}),
    "sending": frozenset({"sent", "bounced", "failed", "unknown", "queued"}),
    "printed": frozenset({"sent", "queued", "cancelled"}),
    "sent": frozenset({"delivered", "bounced"}),
    "delivered": frozenset({"bounced"}),
    "bounced": frozenset({"queued"}),
    "failed": frozenset({"queued"}),
    "unknown": frozenset({"queued", "sent", "bounced"}),
    "cancelled": frozenset(),
    "skipped": frozenset(),
}


class WrongState(Exception):  # noqa: N818 - names the finding
    """The message is past the state in which this can be done; `state` is the one it has."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def move(before: str, after: str) -> str:
    """The state after a step. Raises `WrongState`."""
    if after not in NEXT[before]:
        raise WrongState(before)
    return after
