"""Steps that many turns of a call share: what is kept, ordered, told, and how legs are let go."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiao.telephony.rules import switch
from qiao.telephony.rules.asks import Refused, Waits, Word
from qiao.telephony.rules.call_log import apply
from qiao.telephony.rules.calls import CALLING, Call, Entry, Leg
from qiao.telephony.rules.menus import Menu, Skills
from qiao.telephony.rules.switch import Order

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Terms:
    """How calls of a line are conducted. Sounds are names that the switch knows; `menu_version`
    is that of the menu, which a call keeps to its end."""

    queue: str
    greeting: tuple[str, ...] = ()
    is_recorded: bool = True
    menu: Menu | None = None
    menu_version: int = 0


@dataclass
class Conduct:
    """What comes of one thing: the call after it, what to keep, to order and to tell."""

    call: Call
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    def note(self, kind: str, **data: Any) -> None:
        """Add an entry."""
        entry = Entry(kind, self.at, data)
        self.entries.append(entry)
        self.call = apply(self.call, entry)

    def follow(self, other: "Conduct") -> None:
        """Go on where another step, begun with this call, has ended."""
        self.call = other.call
        self.entries += other.entries
        self.orders += other.orders
        self.words += other.words

    def do(self, *orders: Order) -> None:
        """Order something, in this order."""
        self.orders += orders

    def tell(self, *words: Word) -> None:
        """Tell others."""
        self.words += words


def drop(step: Conduct, leg: Leg) -> None:
    step.do(switch.HangUp(leg.channel, elsewhere=leg.offer is not None and not leg.is_up))


def clear(step: Conduct) -> None:
    """Take away the bridges of a call that ends."""
    watched = {leg.bridge for leg in step.call.legs.values() if leg.bridge}
    bridges = {step.call.holding, step.call.talk, step.call.consult, *watched}
    step.do(*(switch.EndBridge(each) for each in sorted(bridges - {""})))


def end(step: Conduct, why: str, but: str = "") -> None:
    """Let everybody go."""
    call = step.call
    for leg in call.legs.values():
        if leg.channel != but:
            drop(step, leg)
    for leg in call.open_offers if call.phase not in CALLING else ():
        assert leg.offer is not None
        step.tell(Refused(leg.offer, leg.staff, "withdrawn"))
    clear(step)
    step.note("ended", why=why)


def creating(call: Call, channel: str, endpoint: str, role: str) -> Order:
    return switch.Create(
        channel, endpoint, role, str(call.call_id), call.caller, call.caller_channel
    )


def back_to_caller(step: Conduct) -> None:
    agent = step.call.leg("agent")
    assert agent is not None
    step.do(
        switch.HoldMusic(step.call.caller_channel, on=False),
        switch.Join(step.call.talk, (agent.channel,)),
    )


def sent_on(agent: Leg | None, words: str) -> dict[str, Any]:
    """Who sends a caller on, and what for, as entries tell it."""
    found: dict[str, Any] = {"by": agent.staff} if agent and agent.staff is not None else {}
    return found | ({"words": words} if words else {})


def queue(
    step: Conduct,
    queue: str,
    why: str = "",
    *,
    skills: Skills = (),
    is_emergency: bool = False,
    about: str = "",
    sent: "Mapping[str, Any] | None" = None,
) -> None:
    """Let the caller wait; `about` is what they probably call about, `sent` tells who sent them on
    (``by``) and the ``words`` for it."""
    bridge, caller = step.call.next_name("q"), step.call.caller_channel
    told = {"why": why, "about": about}
    data = {name: value for name, value in told.items() if value} | dict(sent or {})
    step.note("queued", queue=queue, bridge=bridge, **data)
    step.do(
        switch.MakeBridge(bridge, "holding"),
        switch.Join(bridge, (caller,)),
        switch.Music(bridge, on=True),
    )
    step.tell(Waits(queue, skills, is_emergency))
