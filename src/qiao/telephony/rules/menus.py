"""A voice menu as data: what callers hear, which keys lead where, and what is asked outside.

A menu is nodes by key. Which faults it has is told by `qiao.telephony.rules.menu_checks`, how a
caller walks through it by `qiao.telephony.rules.menu_walk`. Seconds are whole.

Two keys are heard everywhere: 0 for a person, and one for emergencies. Where a number is keyed in
they are digits like others, for account numbers are full of zeros: there only the key *alone*,
ended by ``#`` or a pause, is meant so, and an emergency key ``*`` at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from qiao.telephony.rules.menu_values import ValueKind

LANGUAGES: Final = ("zh-hans", "yue", "en")  # Mandarin, Cantonese, English
PERSON_KEY: Final = "0"
END_KEY: Final = "#"  # ends a number
CALLBACK_KEY: Final = "1"  # of whoever waits and would rather be called back
AGAIN_KEY: Final = "*"  # lets the digits go that were keyed in, to begin anew
# While a list is read out: the next part of it, the entry before, the next one, this one again.
ON_KEY, BACK_KEY, SKIP_KEY, REPEAT_KEY = "1", "7", "#", "*"
LIST_KEYS: Final = frozenset((ON_KEY, BACK_KEY, SKIP_KEY, REPEAT_KEY))
DIGITS: Final = frozenset("0123456789")
BUILT_IN: Final = (
    "caller",
    "dialled",
    "language",
    "menu",
)  # may be told outside beside what is collected

# Fields of nodes that name the texts that they say, a node to which they lead, or several by key.
SAID_FIELDS: Final = (
    "prompts",
    "number_prompts",
    "waiting_prompts",
    "first_prompts",
    "entry_prompts",
    "between_prompts",
)
WAYS: Final = ("next", "open", "closed", "otherwise", "callback")
MANY_WAYS: Final = ("keys", "answers")
# Fields of the menu itself that name a node or texts, that hold a word or a list of words.
MENU_WAYS: Final = ("start", "person", "emergency")
MENU_SAID: Final = ("wrong", "silent")
MENU_WORDS: Final = ("start", "person", "emergency_key", "emergency")
MENU_LISTS: Final = (*MENU_SAID, "languages")
MENU_FIELDS: Final = (*MENU_WORDS, *MENU_LISTS)
WAITING_VALUES: Final = ("place", "minutes")  # counts that whoever waits may hear
LONGEST_TEXT: Final = 1_000  # characters that are said at once

OK: Final = "ok"  # of a check that holds, a call back that is promised, a list with entries
OPEN: Final = "open"  # the answer of a calendar

Skills = tuple[tuple[str, int], ...]
"""Skills that are asked for, with their least level (1 to 5), as routing wants them."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from a node to another. `field` is where the node names it. A `silent` one may be
    taken by a caller who never presses a key: they must not lead in a circle."""

    field: str
    to: str
    is_silent: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a menu. `prompts` are keys of the menu's texts, said one after the other."""

    key: str
    prompts: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """All ways on; none where the walk ends."""
        return ()

    @property
    def gives(self) -> tuple[str, ...]:
        """Names of the values that later prompts may say because of this node."""
        return ()

    @property
    def is_end(self) -> bool:
        """Whether the walk ends here once its prompts are said."""
        return False


@dataclass(frozen=True, slots=True)
class Say(Node):
    """Say something and go on. A key stops it, and is heard by what comes next; not so where the
    `whole` is to be heard, such as what to do when it smells of gas: there keys wait."""

    next: str = ""
    is_whole: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """One key leads on. After so many wrong or silent tries it goes to `otherwise`."""

    keys: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    tries: int = 3
    silence_seconds: int = 6

    @property
    def ways(self) -> tuple[Way, ...]:
        keys = (Way(f"keys.{key}", to, is_silent=False) for key, to in self.keys.items())
        return (*keys, Way("otherwise", self.otherwise))


@dataclass(frozen=True, slots=True)
class Digits(Node):
    """Collect digits under a name, until ``#``, a pause between keys, or the `most`.

    `check` names what is asked outside before they count; any answer but `OK` is a wrong try, one
    that does not come leads to `otherwise`. `is_secret` masks them in the trail and for agents.
    """

    name: str = ""
    next: str = ""
    otherwise: str = ""
    least: int = 1
    most: int = 16
    check: str = ""
    is_secret: bool = False
    tries: int = 3
    silence_seconds: int = 8
    pause_seconds: int = 4
    answer_seconds: int = 10

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next, is_silent=False), Way("otherwise", self.otherwise))

    @property
    def gives(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Lookup(Node):
    """Ask outside by the `name` that another module contributed, with what was collected.

    The outcome that is answered branches; one that `answers` does not name, and an answer that
    does not come in `answer_seconds`, lead to `otherwise`. `values` are the names and kinds that
    later prompts may say. Its own prompts are said while the caller waits.
    """

    name: str = ""
    arguments: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    values: Mapping[str, ValueKind] = field(default_factory=dict)
    answer_seconds: int = 10

    @property
    def ways(self) -> tuple[Way, ...]:
        answers = (Way(f"answers.{outcome}", to) for outcome, to in self.answers.items())
        return (*answers, Way("otherwise", self.otherwise))

    @property
    def gives(self) -> tuple[str, ...]:
        return tuple(self.values)


@dataclass(frozen=True, slots=True)
class ReadOut(Node):
    """Read out a list that another module contributed by its `name`, entry by entry.

    It is asked for as a `Lookup` is; an answer without entries branches by its outcome. The
    `first_prompts` are said once, the `entry_prompts` for each entry: one that says a value which
    the entry lacks is left out. After each `part` of so many entries the `between_prompts` ask
    whether to go on. Whoever presses nothing hears all of it and goes on to `next`; beside
    `LIST_KEYS`, which move within the list, `keys` lead elsewhere; wrong ones, in the end, to
    `otherwise`.
    """

    name: str = ""
    arguments: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    values: Mapping[str, ValueKind] = field(default_factory=dict)
    entry_values: Mapping[str, ValueKind] = field(default_factory=dict)
    first_prompts: tuple[str, ...] = ()
    entry_prompts: tuple[str, ...] = ()
    between_prompts: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
    part: int = 3
    tries: int = 3
    silence_seconds: int = 5
    answer_seconds: int = 10

    @property
    def ways(self) -> tuple[Way, ...]:
        keys = (Way(f"keys.{key}", to, is_silent=False) for key, to in self.keys.items())
        answers = (Way(f"answers.{outcome}", to) for outcome, to in self.answers.items())
        return (*keys, *answers, Way("next", self.next), Way("otherwise", self.otherwise))

    @property
    def gives(self) -> tuple[str, ...]:
        return (*self.values, *self.entry_values)


@dataclass(frozen=True, slots=True)
class Language(Node):
    """Speak this language from now on."""

    language: str = ""
    next: str = ""

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),)


@dataclass(frozen=True, slots=True)
class Hours(Node):
    """Branch by a calendar. Without an answer it is closed: nobody may be promised who is away."""

    calendar: str = ""
    open: str = ""
    closed: str = ""
    answer_seconds: int = 5

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("open", self.open), Way("closed", self.closed))


@dataclass(frozen=True, slots=True)
class Queue(Node):
    """To people. The caller's language is asked of them at `language_level` (0: it is not), but
    for the first of the menu, which all of them speak.
    `about` is the matter, a case type by its qualified key, that callers who come this way mostly
    call about; empty where that is open.

    While they wait they hear the `waiting_prompts`, which may say their ``place`` and the
    ``minutes`` that are to be expected; where those are not known, a text that says them is left
    out. With `callback` the key 1 leads there, and they keep their place.
    """

    queue: str = ""
    skills: Skills = ()
    language_level: int = 1
    about: str = ""
    is_emergency: bool = False
    waiting_prompts: tuple[str, ...] = ()
    waiting_after_seconds: int = 30
    waiting_every_seconds: int = 60
    callback: str = ""

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("callback", self.callback, is_silent=False),) if self.callback else ()

    @property
    def gives(self) -> tuple[str, ...]:
        return WAITING_VALUES if self.waiting_prompts else ()

    @property
    def is_end(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Message(Node):
    """Record a message. With `next` the walk goes on when it is kept, so that its number can be
    said: the answer brings `values`. Without, it ends here."""

    most_seconds: int = 120
    next: str = ""
    values: Mapping[str, ValueKind] = field(default_factory=dict)

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way("next", self.next),) if self.next else ()

    @property
    def gives(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def is_end(self) -> bool:
        return not self.next


@dataclass(frozen=True, slots=True)
class Callback(Node):
    """Offer a call back: 1 to the number that calls, 2 to one keyed in after `number_prompts`.

    A caller whose number is hidden is asked for one at once. With `next` the walk goes on when it
    is promised, so that the time can be said: the answer brings `values`; any but `OK`, or none,
    leads to `otherwise`. Without, it ends here.
    """

    number_prompts: tuple[str, ...] = ()
    otherwise: str = ""
    least: int = 5
    most: int = 16
    tries: int = 3
    silence_seconds: int = 8
    pause_seconds: int = 4
    answer_seconds: int = 10
    next: str = ""
    values: Mapping[str, ValueKind] = field(default_factory=dict)

    @property
    def ways(self) -> tuple[Way, ...]:
        on = (Way("next", self.next, is_silent=False),) if self.next else ()
        return (*on, Way("otherwise", self.otherwise))

    @property
    def gives(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def is_end(self) -> bool:
        return not self.next


@dataclass(frozen=True, slots=True)
class HangUp(Node):
    """End the call."""

    @property
    def is_end(self) -> bool:
        return True


KINDS: Final[Mapping[str, type[Node]]] = {
    "say": Say,
    "choose": Choose,
    "digits": Digits,
    "ask_outside": Lookup,
    "read_out": ReadOut,
    "language": Language,
    "hours": Hours,
    "queue": Queue,
    "message": Message,
    "callback": Callback,
    "hang_up": HangUp,
}
SPEAKING: Final = (Say, Choose, Digits, Message, Callback)  # that do nothing without prompts


@dataclass(frozen=True)
class Menu:
    """A menu. `texts` are words by key and language; ``{name}`` in them says a value.

    `person` is the node to which 0 leads; `emergency_key`, if there is one, leads to `emergency`.
    `wrong` and `silent` are said before a node asks again. `index` finds nodes by key.
    """

    key: str
    start: str
    person: str
    nodes: tuple[Node, ...]
    texts: Mapping[str, Mapping[str, str]]
    languages: tuple[str, ...] = ("zh-hans",)
    emergency_key: str = ""
    emergency: str = ""
    wrong: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    index: Mapping[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        nodes: dict[str, Node] = {}
        for node in self.nodes:
            nodes.setdefault(node.key, node)
        object.__setattr__(self, "index", MappingProxyType(nodes))

    @property
    def roots(self) -> tuple[Way, ...]:
        """The ways by which callers come in; the field is the menu's own."""
        emergency = (Way("emergency", self.emergency),) if self.emergency_key else ()
        return (Way("start", self.start), Way("person", self.person), *emergency)

    @property
    def overtaking(self) -> Mapping[str, str]:
        """Keys that are heard everywhere, to their nodes."""
        emergency = {self.emergency_key: self.emergency} if self.emergency_key else {}
        return {PERSON_KEY: self.person, **emergency}
