"""Whoever waits for a person: what they hear meanwhile, and the keys that lead them away again.

They hear music, and from time to time their place and the wait to expect. The emergency key is
heard here as everywhere; another leads to where a call back is asked for.
"""

from collections.abc import Mapping

from qiao.telephony.rules.menu_steps import Walk, enter, say, wait
from qiao.telephony.rules.menu_visits import AskOutside, LeaveQueue
from qiao.telephony.rules.menus import CALLBACK_KEY, WAITING_VALUES, Queue, Value


def press_waiting(walk: Walk, key: str) -> None:
    """A key is pressed: it leads away from the queue, or nowhere."""
    node, menu = walk.node, walk.menu
    assert isinstance(node, Queue)
    if key == menu.emergency_key and not walk.visit.is_emergency:
        to = menu.emergency
    elif key == CALLBACK_KEY and node.callback:
        to = node.callback
    else:
        return
    walk.note(key)
    walk.do(LeaveQueue())
    walk.change(end="")
    enter(walk, to)


def ask_place(walk: Walk) -> None:
    """It is time to tell them how they stand: ask where they do."""
    node = walk.node
    assert isinstance(node, Queue)
    number = walk.next_id()
    walk.change(question=number)
    walk.do(AskOutside(number, "place", node.queue, {}))


def tell_place(walk: Walk, values: Mapping[str, Value]) -> None:
    """Say how they stand, as far as it is known."""
    node = walk.node
    assert isinstance(node, Queue)
    known = {name: values[name] for name in WAITING_VALUES if isinstance(values.get(name), int)}
    others = {name: v for name, v in walk.visit.values.items() if name not in WAITING_VALUES}
    walk.change(values={**others, **known})
    if not say(walk, node.waiting_prompts):
        wait_on(walk)


def wait_on(walk: Walk) -> None:
    """What was said is over: music, until it is time again."""
    node = walk.node
    assert isinstance(node, Queue)
    if node.waiting_prompts:
        wait(walk, node.waiting_every_seconds)
