"""Whoever waits for a person: what they hear meanwhile, and the keys that lead them away again.

They hear music, and from time to time their place and the wait to expect. The emergency key is
heard here as everywhere; another leads to where a call back is asked for. All of it holds for
whom somebody sent on to a queue, too.
"""

from collections.abc import Mapping

from qiao.telephony.rules.menu_steps import Walk, enter, say, wait
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import AskOutside, LeaveQueue, Visited
from qiao.telephony.rules.menus import CALLBACK_KEY, WAITING_VALUES, Queue


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


def wait_again(walk: Walk, queue: str) -> None:
    """Somebody had the caller and lets them wait in a queue: they hear what those hear whom the
    menu leads there, and where no step does, what they heard before. Whether it is an emergency
    has been judged by a person: it is one where the step that leads to that queue says so."""
    step = _step_to(walk, queue)
    if step is None:
        return
    if step.key != walk.visit.node:
        walk.change(node=step.key, trail=(*walk.visit.trail, Visited(step.key, walk.at)))
    walk.change(
        stage="waiting", end="queue", keys="", digits="", tries=0, is_number=False, saying=0,
        timer=0, question=0, is_emergency=step.is_emergency and step.queue == queue,
    )  # fmt: skip
    if step.waiting_prompts:
        wait(walk, step.waiting_after_seconds)


def _step_to(walk: Walk, queue: str) -> Queue | None:
    """The step that leads to a queue, first where they are; else where they waited last."""
    here = walk.menu.index.get(walk.visit.node)
    last = here if isinstance(here, Queue) else None
    steps = [each for each in (last, *walk.menu.nodes) if isinstance(each, Queue)]
    return next((each for each in steps if each.queue == queue), last)
