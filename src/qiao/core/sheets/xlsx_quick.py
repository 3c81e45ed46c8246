"""Rows of an ordinary worksheet without an XML event for every cell: four times as fast.

XML text and attribute values never hold a bare `<` (XML 1.0, 2.4 and 3.1), so in a part without
comments, CDATA and instructions every `<row` is a row and every `<c` a cell. A row in which any
cell is of another shape than the usual one (formulas, rich text, escapes) goes to the parser.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from re import IGNORECASE
from re import compile as pattern

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.cells import RawRow, Value
from qiao.core.sheets.refusals import KEPT_COLUMNS, MOST_ROW_NUMBER, Refusal, SheetRefused
from qiao.core.sheets.xlsx import XlsxRows
from qiao.core.sheets.xlsx_parts import column_of, unescape

_LONGEST_ROW = 8 << 20
_CELL = pattern(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})")?'
    r'(?:/>|><v>([^<&]{0,40000})</v></c>|><is><t(?: xml:space="preserve")?>([^<&]{0,40000})'
    r"</t></is></c>)"
)
_NUMBER = pattern(r"""\sr=["']([0-9]{1,7})["']""")
_DECLARATION = pattern(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\?>")
_ENCODING = pattern(rb"encoding=[\"'](?!utf-8[\"'])", IGNORECASE)


def is_plain(archive: Archive, part: str) -> bool:
    """Say whether the part is UTF-8 without comments, CDATA, instructions and prefixes.

    Raises:
        SheetRefused: `damaged`.
    """
    tail = b""
    is_whole = False
    for place, block in enumerate(archive.blocks(part)):
        piece = tail + block
        if place == 0 and (declaration := _DECLARATION.match(piece)):
            if _ENCODING.search(declaration[0]):
                return False
            piece = piece[declaration.end() :]
        if b"<!" in piece or b"<?" in piece or b"</row " in piece:
            return False
        is_whole = is_whole or b"</sheetData>" in piece
        tail = piece[-16:]
    return is_whole


def read_quickly(archive: Archive, part: str, rows: XlsxRows) -> Iterator[RawRow]:
    """Yield the rows of a plain part that hold a cell.

    Raises:
        SheetRefused: `damaged`.
    """
    number = 0
    for start, content in _pieces(archive, part):
        found = _NUMBER.search(start)
        number = int(found[1]) if found else number + 1
        if not 1 <= number <= MOST_ROW_NUMBER or (not found and " r=" in start):
            raise SheetRefused(Refusal.DAMAGED, f"row number in {start[:60]!r}")
        if not content:
            continue
        cells = _CELL.findall(content)
        if len(cells) == content.count("<c"):
            values = _values(cells, rows)
            row = RawRow(number, values) if values else None
        else:
            row = rows.read_piece(f"{start}{content}</row>", number=number)
        if row:
            yield row


def _values(cells: list[tuple[str, str, str, str, str]], rows: XlsxRows) -> list[Value]:
    values: list[Value] = []
    for letters, style, kind, text, inline in cells:
        value = rows.convert(kind=kind, style=style, text=text) if text else unescape(inline)
        if value == "":
            continue
        column = min(column_of(letters), KEPT_COLUMNS)
        missing = column - len(values)
        if missing == 0:
            values.append(value)
            continue
        if missing > 0:
            values.extend([""] * (missing + 1))
        values[column] = value
    return values


def _pieces(archive: Archive, part: str) -> Iterator[tuple[str, str]]:
    """Cut the part into rows: the start tag, and what stands between it and the end tag."""
    decoder = getincrementaldecoder("utf-8")("strict")
    text = ""
    for block in archive.blocks(part):
        try:
            text += decoder.decode(block)
        except UnicodeDecodeError as error:
            raise SheetRefused(Refusal.DAMAGED, f"{part[:80]}: {error.reason}") from None
        at = 0
        while piece := _next_piece(text, at):
            start, content, at = piece
            yield start, content
        text = text[at:]
        if len(text) > _LONGEST_ROW:
            # Far behind the last row nothing needs to be kept but a tag that is cut in two.
            if "<row" in text:
                raise SheetRefused(Refusal.DAMAGED, f"{part[:80]}: an endless row")
            text = text[-8:]
    if _starts_row(text, 0) >= 0:
        raise SheetRefused(Refusal.DAMAGED, f"{part[:80]}: the last row does not end")


def _next_piece(text: str, at: int) -> tuple[str, str, int] | None:
    begin = _starts_row(text, at)
    close = text.find(">", begin) if begin >= 0 else -1
    if close < 0:
        return None
    if text[close - 1] == "/":
        return text[begin : close + 1], "", close + 1
    end = text.find("</row>", close)
    if end < 0:
        return None
    content = text[close + 1 : end]
    if "<row" in content:
        raise SheetRefused(Refusal.DAMAGED, f"{text[begin : begin + 40]!r}: a row inside a row")
    return text[begin : close + 1], content, end + 6


def _starts_row(text: str, at: int) -> int:
    begin = text.find("<row", at)
    while begin >= 0 and text[begin + 4 : begin + 5] not in (" ", ">", "/", "\n", "\t", "\r"):
        begin = text.find("<row", begin + 4)
    return begin
