"""What a call was to queues and people, counted from its log once it has ended.

A call is a row of *turns*: each time that it waited in a queue, and each time that somebody had
it. Whoever takes it out of the queue shares the turn of that wait; whoever has it afterwards
without a wait (a third who was consulted, somebody who took over) has a turn of their own. All
figures of calls are sums of turns, so the figures of queues and of people add up to those of all.
A call out has turns of other kinds, which no figure of the service level counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from qiao.core.rules.service_level import LevelTerms
from qiao.telephony.rules.call_log import apply
from qiao.telephony.rules.calls import WITH_A_PERSON, Call, Entry

Kind = Literal["answered", "abandoned", "lost", "left", "moved", "passed", "reached", "unreached"]
KINDS: Final[tuple[Kind, ...]] = (
    "answered", "abandoned", "lost", "left", "moved", "passed", "reached", "unreached",
)  # fmt: skip
OFFERED: Final = frozenset({"answered", "abandoned", "lost"})
GAVE_UP: Final = frozenset({"abandoned", "caller"})
_ON_HOLD: Final = frozenset({"held", "consulting"})
_HANDS_ON: Final = frozenset({"handed_over", "party_left"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. Kinds:

    ``answered``   waited in `queue`, and `staff` had it then
    ``abandoned``  the caller gave up in the queue
    ``lost``       it ended in the queue otherwise: the switch, the system
    ``left``       the caller went before any queue: in the greeting, in a menu
    ``moved``      it went on without anybody having had it: to another queue, or back into the
                   voice menu, where a call back may have been promised
    ``passed``     `staff` has it from somebody else, without a wait
    ``reached``    `staff` called out, and talked with the other side
    ``unreached``  `staff` called out, and nobody was reached

    All times in whole seconds, rounded down; `wait_seconds` from the queue to a person or to the
    end, `ring_seconds` of the offer that was taken, `hold_seconds` of what the caller heard music
    while somebody had the call, which `talk_seconds` does not hold. `offers` counts who was asked.
    """

    kind: Kind
    queue: str
    offered_at: datetime
    ended_at: datetime
    staff: int | None = None
    wait_seconds: int = 0
    ring_seconds: int = 0
    talk_seconds: int = 0
    hold_seconds: int = 0
    offers: int = 0
    is_in_time: bool = False
    is_short: bool = False
    is_transferred: bool = False


TermsOf = Callable[[str], LevelTerms | None]
"""The terms of a queue's service level; None for a queue that no pack brings any more."""


def turns_of(call_id: int, entries: Iterable[Entry], terms_of: TermsOf) -> Sequence[Turn]:
    """The turns of a call by its whole log, in their order. One that has not ended has those that
    are over."""
    walk = _Walk(terms_of)
    call = Call(call_id)
    for entry in entries:
        before, call = call, apply(call, entry)
        walk.step(before, call, entry)
    return tuple(walk.turns)


class _Walk:
    """Goes through a log; `_open` is the turn that is not over yet."""

    def __init__(self, terms_of: TermsOf) -> None:
        self.turns: list[Turn] = []
        self._terms_of = terms_of
        self._open: Turn | None = None
        self._since: datetime | None = None  # somebody has it since
        self._held_since: datetime | None = None
        self._held = 0.0
        self._asked: dict[int, datetime] = {}
        self._offers = 0

    def step(self, before: Call, call: Call, entry: Entry) -> None:
        if entry.kind == "clock_stepped":
            self._move(timedelta(seconds=entry.data["seconds"]))
        elif call.phase != "ended":
            self._go_on(before, call, entry)
        elif before.phase != "ended":
            self._end(before, entry)

    def _go_on(self, before: Call, call: Call, entry: Entry) -> None:
        had, has = _person(before), _person(call)
        at = entry.at
        if entry.kind == "offered":
            self._asked[entry.data["offer"]] = at
            self._offers += 1
        if entry.kind == "lifted":
            leg = call.leg("agent")
            self._open = Turn("unreached", "", at, at, leg.staff if leg else None)
            return
        if entry.kind in ("queued", "requeued"):
            self._queued(before, call, entry)
        elif entry.kind == "left_queue":
            self._give_up("moved", at)
            self._open = None
        elif has is not None and has != had:
            self._taken(has, had, entry)
        self._hold(call, at)

    def _move(self, by: timedelta) -> None:
        """The clock was set: what is measured from earlier moments is as long as it was."""
        if self._open is not None:
            self._open = replace(self._open, offered_at=self._open.offered_at + by)
        self._since = self._since and self._since + by
        self._held_since = self._held_since and self._held_since + by
        self._asked = {offer: asked + by for offer, asked in self._asked.items()}

    def _queued(self, before: Call, call: Call, entry: Entry) -> None:
        if self._open is not None:
            if self._since is not None:
                self._close(entry.at, is_transferred=entry.data.get("why") == "transfer")
            else:
                self._give_up("moved", entry.at)
        del before
        self._open = Turn("abandoned", call.queue, entry.at, entry.at)
        self._offers = 0

    def _taken(self, staff: int, had: int | None, entry: Entry) -> None:
        at = entry.at
        if entry.kind == "reached" and self._open is not None:
            rung = _whole((at - self._open.offered_at).total_seconds())
            self._open = replace(self._open, kind="reached", staff=staff, ring_seconds=rung)
        elif had is not None or self._open is None:
            queue = self._open.queue if self._open else ""
            if self._open is not None:
                self._close(at, is_transferred=entry.kind in _HANDS_ON)
            self._open = Turn("passed", queue, at, at, staff)
        else:
            waited = (at - self._open.offered_at).total_seconds()
            terms = self._terms_of(self._open.queue)
            rang_at = self._asked.get(entry.data.get("offer", 0), at)
            self._open = replace(
                self._open,
                kind="answered",
                staff=staff,
                wait_seconds=_whole(waited),
                ring_seconds=_whole((at - rang_at).total_seconds()),
                offers=self._offers,
                is_in_time=terms is not None and waited <= terms.answer_seconds,
            )
        self._since, self._held, self._held_since = at, 0.0, None

    def _hold(self, call: Call, at: datetime) -> None:
        is_held = call.phase in _ON_HOLD
        if is_held and self._held_since is None:
            self._held_since = at
        elif not is_held and self._held_since is not None:
            self._held += max(0.0, (at - self._held_since).total_seconds())
            self._held_since = None

    def _end(self, before: Call, entry: Entry) -> None:
        at, why = entry.at, entry.data["why"]
        if self._open is None and (before.phase == "new" or before.out is not None):
            return  # nobody was called
        if self._open is None and before.keeps_place:
            return  # they left the queue for the menu: that turn is told
        if self._open is None:
            since = before.arrived_at or at
            self.turns.append(Turn("left", "", since, max(at, since)))
        elif self._since is not None:
            self._close(at, is_transferred=False)
        elif self._open.kind == "unreached":
            rung = _whole((at - self._open.offered_at).total_seconds())
            ended = max(at, self._open.offered_at)
            self.turns.append(replace(self._open, ended_at=ended, ring_seconds=rung))
        else:
            self._give_up("abandoned" if why in GAVE_UP else "lost", at)

    def _close(self, at: datetime, *, is_transferred: bool) -> None:
        """The turn of somebody is over."""
        assert self._open is not None
        assert self._since is not None
        if self._held_since is not None:
            self._held += max(0.0, (at - self._held_since).total_seconds())
        held = min(self._held, max(0.0, (at - self._since).total_seconds()))
        whole = max(0.0, (at - self._since).total_seconds())
        self.turns.append(
            replace(
                self._open,
                ended_at=max(at, self._open.offered_at),
                talk_seconds=_whole(whole - held),
                hold_seconds=_whole(held),
                is_transferred=is_transferred,
            )
        )
        self._since, self._held, self._held_since = None, 0.0, None

    def _give_up(self, kind: Kind, at: datetime) -> None:
        assert self._open is not None
        waited = max(0.0, (at - self._open.offered_at).total_seconds())
        terms = self._terms_of(self._open.queue)
        self.turns.append(
            replace(
                self._open,
                kind=kind,
                ended_at=max(at, self._open.offered_at),
                wait_seconds=_whole(waited),
                offers=self._offers,
                is_short=kind == "abandoned"
                and terms is not None
                and waited < terms.short_abandon_seconds,
            )
        )


def _person(call: Call) -> int | None:
    """Who has the call: the agent, once they talk."""
    leg = call.leg("agent") if call.phase in WITH_A_PERSON else None
    return leg.staff if leg is not None else None


def _whole(seconds: float) -> int:
    return max(0, int(seconds))
