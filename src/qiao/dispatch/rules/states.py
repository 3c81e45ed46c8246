"""The life of a work order as a table of verbs: from which states each leads where."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

OPEN: Final = (
    "planned",
    "assigned",
    "accepted",
    "travelling",
    "arrived",
    "suspended",
    "refused",
    "returned",
)
FINISHED: Final = ("done", "cancelled")
STATES: Final = (*OPEN, *FINISHED)
WAITING: Final = ("planned", "refused", "returned")  # nobody has it: a dispatcher must act
NOT_ON_SITE: Final = tuple(state for state in OPEN if state != "arrived")
UNDER_WAY: Final = ("accepted", "travelling", "arrived", "suspended")


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that may be done to a work order in one of the states `sources`."""

    key: str
    sources: tuple[str, ...]
    target: str


_VERBS: Final = (
    Verb("assign", NOT_ON_SITE, "assigned"),
    Verb("unassign", NOT_ON_SITE, "planned"),
    Verb("accept", ("planned", "assigned"), "accepted"),
    Verb("refuse", ("assigned",), "refused"),
    Verb("start_travel", ("accepted",), "travelling"),
    Verb("arrive", ("accepted", "travelling"), "arrived"),
    Verb("suspend", ("accepted", "travelling", "arrived"), "suspended"),
    Verb("resume", ("suspended",), "accepted"),
    Verb("give_back", UNDER_WAY, "returned"),
    Verb("complete", ("arrived",), "done"),
    Verb("cancel", OPEN, "cancelled"),
)
VERBS: Final = MappingProxyType({verb.key: verb for verb in _VERBS})

# What a technician does next, in the order in which a day goes.
NEXT: Final = MappingProxyType(
    {
        "planned": "accept",
        "assigned": "accept",
        "accepted": "start_travel",
        "travelling": "arrive",
        "arrived": "complete",
        "suspended": "resume",
    }
)


class WrongState(Exception):  # noqa: N818 - names the finding
    """The work order is in a state in which this cannot be done; somebody else was faster."""

    def __init__(self, state: str, verb: str) -> None:
        super().__init__(f"a work order that is {state} cannot take {verb}")
        self.state, self.verb = state, verb


def next_state(state: str, verb: str) -> str:
    """The state that `verb` leads to. Raises `WrongState`."""
    if state not in VERBS[verb].sources:
        raise WrongState(state, verb)
    return VERBS[verb].target


def verbs_in(state: str) -> tuple[str, ...]:
    """The verbs that are possible in a state."""
    return tuple(verb.key for verb in _VERBS if state in verb.sources)
