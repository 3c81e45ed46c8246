"""A caller's walk through a voice menu: from what happens, the visit after it and what to do.

Pure: neither switch nor database. Whoever runs a call keeps the visit first, then does the acts,
and brings back what became of them. Keys that come while something is said stop it and count for
the node that hears them; those left over count for the next one, so that a whole path may be
typed at once. A caller who stays silent comes to an end in every menu without faults.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from qiao.telephony.rules import menus
from qiao.telephony.rules.menu_keys import collect, hear, number_keyed, press
from qiao.telephony.rules.menu_reading import (
    begin_list,
    read_anew,
    said_in_list,
    silent_in_list,
)
from qiao.telephony.rules.menu_steps import (
    Walk,
    ask,
    ask_again,
    ask_number,
    enter,
    hears,
    known_outside,
    let_value_in,
    missed,
    said,
    say,
    speak,
    wait,
)
from qiao.telephony.rules.menu_visits import (
    Act,
    Answered,
    CallerGone,
    KeyPressed,
    PromptCut,
    PromptEnded,
    Thing,
    TimerEnded,
    Visit,
)
from qiao.telephony.rules.menu_waiting import (
    ask_place,
    press_waiting,
    tell_place,
    wait_again,
    wait_on,
)
from qiao.telephony.rules.menus import (
    OK,
    OPEN,
    Callback,
    Digits,
    Hours,
    Lookup,
    Menu,
    Message,
    ReadOut,
)
from qiao.telephony.rules.switch import KEYS


def begin(menu: Menu, at: datetime, caller: str, dialled: str) -> tuple[Visit, tuple[Act, ...]]:
    """A caller comes to the menu. `caller` is empty where the number is hidden."""
    language = menu.languages[0]
    walk = Walk(menu, Visit(menu.start, language, caller, dialled), at)
    enter(walk, menu.start)
    _settle(walk)
    return walk.visit, tuple(walk.acts)


def sent_on(menu: Menu, visit: Visit, queue: str, at: datetime) -> tuple[Visit, tuple[Act, ...]]:
    """Somebody who had the caller lets them wait in a queue; where no step of the menu leads to
    people, nothing changes."""
    walk = Walk(menu, visit, at)
    wait_again(walk, queue)
    return walk.visit, tuple(walk.acts)


def step(menu: Menu, visit: Visit, thing: Thing, at: datetime) -> tuple[Visit, tuple[Act, ...]]:
    """The visit after one thing, and what to do then, in this order.

    What is late changes nothing: prompts, timers and answers of which the visit does not know any
    more, and whatever comes after its end.
    """
    if visit.stage == "ended" or not _counts(visit, thing):
        return visit, ()
    walk = Walk(menu, visit, at)
    match thing:
        case KeyPressed(key) if visit.stage == "waiting":
            press_waiting(walk, key)
        case KeyPressed(key):
            press(walk, key)
        case PromptEnded() | PromptCut():
            _prompt_over(walk, thing)
        case TimerEnded():
            _timer_ended(walk)
        case Answered():
            _answered(walk, thing)
        case CallerGone():
            walk.change(stage="ended", end="gone")
    _settle(walk)
    return walk.visit, tuple(walk.acts)


def _counts(visit: Visit, thing: Thing) -> bool:
    match thing:
        case KeyPressed(key):
            return len(key) == 1 and key in KEYS
        case PromptEnded(number) | PromptCut(number):
            return 0 < number == visit.saying
        case TimerEnded(number):
            return 0 < number == visit.timer
        case Answered(number):
            return 0 < number == visit.question
    return True


def _settle(walk: Walk) -> None:
    """Go on until only the caller, a prompt, a timer or an answer can."""
    while True:
        visit = walk.visit
        if visit.stage == "entering":
            _open(walk)
        elif visit.stage in ("saying", "listening") and visit.keys and hears(walk) != "nothing":
            hear(walk)
        elif visit.stage == "listening" and not visit.timer:
            wait(walk, _patience(walk))
        else:
            return


def _patience(walk: Walk) -> int:
    """Seconds until silence counts: shorter between the keys of a number."""
    node: Any = walk.node
    seconds: int = node.pause_seconds if walk.visit.digits else node.silence_seconds
    return seconds


# Coming to a node.


def _open(walk: Walk) -> None:
    node, visit = walk.node, walk.visit
    if isinstance(node, menus.Language):
        walk.change(language=node.language)
        enter(walk, node.next)
    elif isinstance(node, Lookup | ReadOut):
        known = known_outside(walk)
        arguments = {name: known[name] for name in node.arguments if name in known}
        kind: Literal["lookup", "list"] = "lookup" if isinstance(node, Lookup) else "list"
        ask(walk, kind, node.name, arguments, node.answer_seconds)
        if not visit.keys:
            say(walk, node.prompts)
    elif isinstance(node, Hours):
        ask(walk, "hours", node.calendar, {}, node.answer_seconds)
    elif isinstance(node, Callback) and not visit.caller:
        ask_number(walk, node)
    else:
        speak(walk)


# Prompts that end, timers that run out, answers.


def _prompt_over(walk: Walk, how: Thing) -> None:
    """What was said is over. Was it cut short, what the caller is asked or told here is said anew;
    to whoever waits it is said again in its time."""
    walk.change(saying=0)
    if walk.visit.stage == "waiting":
        wait_on(walk)
    elif walk.visit.stage == "saying":
        if isinstance(how, PromptEnded):
            (said_in_list if isinstance(walk.node, ReadOut) else said)(walk)
        else:
            _say_anew(walk)


def _say_anew(walk: Walk) -> None:
    node = walk.node
    if isinstance(node, Callback) and walk.visit.is_number:
        ask_again(walk, node.number_prompts)
    elif isinstance(node, ReadOut):
        read_anew(walk)
    else:
        speak(walk)


def _timer_ended(walk: Walk) -> None:
    node: Any = walk.node
    walk.change(timer=0)
    if walk.visit.stage == "listening":
        if walk.visit.digits:
            number_keyed(walk)
        elif isinstance(node, ReadOut):
            silent_in_list(walk)
        else:
            missed(walk, walk.menu.silent)
    elif walk.visit.stage == "waiting":
        ask_place(walk)
    elif isinstance(node, Hours):
        enter(walk, node.closed)
    elif isinstance(node, Message):
        enter(walk, node.next)
    else:
        enter(walk, node.otherwise)


def _answered(walk: Walk, answer: Answered) -> None:
    walk.change(question=0)
    if walk.visit.stage == "waiting":
        tell_place(walk, answer.values)
        return
    let_value_in(walk, answer.values)
    if isinstance(walk.node, ReadOut):
        begin_list(walk, answer)
        return
    _ANSWERED[type(walk.node)](walk, answer.outcome)


def _checked(walk: Walk, outcome: str) -> None:
    if outcome == OK:
        collect(walk)
    else:
        missed(walk, walk.menu.wrong)


def _looked_up(walk: Walk, outcome: str) -> None:
    node = walk.node
    assert isinstance(node, Lookup)
    enter(walk, node.answers.get(outcome, node.otherwise))


def _told_hours(walk: Walk, outcome: str) -> None:
    node = walk.node
    assert isinstance(node, Hours)
    enter(walk, node.open if outcome == OPEN else node.closed)


def _recorded(walk: Walk, outcome: str) -> None:  # noqa: ARG001 - as all answers
    node = walk.node
    assert isinstance(node, Message)
    enter(walk, node.next)


def _promised(walk: Walk, outcome: str) -> None:
    node = walk.node
    assert isinstance(node, Callback)
    enter(walk, node.next if outcome == OK else node.otherwise)


_ANSWERED: Final[Mapping[type[menus.Node], Callable[[Walk, str], None]]] = {
    Digits: _checked,
    Lookup: _looked_up,
    Hours: _told_hours,
    Message: _recorded,
    Callback: _promised,
}
