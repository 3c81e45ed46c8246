"""Names of steps, ways, fields and languages of voice menus in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.core.rules.texts import language_key
from qiao.core.wording import said
from qiao.telephony.queries import queue_name
from qiao.telephony.queries.heard import READ_AS
from qiao.telephony.rules.menu_data import KIND_NAMES
from qiao.telephony.rules.menus import (
    MANY_WAYS,
    MENU_WAYS,
    OK,
    WAYS,
    Choose,
    Digits,
    Hours,
    Language,
    Lookup,
    Menu,
    Node,
    Queue,
    ReadOut,
)

TITLE_LENGTH: Final = 34
KINDS: Final[Mapping[str, Promise]] = {
    "say": pgettext_lazy("kind of step", "Say something"),
    "choose": pgettext_lazy("kind of step", "Choice by key"),
    "digits": pgettext_lazy("kind of step", "Ask for a number"),
    "ask_outside": pgettext_lazy("kind of step", "Look something up"),
    "read_out": pgettext_lazy("kind of step", "Read out a list"),
    "language": pgettext_lazy("kind of step", "Change the language"),
    "hours": pgettext_lazy("kind of step", "Day or night service"),
    "queue": pgettext_lazy("kind of step", "To people"),
    "message": pgettext_lazy("kind of step", "Leave a message"),
    "callback": pgettext_lazy("kind of step", "Ask to be called back"),
    "hang_up": pgettext_lazy("kind of step", "Hang up"),
}
ICONS: Final[Mapping[str, str]] = {
    "say": "speakerphone",
    "choose": "grid-dots",
    "digits": "forms",
    "ask_outside": "search",
    "read_out": "list-numbers",
    "language": "world",
    "hours": "clock",
    "queue": "headset",
    "message": "microphone",
    "callback": "phone-outgoing",
    "hang_up": "phone-off",
}
LANGUAGES: Final[Mapping[str, Promise]] = {
    "zh-hans": pgettext_lazy("spoken language", "Mandarin"),
    "yue": pgettext_lazy("spoken language", "Cantonese"),
    "en": pgettext_lazy("spoken language", "English"),
}
MENU_NAMES: Final[Mapping[str, Promise]] = {
    "hotline": pgettext_lazy("voice menu", "Hotline"),
}
FIELDS: Final[Mapping[str, Promise]] = {
    "key": pgettext_lazy("voice menu", "Key of the step"),
    "kind": pgettext_lazy("voice menu", "Kind"),
    "prompts": pgettext_lazy("voice menu", "What is said"),
    "number_prompts": pgettext_lazy("voice menu", "What asks for the number"),
    "waiting_prompts": pgettext_lazy("voice menu", "Said while they wait"),
    "first_prompts": pgettext_lazy("voice menu", "Said before the first entry"),
    "entry_prompts": pgettext_lazy("voice menu", "Said for each entry"),
    "between_prompts": pgettext_lazy("voice menu", "Asked after each part"),
    "part": pgettext_lazy("voice menu", "Entries in a part"),
    "waiting_after_seconds": pgettext_lazy("voice menu", "First said after so many seconds"),
    "waiting_every_seconds": pgettext_lazy("voice menu", "Then every so many seconds"),
    "callback": pgettext_lazy("voice menu", "Key 1 while they wait"),
    "wrong": pgettext_lazy("voice menu", "Said after a wrong key"),
    "silent": pgettext_lazy("voice menu", "Said after silence"),
    "next": pgettext_lazy("voice menu", "Then on to"),
    "otherwise": pgettext_lazy("voice menu", "Otherwise on to"),
    "open": pgettext_lazy("voice menu", "In service hours"),
    "closed": pgettext_lazy("voice menu", "Outside service hours"),
    "start": pgettext_lazy("voice menu", "Calls begin at"),
    "person": pgettext_lazy("voice menu", "Key 0 leads to"),
    "emergency": pgettext_lazy("voice menu", "The emergency key leads to"),
    "emergency_key": pgettext_lazy("voice menu", "Emergency key"),
    "languages": pgettext_lazy("voice menu", "Languages spoken"),
    "language": pgettext_lazy("voice menu", "Language from here on"),
    "first": pgettext_lazy("voice menu", "Language at the beginning"),
    "keys": pgettext_lazy("voice menu", "Key"),
    "answers": pgettext_lazy("voice menu", "Answer"),
    "name": pgettext_lazy("voice menu", "Kept under the name"),
    "check": pgettext_lazy("voice menu", "Is checked as"),
    "arguments": pgettext_lazy("voice menu", "Is asked with"),
    "values": pgettext_lazy("voice menu", "Value that can be said"),
    "entry_values": pgettext_lazy("voice menu", "Value of an entry"),
    "calendar": pgettext_lazy("voice menu", "Service hours"),
    "queue": pgettext_lazy("voice menu", "Queue"),
    "skills": pgettext_lazy("voice menu", "Skills asked for"),
    "language_level": pgettext_lazy("voice menu", "Level of the caller's language asked for"),
    "about": pgettext_lazy("voice menu", "What they mostly call about"),
    "is_emergency": pgettext_lazy("voice menu", "Is an emergency"),
    "is_whole": pgettext_lazy("voice menu", "Is heard whole, keys wait"),
    "is_secret": pgettext_lazy("voice menu", "Is secret, nobody sees the digits"),
    "least": pgettext_lazy("voice menu", "At least so many digits"),
    "most": pgettext_lazy("voice menu", "At most so many digits"),
    "most_seconds": pgettext_lazy("voice menu", "Longest message, seconds"),
    "tries": pgettext_lazy("voice menu", "Tries"),
    "silence_seconds": pgettext_lazy("voice menu", "Seconds of silence that count as a try"),
    "pause_seconds": pgettext_lazy("voice menu", "Seconds between digits that end the number"),
    "answer_seconds": pgettext_lazy("voice menu", "Seconds to wait for the answer"),
}
BUILT_IN: Final[Mapping[str, Promise]] = {
    "caller": gettext_lazy("The number that calls"),
    "dialled": gettext_lazy("The number that was dialled"),
    "language": gettext_lazy("The language of the caller"),
    "menu": gettext_lazy("The voice menu itself"),
}


def menu_name(key: str) -> str:
    """A menu by its name; one that has none by its key."""
    own = key.rpartition(".")[2]
    return str(MENU_NAMES.get(own, own))


def kind_of(node: Node) -> str:
    """The kind of a node, as data name it."""
    return KIND_NAMES[type(node)]


def language_name(language: str) -> str:
    """A language of menus."""
    return str(LANGUAGES.get(language, language))


def matter_name(key: str) -> str:
    """A matter that callers mostly call about."""
    spec = catalogue().case_types.get(key)
    return said(spec.name) if spec else key


def calendar_name(key: str) -> str:
    """A working calendar."""
    spec = catalogue().calendars.get(key)
    return said(spec.name) if spec else key


def answer_name(kind: str, name: str) -> str:
    """What another module looks up or checks."""
    found = registry.voice().get((kind, name))
    return str(found.label) if found else name


def outcome_name(name: str, outcome: str, kind: str = "lookup") -> str:
    """An outcome of what another module looks up or checks."""
    if outcome == OK:
        return _("There is something to read out") if kind == "list" else _("It holds")
    found = registry.voice().get((kind, name))
    return str(found.outcome_labels.get(outcome, outcome)) if found else outcome


def reader_words(menu: Menu, text: str) -> str:
    """A text in the language nearest to the reader's, else the first in which there are words."""
    words = menu.texts.get(text, {})
    wanted = READ_AS[language_key(get_language() or "en")]
    return next((words[each] for each in (wanted, *menu.languages) if words.get(each)), "")


def step_words(menu: Menu, node: Node) -> str:
    """What a step is about, whole: what it says, or where it leads."""
    match node:
        case Queue():
            return queue_name(node.queue)
        case Hours():
            return calendar_name(node.calendar)
        case Lookup():
            return answer_name("lookup", node.name)
        case ReadOut():
            return answer_name("list", node.name)
        case Language():
            return language_name(node.language)
    return reader_words(menu, node.prompts[0]) if node.prompts else ""


def step_title(menu: Menu, key: str) -> str:
    """A step as lists name it: its kind and the beginning of what it is about."""
    node = menu.index.get(key)
    if node is None:
        return key
    words = step_words(menu, node)
    cut = f"{words[:TITLE_LENGTH]}…" if len(words) > TITLE_LENGTH else words
    kind = str(KINDS[kind_of(node)])
    return _("%(kind)s: %(words)s") % {"kind": kind, "words": cut} if cut else kind


def field_name(field: str) -> str:
    """A field of a step as people call it: ``keys.1`` is “Key 1”."""
    name, _dot, rest = field.partition(".")
    label = str(FIELDS.get(name, name))
    return f"{label} {rest}" if rest else label


def way_words(node: Node | None, field: str) -> tuple[str, str]:
    """The telephone key of a way (empty where there is none), and when it is taken."""
    name, _dot, rest = field.partition(".")
    if node is None:
        return "", {
            "start": _("A call comes in"),
            "person": _("From anywhere"),
            "emergency": _("From anywhere, in an emergency"),
        }.get(name, "")
    if name == "keys":
        return rest, ""
    if name == "answers":
        assert isinstance(node, Lookup | ReadOut)
        kind = "lookup" if isinstance(node, Lookup) else "list"
        return "", outcome_name(node.name, rest, kind)
    return "", _when(node, name)


def _when(node: Node, name: str) -> str:
    if name == "otherwise" and isinstance(node, Choose | Digits):
        return ngettext(
            "Nothing pressed, or wrong", "Nothing pressed or wrong, %(n)d times", node.tries
        ) % {"n": node.tries}
    return {
        "next": _("Then"),
        "open": _("In service hours"),
        "closed": _("Outside service hours"),
        "callback": _("Key 1 while they wait"),
        "otherwise": _("Any other answer, or none"),
    }.get(name, name)


def value_words(menu: Menu, field: str, value: Any) -> str:
    """A value of a step in words, for lists of changes."""
    name = field.partition(".")[0]
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in (*MENU_WAYS, *WAYS, *MANY_WAYS):
        return step_title(menu, value)
    if isinstance(value, list):
        return _(", ").join(_one_of(name, each) for each in value)
    return _one_of(name, value)


def _one_of(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    known: dict[str, Callable[[Any], str]] = {
        "queue": queue_name,
        "about": matter_name,
        "calendar": calendar_name,
        "language": language_name,
        "languages": language_name,
        "kind": lambda each: str(KINDS.get(each, each)),
        "arguments": lambda each: str(BUILT_IN.get(each, each)),
    }
    return known.get(name, str)(value)
