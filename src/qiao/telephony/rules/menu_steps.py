"""Steps that many turns of a walk share: entering, saying, asking, waiting, trying again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from qiao.core.rules.spelt import Spelt
from qiao.telephony.rules import menus
from qiao.telephony.rules.menu_texts import names_of
from qiao.telephony.rules.menu_values import KIND_OF, Value
from qiao.telephony.rules.menu_visits import (
    BEFORE,
    MASK,
    Act,
    AskCallback,
    AskOutside,
    HangUp,
    Heard,
    Prompt,
    RecordMessage,
    Say,
    Stop,
    Timer,
    ToQueue,
    Visit,
    Visited,
)
from qiao.telephony.rules.menus import (
    BUILT_IN,
    DIGITS,
    Callback,
    Choose,
    Digits,
    Menu,
    Message,
    Node,
    Queue,
    ReadOut,
)

RECORDING_GRACE: Final = 10  # seconds until a recording that ended must have been told
Ear = Literal["nothing", "recording", "any", "one", "many", "list"]


@dataclass
class Walk:
    """What comes of one thing: the visit after it, and its acts."""

    menu: Menu
    visit: Visit
    at: datetime
    acts: list[Act] = field(default_factory=list)

    @property
    def node(self) -> Node:
        """Where the caller is."""
        return self.menu.index[self.visit.node]

    def change(self, **changes: Any) -> None:
        """Change the visit."""
        self.visit = replace(self.visit, **changes)

    def do(self, act: Act) -> None:
        """Want something done."""
        self.acts.append(act)

    def next_id(self) -> int:
        """An id that was never given before."""
        self.change(made=self.visit.made + 1)
        return self.visit.made

    def take(self) -> str:
        """The first of the keys that wait; the trail tells that it was heard here."""
        key, rest = self.visit.keys[0], self.visit.keys[1:]
        self.change(keys=rest)
        self.note(key)
        return key

    def note(self, key: str) -> None:
        """Tell in the trail that a key was heard here."""
        is_secret = isinstance(self.node, Digits) and self.node.is_secret and key in DIGITS
        *before, last = self.visit.trail
        last = replace(last, keys=last.keys + (MASK if is_secret else key))
        self.change(trail=(*before, last))


def hears(walk: Walk) -> Ear:
    """What keys do here: wait, end a recording (which the switch hears), stop what is said and
    nothing else, choose, make a number, or move in a list."""
    node, visit = walk.node, walk.visit
    if visit.stage == "asking":
        return "recording" if isinstance(node, Message) else "nothing"
    if isinstance(node, menus.Say):
        return "nothing" if node.is_whole else "any"
    if isinstance(node, Callback):
        return "many" if visit.is_number else "one"
    if isinstance(node, Digits):
        return "many"
    if isinstance(node, ReadOut):
        return "list"
    return "one" if isinstance(node, Choose) else "any"


def enter(walk: Walk, key: str) -> None:
    """Come to a node. What was said, waited for or asked elsewhere counts no more, and what the
    node found out when the caller was here before is not said of what it finds now."""
    stop(walk)
    heard = _heard(walk)
    to = walk.menu.index[key]
    again = to.gives
    values = {name: each for name, each in walk.visit.values.items() if name not in again}
    is_urgent = walk.visit.is_emergency or (
        bool(walk.menu.emergency_key) and key == walk.menu.emergency
    )
    walk.change(
        node=key, stage="entering", digits="", tries=0, is_number=False, timer=0, question=0,
        is_emergency=is_urgent, values=values, trail=(*walk.visit.trail, Visited(key, walk.at)),
        entries=(), place=BEFORE, is_between=False, heard=heard,
        hides=isinstance(to, Digits) and to.is_secret,
    )  # fmt: skip


def _heard(walk: Walk) -> Heard | None:
    """What of theirs the caller heard last: of a list it is known, or what was looked up."""
    visit = walk.visit
    node = walk.menu.index.get(visit.node)
    if isinstance(node, menus.Say):
        names = {name for key in node.prompts for name in names_of(walk.menu, key)}
        said = {name: value for name, value in visit.values.items() if name in names}
        return Heard(visit.node, 0, 0, said) if said else visit.heard
    return visit.heard


def stop(walk: Walk) -> None:
    """Stop what is being said."""
    if walk.visit.saying:
        walk.do(Stop(walk.visit.saying))
        walk.change(saying=0)


def say(walk: Walk, keys: tuple[str, ...]) -> bool:
    """Say prompts, and tell whether there was something to say."""
    return say_prompts(walk, prompts_of(walk, keys))


def say_prompts(walk: Walk, prompts: tuple[Prompt, ...]) -> bool:
    """The same of prompts with their values."""
    if not prompts:
        return False
    number = walk.next_id()
    walk.change(saying=number)
    walk.do(Say(number, prompts, walk.visit.language))
    return True


def prompts_of(walk: Walk, keys: tuple[str, ...]) -> tuple[Prompt, ...]:
    """Prompts with what they say by now."""
    return with_values(walk.menu, keys, sayable(walk.visit))


def with_values(
    menu: Menu, keys: tuple[str, ...], known: Mapping[str, Value]
) -> tuple[Prompt, ...]:
    """Prompts with their values. A prompt is left out as long as a value is not known that it
    says: half a sentence about money is worse than none."""
    found = []
    for key in keys:
        names = names_of(menu, key)
        if names <= known.keys():
            found.append(Prompt(key, {name: known[name] for name in sorted(names)}))
    return tuple(found)


def heard_in_list(menu: Menu, visit: Visit) -> tuple[Prompt, ...]:
    """What whoever hears a list hears where they are in it: an entry, what stands before the
    first, or the question whether to go on."""
    node, known = menu.index[visit.node], sayable(visit)
    assert isinstance(node, ReadOut)
    if visit.is_between or visit.place == BEFORE:
        own = node.between_prompts if visit.is_between else node.first_prompts
        return with_values(menu, own, known)
    others = {name: value for name, value in known.items() if name not in node.entry_values}
    entry = visit.heard.entry if visit.heard else {}
    return with_values(menu, node.entry_prompts, {**others, **entry})


def known_outside(walk: Walk) -> dict[str, str]:
    """What may be told outside by now: what was keyed in, and what is known of the call."""
    visit = walk.visit
    own = (visit.caller, visit.dialled, visit.language, walk.menu.key)
    return {**dict(zip(BUILT_IN, own, strict=True)), **visit.collected}


def sayable(visit: Visit) -> Mapping[str, Value]:
    """Values that prompts may say by now."""
    return {**{name: Spelt(each) for name, each in visit.collected.items()}, **visit.values}


def speak(walk: Walk) -> None:
    """Say what the node says, but nothing to whom has typed ahead and would stop it at once."""
    walk.change(stage="saying")
    if walk.visit.keys and hears(walk) != "nothing":
        return
    if not say(walk, walk.node.prompts):
        said(walk)


def said(walk: Walk) -> None:
    """All was said, or there was nothing to say."""
    node = walk.node
    if hears(walk) in ("one", "many"):
        walk.change(stage="listening")
    elif isinstance(node, menus.Say):
        enter(walk, node.next)
    else:
        finish(walk)


def finish(walk: Walk) -> None:
    """Do that for which the caller came to this node."""
    node, visit = walk.node, walk.visit
    match node:
        case Queue():
            skills = node.skills
            # Everybody who works here speaks the first language of the menu.
            if node.language_level and visit.language != walk.menu.languages[0]:
                skills = (*skills, (visit.language, node.language_level))
            is_urgent = node.is_emergency or visit.is_emergency
            walk.change(stage="waiting", end="queue", keys="", is_emergency=is_urgent)
            walk.do(ToQueue(node.queue, skills, node.about, is_urgent, walk.visit.context))
            if node.waiting_prompts:
                wait(walk, node.waiting_after_seconds)
        case Message():
            number = walk.next_id()
            if node.is_end:
                walk.change(stage="ended", end="message")
            else:
                walk.change(stage="asking", question=number, keys="")
            walk.do(RecordMessage(number, node.most_seconds, walk.visit.context))
            if not node.is_end:
                wait(walk, node.most_seconds + RECORDING_GRACE)
        case _:
            walk.change(stage="ended", end="hang_up")
            walk.do(HangUp())


def wait(walk: Walk, seconds: int) -> None:
    """Wait so long; what was waited for before counts no more."""
    number = walk.next_id()
    walk.change(timer=number)
    walk.do(Timer(number, seconds))


def ask(
    walk: Walk,
    kind: Literal["lookup", "check", "list", "hours"],
    name: str,
    arguments: Mapping[str, str],
    seconds: int,
) -> None:
    """Ask outside, and wait for the answer."""
    number = walk.next_id()
    walk.change(stage="asking", question=number)
    walk.do(AskOutside(number, kind, name, arguments))
    wait(walk, seconds)


def missed(walk: Walk, first: tuple[str, ...]) -> None:
    """A wrong or silent try: ask again, or give up."""
    node: Any = walk.node
    if not missed_once_more(walk):
        return
    own = node.number_prompts if walk.visit.is_number else node.prompts
    ask_again(walk, (*first, *own))


def missed_once_more(walk: Walk) -> bool:
    """Count a wrong or silent try; False where it was the last, and the caller is led on."""
    node: Any = walk.node
    tries = walk.visit.tries + 1
    walk.change(tries=tries, digits="", timer=0)
    if tries >= node.tries:
        enter(walk, node.otherwise)
    return bool(tries < node.tries)


def ask_again(walk: Walk, prompts: tuple[str, ...]) -> None:
    """Say what is asked, but nothing to whom has typed ahead."""
    said = not walk.visit.keys and say(walk, prompts)
    walk.change(stage="saying" if said else "listening")


def ask_number(walk: Walk, node: Callback) -> None:
    """Ask for the number to which to call back."""
    walk.change(is_number=True, digits="", tries=0, timer=0)
    ask_again(walk, node.number_prompts)


def call_back(walk: Walk, node: Callback, number: str) -> None:
    """Ask for a call back, and wait until it is promised if the walk goes on."""
    asked = walk.next_id()
    if node.is_end:
        walk.change(stage="ended", end="callback")
    else:
        walk.change(stage="asking", question=asked)
    walk.do(AskCallback(asked, number, walk.visit.context))
    if not node.is_end:
        wait(walk, node.answer_seconds)


def let_value_in(walk: Walk, values: Mapping[str, Value]) -> None:
    """Keep the values of an answer that its node promised; others are nobody's to say."""
    promised: Mapping[str, str] = getattr(walk.node, "values", {})
    kept = {
        name: value
        for name, value in values.items()
        if KIND_OF.get(type(value), "") == promised.get(name)
    }
    walk.change(values={**walk.visit.values, **kept})
