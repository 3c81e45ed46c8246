"""A call as it stands: its phases, its legs. It is what its log gives (`rules.call_log`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Phase = Literal[
    "new", "arrived", "greeted", "menu", "waiting", "own_phone", "dialling", "talking", "held",
    "consulting", "ended",
]  # fmt: skip
Role = Literal["caller", "agent", "consulted", "watcher", "ear"]
Mode = Literal["listen", "whisper", "talk"]

REFUSALS: Final = frozenset(
    {"no_answer", "busy", "rejected", "unreachable", "caller_gone", "withdrawn", "unconfirmed"}
)
UNREACHED: Final = frozenset(
    {"own_phone", "given_up", "no_answer", "busy", "rejected", "unreachable", "no_number"}
)
"""Ends of calls out that reached nobody."""
NOBODY_CALLED: Final = frozenset({"own_phone", "system"})
"""Ends of calls out before the other side was rung: those were no attempt."""
ENDS: Final = UNREACHED | {"caller", "agent", "abandoned", "switch", "system", "menu"}
CALLING: Final = frozenset({"own_phone", "dialling"})
WITH_A_PERSON: Final = frozenset({"talking", "held", "consulting"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a call. `at` is the switch's time where it told of it."""

    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leg:
    """A channel of a call. `offer` is what asked its person, `is_up` whether they are on. Who is
    to press a key before is asked to in the language `confirm`, by the playback `prompt`."""

    channel: str
    role: Role
    staff: int | None = None
    offer: int | None = None
    is_up: bool = False
    seconds: int = 20  # it is rung so long
    mode: Mode | None = None
    bridge: str = ""
    confirm: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Outward:
    """What a call out is to reach: where, for how long it is rung there, which number is shown.

    `has_rung` and `cause` (Q.850, 0 while it is not told) say why nobody was reached; by `due_at`
    a word of the switch must have come.
    """

    endpoint: str
    seconds: int
    shown: str
    due_at: datetime
    has_rung: bool = False
    cause: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands. `legs` are those that live; `made` counts the names given out.

    Of a call out the other side is the ``caller``, as in one that came in.
    """

    call_id: int
    phase: Phase = "new"
    caller: str = ""
    dialled: str = ""
    queue: str = ""
    legs: Mapping[str, Leg] = field(default_factory=dict)
    greeting: str = ""  # the playback by which the caller is greeted, or was
    is_greeting_in_doubt: bool = False  # nobody listened while they were: it may be over
    holding: str = ""  # the bridge in which the caller waits
    talk: str = ""  # the bridge in which they talk
    consult: str = ""
    recording: str = ""
    is_recording_paused: bool = False
    is_muted: bool = False  # the agent
    is_held_by_phone: bool = False  # while held: the agent's telephone does it by itself
    is_raised: bool = False  # while the caller waits
    keeps_place: bool = False  # since `queued_at`, of a caller who went from a queue to the menu
    menu: str = ""  # the voice menu in which the caller is, or was
    menu_version: int = 0  # that began with them; 0 where the log does not say
    visit: Mapping[str, Any] | None = None  # as `menu_visits.visit_data` stores it
    arrived_at: datetime | None = None
    queued_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    end: str = ""
    made: int = 0
    out: Outward | None = None
    sent_by: int | None = None  # who sent the caller on last, or asked a third
    sent_words: str = ""  # what they want them to know

    def leg(self, role: Role) -> Leg | None:
        """The leg of this role, if there is one."""
        return next((each for each in self.legs.values() if each.role == role), None)

    @property
    def caller_channel(self) -> str:
        """The caller's channel; empty once they are gone."""
        leg = self.leg("caller")
        return leg.channel if leg else ""

    @property
    def open_offers(self) -> tuple[Leg, ...]:
        """Legs of people who were asked and have not answered yet."""
        return tuple(
            each for each in self.legs.values() if each.offer is not None and not each.is_up
        )

    def next_name(self, kind: str) -> str:
        """A name for a channel, bridge or recording that was never given before."""
        return f"q{self.call_id}-{kind}{self.made + 1}"
