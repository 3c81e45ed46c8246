"""Workbooks of Excel are read as the person who wrote them sees them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from qiao.core.sheets.cells import read_value
from qiao.core.tests.old_workbooks import ERROR, Cell, write_xls
from qiao.core.tests.sheet_files import (
    HEADER,
    codes,
    pack_book,
    read,
    refusal,
    rows_of,
    write_xlsx,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


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
