"""Delimited text (CSV, TSV): encoding, delimiter and records, in constant memory.

The encoding is decided by strict decoding of the whole file, in blocks: UTF-8 first, then
GB18030-2005, which contains GBK and GB2312. UTF-16 is taken only with its byte order mark.
"""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from qiao.core.sheets.cells import CellCode, RawRow
from qiao.core.sheets.refusals import MOST_BYTES, MOST_COLUMNS, Refusal, SheetRefused

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 20
_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 40
# So many good UTF-8 characters do not come about by chance in GB18030: then the file is UTF-8
# with a broken place, and reading it as GB18030 would store nonsense.
_PROOF_OF_UTF8 = 12


@dataclass(frozen=True, slots=True)
class Delimited:
    """A text whose encoding and delimiter are known. `mark`: bytes of the byte order mark."""

    path: Path
    encoding: str
    delimiter: str
    mark: int

    def rows(self) -> Iterator[RawRow]:
        """Yield the records that are not blank.

        Raises:
            SheetRefused: `damaged`, for a field or line of unreasonable length.
        """
        with _open_text(self.path, self.encoding, self.mark) as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self.delimiter)
            while True:
                start = lines.number + 1
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise SheetRefused(Refusal.DAMAGED, f"line {start}: {error}") from None
                if len(values) > MOST_COLUMNS:
                    raise SheetRefused(Refusal.DAMAGED, f"line {start}: {len(values)} cells")
                if values:
                    fault = CellCode.UNCLOSED_QUOTE if lines.ended else None
                    yield RawRow(start, values, fault)


def open_delimited(path: Path) -> Delimited:
    """Decide encoding and delimiter.

    Raises:
        SheetRefused: `too_large`, `encoding` or `damaged`.
    """
    if path.stat().st_size > MOST_BYTES:
        raise SheetRefused(Refusal.TOO_LARGE, f"more than {MOST_BYTES} bytes of text")
    encoding, mark = _find_encoding(path)
    return Delimited(path, encoding, _find_delimiter(path, encoding, mark), mark)


class _Lines:
    """Counts lines and knows when the file has ended; a line is never longer than a limit."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        if len(line) >= _LONGEST_LINE:
            detail = f"line {self.number}: longer than {_LONGEST_LINE} characters"
            raise SheetRefused(Refusal.DAMAGED, detail)
        return line


def _open_text(path: Path, encoding: str, mark: int) -> TextIO:
    file = path.open(encoding=encoding, newline="")
    if mark:
        file.seek(mark)
    return file


def _find_encoding(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in (
        (BOM_UTF8, "utf-8"),
        (BOM_UTF16_LE, "utf-16-le"),
        (BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            bad = _first_bad_byte(path, name, len(mark))
            if bad is not None:
                raise _refuse(path, name, bad)
            return name, len(mark)
    bad = _first_bad_byte(path, "utf-8", 0)
    if bad is None:
        return "utf-8", 0
    if _is_surely_utf8(path, bad):
        raise _refuse(path, "utf-8", bad)
    other = _first_bad_byte(path, "gb18030", 0)
    if other is None:
        return "gb18030", 0
    raise _refuse(path, *max(("utf-8", bad), ("gb18030", other), key=lambda found: found[1]))


def _first_bad_byte(path: Path, encoding: str, start: int) -> int | None:
    decoder = getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        file.seek(start)
        read = start
        while True:
            block = file.read(_BLOCK)
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return read - kept + error.start
            if not block:
                return None
            read += len(block)


def _is_surely_utf8(path: Path, end: int) -> bool:
    found = 0
    with path.open("rb") as file:
        left = end
        while left and (block := file.read(min(left, _BLOCK))):
            left -= len(block)
            found += sum(1 for byte in block if byte >= 0xC0) if not block.isascii() else 0
            if found >= _PROOF_OF_UTF8:
                return True
    return False


def _refuse(path: Path, encoding: str, bad: int) -> SheetRefused:
    line = 1
    with path.open("rb") as file:
        left = bad
        while left and (block := file.read(min(left, _BLOCK))):
            left -= len(block)
            line += block.count(b"\n")
    return SheetRefused(Refusal.ENCODING, f"not {encoding}: line {line}, byte {bad + 1}")


def _find_delimiter(path: Path, encoding: str, mark: int) -> str:
    with _open_text(path, encoding, mark) as file:
        lines = [line for line in islice(_Lines(file), _LOOKED_AT) if line.strip()]
    first = lines[0].strip() if lines else ""
    if len(first) == 5 and first.lower().startswith("sep=") and first[4] in _DELIMITERS:
        return first[4]
    return max(_DELIMITERS, key=lambda delimiter: _agreement(lines, delimiter))


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Count the records of the commonest width above one, then that width."""
    widths: dict[int, int] = {}
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            if len(record) > 1:
                widths[len(record)] = widths.get(len(record), 0) + 1
    except csv.Error:
        return 0, 0
    return max(((times, width) for width, times in widths.items()), default=(0, 0))
