"""Ids of rows."""

from typing import Final

LARGEST_ID: Final = 2**63 - 1
"""What a bigint of PostgreSQL holds: a larger number is nobody's id."""
_LONGEST: Final = len(str(LARGEST_ID))


def read_id(text: str) -> int | None:
    """The id that a text of an address is; None for none and for what no row can have."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST):
        return None
    found = int(text)
    return found if found <= LARGEST_ID else None
