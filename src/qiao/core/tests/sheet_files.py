"""Writes the files that the tests of sheets read, and reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from qiao.core.sheets import Sheet, SheetRefused, SheetRow, open_sheet

HEADER = ["姓名", "证件号", "电话"]
ANNA = ["古丽·买买提", "110105199001011234", "13800138000"]
RARE = ["𠮷田㐂一", "440301198502022345", "+86 755 8888 6666"]


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def write_csv(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    text = "".join(",".join(row) + "\r\n" for row in [HEADER, *rows])
    return write_text(path, text, encoding)


def write_xlsx(path: Path, fill: Callable[[Any, Any], None], **options: object) -> Path:
    with xlsxwriter.Workbook(path, options) as book:
        fill(book, book.add_worksheet("客户"))
    return path


def read(path: Path, sheet: str = "") -> tuple[Sheet, list[SheetRow]]:
    opened = open_sheet(path, sheet=sheet)
    return opened, list(opened.rows())


def codes(row: SheetRow) -> list[tuple[int, str]]:
    return [(fault.column, str(fault.code)) for fault in row.faults]


def refusal(path: Path, sheet: str = "") -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        read(path, sheet)
    return refused.value


def pack_book(path: Path, sheet: str, **parts: str) -> Path:
    """A workbook of hand-written parts."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = {
        "_rels/.rels": f'<R><Relationship Id="a" Type="{kind}/officeDocument" '
        'Target="/xl/workbook.xml"/></R>',
        "xl/workbook.xml": '<x:workbook xmlns:x="m" xmlns:r="q"><x:sheets>'
        '<x:sheet name="一" sheetId="1" r:id="b"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": f'<R><Relationship Id="b" Type="{kind}/worksheet" '
        'Target="worksheets/sheet1.xml"/></R>',
        "xl/worksheets/sheet1.xml": sheet,
        **parts,
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, text in names.items():
            file.writestr(name, text)
    return path


def rows_of(*rows: str) -> str:
    head = '<x:row><x:c t="str"><x:v>甲</x:v></x:c><x:c t="str"><x:v>乙</x:v></x:c></x:row>'
    return f'<x:s xmlns:x="m"><x:sheetData>{head}{"".join(rows)}</x:sheetData></x:s>'
