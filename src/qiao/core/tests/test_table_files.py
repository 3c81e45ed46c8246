"""Files of tables: what was written stands in them, whatever the form."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from qiao.core.sheets import open_sheet
from qiao.core.table_files import table_file

ROW = [7, -5, 999_999_999_999_999, 6_222_020_000_123_456_789, -(10**15), True, False, None, "",
       Decimal("-12.50"), Decimal("123456789012345678.12"), "=1+1"]  # fmt: skip
TOLD = ["7", "-5", "999999999999999", "6222020000123456789", "-1000000000000000", "TRUE", "FALSE",
        "", "", "-12.50", "123456789012345678.12", "=1+1"]  # fmt: skip


def written(path: Path, form: str) -> list[str]:
    with table_file(path, form=form, header=[f"c{n}" for n in range(len(ROW))]) as write:
        write([ROW])
    if form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))[1]
    (row,) = open_sheet(path).rows()
    return [*row.cells, *[""] * (len(ROW) - len(row.cells))]


def test_a_workbook_loses_no_digit_and_tells_yes_and_no_in_words(tmp_path: Path) -> None:
    amount = TOLD.index("-12.50")  # a number that is shown with its noughts
    told = [*TOLD[:amount], "-12.5", *TOLD[amount + 1 :]]
    assert written(tmp_path / "table.xlsx", "xlsx") == told


def test_a_text_file_tells_the_same_and_guards_formulas(tmp_path: Path) -> None:
    assert written(tmp_path / "table.csv", "csv") == [*TOLD[:-1], "'=1+1"]


def test_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="csv or xlsx"):
        written(tmp_path / "table.ods", "ods")
