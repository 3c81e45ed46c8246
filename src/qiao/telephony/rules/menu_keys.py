"""Keys of a caller's telephone: which overtake, which wait, and what each node makes of them."""

from typing import Any, Final

from qiao.telephony.rules import menus
from qiao.telephony.rules.menu_reading import hear_in_list
from qiao.telephony.rules.menu_steps import (
    Walk,
    ask,
    ask_number,
    call_back,
    enter,
    hears,
    known_outside,
    missed,
    said,
    stop,
)
from qiao.telephony.rules.menus import (
    AGAIN_KEY,
    DIGITS,
    END_KEY,
    PERSON_KEY,
    Callback,
    Choose,
    Digits,
    Queue,
)

MOST_KEPT: Final = 64  # keys that wait to be heard; more are a fax or a cat, and are let go
FULL_SECONDS: Final = 3.0  # so soon after its last digit a ``#`` still belongs to a full number


def press(walk: Walk, key: str) -> None:
    """A key is pressed: it overtakes, is heard now, or waits for the node that hears it."""
    visit = walk.visit
    if hears(walk) == "recording" or _is_end_of_full(walk, key):
        return
    walk.change(full_at=None)
    to = _overtakes(walk, key)
    if to:
        _overtake(walk, key, to)
    elif len(visit.keys) < MOST_KEPT:
        walk.change(keys=visit.keys + key)


def _is_end_of_full(walk: Walk, key: str) -> bool:
    """Whether it is the ``#`` after a number that was full already: nobody else should hear it."""
    full_at = walk.visit.full_at
    if key != END_KEY or full_at is None:
        return False
    walk.change(full_at=None)
    return (walk.at - full_at).total_seconds() <= FULL_SECONDS


def _overtakes(walk: Walk, key: str) -> str:
    """The node to which a key leads at once, from wherever the caller is; empty if to none."""
    visit, menu = walk.visit, walk.menu
    to = menu.overtaking.get(key, "")
    if not to or (key == PERSON_KEY and _comes_to_people(walk)):
        return ""
    if to == visit.node and hears(walk) == "any":
        return ""  # it goes on from there as any key does
    if key not in DIGITS:
        return to
    # Typed after others it is heard after them, for it may be a digit of a number.
    return "" if visit.keys or _comes_to_number(walk) else to


def _comes_to_people(walk: Walk) -> bool:
    """Whether people are on the way already: an emergency is not led away to others."""
    return isinstance(walk.node, Queue) or walk.visit.is_emergency


def _comes_to_number(walk: Walk) -> bool:
    """Whether a key pressed now is the digit of a number."""
    if hears(walk) == "nothing":
        return False
    node, seen = walk.node, set()
    while isinstance(node, menus.Say | menus.Language) and node.key not in seen:
        if isinstance(node, menus.Say) and node.is_whole:
            return False
        seen.add(node.key)
        node = walk.menu.index[node.next]
    asks_at_once = isinstance(node, Callback) and not walk.visit.caller
    return isinstance(node, Digits) or asks_at_once or hears(walk) == "many"


def _overtake(walk: Walk, key: str, to: str) -> None:
    """Go where a key leads that is heard everywhere. What was typed before an emergency must not
    skip what is said there; who is there and waits already need not come again."""
    if to == walk.visit.node and hears(walk) == "nothing":
        return
    walk.note(key)
    if key != PERSON_KEY:
        walk.change(keys="")
    enter(walk, to)


def hear(walk: Walk) -> None:
    """The node hears the first of the keys that wait."""
    how = hears(walk)
    stop(walk)
    if how == "any":
        _hear_any(walk)
        return
    walk.change(stage="listening", timer=0)
    key = walk.take()
    {"one": _hear_one, "many": _hear_digit, "list": hear_in_list}[how](walk, key)


def _hear_any(walk: Walk) -> None:
    """What is said is stopped. On the way to an end nobody else hears the keys, so one among them
    that is heard everywhere must not be lost."""
    if not isinstance(walk.node, menus.Say):
        while walk.visit.keys:
            key = walk.take()
            to = walk.menu.overtaking.get(key, "")
            is_there = to == walk.visit.node or (key == PERSON_KEY and _comes_to_people(walk))
            if to and not is_there:
                enter(walk, to)
                return
    said(walk)


def _hear_one(walk: Walk, key: str) -> None:
    node = walk.node
    to = ""
    if isinstance(node, Choose):
        to = node.keys.get(key, "")
    elif isinstance(node, Callback) and key == "1":
        call_back(walk, node, walk.visit.caller)
        return
    elif isinstance(node, Callback) and key == "2":
        ask_number(walk, node)
        return
    to = to or walk.menu.overtaking.get(key, "")
    if to:
        enter(walk, to)
    else:
        missed(walk, walk.menu.wrong)


def _hear_digit(walk: Walk, key: str) -> None:
    node: Any = walk.node
    digits = walk.visit.digits
    if key == END_KEY:
        number_keyed(walk)
    elif key == AGAIN_KEY:
        walk.change(digits="")
    elif key in DIGITS:
        walk.change(digits=digits + key)
        if len(digits) + 1 == node.most:
            _full(walk)


def _full(walk: Walk) -> None:
    """A number has all its digits. A ``#`` that follows belongs to it."""
    if walk.visit.keys.startswith(END_KEY):
        walk.take()
    elif not walk.visit.keys:
        walk.change(full_at=walk.at)
    number_keyed(walk)


def number_keyed(walk: Walk) -> None:
    """The caller has keyed in a number, or a key alone that is heard everywhere."""
    node, digits = walk.node, walk.visit.digits
    least: int = getattr(node, "least", 1)
    to = walk.menu.overtaking.get(digits)
    if to:
        enter(walk, to)
    elif len(digits) < least:
        missed(walk, walk.menu.wrong)
    elif isinstance(node, Callback):
        call_back(walk, node, digits)
    elif isinstance(node, Digits) and node.check:
        arguments = {node.name: digits} | known_outside(walk) | {node.name: digits}
        ask(walk, "check", node.check, arguments, node.answer_seconds)
    else:
        collect(walk)


def collect(walk: Walk) -> None:
    """Keep the number under its name, and go on."""
    node, visit = walk.node, walk.visit
    assert isinstance(node, Digits)
    secrets = {*visit.secrets} - {node.name} | ({node.name} if node.is_secret else set())
    walk.change(
        collected={**visit.collected, node.name: visit.digits}, secrets=tuple(sorted(secrets))
    )
    enter(walk, node.next)
