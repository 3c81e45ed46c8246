"""Find the row of column names under titles and blank lines, and give every column one name."""

from collections.abc import Sequence
from dataclasses import dataclass
from re import compile as pattern
from unicodedata import normalize

from qiao.core.sheets.cells import RawRow, Value, read_value
from qiao.core.sheets.refusals import KEPT_COLUMNS, Refusal, SheetRefused

LOOKED_AT = 60
"""Rows that are looked at for the header."""
_FOLLOWING = 5
_LONGEST_NAME = 200
# Telephone numbers, identity numbers and dates stand in data, not in column names.
_MANY_DIGITS = 7
_SPACE = pattern(r"\s+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the column names stand (from 1) and what they are."""

    row: int
    names: tuple[str, ...]


def find_header(rows: Sequence[RawRow]) -> Header:
    """Find the first row of at least two texts that is about as wide as the rows below it.

    A row of data where the column names should be is refused rather than passed over: else the
    first people of a list without names would silently be left out.

    Raises:
        SheetRefused: `empty` or `no_header`.
    """
    table = [(row, [_text(value) for value in row.values]) for row in rows]
    filled = [(row, texts) for row, texts in table if any(texts)]
    if not filled:
        raise SheetRefused(Refusal.EMPTY, "no cell is filled")
    for place, (row, texts) in enumerate(filled):
        below = [_count(cells) for _, cells in filled[place + 1 : place + 1 + _FOLLOWING]]
        if _count(texts) < 2 or _count(texts) * 2 < max(below, default=0):
            continue
        if not _is_naming(row.values, texts):
            raise SheetRefused(Refusal.NO_HEADER, f"row {row.number} holds data, not names")
        return Header(row.number, name_columns(texts))
    raise SheetRefused(Refusal.NO_HEADER, f"no column names in the first {len(rows)} rows")


def name_columns(texts: Sequence[str]) -> tuple[str, ...]:
    """Give each column its own name: `#3` where none stands, ` (2)` behind a repeated one."""
    width = max((place for place, text in enumerate(texts, start=1) if text), default=0)
    names: list[str] = []
    taken: set[str] = set()
    for place, text in enumerate(texts[: min(width, KEPT_COLUMNS)], start=1):
        stem = _SPACE.sub(" ", normalize("NFKC", text)).strip()[:_LONGEST_NAME] or f"#{place}"
        name, times = stem, 1
        while name in taken:
            times += 1
            name = f"{stem} ({times})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _text(value: Value) -> str:
    return read_value(value)[0] if value != "" else ""


def _count(texts: Sequence[str]) -> int:
    return sum(1 for text in texts if text)


def _is_naming(values: Sequence[Value], texts: Sequence[str]) -> bool:
    filled = [(value, text) for value, text in zip(values, texts, strict=True) if text]
    if any(sum(letter.isdigit() for letter in text) >= _MANY_DIGITS for _, text in filled):
        return False
    names = sum(
        isinstance(value, str) and any(letter.isalpha() for letter in text)
        for value, text in filled
    )
    return names >= 2 and names * 2 >= len(filled)
