"""A list that is read out to a caller: what is said after what, and what keys do meanwhile.

The visit holds the entries while they are read, and `place` of the one that is heard (-1 before
the first). A visit that was stored without them (see `menu_visits.kept_data`) asks for them anew.
"""

from typing import Final

from qiao.telephony.rules.menu_steps import (
    Walk,
    enter,
    heard_in_list,
    missed_once_more,
    prompts_of,
    say_prompts,
    stop,
)
from qiao.telephony.rules.menu_values import KIND_OF
from qiao.telephony.rules.menu_visits import BEFORE, Answered, Entry, Heard, Prompt
from qiao.telephony.rules.menus import BACK_KEY, ON_KEY, REPEAT_KEY, SKIP_KEY, ReadOut

Said = tuple[Prompt, ...]
NOTHING: Final[Said] = ()


def begin_list(walk: Walk, answer: Answered) -> None:
    """What was asked for is here: read it out, or go where its outcome leads."""
    node = _node(walk)
    entries = tuple(_promised(node, each) for each in answer.entries)
    if not entries:
        enter(walk, node.answers.get(answer.outcome, node.otherwise))
        return
    stop(walk)
    _move(walk, entries, BEFORE)


def _promised(node: ReadOut, entry: Entry) -> Entry:
    """The values of an entry that its node promised; others are nobody's to say."""
    return {
        name: value
        for name, value in entry.items()
        if KIND_OF.get(type(value), "") == node.entry_values.get(name)
    }


def said_in_list(walk: Walk) -> None:
    """What was said is over: the next entry is read, until it is time to ask whether to go on."""
    node, visit = _node(walk), walk.visit
    read = visit.place + 1
    if visit.is_between:
        walk.change(stage="listening")
    elif read == 0 or read % node.part or read >= len(visit.entries):
        _read(walk, read)
    else:
        walk.change(is_between=True)
        read_anew(walk)


def silent_in_list(walk: Walk) -> None:
    """Nothing was pressed when asked whether to go on: it goes on."""
    _read(walk, walk.visit.place + 1)


def hear_in_list(walk: Walk, key: str) -> None:
    """A key while a list is read out."""
    node, visit = _node(walk), walk.visit
    begun = max(visit.place, 0) // node.part * node.part  # the part in which they are
    to = node.keys.get(key) or walk.menu.overtaking.get(key, "")
    if to:
        enter(walk, to)
    elif key == SKIP_KEY:
        _read(walk, visit.place + 1)
    elif key == ON_KEY:
        _read(walk, begun + node.part if visit.place > BEFORE else 0)
    elif key == BACK_KEY:
        _read(walk, max(visit.place - 1, 0))
    elif key == REPEAT_KEY and visit.is_between:
        _read(walk, begun)
    elif key == REPEAT_KEY:
        read_anew(walk)
    elif missed_once_more(walk):
        _say(walk, prompts_of(walk, walk.menu.wrong))


def read_anew(walk: Walk) -> None:
    """Say what belongs to where the caller is in the list."""
    _say(walk, NOTHING)


def _say(walk: Walk, first: Said) -> None:
    """Say where the caller is, after something else; where there is nothing to say, go on."""
    if not walk.visit.entries:  # stored without them
        enter(walk, walk.visit.node)
        return
    walk.change(stage="saying", timer=0)
    here = heard_in_list(walk.menu, walk.visit)
    if not walk.visit.keys and not say_prompts(walk, (*first, *here)):
        said_in_list(walk)


def _read(walk: Walk, place: int) -> None:
    """Read an entry; behind the last one, go on in the menu."""
    entries = walk.visit.entries
    if entries and place >= len(entries):
        enter(walk, _node(walk).next)
        return
    _move(walk, entries, place)


def _move(walk: Walk, entries: tuple[Entry, ...], place: int) -> None:
    """Come to a place of the list, and say what is there."""
    entry = entries[place] if entries and place > BEFORE else {}
    heard = Heard(walk.visit.node, place + 1, len(entries), entry)
    walk.change(entries=entries, place=place, is_between=False, heard=heard)
    read_anew(walk)


def _node(walk: Walk) -> ReadOut:
    node = walk.node
    assert isinstance(node, ReadOut)
    return node
