"""Tables are read out of real files, and what is wrong with them is told by row."""

import csv
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from struct import pack
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from qiao.core.sheets import MOST_BYTES, Sheet, SheetRefused, SheetRow, open_sheet
from qiao.core.sheets.cells import read_value
from qiao.core.tests.old_workbooks import ERROR, Cell, wrap, write_xls

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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_names_outside_the_basic_plane_arrive_from_every_encoding(
    path: Path, encoding: str
) -> None:
    sheet, rows = read(write_csv(path, ANNA, RARE, encoding=encoding))
    assert sheet.format == "csv"
    assert sheet.encoding in (encoding.removesuffix("-sig"), "utf-16-le")
    assert sheet.header == tuple(HEADER)
    assert [list(row.cells) for row in rows] == [ANNA, RARE]
    assert [row.number for row in rows] == [2, 3]
    assert not any(row.faults for row in rows)


def test_old_chinese_encodings_are_part_of_gb18030(path: Path) -> None:
    for encoding in ("gbk", "gb2312"):
        sheet, rows = read(write_csv(path, ["王小明", "1", "2"], encoding=encoding))
        assert (sheet.encoding, rows[0].cells[0]) == ("gb18030", "王小明")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_even_when_another_stands_inside_fields(
    path: Path, delimiter: str
) -> None:
    other = ";" if delimiter != ";" else ","
    lines = [["姓名", "地址"], [f"王{other}五", f"人民路1号{other}2室"], ["李", "解放路"]]
    text = "\n".join(delimiter.join(line) for line in lines)
    sheet, rows = read(write_text(path, text))
    assert sheet.delimiter == delimiter
    assert [list(row.cells) for row in rows] == lines[1:]


def test_the_line_by_which_excel_names_its_delimiter_is_obeyed(path: Path) -> None:
    sheet, rows = read(write_text(path, "sep=;\n姓名;地址\n王;a,b,c\n"))
    assert (sheet.delimiter, sheet.header_row, rows[0].number) == (";", 2, 3)


def test_a_field_with_line_breaks_counts_lines_as_an_editor_does(path: Path) -> None:
    text = '姓名,地址\n王,"人民路\n1号"\n\n李,"说""好"""\n'
    _, rows = read(write_text(path, text))
    assert [(row.number, row.cells) for row in rows] == [
        (2, ("王", "人民路\n1号")),
        (5, ("李", '说"好"')),
    ]


def test_a_quote_that_never_ends_is_told_on_its_row(path: Path) -> None:
    _, rows = read(write_text(path, '姓名,地址\n王,路\n李,"巷\n赵,街\n'))
    assert [(row.number, codes(row)) for row in rows] == [(2, []), (3, [(1, "unclosed_quote")])]


def test_a_quote_that_swallows_too_much_is_refused_with_its_line(path: Path) -> None:
    refused = refusal(write_text(path, '姓名,地址\n王,路\n李,"巷\n' + "赵,街\n" * 50_000))
    assert (refused.code, refused.detail[:6]) == ("damaged", "line 3")


def test_a_line_without_end_is_refused(path: Path) -> None:
    assert refusal(write_text(path, "姓名,地址\n" + "a" * 2_000_000)).code == "damaged"


def test_text_is_brought_to_one_form_and_told_what_was_wrong(path: Path) -> None:
    table = {
        "　王　五 ": ("王　五", None),
        "１３８ＡＢｃ": ("138ABc", None),
        "阿卜杜·热合曼，（男）": ("阿卜杜·热合曼，（男）", None),
        "a\0b\x07": ("ab", "control"),
        "\u200b\ufeff13800": ("13800", None),
        "=HYPERLINK(1)": ("=HYPERLINK(1)", "formula"),
        "@SUM(1)": ("@SUM(1)", "formula"),
        "+cmd|' /C calc'!A0": ("+cmd|' /C calc'!A0", "formula"),
        "+86 (755) 8888-6666": ("+86 (755) 8888-6666", None),
        "-12.50": ("-12.50", None),
        '="00138"': ("00138", None),
        "'110105199001011234": ("110105199001011234", None),
        "1.10105E+17": ("1.10105E+17", "digits_lost"),
        "好" * 5_000: ("好" * 4_000, "too_long"),
        "a" * 5_000: ("a" * 4_000, "too_long"),
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write("原文,别的\r\n")
        for text in table:
            file.write((f'"{text}"' if '"' not in text else text) + ",x\r\n")
    _, rows = read(path)
    found = [(row.cells[0], row.faults[0].code if row.faults else None) for row in rows]
    assert found == list(table.values())


def test_short_long_and_empty_rows_are_brought_to_the_header(path: Path) -> None:
    text = "姓名,电话\n王\n,\n  ,\u3000\n李,1,,\n赵,2,多\n"
    _, rows = read(write_text(path, text))
    assert [(row.number, row.cells, codes(row)) for row in rows] == [
        (2, ("王", ""), []),
        (5, ("李", "1"), []),
        (6, ("赵", "2"), [(2, "extra_cells")]),
    ]


def test_titles_and_blank_lines_above_the_header_are_passed_over(path: Path) -> None:
    text = (
        "客户清单,,,\n制表:张三,日期:今日,,\n\n姓　名,,电话,电话,备\n"
        "王,1,2,3,4\n李,1,2,3,4\n".replace("备\n", '"备 \n注"\n')
    )
    sheet, rows = read(write_text(path, text))
    assert sheet.header_row == 4
    assert sheet.header == ("姓 名", "#2", "电话", "电话 (2)", "备 注")
    assert [row.number for row in rows] == [6, 7]


def test_a_list_without_column_names_is_refused_not_shortened(path: Path) -> None:
    text = "".join(f"王{n},人民路,1380013800{n}\n" for n in range(9)) + "李,路,无\n"
    assert refusal(write_text(path, text)).code == "no_header"
    assert refusal(write_text(path, "一列\n只有\n一列\n")).code == "no_header"


def test_an_empty_table_below_a_header_is_a_table(path: Path) -> None:
    assert read(write_csv(path))[1] == []


def test_a_wrong_encoding_is_told_with_line_and_byte(path: Path) -> None:
    good = "姓名,电话,住在哪里的街道名称\n王,1,2\n".encode()
    path.write_bytes(good + b"\xff\xff,1\n")
    refused = refusal(path)
    assert refused.code == "encoding"
    assert refused.detail == f"not utf-8: line 3, byte {len(good) + 1}"


def test_a_broken_place_in_utf8_does_not_turn_it_into_gb18030(path: Path) -> None:
    path.write_bytes("姓名,电话,住在哪里的街道名称\n".encode() + b"\xd5\xc5,1\n")
    assert refusal(path).code == "encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"%PDF-1.7\n", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n", "unknown_format"),
        (b"<html><table><tr><td>a</td></tr></table>", "unknown_format"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "unknown_format"),
        ("姓名,电话\n".encode("utf-16-le").replace(b"\xff\xfe", b""), "unknown_format"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "damaged"),
        (b"\xff\xfea\x00,\x00b", "encoding"),
    ],
)
def test_what_is_no_table_is_refused_with_its_code(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    assert refusal(path).code == code


def test_a_workbook_gives_each_kind_of_cell_as_text(path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        chinese = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        moment = book.add_format({"num_format": "yyyy/m/d hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        money = book.add_format({"num_format": '[Red]#,##0.00"yd"'})
        sheet.write_row(0, 0, ["种类", "值"])
        sheet.write_datetime(1, 1, date(2026, 11, 22), day)
        sheet.write_datetime(2, 1, date(2026, 11, 22), chinese)
        sheet.write_datetime(3, 1, datetime.fromisoformat("2026-11-22T09:30"), moment)
        sheet.write_number(4, 1, 0.5, clock)
        sheet.write_number(5, 1, 13800138000)
        sheet.write_number(6, 1, 0.1 + 0.2, money)
        sheet.write_number(7, 1, 0.0000001)
        sheet.write_number(8, 1, 110105199001011234)
        sheet.write_boolean(9, 1, True)
        sheet.write_formula(10, 1, "=NA()", None, "#N/A")
        sheet.write_formula(11, 1, "=1+1", None, 2)
        sheet.write_string(12, 1, "=1+1")
        sheet.write_string(13, 1, "_x0041_ 古丽·买买提 𠮷 \x01")
        sheet.write_rich_string(14, 1, "王", book.add_format({"bold": True}), "五")
        sheet.write_number(15, 1, 60, day)

    sheet, rows = read(write_xlsx(path, fill))
    assert (sheet.format, sheet.sheet_names, sheet.header) == ("xlsx", ("客户",), ("种类", "值"))
    assert [(row.number, row.cells[1], *[code for _, code in codes(row)]) for row in rows] == [
        (2, "2026-11-22"),
        (3, "2026-11-22"),
        (4, "2026-11-22T09:30:00"),
        (5, "12:00:00"),
        (6, "13800138000"),
        (7, "0.3"),
        (8, "0.0000001"),
        (9, "110105199001011200", "digits_lost"),
        (10, "true"),
        (11, "", "error_cell"),
        (12, "2"),
        (13, "=1+1", "formula"),
        (14, "_x0041_ 古丽·买买提 𠮷", "control"),
        (15, "王五"),
        (16, "60", "bad_date"),
    ]


def test_dates_of_both_date_systems_are_the_same_day(path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["姓名", "生日"])
        form = book.add_format({"num_format": 14})
        sheet.write_datetime(1, 1, date(1990, 2, 28), form)

    for is_1904 in (False, True):
        _, rows = read(write_xlsx(path, fill, date_1904=is_1904))
        assert rows[0].cells[1] == "1990-02-28"


def test_merged_cells_of_one_column_hold_for_all_their_rows(path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 2, "客户清单")
        sheet.write_row(1, 0, ["小区", "姓名", "电话"])
        sheet.merge_range(2, 0, 5, 0, "幸福里")
        for row in (2, 3, 5):
            sheet.write_row(row, 1, [f"王{row}", f"{row}"])
        sheet.write_row(6, 0, ["", "李", "7"])
        sheet.merge_range(7, 1, 7, 2, "横")

    _, rows = read(write_xlsx(path, fill))
    assert [(row.number, row.cells[0], row.cells[1]) for row in rows] == [
        (3, "幸福里", "王2"),
        (4, "幸福里", "王3"),
        (6, "幸福里", "王5"),
        (7, "", "李"),
        (8, "", "横"),
    ]


def test_the_first_visible_sheet_with_a_table_is_read_unless_one_is_named(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write(0, 0, "请看第二页")
        for name in ("客户", "机密"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["姓名", "页"])
            sheet.write_row(1, 0, ["王", name])
        sheet.hide()
    opened, rows = read(path)
    assert (opened.sheet_names, opened.name) == (("说明", "客户"), "客户")
    assert rows[0].cells == ("王", "客户")
    assert read(path, "机密")[1][0].cells == ("王", "机密")
    assert refusal(path, "没有").code == "no_such_sheet"


def test_inline_texts_and_memory_saving_writers_are_read(path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["𠮷<&>·", " a\nb ", "1"])

    _, rows = read(write_xlsx(path, fill, constant_memory=True))
    assert rows[0].cells == ("𠮷<&>·", "a\nb", "1")


cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    st.integers(-(10**14), 10**14),
    st.booleans(),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6))
def test_the_stream_reads_what_calamine_reads(path: Path, table: list[list[object]]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["甲", "乙", "丙", "丁"])
        for place, row in enumerate(table, start=1):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                write(place, column, value)

    write_xlsx(path, fill)
    expected = [
        [read_value(value)[0] for value in row]
        for row in load_workbook(path).get_sheet_by_index(0).iter_rows()
    ][1:]
    _, rows = read(path)
    found = {row.number: row.cells for row in rows}
    for number, row in enumerate(expected, start=2):
        assert tuple(row) + ("",) * (4 - len(row)) == found.get(number, ("",) * 4)


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


def test_prefixes_missing_addresses_and_formulas_without_result_are_understood(
    path: Path,
) -> None:
    sheet = rows_of(
        "<x:row><x:c><x:f>A1&amp;B1</x:f></x:c><x:c><x:v>1.5E3</x:v></x:c></x:row>",
        '<x:row><x:c t="d"><x:v>2026-11-22</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c></x:row>',
        '<x:row r="9"><x:c r="B9" t="inlineStr"><x:is><x:t>王</x:t><x:rPh><x:t>wang</x:t></x:rPh>'
        "</x:is></x:c></x:row>",
    )
    _, rows = read(pack_book(path, sheet))
    assert [(row.number, row.cells, codes(row)) for row in rows] == [
        (2, ("=A1&B1", "1500"), [(0, "formula")]),
        (3, ("2026-11-22", ""), [(1, "error_cell")]),
        (9, ("", "王"), []),
    ]


pieces = st.lists(
    st.sampled_from(
        [
            '<x:row r="{n}"><x:c r="A{n}"><x:v>12.50</x:v></x:c><x:c r="C{n}" s="1"/></x:row>',
            '<x:row r="{n}" spans="1:2"><x:c r="B{n}" t="str"><x:v>好 </x:v></x:c></x:row>',
            '<x:row><x:c r="A{n}" t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v/></x:c></x:row>',
            "<x:row><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>",
            '<x:row r="{n}"><x:c r="A{n}" t="str"><x:v>a&amp;b</x:v></x:c></x:row>',
            '<x:row><x:c t="inlineStr"><x:is><x:r><x:t>王</x:t></x:r></x:is></x:c></x:row>',
            '<x:row r="{n}"><x:c r="B{n}" t="e"><x:v>#REF!</x:v></x:c></x:row>',
            '<x:row r="{n}"><x:c r="XFD{n}"><x:v>1E3</x:v></x:c></x:row>',
            '<x:row r="{n}"><x:c r="A{n}" t="inlineStr"><x:is><x:t> _x0041_ </x:t></x:is></x:c>'
            '<x:c r="B{n}" t="inlineStr"><x:is><x:t/></x:is></x:c></x:row>',
            '<x:row r="{n}"><x:c r="B{n}" t="inlineStr"><x:is><x:t xml:space="preserve"> 王'
            "</x:t></x:is></x:c></x:row>",
            '<x:row r="{n}"/>',
            "<x:row/>",
            "<x:row></x:row>",
            "\n  ",
        ]
    ),
    max_size=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=pieces)
def test_the_quick_way_reads_what_the_parser_reads(path: Path, pieces: list[str]) -> None:
    rows = [piece.replace("{n}", str(10 * place)) for place, piece in enumerate(pieces, start=1)]
    slow = rows_of(*rows)
    _, by_parser = read(pack_book(path, slow))
    quick = slow.replace("x:", "").replace("xmlns:x", "xmlns").replace('xmlns="m"', "")
    for sheet in (quick, f"<!-- a comment -->{quick}"):
        assert read(pack_book(path, sheet))[1] == by_parser


def test_a_plain_sheet_that_ends_inside_a_row_is_damaged(path: Path) -> None:
    quick = rows_of("<x:row><x:c><x:v>1</x:v></x:c></x:row>" * 99).replace("x:", "")
    for cut in (quick[:-40], quick.replace("</row>", "", 50)):
        assert refusal(pack_book(path, cut)).code == "damaged"


def test_one_far_cell_costs_no_memory_and_is_told(path: Path) -> None:
    far = (
        '<x:row r="1048576"><x:c r="A1048576"><x:v>1</x:v></x:c>'
        '<x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    )
    _, rows = read(pack_book(path, rows_of(far)))
    assert codes(rows[0]) == [(2, "extra_cells")]


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


def test_an_old_workbook_is_read_with_its_errors(path: Path) -> None:
    table: dict[tuple[int, int], Cell] = {
        (0, 0): "姓名",
        (0, 1): "证件号",
        (1, 0): "古丽·买买提𠮷",
        (1, 1): 110105199001011234.0,
        (2, 0): "李",
        (2, 1): ERROR,
        (4, 0): 13800138000.0,
    }
    path.write_bytes(write_xls(table))
    sheet, rows = read(path)
    assert (sheet.format, sheet.sheet_names, sheet.header) == (
        "xls",
        ("客户",),
        ("姓名", "证件号"),
    )
    assert [(row.number, row.cells, codes(row)) for row in rows] == [
        (2, ("古丽·买买提𠮷", "110105199001011232"), [(1, "digits_lost")]),
        (3, ("李", ""), [(1, "error_cell")]),
        (5, ("13800138000", ""), []),
    ]


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
