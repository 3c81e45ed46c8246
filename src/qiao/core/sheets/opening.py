"""Recognise what a file is by its content, find its table and hand out its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.cells import RawRow, SheetRow, read_row
from qiao.core.sheets.delimited import open_delimited
from qiao.core.sheets.headers import LOOKED_AT, find_header
from qiao.core.sheets.refusals import Refusal, SheetRefused
from qiao.core.sheets.xls import SIGNATURE, open_old
from qiao.core.sheets.xlsx import XlsxRows, fill_down
from qiao.core.sheets.xlsx_parts import (
    Merge,
    SharedTexts,
    find_merges,
    read_book,
    read_formats,
)
from qiao.core.sheets.xlsx_quick import is_plain, read_quickly

_HEAD = 4_096
_ZIP = b"PK"
_KNOWN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a rich text document"),
)
_MARKUP = ((b"<?xml", "XML"), (b"<!doctype", "a web page"), (b"<html", "a web page"))
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

RawRows = Callable[[], Iterator[RawRow]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table in a file.

    Attributes:
        format: `xlsx`, `xls` or `csv` (any delimited text).
        encoding: of a delimited text: `utf-8`, `utf-16-le`, `utf-16-be`, `gb18030`; else empty.
        delimiter: of a delimited text; else empty.
        sheet_names: the visible worksheets in order; empty for a delimited text.
        name: the worksheet that is read; empty for a delimited text.
        header: the column names, each once; `#3` where none stands.
        header_row: where they stand, as the spreadsheet or editor counts, from 1.
    """

    format: str
    encoding: str
    delimiter: str
    sheet_names: tuple[str, ...]
    name: str
    header: tuple[str, ...]
    header_row: int
    _read: RawRows
    _merges: tuple[Merge, ...] = ()

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows below the header that are not empty. May be called again.

        Raises:
            SheetRefused: `damaged`, at the place where the file turns out to be broken; rows
                before it were handed out already.
        """
        below = tuple(merge for merge in self._merges if merge.first > self.header_row)
        raw = fill_down(self._read(), below) if below else self._read()
        width = len(self.header)
        for row in raw:
            if row.number > self.header_row and (found := read_row(row, width=width)):
                yield found


def open_sheet(path: Path, *, sheet: str = "") -> Sheet:
    """Open a table.

    Args:
        path: the file; its name does not matter.
        sheet: the worksheet to read; empty for the first visible one that holds a table.

    Raises:
        SheetRefused: with one of the codes of `Refusal`.
        OSError: the file cannot be read at all.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SheetRefused(Refusal.EMPTY, "no byte in the file")
    if head.startswith(_ZIP):
        return _open_xlsx(path, sheet)
    if head.startswith(SIGNATURE):
        return _open_xls(path, sheet)
    _refuse_known(head)
    return _open_delimited(path, sheet)


def _refuse_known(head: bytes) -> None:
    for start, name in _KNOWN:
        if head.startswith(start):
            raise SheetRefused(Refusal.UNKNOWN_FORMAT, name)
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    for start, name in _MARKUP:
        if begin.startswith(start):
            raise SheetRefused(Refusal.UNKNOWN_FORMAT, name)
    if head.count(0) * 10 > len(head) and not head.startswith(_UTF16_MARKS):
        raise SheetRefused(Refusal.UNKNOWN_FORMAT, "binary data, or UTF-16 without its mark")


def _open_delimited(path: Path, sheet: str) -> Sheet:
    if sheet:
        raise SheetRefused(Refusal.NO_SUCH_SHEET, "a delimited text has no worksheets")
    text = open_delimited(path)
    header = find_header(_preview(text.rows))
    return Sheet(
        format="csv",
        encoding=text.encoding,
        delimiter=text.delimiter,
        sheet_names=(),
        name="",
        header=header.names,
        header_row=header.row,
        _read=text.rows,
    )


def _open_xlsx(path: Path, sheet: str) -> Sheet:
    archive = Archive(path)
    book = read_book(archive)
    formats = read_formats(archive, book.part_of_kind("styles"))
    texts = SharedTexts(archive, book.part_of_kind("sharedStrings"))
    parts = {found.name: found.part for found in book.sheets}

    def reader() -> XlsxRows:
        return XlsxRows(texts=texts, formats=formats, from_1904=book.from_1904)

    def read(name: str) -> Iterator[RawRow]:
        return reader().read(archive, parts[name])

    visible = tuple(found.name for found in book.sheets if found.is_visible)
    name, header_row, names = _choose(sheet, tuple(parts), visible, read)
    merges = find_merges(archive, parts[name])
    part = parts[name]

    def rows() -> Iterator[RawRow]:
        return read_quickly(archive, part, reader()) if plain else reader().read(archive, part)

    plain = is_plain(archive, part)
    return Sheet("xlsx", "", "", visible, name, names, header_row, rows, merges)


def _open_xls(path: Path, sheet: str) -> Sheet:
    book = open_old(path)
    name, header_row, names = _choose(sheet, book.names, book.visible, book.rows)
    read = partial(book.rows, name)
    return Sheet("xls", "", "", book.visible, name, names, header_row, read, book.merges(name))


def _choose(
    asked: str,
    names: Sequence[str],
    visible: Sequence[str],
    read: Callable[[str], Iterator[RawRow]],
) -> tuple[str, int, tuple[str, ...]]:
    """Find the sheet and its header: the one asked for, else the first visible with a table."""
    if asked and asked not in names:
        raise SheetRefused(Refusal.NO_SUCH_SHEET, f"the worksheets are: {', '.join(names)[:300]}")
    first: SheetRefused | None = None
    for name in [asked] if asked else visible or names:
        try:
            header = find_header(_preview(partial(read, name)))
        except SheetRefused as refused:
            if refused.code not in (Refusal.EMPTY, Refusal.NO_HEADER):
                raise
            if first is None or first.code == Refusal.EMPTY:
                first = refused
        else:
            return name, header.row, header.names
    raise first or SheetRefused(Refusal.EMPTY, "no visible worksheet")


def _preview(read: RawRows) -> list[RawRow]:
    return list(islice(read(), LOOKED_AT))
