"""Which word of a customer holds for a purpose on a channel.

Silence means yes for notices that the service itself needs, and no for everything else.
Source: Personal Information Protection Law of the PRC, articles 13 to 16: consent is given for a
purpose, is withdrawn as easily, and is not presumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

YES_BY_SILENCE: Final = frozenset({"service"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word: an empty channel speaks of all. `seq` orders words of the same moment."""

    purpose: str
    channel: str
    is_given: bool
    at: datetime
    seq: int


def holds(words: Iterable[Word], *, purpose: str, channel: str, at: datetime) -> bool:
    """Whether the customer may be approached: the latest word up to `at` that speaks of it."""
    spoken = [
        word
        for word in words
        if word.purpose == purpose and word.channel in ("", channel) and word.at <= at
    ]
    if not spoken:
        return purpose in YES_BY_SILENCE
    return max(spoken, key=lambda word: (word.at, word.seq)).is_given
