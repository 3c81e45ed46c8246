"""Delimited texts are read, and what is wrong with them is told by row."""

from pathlib import Path

import pytest

from qiao.core.tests.sheet_files import (
    ANNA,
    HEADER,
    RARE,
    codes,
    read,
    refusal,
    write_csv,
    write_text,
)


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
