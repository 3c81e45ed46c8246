"""Ids as they come in an address."""

from collections.abc import Iterable
from typing import Final

from qiao.core.rules.ids import read_id

MOST_PICKED: Final = 100


def read_picked(texts: Iterable[str]) -> list[int]:
    """The ids of rows that were chosen in a list, each once; at most `MOST_PICKED`."""
    found = dict.fromkeys(pk for text in texts if (pk := read_id(text)) is not None)
    return list(found)[:MOST_PICKED]
