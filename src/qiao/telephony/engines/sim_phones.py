"""Telephones and channels of the played switch."""

from dataclasses import dataclass, field
from typing import Literal

State = Literal["ringing_in", "created", "ready", "ringing", "up"]
Manner = Literal["answers", "mailbox", "silent", "busy", "rejects", "declines", "off", "absent"]


@dataclass
class Phone:
    """A telephone that can be rung: what it does when it rings, and after how many seconds.

    Whoever ``answers`` presses the keys `presses` when something is said to them, a ``mailbox``
    none. One that ``declines`` does so before it rings. One that is ``off`` lies behind a network
    that says so when it is dialled; one that is ``absent`` is not signed on at the switch, so that
    no channel to it can be made.
    """

    endpoint: str
    manner: Manner = "answers"
    after_seconds: float = 2.0
    presses: str = ""


@dataclass
class Channel:
    """One that stands at the switch; `ring` tells one ringing from the next."""

    name: str
    state: State
    caller: str = ""
    endpoint: str = ""
    role: str = ""
    about: str = ""
    dialled: str = ""
    bridge: str = ""
    spied: str = ""
    playing: list[str] = field(default_factory=list)
    recording: str = ""
    ring: int = 0
