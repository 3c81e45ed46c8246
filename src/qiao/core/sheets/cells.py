"""One cell becomes one text, the same whatever file it came from; what was wrong is told beside.

Figures and Latin letters of full width become half width; Chinese punctuation and the middle dot
of names stay. Numbers never show an exponent or a needless `.0`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from re import compile as pattern
from unicodedata import is_normalized, normalize

LONGEST_CELL = 4_000
"""Characters of a cell that are kept."""
_EXACT_LIMIT = 10**15
"""Spreadsheets keep 15 significant digits (IEEE 754 double; Excel's stated precision)."""

_WIDE = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_CONTROL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = pattern("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_LINE_END = pattern("\r\n?")
# ="0013" and '0013 are how people keep a spreadsheet from eating zeros and digits.
_GUARDED = pattern('="([^"]*)"|\'([0-9]+[Xx]?)')
_FORMULA = pattern("[=@＝＠].|[+-](?![0-9 ().,/-]*$).*[(|!]")
# Nine cells of ten need nothing done: one match instead of all the steps below.
_PLAIN = pattern("[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿·.,:/@_#()（），。、-]{0,198}").fullmatch
_EXPONENT = pattern(r"[+-]?[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{1,3}")


class CellCode(StrEnum):
    """What can be wrong with a cell: stable identifiers for the caller's translation."""

    CONTROL = "control"
    """NUL, control characters or halves of characters were removed."""
    DIGITS_LOST = "digits_lost"
    """A number of more than 15 digits: the file no longer holds the last ones."""
    ERROR_CELL = "error_cell"
    """The spreadsheet shows an error (#N/A, #REF!); the text is empty."""
    FORMULA = "formula"
    """The text would be executed by a spreadsheet, or a formula has no stored result."""
    TOO_LONG = "too_long"
    """Cut after `LONGEST_CELL` characters."""
    EXTRA_CELLS = "extra_cells"
    """Filled cells to the right of the last column name; they are left out."""
    BAD_DATE = "bad_date"
    """A number shown as a date that is no day; the text is the number."""
    UNCLOSED_QUOTE = "unclosed_quote"
    """The file ends inside quotation marks: this row swallowed all that follows it."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell. `column` counts from 0, as in `Sheet.header`."""

    column: int
    code: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that is not empty, with as many cells as the header has.

    `number` is what the spreadsheet or editor shows: the row, or the line on which the record
    starts, from 1.
    """

    number: int
    cells: tuple[str, ...]
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True)
class Odd:
    """A value that carries its own fault from the file."""

    text: str
    code: CellCode


Value = str | float | bool | date | datetime | time | timedelta | Odd
"""What a reader takes out of a file; an empty cell is the empty text."""


@dataclass(slots=True)
class RawRow:
    """A row as a reader yields it: its number from 1 and its values from column 0."""

    number: int
    values: Sequence[Value]
    fault: CellCode | None = None


ERROR = Odd("", CellCode.ERROR_CELL)


def read_row(raw: RawRow, *, width: int) -> SheetRow | None:
    """Turn values into texts. Returns None for a row with nothing in it."""
    cells: list[str] = []
    faults: list[CellFault] = []
    for column, value in enumerate(raw.values):
        if column >= width:
            break
        if isinstance(value, str) and (not value or _PLAIN(value)):
            cells.append(value)
            continue
        text, codes = read_value(value)
        cells.append(text)
        if codes:
            faults.extend(CellFault(column, code) for code in codes)
    if len(raw.values) > width and _says_anything(raw.values[width:]):
        faults.append(CellFault(width, CellCode.EXTRA_CELLS))
    if raw.fault:
        faults.append(CellFault(max(len(cells) - 1, 0), raw.fault))
    if not faults and not any(cells):
        return None
    cells.extend([""] * (width - len(cells)))
    return SheetRow(raw.number, tuple(cells), tuple(faults))


def _says_anything(values: Sequence[Value]) -> bool:
    return any(value != "" and read_value(value) != ("", ()) for value in values)


def read_value(value: Value) -> tuple[str, tuple[CellCode, ...]]:
    """Turn one value into its text and its faults."""
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, bool):
        return ("true" if value else "false"), ()
    if isinstance(value, int | float):
        return _read_number(value)
    if isinstance(value, Odd):
        return read_text(value.text)[0], (value.code,)
    return _read_moment(value), ()


def read_text(text: str) -> tuple[str, tuple[CellCode, ...]]:
    """Bring a text to its normal form."""
    if _PLAIN(text):
        return text, ()
    codes: list[CellCode] = []
    if not text.isprintable() and _CONTROL.search(text.replace("\r", "\n")):
        text = _CONTROL.sub("", _LINE_END.sub("\n", text))
        codes.append(CellCode.CONTROL)
    text = _fold(text)
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL].rstrip()
        codes.append(CellCode.TOO_LONG)
    return _judge(text, codes)


def _fold(text: str) -> str:
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if not text.isascii():
        text = _INVISIBLE.sub("", text).translate(_WIDE)
        if not is_normalized("NFC", text):
            text = normalize("NFC", text)
    return text.strip()


def _judge(text: str, codes: list[CellCode]) -> tuple[str, tuple[CellCode, ...]]:
    if text[:1] in "='" and (guarded := _GUARDED.fullmatch(text)):
        text = (guarded[1] or guarded[2] or "").strip()
    if text[:1] in "=@＝＠+-" and _FORMULA.match(text):
        codes.append(CellCode.FORMULA)
    elif text[-1:].isdigit() and _EXPONENT.fullmatch(text):
        codes.append(CellCode.DIGITS_LOST)
    return text, tuple(codes)


def _read_number(value: float) -> tuple[str, tuple[CellCode, ...]]:
    if not isfinite(value):
        return "", (CellCode.ERROR_CELL,)
    if value == int(value):
        lost = abs(value) >= _EXACT_LIMIT
        return str(int(value)), (CellCode.DIGITS_LOST,) if lost else ()
    return format(Decimal(format(value, ".15g")), "f"), ()


def _read_moment(value: date | datetime | time | timedelta) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    return value.isoformat()
