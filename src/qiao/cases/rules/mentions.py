"""People named in a text: ``@周明 1028``, the name and the staff number, as ``@@`` inserts them.

The number makes it certain who is meant; the name stands beside it for whoever reads.
"""

from re import compile as pattern
from typing import Final

MOST: Final = 20
_MENTION = pattern(r"[@＠]([^\s@＠]{1,40}) ([0-9A-Za-z-]{1,20})(?![0-9A-Za-z-])")


def mentions(text: str) -> tuple[tuple[str, str], ...]:
    """Name and number of everybody named, once each, at most `MOST`."""
    found = dict.fromkeys((match[1], match[2]) for match in _MENTION.finditer(text))
    return tuple(found)[:MOST]
