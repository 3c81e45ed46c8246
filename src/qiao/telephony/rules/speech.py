"""What prompts say: texts with their values put into words, piece by piece.

A piece is what one recording says. Its name is made of its words and its voice, so that the same
words are recorded once, whatever menus say them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Final, Literal

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month
from qiao.core.rules.spelt import Spelt
from qiao.telephony.rules import reading_aloud
from qiao.telephony.rules.menu_steps import heard_in_list, sayable, with_values
from qiao.telephony.rules.menu_texts import split_text
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import Prompt, Visit
from qiao.telephony.rules.menus import Callback, Menu, ReadOut

VOICES: Final[Mapping[str, reading_aloud.Voice]] = {"zh-hans": "cmn", "yue": "yue", "en": "en"}
PREFIX: Final = "qiao-"
SECONDS_A_SIGN: Final = 0.22  # of Chinese; a letter of English takes a third
Language = Literal["zh-hans", "yue", "en"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that one recording says, in a language of menus."""

    text: str
    language: str

    @property
    def sound(self) -> str:
        """The name under which the switch finds the recording."""
        digest = sha256(f"{self.language}:{self.text}".encode()).hexdigest()
        return f"{PREFIX}{self.language}-{digest[:20]}"

    @property
    def seconds(self) -> float:
        """About how long it takes to say."""
        wide = sum(1 for sign in self.text if ord(sign) > 0x2E80)
        return max(0.3, SECONDS_A_SIGN * (wide + (len(self.text) - wide) / 3))


def pieces(menu: Menu, prompts: Iterable[Prompt], language: str) -> tuple[Piece, ...]:
    """What prompts say, piece by piece. A text that a language lacks is said in the first one."""
    return tuple(piece for each in prompts for piece in _pieces(menu, each, language))


def words_of(menu: Menu, prompts: Iterable[Prompt], language: str) -> str:
    """What prompts say, to be read."""
    return words_with(menu, prompts, language, lambda value: _read(value, language))


def words_with(
    menu: Menu, prompts: Iterable[Prompt], language: str, write: Callable[[Value], str]
) -> str:
    """The same with values written by `write`."""
    said = []
    for prompt in prompts:
        parts = split_text(_text(menu, prompt.key, language))
        known = prompt.values
        parts[1::2] = [
            write(known[name]) if name in known else f"{{{name}}}" for name in parts[1::2]
        ]
        said.append("".join(parts))
    return " ".join(said)


def _read(value: Value, language: str) -> str:
    return (" " if language == "en" else "").join(_spoken(value, language))


def heard_at(menu: Menu, visit: Visit) -> str:
    """What whoever is in the menu hears where they are, to be read."""
    node = menu.index[visit.node]
    if isinstance(node, ReadOut) and visit.stage != "asking":
        return words_of(menu, heard_in_list(menu, visit), visit.language)
    keys = node.number_prompts if isinstance(node, Callback) and visit.is_number else node.prompts
    return words_of(menu, with_values(menu, keys, sayable(visit)), visit.language)


def fixed_pieces(menu: Menu) -> frozenset[Piece]:
    """All pieces of a menu's texts that are known before anybody calls."""
    return frozenset(
        piece
        for words in menu.texts.values()
        for language, text in words.items()
        for piece in fixed_pieces_of(text, language)
    )


def fixed_pieces_of(text: str, language: str) -> tuple[Piece, ...]:
    """The pieces of a text between the values that it says."""
    return tuple(Piece(part, language) for is_value, part in _split(text) if not is_value)


def known_pieces(menu: Menu) -> frozenset[Piece]:
    """All that a menu may say, but for words that answers bring."""
    return fixed_pieces(menu).union(*map(value_pieces, menu.languages))


def value_pieces(language: str) -> frozenset[Piece]:
    """All pieces of which figures, days and digits are put together."""
    return frozenset(Piece(word, language) for word in reading_aloud.vocabulary(VOICES[language]))


def _pieces(menu: Menu, prompt: Prompt, language: str) -> Iterator[Piece]:
    for is_value, part in _split(_text(menu, prompt.key, language)):
        if is_value:
            spoken = _spoken(prompt.values[part], language)
            yield from (Piece(word, language) for word in spoken)
        else:
            yield Piece(part, language)


def _text(menu: Menu, key: str, language: str) -> str:
    words = menu.texts[key]
    return words.get(language) or words[menu.languages[0]]


def _split(text: str) -> Iterator[tuple[bool, str]]:
    """Parts of a text, and whether each is the name of a value."""
    for place, part in enumerate(split_text(text)):
        if place % 2:
            yield True, part
        elif part.strip():
            yield False, part.strip()


def _spoken(value: Value, language: str) -> reading_aloud.Words:
    voice = VOICES[language]
    match value:
        case Money(minor, currency):
            return reading_aloud.money(minor, voice, currency=currency)
        case Spelt(digits):
            return reading_aloud.digits(digits, voice)
        case date():
            return reading_aloud.day(value, voice)
        case time():
            return reading_aloud.clock(value, voice)
        case int():
            return reading_aloud.number(value, voice)
        case Month():
            return reading_aloud.month(value, voice)
        case Decimal():
            return reading_aloud.quantity(value, voice)
    return (str(value),)
