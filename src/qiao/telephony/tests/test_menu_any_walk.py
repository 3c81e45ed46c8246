"""What holds of any walk through any menu without faults: with any keys, silence and answers."""

import json
from collections.abc import Mapping
from datetime import timedelta
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qiao.core.rules.money import Money
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import (
    Answered,
    CallerGone,
    KeyPressed,
    PromptCut,
    PromptEnded,
    Thing,
    TimerEnded,
    visit_data,
    visit_from_data,
)
from qiao.telephony.rules.menu_walk import step
from qiao.telephony.rules.menus import Choose, Digits, Menu, Message, Queue, ReadOut
from qiao.telephony.rules.switch import KEYS
from qiao.telephony.tests.callers import CALLER, Caller, any_answer, any_menu, place

MENUS = st.builds(any_menu, st.integers(0, 2**32), st.sampled_from(["", "9", "*"]))
SEEDS = st.integers(0, 2**32)
ENTRIES: tuple[Mapping[str, Value], ...] = ({"x": Money(7, "CNY")}, {}, {"other": 1})


def anything(caller: Caller, chance: Random) -> Thing:
    """One thing that may happen, on time or late."""
    visit = caller.visit
    some = chance.randrange(visit.made + 2)
    things: list[Thing] = [
        KeyPressed(chance.choice("0123456789*#A")),
        PromptEnded(visit.saying),
        TimerEnded(visit.timer),
        caller.answered(),
        PromptCut(visit.saying),
        chance.choice([PromptEnded(some), TimerEnded(some), Answered(some, "found")]),
    ]
    return chance.choice(things)


def wanders(caller: Caller, chance: Random, most: int = 40) -> None:
    for _ in range(chance.randrange(most)):
        caller.at += timedelta(seconds=chance.choice((0.24, 5)))
        caller.does(anything(caller, chance))


def bound(caller: Caller) -> int:
    """Things after which a silent caller must have come to an end: at every node each try takes
    a prompt, a timer and an answer at most, and each key that waits may begin anew."""
    return (len(caller.visit.keys) + 2) * len(caller.menu.nodes) * 4 * 4


OVER = ("ended", "waiting")  # whoever waits for a person has come to an end of the menu


@settings(max_examples=500)
@given(menu=MENUS, seed=SEEDS)
def test_a_caller_who_falls_silent_comes_to_an_end(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    caller = Caller(
        menu, number=chance.choice(("", CALLER)), answer=any_answer(seed), bills=ENTRIES
    )
    wanders(caller, chance)
    for _ in range(bound(caller)):
        visit = caller.visit
        if visit.stage in OVER:
            break
        assert visit.saying or visit.timer, "nobody would ever go on"
        things = [caller.next_thing(), TimerEnded(visit.timer) if visit.timer else None]
        caller.does(chance.choice([each for each in things if each]))
    assert caller.visit.stage in OVER
    assert caller.visit.end in ("queue", "message", "callback", "hang_up")


@settings(max_examples=500)
@given(menu=MENUS, seed=SEEDS)
def test_zero_reaches_a_person_from_everywhere(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    caller = Caller(
        menu, number=chance.choice(("", CALLER)), answer=any_answer(seed), bills=ENTRIES
    )
    wanders(caller, chance)
    visit, node = caller.visit, menu.index[caller.visit.node]
    is_recording = isinstance(node, Message) and visit.stage == "asking"
    if visit.stage == "ended" or is_recording or visit.keys or isinstance(node, Queue):
        return
    caller.does(KeyPressed("0"))
    if caller.visit.digits.endswith("0"):
        assert isinstance(menu.index[caller.visit.node], Digits) or caller.visit.is_number
        if caller.visit.digits == "0":
            caller.does(KeyPressed("#"))
            assert caller.visit.node == menu.person
    elif not visit.digits:
        assert caller.visit.node == menu.person


@settings(max_examples=300)
@given(menu=MENUS, seed=SEEDS)
def test_the_trail_tells_the_nodes_that_were_visited(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    caller = Caller(menu, answer=any_answer(seed), bills=ENTRIES)
    assert caller.nodes[0] == menu.start
    pressed = 0
    for _ in range(chance.randrange(40)):
        before = caller.visit
        caller.at += timedelta(seconds=1)
        caller.does(thing := anything(caller, chance))
        pressed += isinstance(thing, KeyPressed)
        trail = caller.visit.trail
        come = len(before.trail)
        assert [each.node for each in trail[:come]] == [each.node for each in before.trail]
        assert {each.at for each in trail[come:]} <= {caller.at}
        assert trail[-1].node == caller.visit.node
    heard = "".join(each.keys for each in caller.visit.trail) + caller.visit.keys
    assert len(heard) <= pressed
    for one, other in zip(caller.nodes, caller.nodes[1:], strict=False):
        ways = {way.to for way in menu.index[one].ways}
        assert other in ways | set(menu.overtaking.values())


@settings(max_examples=300)
@given(menu=MENUS, seed=SEEDS)
def test_a_visit_goes_on_as_it_was_stored(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    caller = Caller(menu, answer=any_answer(seed), bills=ENTRIES)
    wanders(caller, chance)
    stored = json.loads(json.dumps(visit_data(caller.visit)))
    assert visit_from_data(stored) == caller.visit
    thing = anything(caller, chance)
    assert step(menu, visit_from_data(stored), thing, caller.at) == step(
        menu, caller.visit, thing, caller.at
    )


@settings(max_examples=300)
@given(menu=MENUS, seed=SEEDS)
def test_what_is_late_changes_nothing(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    caller = Caller(menu, answer=any_answer(seed), bills=ENTRIES)
    for _ in range(chance.randrange(30)):
        caller.at += timedelta(seconds=1)
        caller.does(anything(caller, chance))
        visit = caller.visit
        late: list[Thing] = []
        for number in range(visit.made + 2):
            late += [PromptEnded(number)] if number != visit.saying or not number else []
            late += [TimerEnded(number)] if number != visit.timer or not number else []
            late += [Answered(number, "found")] if number != visit.question or not number else []
        if visit.stage == "ended":
            late += [KeyPressed("0"), CallerGone()]
        for thing in late:
            assert step(menu, visit, thing, caller.at) == (visit, ())


@settings(max_examples=500)
@given(menu=MENUS, seed=SEEDS)
def test_a_path_typed_ahead_comes_to_the_same_place_as_key_by_key(menu: Menu, seed: int) -> None:
    chance = Random(seed)
    slow = Caller(menu, answer=any_answer(seed), bills=ENTRIES)
    keys = ""
    for _ in range(chance.randrange(20)):
        slow.listens()
        if slow.visit.stage in OVER:
            break
        keys += (key := chance.choice(path_keys(slow, chance)))
        slow.slowly(key)
    slow.listens()
    assume(not any(isinstance(menu.index[each], Message) for each in slow.nodes[:-1]))
    # What a key does in a list depends on what is being read.
    assume(not any(isinstance(menu.index[each], ReadOut) for each in slow.nodes))
    fast = Caller(menu, answer=any_answer(seed), bills=ENTRIES)
    fast.presses(keys)
    fast.listens()
    assert place(fast.visit) == place(slow.visit)
    assert len(fast.said()) <= len(slow.said())


def path_keys(caller: Caller, chance: Random) -> str:
    """Keys of a path, which leads through no message, for nobody types through a recording. A key
    that is heard everywhere is meant for now and is none of a path, but it is a digit within a
    number; and ``#`` after a full number belongs to that number."""
    visit, node = caller.visit, caller.menu.index[caller.visit.node]
    keys = set(KEYS) - {"0", caller.menu.emergency_key}
    if isinstance(node, Choose) and chance.random() < 0.8:
        keys &= node.keys.keys()
    elif chance.random() < 0.6:
        keys &= {*"1234"}
    if visit.digits:
        keys |= {"0"}
    if visit.full_at:
        keys -= {"#"}
    return "".join(sorted(keys)) or "1"
