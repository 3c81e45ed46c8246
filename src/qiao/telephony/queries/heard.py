"""What a caller heard of their own in the voice menu, for whoever takes the call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, pgettext

from qiao.core.actor import Actor
from qiao.core.manifest import VoiceAnswer
from qiao.core.registry import registry
from qiao.core.rules.money import Money, format_amount
from qiao.core.rules.spelt import Spelt
from qiao.core.rules.texts import language_key
from qiao.telephony.queries.menus import served_menu
from qiao.telephony.rules.calls import Call
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.menu_steps import with_values
from qiao.telephony.rules.menu_texts import names_of
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import Heard
from qiao.telephony.rules.menus import Lookup, Menu, ReadOut
from qiao.telephony.rules.speech import words_with

READ_AS: Final[Mapping[str, str]] = {"zh-Hans": "zh-hans", "zh-Hant": "yue", "en": "en"}
"""The language of menus that is nearest to one in which people read."""


@dataclass(frozen=True, slots=True)
class HeardOf:
    """What it was about, at which place of how many it was heard (0 of 0 for what is no list), and
    its words; these only for whoever may know as much."""

    about: str
    place: int
    count: int
    words: str


def heard_of(*, actor: Actor, call: Call) -> HeardOf | None:
    """What whoever called heard last of what was looked up for them; None for nothing."""
    visit = visit_of(call)
    if visit is None or visit.heard is None:
        return None
    served = served_menu(call.menu, call.menu_version)
    if served is None:
        return None
    asked = list(_asked(served.menu, visit.heard))
    if not asked:
        return None
    may = all(not each.permission or actor.can(each.permission) for each in asked)
    words = _words(served.menu, visit.heard) if may else ""
    return HeardOf(str(asked[0].label), visit.heard.place, visit.heard.count, words)


def _asked(menu: Menu, heard: Heard) -> Iterator[VoiceAnswer]:
    """What other modules were asked for it."""
    node, voice = menu.index.get(heard.node), registry.voice()
    if isinstance(node, ReadOut):
        asked = {("list", node.name)}
    else:
        found = (each for each in menu.nodes if isinstance(each, Lookup))
        asked = {("lookup", n.name) for n in found if heard.entry.keys() & n.values.keys()}
    yield from (voice[key] for key in sorted(asked) if key in voice)


def _words(menu: Menu, heard: Heard) -> str:
    node = menu.index[heard.node]
    keys = node.entry_prompts if isinstance(node, ReadOut) else node.prompts
    own = tuple(key for key in keys if names_of(menu, key))
    language = READ_AS[language_key(get_language() or "en")]
    return words_with(menu, with_values(menu, own, heard.entry), language, written)


def written(value: Value) -> str:
    """A value of voice menus as people read it."""
    return _WRITTEN.get(type(value), str)(value)


def _amount(value: Money) -> str:
    amount = format_amount(value)
    if value.currency != "CNY":
        return f"{amount} {value.currency}"
    return pgettext("heard in a voice menu", "CNY %(amount)s") % {"amount": amount}


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_WRITTEN: Final[Mapping[type, Callable[..., str]]] = {
    Money: _amount,
    Decimal: _plain,
    Spelt: lambda value: value.digits,
    date: date.isoformat,
    time: lambda value: f"{value:%H:%M}",
}
