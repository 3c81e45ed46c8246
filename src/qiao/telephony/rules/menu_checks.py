"""Faults of a voice menu, all at once, each at its node and field in words to act on."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from qiao.telephony.rules.menu_texts import has_stray_brace, names_in
from qiao.telephony.rules.menu_values import KIND_OF
from qiao.telephony.rules.menus import (
    BUILT_IN,
    CALLBACK_KEY,
    DIGITS,
    LANGUAGES,
    LIST_KEYS,
    PERSON_KEY,
    SAID_FIELDS,
    SPEAKING,
    Callback,
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
from qiao.telephony.rules.switch import KEYS

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "tries": (1, 9),
    "silence_seconds": (2, 60),
    "pause_seconds": (1, 15),
    "answer_seconds": (1, 60),
    "least": (1, 32),
    "most": (1, 32),
    "most_seconds": (5, 600),
    "language_level": (0, 5),
    "waiting_after_seconds": (5, 600),
    "waiting_every_seconds": (20, 600),
    "part": (1, 12),
}
WORDS: Final[Mapping[str, str]] = {
    "no_target": "it leads nowhere: choose a node",
    "no_node": "the menu has no node {to!r}: choose one that it has, or add it",
    "duplicate_node": "{count} nodes have the key {key}: give each its own",
    "unreachable": "no key and no answer leads here: lead to it from somewhere, or remove it",
    "endless": "a caller who presses nothing goes round for ever: {circle}; "
    "let one of them lead to a queue or an end",
    "no_way_out": "from here nobody reaches a person, a queue or an end",
    "no_queue": "{to} must lead to a queue without further keys",
    "no_matter": "{matter} is no case type of an enabled pack",
    "no_prompt": "nothing is said: name a text",
    "unknown_prompt": "there is no text {prompt!r}",
    "untranslated": "the text {prompt!r} is missing in {language}",
    "stray_brace": "the text {prompt!r} has a brace in {language} that encloses no name: write "
    "{{name}} whole, or take the brace out",
    "unknown_value": "the text {prompt!r} says {{{name}}}, which no node collects or looks up",
    "says_secret": "the text {prompt!r} says {{{name}}} aloud, which is secret",
    "no_languages": "the menu speaks no language",
    "unknown_language": "{language!r} is not spoken: expected one of {known}",
    "no_key": "no key leads on: add one",
    "not_a_key": "{key!r} is no key of a telephone",
    "person_key": "0 reaches a person everywhere: take another key",
    "emergency_key": "{key} is the emergency key everywhere: take another key",
    "list_key": "{key} moves within the list: take another key",
    "bad_emergency_key": "{key!r} cannot be the emergency key: it is 1 to 9 or *",
    "alone": "{key} alone is the emergency key: ask for two digits at least, or make * the "
    "emergency key",
    "limit": "{value} is not within {least} to {most}",
    "least_over_most": "at least {least} digits cannot be more than at most {most}",
    "no_name": "a name is missing",
    "unknown_argument": "no node collects {name!r}",
    "unknown_kind": "{name!r} is a {kind!r}: expected one of {known}",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `node` is empty where it is the menu's own; `detail` are facts for the words."""

    code: str
    node: str
    field: str
    detail: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong, and what to do about it."""
        return WORDS[self.code].format(**self.detail)


Check = Callable[[Menu], Iterator[Fault]]


def faults(menu: Menu) -> tuple[Fault, ...]:
    """All faults of a menu; none means that it may be put into service. Codes: `WORDS`."""
    return tuple(fault for check in _CHECKS for fault in check(menu))


def _keys(menu: Menu) -> Iterator[Fault]:
    for key, count in Counter(node.key for node in menu.nodes).items():
        if count > 1:
            yield Fault("duplicate_node", key, "key", {"key": key, "count": str(count)})
    key = menu.emergency_key
    if key and (len(key) != 1 or key not in "123456789*"):
        yield Fault("bad_emergency_key", "", "emergency_key", {"key": key})


def _targets(menu: Menu) -> Iterator[Fault]:
    for way in menu.roots:
        if way.to not in menu.index:
            yield _no_target("", way.field, way.to)
    for node in menu.nodes:
        for way in node.ways:
            if way.to not in menu.index:
                yield _no_target(node.key, way.field, way.to)


def _no_target(node: str, name: str, to: str) -> Fault:
    return Fault("no_node" if to else "no_target", node, name, {"to": to})


def _reached(menu: Menu, *begin: str, silent: bool = False) -> set[str]:
    """Nodes to which ways lead from these, themselves included where there is a way back."""
    found: set[str] = set()
    ahead = list(begin)
    while ahead:
        node = menu.index.get(ahead.pop())
        for way in node.ways if node else ():
            if (way.is_silent or not silent) and way.to in menu.index and way.to not in found:
                found.add(way.to)
                ahead.append(way.to)
    return found


def _reach(menu: Menu) -> Iterator[Fault]:
    roots = {way.field: way.to for way in menu.roots}
    met = {*roots.values(), *_reached(menu, *roots.values())}
    for node in menu.nodes:
        if node.key not in met:
            yield Fault("unreachable", node.key, "key")
        onward = {node.key, *_reached(menu, node.key)}
        if not any(menu.index[key].is_end for key in onward):
            yield Fault("no_way_out", node.key, "key")
    for name in ("person", "emergency"):
        if (to := roots.get(name)) in menu.index and to is not None:
            onward = {to, *_reached(menu, to, silent=True)}
            if not any(isinstance(menu.index[key], Queue) for key in onward):
                yield Fault("no_queue", "", name, {"to": to})


def _circles(menu: Menu) -> Iterator[Fault]:
    """Circles that are gone round without a key, each told once, where it is entered first."""
    silent = {key: _reached(menu, key, silent=True) for key in menu.index}
    told: set[str] = set()
    for key, onward in silent.items():
        if key in onward and key not in told:
            circle = [each for each in onward if key in silent[each]]
            told.update(circle)
            yield Fault("endless", key, _way_into(menu, key, circle), {"circle": _names(circle)})


def _way_into(menu: Menu, key: str, circle: list[str]) -> str:
    ways = menu.index[key].ways
    return next(way.field for way in ways if way.is_silent and way.to in circle)


def _names(keys: list[str]) -> str:
    return ", ".join(sorted(keys))


# Prompts and values.


def _prompts(menu: Menu) -> Iterator[Fault]:
    said = [("", "wrong", menu.wrong), ("", "silent", menu.silent)]
    for node in menu.nodes:
        for name in SAID_FIELDS:
            said.append((node.key, name, getattr(node, name, ())))
            if not getattr(node, name, ()) and _must_say(node, name):
                yield Fault("no_prompt", node.key, name)
    known = {name for node in menu.nodes for name in node.gives}
    for key, name, prompts in said:
        for prompt in prompts:
            yield from _prompt(menu, key, name, prompt, known)


def _must_say(node: Node, name: str) -> bool:
    """Whether a node is nothing without texts of this field."""
    if name == "number_prompts":
        return isinstance(node, Callback)
    if name == "waiting_prompts":
        return isinstance(node, Queue) and bool(node.callback)
    if name in ("entry_prompts", "between_prompts"):
        return isinstance(node, ReadOut)
    if name == "first_prompts":
        return False
    return isinstance(node, SPEAKING)


def _prompt(menu: Menu, key: str, name: str, prompt: str, known: set[str]) -> Iterator[Fault]:
    texts = menu.texts.get(prompt)
    if texts is None:
        yield Fault("unknown_prompt", key, name, {"prompt": prompt})
        return
    for language in menu.languages:
        words, detail = texts.get(language, ""), {"prompt": prompt, "language": language}
        if not words.strip():
            yield Fault("untranslated", key, name, detail)
        if has_stray_brace(words):
            yield Fault("stray_brace", key, name, detail)
    said = {each for text in texts.values() for each in names_in(text)}
    for each in sorted(said - known):
        yield Fault("unknown_value", key, name, {"prompt": prompt, "name": each})
    for each in sorted(said & _secrets(menu)):
        yield Fault("says_secret", key, name, {"prompt": prompt, "name": each})


def _secrets(menu: Menu) -> set[str]:
    return {node.name for node in menu.nodes if isinstance(node, Digits) and node.is_secret}


def _languages(menu: Menu) -> Iterator[Fault]:
    if not menu.languages:
        yield Fault("no_languages", "", "languages")
    known = ", ".join(LANGUAGES)
    for language in menu.languages:
        if language not in LANGUAGES:
            yield Fault(
                "unknown_language", "", "languages", {"language": language, "known": known}
            )
    spoken = ", ".join(menu.languages)
    for node in menu.nodes:
        if isinstance(node, Language) and node.language not in menu.languages:
            detail = {"language": node.language, "known": spoken}
            yield Fault("unknown_language", node.key, "language", detail)


# The single node.


def _choices(menu: Menu) -> Iterator[Fault]:
    for node in menu.nodes:
        if isinstance(node, Choose) and not node.keys:
            yield Fault("no_key", node.key, "keys")
        if isinstance(node, Choose | ReadOut):
            yield from _bad_keys(menu, node)
        if isinstance(node, ReadOut) and menu.emergency_key in LIST_KEYS:
            detail = {"key": menu.emergency_key}
            yield Fault("emergency_key", node.key, "between_prompts", detail)
        if isinstance(node, Callback) and menu.emergency_key in ("1", "2"):
            yield Fault("emergency_key", node.key, "prompts", {"key": menu.emergency_key})
        if isinstance(node, Queue) and node.callback and menu.emergency_key == CALLBACK_KEY:
            yield Fault("emergency_key", node.key, "callback", {"key": CALLBACK_KEY})


def _bad_keys(menu: Menu, node: Choose | ReadOut) -> Iterator[Fault]:
    for key, to in node.keys.items():
        moves = isinstance(node, ReadOut) and key in LIST_KEYS
        if code := "list_key" if moves else _bad_key(menu, key, to):
            yield Fault(code, node.key, f"keys.{key}", {"key": key})


def _bad_key(menu: Menu, key: str, to: str) -> str:
    if len(key) != 1 or key not in KEYS:
        return "not_a_key"
    if key == PERSON_KEY:
        return "person_key"
    return "emergency_key" if key == menu.emergency_key and to != menu.emergency else ""


def _limits(menu: Menu) -> Iterator[Fault]:
    for node in menu.nodes:
        for name, (least, most) in LIMITS.items():
            value = getattr(node, name, None)
            if value is not None and not least <= value <= most:
                detail = {"value": str(value), "least": str(least), "most": str(most)}
                yield Fault("limit", node.key, name, detail)
        if isinstance(node, Digits | Callback):
            yield from _number_limits(menu, node)
        for skill, level in getattr(node, "skills", ()):
            if not skill or not 1 <= level <= 5:
                detail = {"value": f"{skill!r} {level}", "least": "1", "most": "5"}
                yield Fault("limit", node.key, "skills", detail)


def _number_limits(menu: Menu, node: Digits | Callback) -> Iterator[Fault]:
    if node.least > node.most:
        detail = {"least": str(node.least), "most": str(node.most)}
        yield Fault("least_over_most", node.key, "least", detail)
    if node.least == 1 and menu.emergency_key in DIGITS:
        yield Fault("alone", node.key, "least", {"key": menu.emergency_key})


_NAMES: Final[tuple[tuple[type[Node], str], ...]] = (
    (Digits, "name"),
    (Lookup, "name"),
    (ReadOut, "name"),
    (Hours, "calendar"),
    (Queue, "queue"),
)


def _outside(menu: Menu) -> Iterator[Fault]:
    collected = {node.name for node in menu.nodes if isinstance(node, Digits)}
    for node in menu.nodes:
        for kind, name in _NAMES:
            if isinstance(node, kind) and not getattr(node, name).strip():
                yield Fault("no_name", node.key, name)
        if isinstance(node, Lookup | ReadOut):
            for each in node.arguments:
                if each not in collected and each not in BUILT_IN:
                    yield Fault("unknown_argument", node.key, "arguments", {"name": each})
        yield from _kinds(node)


def _kinds(node: Node) -> Iterator[Fault]:
    known = sorted(KIND_OF.values())
    for field in ("values", "entry_values"):
        values: Mapping[str, str] = getattr(node, field, {})
        for name, kind in values.items():
            if kind not in known:
                detail = {"name": name, "kind": kind, "known": ", ".join(known)}
                yield Fault("unknown_kind", node.key, f"{field}.{name}", detail)


_CHECKS: Final[tuple[Check, ...]] = (
    _keys,
    _targets,
    _reach,
    _circles,
    _prompts,
    _languages,
    _choices,
    _limits,
    _outside,
)
