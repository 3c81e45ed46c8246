"""Bombs, cut and changed files are refused by code, in little memory."""

import csv
import tracemalloc
from contextlib import suppress
from pathlib import Path
from struct import pack
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.sheets import MOST_BYTES, SheetRefused, open_sheet
from qiao.core.sheets.archives import Archive
from qiao.core.tests.old_workbooks import ERROR, Cell, wrap, write_xls
from qiao.core.tests.sheet_files import HEADER, pack_book, refusal, rows_of, write_xlsx


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


@pytest.mark.parametrize(
    "sheet",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        rows_of('<x:row r="2000000"/>'),
        rows_of('<x:row r="x"/>'),
        rows_of('<x:row><x:c r="ZZZZ9"><x:v>1</x:v></x:c></x:row>'),
        rows_of('<x:row><x:c t="s"><x:v>7</x:v></x:c></x:row>'),
        rows_of()[:-20],
        "",
    ],
)
def test_broken_worksheets_are_refused_as_damaged(path: Path, sheet: str) -> None:
    assert refusal(pack_book(path, sheet)).code == "damaged"


def test_zip_bombs_are_refused_before_they_are_unpacked(path: Path) -> None:
    pack_book(path, rows_of() + " " * 60_000_000)
    assert refusal(path).code == "zip_bomb"
    pack_book(path, rows_of())
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)
    assert refusal(path).code == "zip_bomb"
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = pack("<I", 0x7FFFFFFF)
    path.write_bytes(data)
    assert refusal(path).code == "zip_bomb"


@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_a_part_whose_packed_bytes_are_damaged_is_told_however_it_is_packed(
    path: Path, method: int
) -> None:
    words = b"".join(b"%d" % number for number in range(50_000))
    with ZipFile(path, "w", method) as zipped:
        zipped.writestr("part", words)
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(SheetRefused) as told:
        list(Archive(path).blocks("part"))
    assert told.value.code == "damaged"


def test_a_file_that_the_disk_no_longer_gives_is_no_damage_of_the_workbook(path: Path) -> None:
    archive = Archive(pack_book(path, rows_of()))
    path.unlink()
    with pytest.raises(FileNotFoundError):
        list(archive.blocks("xl/workbook.xml"))


def test_a_part_that_lies_about_its_size_is_damaged_not_believed(path: Path) -> None:
    pack_book(path, rows_of("<x:row/>" * 500))
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = pack("<I", 300)
    path.write_bytes(data)
    assert refusal(path).code == "damaged"


def test_files_above_the_limits_are_refused_unread(path: Path) -> None:
    for start, size in ((b"a,b\n", MOST_BYTES), (b"PK\x03\x04", 200_000_000)):
        path.write_bytes(start + b"x" * 5_000)
        with path.open("r+b") as file:
            file.truncate(size + 1)
        assert refusal(path).code == "too_large"


def test_other_zips_are_named(path: Path) -> None:
    for part in ("content.xml", "word/document.xml", "xl/workbook.bin", "a.txt"):
        with ZipFile(path, "w") as file:
            file.writestr(part, "x")
        assert refusal(path).code == "unknown_format"


def test_every_cut_through_a_workbook_is_refused(path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row in range(200):
            sheet.write_row(row, 0, [f"姓{row}", f"名{row}"])

    whole = write_xlsx(path, fill).read_bytes()
    for length in range(4, len(whole) - 1, 509):
        path.write_bytes(whole[:length])
        assert refusal(path).code == "damaged"
    flipped = bytearray(whole)
    middle = flipped.find(b"sheet1.xml") + 60
    flipped[middle] ^= 0xFF
    path.write_bytes(flipped)
    assert refusal(path).code == "damaged"


def test_old_workbooks_that_would_fill_the_memory_or_ask_a_password_are_refused(
    path: Path,
) -> None:
    path.write_bytes(write_xls({(0, 0): "a", (0, 9_000): "b"}))
    assert refusal(path).code == "damaged"
    path.write_bytes(write_xls({(0, 0): "a", (65_535, 255): "b"}))
    assert refusal(path).code == "too_large"
    path.write_bytes(write_xls({(0, 0): "a"}, has_password=True))
    assert refusal(path).code == "encrypted"
    path.write_bytes(wrap(b"x" * 5_000, name="EncryptedPackage"))
    assert refusal(path).code == "encrypted"
    path.write_bytes(wrap(b"x" * 5_000, name="WordDocument"))
    assert refusal(path).code == "unknown_format"


def test_every_cut_through_an_old_workbook_is_refused(path: Path) -> None:
    whole = write_xls({(row, column): f"值{row}" for row in range(90) for column in range(3)})
    for length in range(8, len(whole) - 512, 509):
        path.write_bytes(whole[:length])
        assert refusal(path).code == "damaged"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_many_rows_are_read_in_little_memory(path: Path, kind: str) -> None:
    count = 200_000 if kind == "csv" else 20_000
    records = ([f"王{n}", f"11010519900101{n:06d}", f"138{n:08d}"] for n in range(count))
    if kind == "csv":
        with path.open("w", newline="", encoding="gb18030") as file:
            csv.writer(file).writerows([HEADER])
            csv.writer(file).writerows(records)
    else:
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, HEADER)
            for row, record in enumerate(records, start=1):
                page.write_row(row, 0, record)
    tracemalloc.start()
    try:
        found = sum(1 for _ in open_sheet(path).rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak < 60_000_000


def try_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with suppress(SheetRefused):
        sheet = open_sheet(path)
        for row in sheet.rows():
            assert len(row.cells) == len(sheet.header)
            assert all("\0" not in cell and len(cell) <= 4_000 for cell in row.cells)


starts = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"a,b\n",
    ]
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=starts, content=st.binary(max_size=600))
def test_no_bytes_make_it_fail_in_another_way(path: Path, start: bytes, content: bytes) -> None:
    try_bytes(path, start + content)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(st.sampled_from('姓a1,"\t;|\n\r\0=@ '), max_size=200))
def test_no_text_makes_it_fail_in_another_way(path: Path, content: str) -> None:
    try_bytes(path, content.encode())


changes = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(is_old=st.booleans(), changes=changes)
def test_no_changed_byte_makes_it_fail_in_another_way(
    path: Path, is_old: bool, changes: list[tuple[float, int]]
) -> None:
    if is_old:
        table: dict[tuple[int, int], Cell] = {(row, 1): f"值{row}" for row in range(40)}
        table |= {(0, 0): "姓", (31, 2): ERROR, (32, 2): 2.5}
        data = bytearray(write_xls(table))
    else:
        data = bytearray(
            pack_book(path, rows_of("<x:row><x:c><x:v>1</x:v></x:c></x:row>")).read_bytes()
        )
    for place, byte in changes:
        data[int(place * len(data))] = byte
    try_bytes(path, bytes(data))
