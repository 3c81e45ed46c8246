"""What a telephone outside the house hears before its person is given a call."""

from collections.abc import Mapping
from typing import Final

from qiao.telephony.rules.speech import Piece

CONFIRM: Final[Mapping[str, str]] = {
    "zh-hans": "您好，您正在值班，现有一个紧急来电等待接听。接听请按1。",
    "yue": "你好，你而家當值，有一個緊急來電等緊接聽。接聽請按1。",
    "en": "You are on duty, and an emergency call is waiting for you. To take it, press 1.",
}
"""By the languages of voice menus."""
SPOKEN: Final[Mapping[str, str]] = {"zh-hans": "zh-hans", "zh-hant": "yue", "en": "en"}
"""To the language in which somebody reads the product."""


def confirm_piece(language: str) -> Piece:
    """The words in a language of menus; in the first one for any other."""
    known = language if language in CONFIRM else next(iter(CONFIRM))
    return Piece(CONFIRM[known], known)


def confirm_pieces() -> frozenset[Piece]:
    """All of them, to be recorded."""
    return frozenset(map(confirm_piece, CONFIRM))


def spoken_to(reads: str) -> str:
    """The language in which somebody is spoken to, by that in which they read; Mandarin for who
    chose none."""
    return SPOKEN.get(reads.lower(), next(iter(CONFIRM)))
