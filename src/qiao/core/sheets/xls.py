"""The rows of an old workbook (XLS, Excel 97-2003): checked here, read by python-calamine.

Calamine builds a dense rectangle of every sheet when it opens the file (32 bytes a cell, empty
ones too), and gives error cells as empty ones. So the records are walked first: for passwords,
for cells that would make the rectangle huge, and for the places of errors.
Sources: MS-CFB 2.2-2.6 (the container), MS-XLS 2.4 (the records).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from struct import error as struct_error
from struct import unpack_from

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from qiao.core.sheets.cells import ERROR, RawRow, Value
from qiao.core.sheets.refusals import MOST_PACKED_BYTES, Refusal, SheetRefused
from qiao.core.sheets.xlsx_parts import Merge

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_CELLS = 8_000_000
"""Of the rectangles of all sheets together: a quarter of a gigabyte while reading."""
_MOST_COLUMNS = 256
_END = 0xFFFFFFFA  # sector numbers from here on are marks
_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULA, _BOOLERR, _MULRK, _MULBLANK = 0x0006, 0x0205, 0x00BD, 0x00BE
_ONE_CELL = frozenset({_FORMULA, _BOOLERR, 0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6})


@dataclass(slots=True)
class OldBook:
    """An opened XLS: visible worksheets in order, and where errors stand (sheet, row, column)."""

    workbook: CalamineWorkbook
    names: tuple[str, ...]
    visible: tuple[str, ...]
    errors: frozenset[tuple[int, int, int]]

    def rows(self, name: str) -> Iterator[RawRow]:
        """Yield the rows of a sheet."""
        place = self.workbook.sheet_names.index(name)
        sheet = self.workbook.get_sheet_by_name(name)
        left = sheet.start[1] if sheet.start else 0
        wrong: dict[int, list[int]] = {}
        for of_sheet, row, column in self.errors:
            if of_sheet == place:
                wrong.setdefault(row, []).append(column)
        for row, values in enumerate(sheet.iter_rows()):
            found: list[Value] = [*[""] * left, *values]
            for column in wrong.pop(row, ()):
                found.extend([""] * (column + 1 - len(found)))
                found[column] = ERROR
            yield RawRow(row + 1, found)
        for row, columns in sorted(wrong.items()):
            yield RawRow(row + 1, [ERROR if at in columns else "" for at in range(_MOST_COLUMNS)])

    def merges(self, name: str) -> tuple[Merge, ...]:
        """Tell the merged ranges of one column."""
        ranges = self.workbook.get_sheet_by_name(name).merged_cell_ranges or []
        return tuple(
            Merge(left, top + 1, bottom + 1)
            for (top, left), (bottom, right) in ranges
            if left == right and bottom > top
        )


def open_old(path: Path) -> OldBook:
    """Check and open an XLS.

    Raises:
        SheetRefused: `too_large`, `encrypted`, `unknown_format`, `damaged` or `empty`.
    """
    if path.stat().st_size > MOST_PACKED_BYTES:
        raise SheetRefused(Refusal.TOO_LARGE, f"a workbook above {MOST_PACKED_BYTES} bytes")
    try:
        scan = _scan(_Container(path.read_bytes()).workbook())
    except (struct_error, IndexError) as error:
        raise SheetRefused(Refusal.DAMAGED, f"container: {error}") from None
    workbook = _load(path)
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = tuple(sheet.name for sheet in sheets)
    if not names:
        raise SheetRefused(Refusal.EMPTY, "the workbook has no worksheet")
    shown = tuple(sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible)
    return OldBook(workbook, names, shown, frozenset(scan.errors))


def _load(path: Path) -> CalamineWorkbook:
    try:
        return load_workbook(path)
    except PasswordError:
        raise SheetRefused(Refusal.ENCRYPTED, "the workbook asks for a password") from None
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused(Refusal.DAMAGED, str(error)[:200]) from None
    except BaseException as error:
        # A panic inside calamine is no Exception, but it is only a broken file.
        if type(error).__name__ == "PanicException":
            raise SheetRefused(Refusal.DAMAGED, str(error)[:200]) from None
        raise


class _Container:
    """The streams of a compound file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._shift = unpack_from("<H", data, 30)[0]
        if self._shift not in (9, 12) or unpack_from("<H", data, 32)[0] != 6:
            raise SheetRefused(Refusal.DAMAGED, "container: sector size")
        self._table = self._read_table()

    def workbook(self) -> bytes:
        """Find the stream of records."""
        entries = self._entries()
        if "encryptedpackage" in entries:
            raise SheetRefused(Refusal.ENCRYPTED, "the workbook asks for a password")
        if "workbook" not in entries:
            old = "a workbook of Excel 95 or older" if "book" in entries else "a compound file"
            raise SheetRefused(Refusal.UNKNOWN_FORMAT, old)
        start, size = entries["workbook"]
        if size >= unpack_from("<I", self._data, 56)[0]:
            return self._chain(start)[:size]
        small = _numbers(self._chain(unpack_from("<I", self._data, 60)[0]))
        inner = self._chain(entries["root entry"][0]) if "root entry" in entries else b""
        return _follow(inner, small, start, 6, 0)[:size]

    def _entries(self) -> dict[str, tuple[int, int]]:
        directory = self._chain(unpack_from("<I", self._data, 48)[0])
        if len(directory) % (1 << self._shift):
            raise SheetRefused(Refusal.DAMAGED, "container: the file is cut off")
        entries: dict[str, tuple[int, int]] = {}
        for at in range(0, len(directory) - 127, 128):
            length, kind = unpack_from("<HB", directory, at + 64)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            start, size = unpack_from("<II", directory, at + 116)
            if kind in (2, 5):
                entries.setdefault(name.lower(), (start, size))
        return entries

    def _read_table(self) -> tuple[int, ...]:
        listed = list(unpack_from("<109I", self._data, 76))
        following, left = unpack_from("<II", self._data, 68)
        per_sector = (1 << self._shift) // 4
        while following < _END and 0 < left <= len(self._data) >> self._shift:
            at = (following + 1) << self._shift
            *more, following = unpack_from(f"<{per_sector}I", self._data, at)
            listed += more
            left -= 1
        parts = [self._sector(number) for number in listed if number < _END]
        return _numbers(b"".join(parts))

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) << self._shift : (number + 2) << self._shift]

    def _chain(self, start: int) -> bytes:
        return _follow(self._data, self._table, start, self._shift, 1)


def _follow(data: bytes, table: tuple[int, ...], start: int, shift: int, skipped: int) -> bytes:
    pieces: list[bytes] = []
    while start < _END:
        if start >= len(table) or len(pieces) > len(table):
            raise SheetRefused(Refusal.DAMAGED, "container: broken chain (is the file cut off?)")
        at = (start + skipped) << shift
        if at >= len(data):
            raise SheetRefused(Refusal.DAMAGED, "container: the file is cut off")
        pieces.append(data[at : at + (1 << shift)])
        start = table[start]
    return b"".join(pieces)


def _numbers(data: bytes) -> tuple[int, ...]:
    count = len(data) // 4
    return unpack_from(f"<{count}I", data)


@dataclass(slots=True)
class _Scan:
    errors: set[tuple[int, int, int]] = field(default_factory=set)
    cells: int = 0


def _scan(stream: bytes) -> _Scan:
    scan = _Scan()
    sheets: list[int] = []
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise SheetRefused(Refusal.ENCRYPTED, "the workbook asks for a password")
        if kind == _BOUNDSHEET:
            sheets.append(unpack_from("<I", body)[0])
    for place, start in enumerate(sheets):
        _scan_sheet(scan, place, _records(stream, start))
        if scan.cells > MOST_CELLS:
            raise SheetRefused(Refusal.TOO_LARGE, f"more than {MOST_CELLS} cells")
    return scan


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, without those of charts inside it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
    raise SheetRefused(Refusal.DAMAGED, "the records end too early (is the file cut off?)")


def _scan_sheet(scan: _Scan, place: int, records: Iterator[tuple[int, bytes]]) -> None:
    rows: list[int] = []
    widest = 0
    for kind, body in records:
        if kind not in _ONE_CELL and kind not in (_MULRK, _MULBLANK):
            continue
        row, column = unpack_from("<HH", body)
        last = unpack_from("<H", body, len(body) - 2)[0] if kind in (_MULRK, _MULBLANK) else column
        if max(column, last) >= _MOST_COLUMNS:
            raise SheetRefused(Refusal.DAMAGED, f"row {row + 1}: a cell in column {last + 1}")
        rows = [min(row, *rows[:1]), max(row, *rows[1:])] if rows else [row, row]
        widest = max(widest, last + 1)
        if _is_error(kind, body):
            scan.errors.add((place, row, column))
    if rows:
        scan.cells += (rows[1] - rows[0] + 1) * widest


def _is_error(kind: int, body: bytes) -> bool:
    if kind == _BOOLERR:
        return len(body) >= 8 and body[7] == 1
    return kind == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff"
