"""Files of documents: what an office file really is, and the text in a document, bounded.

An office file is a zip of XML parts (ECMA-376). Its directory is checked before anything is
unpacked, macros and passwords are refused, and the parts go through expat without entities.
"""

import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from qiao.core.sheets.archives import Archive
from qiao.core.sheets.markup import Markup
from qiao.core.sheets.refusals import SheetRefused

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXT: Final = "text/plain"
PDF: Final = "application/pdf"
_MAIN: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MACROS: Final = ("word/vbaproject.bin", "xl/vbaproject.bin", "ppt/vbaproject.bin")
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_CHARACTERS: Final = 100_000
MOST_PAGES: Final = 200
MOST_PARTS: Final = 200


class NotOffice(ValueError):  # noqa: N818 - a refusal, not a fault
    """Not an office file that is taken; `reason` is ``wrong_type``, ``encrypted``, ``macros`` or
    ``damaged``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def office_type(content: bytes) -> str:
    """The type of an office file by what is inside it. Raises `NotOffice`."""
    if content.startswith(_OLD_OFFICE):
        # An old office file, or a new one under a password: neither can be looked into.
        raise NotOffice("encrypted")
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            archive = Archive(Path(file.name))
        except SheetRefused as refusal:
            raise NotOffice("encrypted" if refusal.code == "encrypted" else "damaged") from refusal
        if any(archive.has(name) for name in _MACROS):
            raise NotOffice("macros")
        for part, kind in _MAIN.items():
            if archive.has(part):
                return kind
    raise NotOffice("wrong_type")


def plain_text(content: bytes) -> str:
    """A text file as text: UTF-8 or GB 18030. Raises `NotOffice`."""
    if b"\x00" in content:
        raise NotOffice("wrong_type")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotOffice("wrong_type")


def text_of(path: Path, content_type: str) -> str:
    """The text in a document, at most `MOST_CHARACTERS`; empty where none can be read."""
    try:
        if content_type == PDF:
            pieces = _pdf(path)
        elif content_type == TEXT:
            pieces = iter([plain_text(path.read_bytes())])
        elif content_type in _MAIN.values():
            pieces = _office(path)
        else:
            return ""
        return _bounded(pieces)
    except (SheetRefused, NotOffice, PyPdfError, ValueError, KeyError, OSError, RecursionError):
        return ""


def _bounded(pieces: Iterator[str]) -> str:
    out: list[str] = []
    left = MOST_CHARACTERS
    for piece in pieces:
        out.append(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    return "".join(out).replace("\x00", "")


def _pdf(path: Path) -> Iterator[str]:
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    if reader.is_encrypted:
        return
    for page in islice(reader.pages, MOST_PAGES):
        yield page.extract_text() + "\n"


def _office(path: Path) -> Iterator[str]:
    archive = Archive(path)
    with zipfile.ZipFile(path) as zipped:
        names = [name for name in zipped.namelist() if _has_words(name)]
    for name in sorted(names)[:MOST_PARTS]:
        words: list[str] = []
        markup = Markup(archive, name)
        markup.listen(start=lambda _name, _attributes: None, text=words.append)
        for _block in markup.blocks():
            yield "".join(words)
            words.clear()
        yield "\n"


def _has_words(name: str) -> bool:
    low = name.lower()
    return low in ("word/document.xml", "xl/sharedstrings.xml") or (
        low.startswith("ppt/slides/slide") and low.endswith(".xml")
    )
