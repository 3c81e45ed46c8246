"""What a workbook says about itself: its sheets, number formats, shared texts, merged cells.

Source: ECMA-376 part 1 (SpreadsheetML), sections 18.2, 18.4, 18.8.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from posixpath import join, normpath
from re import compile as pattern
from struct import Struct
from tempfile import TemporaryFile

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.markup import Attributes, Markup, attribute
from qiao.core.sheets.refusals import Refusal, SheetRefused

LONGEST_TEXT = 40_000
"""More than a cell can hold (32,767)."""
_MOST_MERGES = 200_000
_MOST_SHEETS = 1_000
_MOST_FORMATS = 70_000
_TAIL = 64
_FAR_COLUMN = 1 << 20
_CACHED_TEXTS = 32_768
_OFFSET = Struct("<Q")
_ESCAPED = pattern("_x([0-9A-Fa-f]{4})_")
_MERGE = pattern(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):"""
    rb"""\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
_QUOTED = pattern(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]')

# Built-in formats of ECMA-376 part 1, 18.8.30, with those of East Asian versions.
_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name as shown, the part that holds it, whether it is shown."""

    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The worksheets in order, and the date system."""

    sheets: tuple[SheetPart, ...]
    from_1904: bool
    related: dict[str, str]

    def part_of_kind(self, kind: str) -> str:
        """Name the part of a kind such as `styles`; empty when there is none."""
        return self.related.get(kind, "")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range inside one column; rows from 1, both included; column from 0."""

    column: int
    first: int
    last: int


def read_book(archive: Archive) -> Book:
    """Read the list of sheets.

    Raises:
        SheetRefused: `unknown_format` for another kind of zip, `damaged`.
    """
    main = _find_main(archive)
    targets, kinds = _read_relations(archive, main)
    sheets: list[SheetPart] = []
    calendar = {"date1904": "0"}

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            calendar.update(attributes)
        elif name == "sheet" and len(sheets) < _MOST_SHEETS:
            kind, part = targets.get(attribute(attributes, "id"), ("", ""))
            if kind == "worksheet":
                visible = attributes.get("state", "visible") == "visible"
                sheets.append(SheetPart(attributes.get("name", ""), part, visible))

    markup = Markup(archive, main)
    markup.listen(start=start)
    markup.run()
    if not sheets:
        raise SheetRefused(Refusal.EMPTY, "the workbook has no worksheet")
    return Book(tuple(sheets), calendar["date1904"] in ("1", "true"), kinds)


def _find_main(archive: Archive) -> str:
    if archive.has("_rels/.rels"):
        _, kinds = _read_relations(archive, "")
        main = kinds.get("officeDocument", "")
        if main and archive.has(main) and main.lower().endswith(".xml") and "word" not in main:
            return main
    if archive.has("xl/workbook.xml"):
        return "xl/workbook.xml"
    looks = next(
        (
            kind
            for part, kind in (
                ("content.xml", "an OpenDocument file"),
                ("xl/workbook.bin", "a binary workbook (XLSB)"),
                ("word/document.xml", "a Word document"),
            )
            if archive.has(part)
        ),
        "a zip archive",
    )
    raise SheetRefused(Refusal.UNKNOWN_FORMAT, looks)


def _read_relations(
    archive: Archive, part: str
) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Map ids to (kind, part) and kinds to their first part."""
    folder, _, file = part.rpartition("/")
    targets: dict[str, tuple[str, str]] = {}
    kinds: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        whole = normpath(join(folder, target) if not target.startswith("/") else target)
        targets[attributes.get("Id", "")] = kind, whole.lstrip("/")
        kinds.setdefault(kind, whole.lstrip("/"))

    markup = Markup(archive, f"{folder}/_rels/{file}.rels".lstrip("/"))
    markup.listen(start=start)
    markup.run()
    return targets, kinds


def read_formats(archive: Archive, part: str) -> tuple[str, ...]:
    """Tell for each cell style what its number is: `date`, `time` or nothing of the kind."""
    if not part or not archive.has(part):
        return ()
    own: dict[int, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt" and len(own) < _MOST_FORMATS:
            own[_number(attributes)] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside.append(name)
        elif name == "xf" and inside and len(styles) < _MOST_FORMATS:
            styles.append(_kind_of_format(_number(attributes), own))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside.clear()

    markup = Markup(archive, part)
    markup.listen(start=start, end=end)
    markup.run()
    return tuple(styles)


def _number(attributes: Attributes) -> int:
    written = attributes.get("numFmtId", "0")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0


def _kind_of_format(number: int, own: dict[int, str]) -> str:
    if number not in own:
        if number in _BUILT_IN_DATES:
            return "date"
        return "time" if number in _BUILT_IN_TIMES else ""
    code = _QUOTED.sub("", own[number].split(";")[0]).lower().replace("general", "")
    if any(letter in code for letter in "yd年"):
        return "date"
    if any(letter in code for letter in "hs"):
        return "time"
    return "date" if "m" in code else ""


class SharedTexts:
    """The texts that cells refer to by number, on the disk: a million cost no memory.

    They lie one after another in an unnamed temporary file that vanishes with this object.
    """

    def __init__(self, archive: Archive, part: str) -> None:
        self._count = 0
        self._size = 0
        self._texts = TemporaryFile()  # noqa: SIM115 - lives as long as the sheet
        self._places = TemporaryFile()  # noqa: SIM115 - lives as long as the sheet
        if part and archive.has(part):
            self._fill(archive, part)
        self._texts.write(b"\0")
        self._places.write(_OFFSET.pack(self._size))
        self._texts.flush()
        self._places.flush()
        self._text_map = mmap.mmap(self._texts.fileno(), 0, access=mmap.ACCESS_READ)
        self._place_map = mmap.mmap(self._places.fileno(), 0, access=mmap.ACCESS_READ)
        self.get = lru_cache(maxsize=_CACHED_TEXTS)(self._get)

    def _get(self, number: int) -> str:
        if not 0 <= number < self._count:
            raise SheetRefused(Refusal.DAMAGED, f"shared text {number} of {self._count}")
        start = _OFFSET.unpack_from(self._place_map, number * 8)[0]
        end = _OFFSET.unpack_from(self._place_map, number * 8 + 8)[0]
        return self._text_map[start:end].decode("utf-8", "surrogatepass")

    def _fill(self, archive: Archive, part: str) -> None:
        collected = Collected()

        def end(name: str) -> None:
            if name == "si":
                self._places.write(_OFFSET.pack(self._size))
                self._size += self._texts.write(collected.take().encode("utf-8", "surrogatepass"))
                self._count += 1
            else:
                collected.end(name)

        markup = Markup(archive, part)
        markup.listen(start=collected.start, end=end, text=collected.text)
        markup.run()


class Collected:
    """Collects the text of an `si` or `is`: its `t`, without the readings (`rPh`)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._in_text = False
        self._in_reading = False

    def start(self, name: str, _: Attributes) -> None:
        """Hear of an element."""
        if name == "t":
            self._in_text = not self._in_reading
        elif name == "rPh":
            self._in_reading = True

    def end(self, name: str) -> None:
        """Hear of the end of an element."""
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_reading = False

    def text(self, text: str) -> None:
        """Hear of a text."""
        if self._in_text and self._length < LONGEST_TEXT:
            self._pieces.append(text)
            self._length += len(text)

    def take(self) -> str:
        """Hand over what was collected and begin anew."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return unescape(text)


def unescape(text: str) -> str:
    """Undo `_x000D_`: how SpreadsheetML writes what XML cannot (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), text)


def find_merges(archive: Archive, part: str) -> tuple[Merge, ...]:
    """Find merged ranges of one column. They stand behind all rows, so the part is read once more.

    Reading to the end also compares the checksum before the first row is handed out.
    """
    return tuple(_merges(archive.blocks(part)))


def _merges(blocks: Iterator[bytes]) -> Iterator[Merge]:
    tail, behind, found = b"", False, 0
    for block in blocks:
        piece = tail + block
        if not behind and b"mergeCell" not in piece:
            tail = piece[-_TAIL:]
            continue
        behind = True
        last = 0
        for match in _MERGE.finditer(piece):
            last = match.end()
            column, first, other, end = match.groups()
            found += 1
            if found > _MOST_MERGES:
                raise SheetRefused(Refusal.DAMAGED, f"more than {_MOST_MERGES} merged ranges")
            if column == other and int(end) > int(first):
                yield Merge(column_of(column.decode()), int(first), int(end))
        tail = piece[max(last, len(piece) - 4 * _TAIL) :]


@lru_cache(maxsize=20_000)
def column_of(letters: str) -> int:
    """Turn A, Z, AA into 0, 25, 26; -1 for what are no letters."""
    place = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or place > _FAR_COLUMN:
            return -1
        place = place * 26 + ord(letter) - 64
    return place - 1
