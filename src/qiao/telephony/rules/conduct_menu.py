"""A caller in a voice menu: what happens to the call moves the visit; what that wants is done.

The visit is kept with the call's log before anything of it is ordered. Names of what is played and
recorded carry the visit's own ids, so that a word about them finds its way back.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from qiao.telephony.rules import asks, menu_visits, switch
from qiao.telephony.rules.asks import Refused, WaitsNoMore
from qiao.telephony.rules.calls import Call
from qiao.telephony.rules.conducting import Conduct, Terms, drop, end, queue
from qiao.telephony.rules.menu_visits import Act, Thing, Visit, visit_data, visit_from_data
from qiao.telephony.rules.menu_walk import begin, sent_on, step
from qiao.telephony.rules.menus import Menu
from qiao.telephony.rules.speech import pieces

SILENCE_SECONDS = 5  # after which a message that is recorded has ended
MEETS_SECONDS = 2  # in which caller and agent meet, or do not


def begin_menu(this: Conduct, menu: Menu, version: int = 0) -> None:
    """The caller comes to the menu."""
    call = this.call
    visit, acts = begin(menu, this.at, call.caller, call.dialled)
    this.note("menu_began", menu=menu.key, version=version, visit=visit_data(visit))
    _do(this, menu, acts)


def wait_after_menu(
    this: Conduct, terms: Terms, name: str, why: str = "", sent: Mapping[str, Any] | None = None
) -> None:
    """Let a caller who is through with the menu wait in a queue, as those do whom it leads there;
    `sent` as `queue` takes it."""
    before, menu = visit_of(this.call), terms.menu
    if before is None or menu is None or menu.key != this.call.menu:
        queue(this, name, why, sent=sent)
        return
    after, acts = sent_on(menu, before, name, this.at)
    is_urgent = after.stage == "waiting" and after.is_emergency
    queue(this, name, why, is_emergency=is_urgent, sent=sent)
    _go_on(this, menu, before, after, acts)


def happens(this: Conduct, thing: Thing, terms: Terms) -> None:
    """Something happens to whoever is in the menu, or waits where it led them."""
    before = visit_of(this.call)
    if before is None:
        return
    if this.call.phase == "waiting":
        _happens_waiting(this, before, thing, terms)
    elif this.call.phase == "menu":
        if terms.menu is None or terms.menu.key != this.call.menu:
            # It was taken out of service in the midst of a call.
            queue(this, terms.queue, "menu_gone")
            return
        _go_on(this, terms.menu, before, *step(terms.menu, before, thing, this.at))


def _happens_waiting(this: Conduct, before: Visit, thing: Thing, terms: Terms) -> None:
    """Something happens to whoever waits where the menu led them. Keys of a caller for whom
    somebody has lifted the receiver lead nowhere any more."""
    menu = terms.menu
    if menu is None or menu.key != this.call.menu or before.stage != "waiting":
        return
    if _is_met(this):
        if isinstance(thing, menu_visits.KeyPressed):
            return
        if isinstance(thing, menu_visits.TimerEnded) and thing.id == before.timer:
            # Nothing is said into a talk; should it come to none, they are told a little later.
            this.tell(asks.Later(asks.TimerRang(thing.id), MEETS_SECONDS))
            return
    after, acts = step(menu, before, thing, this.at)
    if after.stage != "waiting":
        _leave_queue(this)
    _go_on(this, menu, before, after, acts)
    if before.saying and not after.saying and this.call.phase == "waiting" and not _is_met(this):
        hear_music(this)


def _go_on(this: Conduct, menu: Menu, before: Visit, after: Visit, acts: Iterable[Act]) -> None:
    if after != before:
        this.note("menu_moved", visit=visit_data(after))
    _do(this, menu, acts)


def _is_met(this: Conduct) -> bool:
    """Whether somebody has lifted the receiver for the caller who waits."""
    return any(leg.bridge for leg in this.call.open_offers)


def hear_music(this: Conduct) -> None:
    """The caller who waits hears music, as before something was said to them."""
    call = this.call
    this.do(switch.Join(call.holding, (call.caller_channel,)), switch.Music(call.holding, on=True))


def hush(this: Conduct) -> None:
    """Stop what a menu says to the caller."""
    visit = visit_of(this.call)
    if visit is not None and visit.saying:
        this.do(switch.StopPlaying(f"q{this.call.call_id}-m{visit.saying}"))


def _leave_queue(this: Conduct) -> None:
    """The caller goes back into the menu. Whoever is rung is asked no more."""
    call = this.call
    for leg in call.open_offers:
        assert leg.offer is not None
        drop(this, leg)
        this.note("refused", offer=leg.offer, why="withdrawn")
        this.tell(Refused(leg.offer, leg.staff, "withdrawn"))
    this.note("left_queue")
    this.do(switch.Leave(call.holding, call.caller_channel), switch.EndBridge(call.holding))
    this.tell(WaitsNoMore("menu"))


def heard_in_menu(this: Conduct, signal: switch.Signal, terms: Terms) -> bool:
    """What comes of a signal while the caller is in the menu, or waits where it led them; False
    for one that is not for it."""
    match signal:
        case switch.KeyPressed(_, channel, key) if channel == this.call.caller_channel:
            happens(this, menu_visits.KeyPressed(key), terms)
        case switch.PlaybackEnded(_, playback, _ok) if number := _number(this.call, "m", playback):
            happens(this, menu_visits.PromptEnded(number), terms)
        case _:
            return False
    return True


def message_ended(this: Conduct, signal: switch.RecordingEnded) -> bool:
    """A message was left, perhaps by hanging up; False where something else was recorded."""
    number = _number(this.call, "v", signal.recording)
    if not number or this.call.visit is None:
        return False
    seconds = signal.seconds if signal.ok else 0
    this.note("recording_ended", recording=signal.recording, ok=signal.ok, seconds=seconds)
    context = visit_from_data(this.call.visit).context
    this.tell(asks.LeftMessage(number, signal.recording, seconds, context))
    if this.call.phase == "menu":
        _end_if_over(this)
    return True


def _number(call: Call, kind: str, name: str) -> int:
    """The visit's own id in a name of ours; 0 for another name."""
    start = f"q{call.call_id}-{kind}"
    rest = name.removeprefix(start)
    return int(rest) if name.startswith(start) and rest.isdigit() else 0


def _do(this: Conduct, menu: Menu, acts: Iterable[Act]) -> None:
    for act in acts:
        _do_one(this, menu, act)


def _do_one(this: Conduct, menu: Menu, act: Act) -> None:
    match act:
        case menu_visits.Timer(number, seconds):
            this.tell(asks.Later(asks.TimerRang(number), seconds))
        case menu_visits.AskOutside():
            this.tell(asks.Asks(act))
        case menu_visits.AskCallback(number, telephone, context):
            this.tell(asks.WantsCallback(number, telephone, context))
            _end_if_over(this)
        case menu_visits.ToQueue(name, skills, about, is_emergency, _context):
            queue(this, name, "menu", skills=skills, is_emergency=is_emergency, about=about)
        case menu_visits.HangUp():
            end(this, "menu")
        case menu_visits.LeaveQueue():
            return  # done before anything else that follows from it
        case _:
            _let_hear(this, menu, act)


def _let_hear(this: Conduct, menu: Menu, act: Act) -> None:
    call = this.call
    match act:
        case menu_visits.Say(number, prompts, language):
            sounds = tuple(each.sound for each in pieces(menu, prompts, language))
            if call.phase == "waiting":
                this.do(switch.Leave(call.holding, call.caller_channel))
            this.do(switch.Play(call.caller_channel, f"q{call.call_id}-m{number}", sounds))
        case menu_visits.Stop(number):
            this.do(switch.StopPlaying(f"q{call.call_id}-m{number}"))
        case menu_visits.RecordMessage(number, most, _context):
            name = f"q{call.call_id}-v{number}"
            this.note("recording_began", recording=name)
            this.do(switch.RecordChannel(call.caller_channel, name, most, SILENCE_SECONDS))


def _end_if_over(this: Conduct) -> None:
    """A menu whose last word is the promise of a call back lets the caller go."""
    visit = visit_of(this.call)
    if visit is not None and visit.stage == "ended":
        end(this, "menu")


def is_served(call: Call) -> bool:
    """Whether the menu did what the caller wanted before they hung up: they are leaving a message,
    or have been promised a call back."""
    visit = visit_of(call)
    return visit is not None and (bool(visit.end) or call.recording != "")


def visit_of(call: Call) -> Visit | None:
    """The visit of a call that was in a menu."""
    return visit_from_data(call.visit) if call.visit is not None else None
