"""Cells that a spreadsheet will not mistake for a formula (OWASP: CSV injection)."""

import re
from typing import Final

# The wide forms are typed with a Chinese keyboard, and computed by East Asian spreadsheets.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A number below zero computes nothing. One led by a plus may be a telephone: it stays guarded.
_BELOW_ZERO: Final = re.compile(r"-(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?%?")


def cell_text(value: object) -> str:
    """A value as a cell tells it: nothing is empty, yes and no are the words of spreadsheets."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def safe_cell(value: object) -> str:
    """The text of a cell; what would start a formula is led by an apostrophe."""
    text = cell_text(value)
    if not text.startswith(FORMULA_STARTS) or _BELOW_ZERO.fullmatch(text):
        return text
    return f"'{text}"
