"""What people and the router ask of a call, and what a call tells the desk and the router."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qiao.telephony.rules.calls import Mode
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import AskOutside, Context
from qiao.telephony.rules.menus import Skills
from qiao.telephony.rules.recordings import CARD


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that is asked of a call."""


@dataclass(frozen=True, slots=True)
class Offer(Ask):
    """The router has reserved somebody: ring them. Whoever is to press a key before they are given
    the call is asked to in the language `confirm`, one of voice menus."""

    offer: int
    staff: int
    endpoint: str
    seconds: int
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw(Ask):
    """The offer ran out, or was taken back."""

    offer: int


@dataclass(frozen=True, slots=True)
class Decline(Ask):
    """Whoever is rung does not want to: somebody else is asked."""

    offer: int


@dataclass(frozen=True, slots=True)
class Hold(Ask):
    """Hold the caller, or take them back."""

    on: bool


@dataclass(frozen=True, slots=True)
class Mute(Ask):
    """Let the caller not hear the agent, or let them again."""

    on: bool


@dataclass(frozen=True, slots=True)
class TransferTo(Ask):
    """Let the caller wait in another queue, and free the agent (blind). `words` are for whoever
    takes the call then; `staff` is rung first, where somebody is named."""

    queue: str
    words: str = ""
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Consult(Ask):
    """Hold the caller and ring a third, to speak with them first (attended). Their screen shows
    the `words`."""

    offer: int
    staff: int | None
    endpoint: str
    seconds: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class EndConsult(Ask):
    """Go back to the caller without the third."""


@dataclass(frozen=True, slots=True)
class HandOver(Ask):
    """The third takes the call, the first is free."""


@dataclass(frozen=True, slots=True)
class JoinAll(Ask):
    """All three talk together."""


@dataclass(frozen=True, slots=True)
class LeaveTalk(Ask):
    """A third who was asked goes; the others talk on."""

    staff: int


@dataclass(frozen=True, slots=True)
class Watch(Ask):
    """Somebody in charge listens, whispers to the agent, or talks with both."""

    staff: int
    endpoint: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class TakeOver(Ask):
    """Whoever watches takes the call from the agent; only `staff` does, where they are named."""

    staff: int | None = None


@dataclass(frozen=True, slots=True)
class EndWatch(Ask):
    """Whoever watches goes; only `staff` does, where they are named."""

    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Requeue(Ask):
    """Somebody in charge lets a caller who waits wait in another queue, at their old place."""

    queue: str
    staff: int


@dataclass(frozen=True, slots=True)
class Raise(Ask):
    """Somebody in charge puts a caller who waits before all who are no emergency, or (not `on`)
    back to their place."""

    staff: int
    reason: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class PauseRecording(Ask):
    """Leave out what is said now, or go on; `why` is a key of `recording_words.PAUSES`."""

    on: bool
    why: str = CARD


@dataclass(frozen=True, slots=True)
class HangUp(Ask):
    """The agent ends the call."""


@dataclass(frozen=True, slots=True)
class Dial(Ask):
    """Somebody calls out: their own telephone is rung so many seconds, then the other side.

    `number` is what their telephone shows, `endpoint` where the switch reaches the other side,
    `shown` the number that is shown there. `offer` is what the router asked them to take, where
    somebody who kept their place in a queue is called back.
    """

    staff: int
    own_endpoint: str
    own_seconds: int
    number: str
    endpoint: str
    seconds: int
    shown: str = ""
    offer: int | None = None


@dataclass(frozen=True, slots=True)
class NotDialled(Ask):
    """What was to be dialled is not any more: nobody conducted calls when it was asked."""

    staff: int


@dataclass(frozen=True, slots=True)
class DialOver(Ask):
    """A call out has rung for too long without a word of the switch."""


@dataclass(frozen=True, slots=True)
class TimerRang(Ask):
    """A timer of the voice menu has run out."""

    id: int


@dataclass(frozen=True, slots=True)
class ClockStepped(Ask):
    """The clock was set by so many seconds, forward or (negative) back."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NotConfirmed(Ask):
    """Whoever was asked by a `prompt` to press a key has had their time for it."""

    prompt: str


@dataclass(frozen=True, slots=True)
class NotAsked(Ask):
    """A `prompt` that asks for a key could not be said, a moment ago."""

    prompt: str


@dataclass(frozen=True, slots=True)
class MenuAnswered(Ask):
    """What a voice menu asked was answered."""

    id: int
    outcome: str
    values: Mapping[str, Value]
    entries: Sequence[Mapping[str, Value]] = ()


# What others must hear.


@dataclass(frozen=True, slots=True)
class Word:
    """Something that the desk or the router must know."""


@dataclass(frozen=True, slots=True)
class Waits(Word):
    """The caller waits in a queue; `skills` are asked for beside the queue's."""

    queue: str
    skills: Skills = ()
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Later(Word):
    """Something is to be asked of the call after so many seconds."""

    ask: Ask
    seconds: int


@dataclass(frozen=True, slots=True)
class Asks(Word):
    """A voice menu asks something outside: see `menu_visits.AskOutside`."""

    question: AskOutside


@dataclass(frozen=True, slots=True)
class WantsCallback(Word):
    """The caller wants to be called back at this number."""

    id: int
    number: str
    context: Context


@dataclass(frozen=True, slots=True)
class LeftMessage(Word):
    """The caller left a message."""

    id: int
    recording: str
    seconds: int
    context: Context


@dataclass(frozen=True, slots=True)
class WaitsElsewhere(Word):
    """The caller waits in another queue, since when they waited before."""

    queue: str


@dataclass(frozen=True, slots=True)
class WaitsRaised(Word):
    """The caller goes before all who are no emergency, or (not `on`) waits as before."""

    on: bool


@dataclass(frozen=True, slots=True)
class WaitsNoMore(Word):
    """The caller does not wait any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused(Word):
    """Nobody took an offer; whoever did not answer is not ready any more."""

    offer: int
    staff: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Taken(Word):
    """Somebody has the call now; without an offer where they took it over."""

    offer: int | None
    staff: int | None


@dataclass(frozen=True, slots=True)
class Reached(Word):
    """The other side of a call out has answered: `staff` talks with them."""

    staff: int | None


@dataclass(frozen=True, slots=True)
class NotCalled(Word):
    """`staff` has called nobody: their own telephone was not taken, or they changed their mind;
    `why` is one of `calls.REFUSALS`."""

    staff: int
    why: str


@dataclass(frozen=True, slots=True)
class Released(Word):
    """Somebody who talked does not any more: their work after the call begins."""

    staff: int
