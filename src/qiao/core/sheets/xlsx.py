"""The rows of a workbook (XLSX), as a stream.

A part is unpacked and parsed in blocks of 64 KiB, shared texts lie in a temporary file, so memory
does not grow with the rows. python-calamine, by contrast, holds the whole sheet as one dense
rectangle (17 thousand million cells for one value at XFD1048576), and gives error cells as empty.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from math import floor

from qiao.core.rules.dates import BadDate, moment_of_serial
from qiao.core.sheets.archives import Archive
from qiao.core.sheets.cells import ERROR, CellCode, Odd, RawRow, Value
from qiao.core.sheets.markup import Attributes, Markup, parse_piece
from qiao.core.sheets.refusals import (
    KEPT_COLUMNS,
    MOST_COLUMNS,
    MOST_ROW_NUMBER,
    Refusal,
    SheetRefused,
)
from qiao.core.sheets.xlsx_parts import (
    LONGEST_TEXT,
    Collected,
    Merge,
    SharedTexts,
    column_of,
    unescape,
)

_FIGURES = "0123456789"
_HALF_A_SECOND = 0.5 / 86_400


class XlsxRows:
    """Turns the elements of a worksheet into rows."""

    def __init__(self, *, texts: SharedTexts, formats: tuple[str, ...], from_1904: bool) -> None:
        self._texts = texts
        self._dates = {str(place): kind for place, kind in enumerate(formats) if kind}
        self._from_1904 = from_1904
        self._rows: list[RawRow] = []
        self._values: list[Value] = []
        self._number = 0
        self._column = -1
        self._kind = "n"
        self._style = ""
        self._listening = False
        self._pieces: list[str] = []
        self._length = 0
        self._has_value = False
        self._formula: str | None = None
        self._inline = Collected()

    def read(self, archive: Archive, part: str) -> Iterator[RawRow]:
        """Yield the rows that hold a cell.

        Raises:
            SheetRefused: `damaged`.
        """
        markup = Markup(archive, part)
        markup.listen(start=self._start, end=self._end, text=self._text)
        for _ in markup.blocks():
            rows, self._rows = self._rows, []
            yield from rows

    def read_piece(self, piece: str, *, number: int) -> RawRow | None:
        """Read one `row` element; `number` is its row. Returns None when it holds no cell.

        Raises:
            SheetRefused: `damaged`.
        """
        self._number = number - 1
        parse_piece(piece, start=self._start, end=self._end, text=self._text)
        rows, self._rows = self._rows, []
        return rows[0] if rows else None

    def convert(self, *, kind: str, style: str, text: str) -> Value:
        """Turn the stored text of a `v` into its value.

        Raises:
            SheetRefused: `damaged`, for a shared text that does not exist.
        """
        if kind == "s":
            return self._texts.get(_whole(text))
        if kind in ("n", ""):
            return self._number_or_moment(text.strip(), style)
        return self._other(kind, text)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "f"):
            self._listening = True
            self._pieces = []
            self._length = 0
        elif name == "row":
            self._start_row(attributes)
        elif self._kind == "inlineStr":
            self._inline.start(name, attributes)

    def _start_row(self, attributes: Attributes) -> None:
        written = attributes.get("r")
        self._number = _whole(written) if written else self._number + 1
        if not 1 <= self._number <= MOST_ROW_NUMBER:
            raise SheetRefused(Refusal.DAMAGED, f"row number {(written or '')[:20]!r}")
        self._column = -1
        self._values = []

    def _start_cell(self, attributes: Attributes) -> None:
        written = attributes.get("r")
        self._column = column_of(written.rstrip(_FIGURES)) if written else self._column + 1
        if not 0 <= self._column < MOST_COLUMNS:
            raise SheetRefused(Refusal.DAMAGED, f"row {self._number}: cell {written!r}")
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._has_value = False
        self._formula = None

    def _text(self, text: str) -> None:
        if self._listening:
            if self._length < LONGEST_TEXT:
                self._pieces.append(text)
                self._length += len(text)
        elif self._kind == "inlineStr":
            self._inline.text(text)

    def _end(self, name: str) -> None:
        if name == "v":
            self._listening = False
            self._has_value = True
        elif name == "c":
            self._end_cell()
        elif name == "f":
            self._listening = False
            self._formula = "".join(self._pieces)
            self._pieces = []
        elif name == "row":
            if self._values:
                self._rows.append(RawRow(self._number, self._values))
            self._values = []
        elif self._kind == "inlineStr":
            self._inline.end(name)

    def _end_cell(self) -> None:
        value = self._value()
        self._kind = "n"
        if value == "":
            return
        values = self._values
        column = min(self._column, KEPT_COLUMNS)
        missing = column - len(values)
        if missing == 0:
            values.append(value)
            return
        if missing > 0:
            values.extend([""] * (missing + 1))
        values[column] = value

    def _value(self) -> Value:
        if self._kind == "inlineStr":
            return self._inline.take()
        if not self._has_value:
            if self._formula is None:
                return ""
            return Odd(f"={self._formula}", CellCode.FORMULA)
        pieces = self._pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        return self.convert(kind=self._kind, style=self._style, text=text)

    def _other(self, kind: str, text: str) -> Value:
        if kind == "e":
            return ERROR
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return _read_iso(text.strip())
        return unescape(text)

    def _number_or_moment(self, text: str, style: str) -> Value:
        if not text:
            return ""
        try:
            number = float(text)
        except ValueError:
            return Odd(text, CellCode.ERROR_CELL)
        kind = self._dates.get(style)
        if kind is None:
            return number
        return read_moment(number, kind=kind, from_1904=self._from_1904)


def read_moment(number: float, *, kind: str, from_1904: bool) -> Value:
    """Turn the number behind a date or time as shown; a number that is none carries a fault."""
    if kind == "time" and 0 <= number < MOST_ROW_NUMBER:
        return timedelta(seconds=round(number * 86_400))
    try:
        moment = moment_of_serial(number, from_1904=from_1904)
    except BadDate:
        return Odd(format(number, ".15g"), CellCode.BAD_DATE)
    if number - floor(number) < _HALF_A_SECOND:
        return moment.date()
    return moment


def fill_down(rows: Iterable[RawRow], merges: Iterable[Merge]) -> Iterator[RawRow]:
    """Give the value of a merged range of one column to all its rows that hold anything else."""
    waiting = sorted(merges, key=lambda merge: merge.first)
    starts = [merge.first for merge in waiting]
    place = 0
    open_ranges: dict[int, tuple[int, Value]] = {}
    for row in rows:
        values = list(row.values)
        for column in [key for key, (last, _) in open_ranges.items() if last < row.number]:
            del open_ranges[column]
        if any(value != "" for value in values):
            _fill(values, open_ranges)
        place = max(place, bisect_left(starts, row.number, place))
        while place < len(waiting) and waiting[place].first == row.number:
            merge = waiting[place]
            place += 1
            if merge.column < len(values) and values[merge.column] != "":
                open_ranges[merge.column] = merge.last, values[merge.column]
        yield RawRow(row.number, values, row.fault)


def _fill(values: list[Value], open_ranges: dict[int, tuple[int, Value]]) -> None:
    for column, (_, value) in open_ranges.items():
        if len(values) <= column:
            values.extend([""] * (column + 1 - len(values)))
        if values[column] == "":
            values[column] = value


def _whole(text: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise SheetRefused(Refusal.DAMAGED, f"{text[:20]!r} is no number")
    return int(text)


def _read_iso(text: str) -> Value:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return date(moment.year, moment.month, moment.day) if len(text) == 10 else moment
