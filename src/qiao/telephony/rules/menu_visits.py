"""A caller's visit to a voice menu: what happens to it, what is to be done, how it is stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month, month_from
from qiao.core.rules.spelt import Spelt
from qiao.telephony.rules.menu_values import KIND_OF, Value, ValueKind
from qiao.telephony.rules.menus import Skills

Stage = Literal["entering", "saying", "listening", "asking", "waiting", "ended"]
End = Literal["", "queue", "message", "callback", "hang_up", "gone"]
MASK: Final = "•"
BEFORE: Final = -1  # before the first entry of a list
Entry = Mapping[str, Value]
"""An entry of a list: the values of which there are any."""


# What happens.


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that happened to a visit. Ids are those of its acts; late ones are let go."""


@dataclass(frozen=True, slots=True)
class PromptEnded(Thing):
    """Prompts were said, or could not be."""

    id: int


@dataclass(frozen=True, slots=True)
class PromptCut(Thing):
    """Nobody knows how much of the prompts was heard, and they are said no more."""

    id: int


@dataclass(frozen=True, slots=True)
class KeyPressed(Thing):
    """A key of the caller's telephone was pressed."""

    key: str


@dataclass(frozen=True, slots=True)
class TimerEnded(Thing):
    """A timer ran out."""

    id: int


@dataclass(frozen=True, slots=True)
class Answered(Thing):
    """Outside code answered a question, or a message was recorded, or a call back promised."""

    id: int
    outcome: str
    values: Mapping[str, Value] = field(default_factory=dict)
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class CallerGone(Thing):
    """The caller hung up."""


# What is to be done.


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a visit wants done."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text of the menu by its key, and the values that it says."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say(Act):
    """Say prompts in a language; `PromptEnded` follows."""

    id: int
    prompts: tuple[Prompt, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Stop(Act):
    """Stop what is being said; no `PromptEnded` needs to follow."""

    id: int


@dataclass(frozen=True, slots=True)
class Timer(Act):
    """Wait so many seconds; the timers before it count no more, but need not be stopped."""

    id: int
    seconds: int


@dataclass(frozen=True, slots=True)
class AskOutside(Act):
    """Ask code outside: a ``lookup``, a ``check`` of digits, a ``list`` to be read out, whether a
    calendar has ``hours``, or the ``place`` of whoever waits in a queue.

    `arguments` hold secrets in clear, since they are what is looked up: keep them out of logs. Of
    a check the first of them is what was keyed in.
    """

    id: int
    kind: Literal["lookup", "check", "list", "hours", "place"]
    name: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visited:
    """A node that the caller came to, and the keys that it heard; secret digits are masked."""

    node: str
    at: datetime
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What of theirs a caller heard last: the entry at a `place` of a list of so many (0 before
    the first), or what a node said that was looked up (`count` 0), by the names of its values."""

    node: str
    place: int
    count: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Context:
    """What whoever takes over should know. Secret digits are masked."""

    caller: str
    dialled: str
    language: str
    is_emergency: bool
    collected: Mapping[str, str]
    values: Mapping[str, Value]
    trail: tuple[Visited, ...]


@dataclass(frozen=True, slots=True)
class ToQueue(Act):
    """Let the caller wait for a person."""

    queue: str
    skills: Skills
    about: str
    is_emergency: bool
    context: Context


@dataclass(frozen=True, slots=True)
class LeaveQueue(Act):
    """Let the caller wait no more: they go on in the menu, and keep their place for as long."""


@dataclass(frozen=True, slots=True)
class RecordMessage(Act):
    """Record a message; `Answered` follows where the visit goes on."""

    id: int
    most_seconds: int
    context: Context


@dataclass(frozen=True, slots=True)
class AskCallback(Act):
    """Call back to this number; `Answered` follows where the visit goes on."""

    id: int
    number: str
    context: Context


@dataclass(frozen=True, slots=True)
class HangUp(Act):
    """End the call."""


# The visit itself.


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it stands.

    `saying`, `timer` and `question` are the ids that count by now, 0 where there is none; `made`
    is the last id given. `keys` were pressed and not heard yet, `digits` are those heard of a
    number, `tries` the wrong or silent ones here. `is_number` tells that a call back asks for its
    number; whoever waits for a person does so in the stage ``waiting``; `full_at` when a number
    had all its digits, since callers end those with ``#`` too. `entries` are those of the list
    that is read out, at `place`, or `is_between` two parts of it; `heard` is what was heard last.
    `hides` tells that the number keyed in here is secret.
    """

    node: str
    language: str
    caller: str
    dialled: str
    stage: Stage = "entering"
    collected: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    trail: tuple[Visited, ...] = ()
    keys: str = ""
    digits: str = ""
    tries: int = 0
    is_number: bool = False
    is_emergency: bool = False
    saying: int = 0
    timer: int = 0
    question: int = 0
    made: int = 0
    full_at: datetime | None = None
    end: End = ""
    entries: tuple[Entry, ...] = ()
    place: int = BEFORE
    is_between: bool = False
    hides: bool = False
    heard: Heard | None = None

    @property
    def context(self) -> Context:
        """What whoever takes over should know."""
        collected = {
            name: MASK * len(digits) if name in self.secrets else digits
            for name, digits in self.collected.items()
        }
        return Context(
            self.caller, self.dialled, self.language, self.is_emergency, collected, self.values,
            self.trail,
        )  # fmt: skip


def visit_data(visit: Visit) -> dict[str, Any]:
    """A visit as JSON holds it."""
    plain = {each.name: getattr(visit, each.name) for each in fields(visit)}
    return plain | {
        "collected": dict(visit.collected),
        "secrets": list(visit.secrets),
        "values": _values_data(visit.values),
        "trail": [asdict(each) | {"at": each.at.isoformat()} for each in visit.trail],
        "full_at": visit.full_at.isoformat() if visit.full_at else None,
        "entries": [_values_data(each) for each in visit.entries],
        "heard": _heard_data(visit.heard) if visit.heard else None,
    }


def kept_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a visit as the log of its call keeps them: without secret digits, keys that are
    not heard yet (which may be some), and the entries of a list but the one that is heard.
    Whoever takes the call up from there lets the caller key in again, and asks for the list
    anew."""
    secrets = data["secrets"]
    return {
        **data,
        "collected": {
            name: MASK * len(digits) if name in secrets else digits
            for name, digits in data["collected"].items()
        },
        "digits": "" if data["hides"] else data["digits"],
        "keys": "",
        "entries": [],
    }


def visit_from_data(data: Mapping[str, Any]) -> Visit:
    """The visit that was stored. Raises `KeyError`, `TypeError` or `ValueError` for other data."""
    trail = (each | {"at": datetime.fromisoformat(each["at"])} for each in data["trail"])
    full_at = data["full_at"]
    read = {
        "secrets": tuple(data["secrets"]),
        "values": _values_from(data["values"]),
        "trail": tuple(Visited(**each) for each in trail),
        "full_at": datetime.fromisoformat(full_at) if full_at else None,
        "entries": tuple(_values_from(each) for each in data.get("entries", ())),
        "heard": _heard_from(data.get("heard")),
    }
    return Visit(**{**data, **read})


def _values_data(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: value_data(value) for name, value in values.items()}


def _values_from(data: Mapping[str, Any]) -> dict[str, Value]:
    return {name: value_from_data(value) for name, value in data.items()}


def _heard_data(heard: Heard) -> dict[str, Any]:
    plain = {each.name: getattr(heard, each.name) for each in fields(heard)}
    return plain | {"entry": _values_data(heard.entry)}


def _heard_from(data: Mapping[str, Any] | None) -> Heard | None:
    return Heard(**{**data, "entry": _values_from(data["entry"])}) if data else None


def value_data(value: Value) -> dict[str, Any]:
    """A value as JSON holds it."""
    kind = KIND_OF[type(value)]
    match value:
        case Money(minor, currency):
            return {"kind": kind, "value": minor, "currency": currency}
        case Spelt(digits):
            return {"kind": kind, "value": digits}
        case date() | time():
            return {"kind": kind, "value": value.isoformat()}
        case Month() | Decimal():
            return {"kind": kind, "value": str(value)}
    return {"kind": kind, "value": value}


_READ: Final[Mapping[ValueKind, Callable[[Any], Value]]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "digits": Spelt,
    "count": int,
    "text": str,
    "month": month_from,
    "number": Decimal,
}


def value_from_data(data: Mapping[str, Any]) -> Value:
    """The value that was stored. Raises `KeyError` or `ValueError` for other data."""
    if data["kind"] == "money":
        return Money(data["value"], data["currency"])
    read = _READ.get(data["kind"])
    if read is None:
        raise ValueError(f"{data['kind']!r} is no kind of value")
    return read(data["value"])
