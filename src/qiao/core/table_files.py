"""Tables written to files row by row, in bounded memory, safe to open in a spreadsheet.

CSV is UTF-8 with its mark, without which Excel takes it for something else; texts that would
start a formula are led by an apostrophe. In XLSX every text is written as a text, so nothing is
computed either; numbers with more digits than a spreadsheet keeps are texts too. Exact fractions
show all the digits that they have, noughts at the end too.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from qiao.core.rules.cells import cell_text, safe_cell

MOST_ROWS: Final = 1_000_000  # of one worksheet, below Excel's own 1,048,576
LARGEST_NUMBER: Final = 10**15 - 1  # a spreadsheet keeps 15 digits; numbers of cards have more
LONGEST_CELL: Final = 32_767  # characters that Excel takes
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Write = Callable[[Iterable[Sequence[object]]], None]


@contextmanager
def table_file(path: Path, *, form: str, header: Sequence[str]) -> Iterator[Write]:
    """Open a file of `form` ``csv`` or ``xlsx`` with its header; gives what writes more rows.

    The temporary parts of a workbook lie in the folder of `path`. A workbook goes on with another
    worksheet after `MOST_ROWS`. Raises `ValueError` for another form.
    """
    if form == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([safe_cell(name) for name in header])
            yield lambda rows: writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    elif form == "xlsx":
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        with xlsxwriter.Workbook(path, options) as book:
            yield _Sheets(book, header).write
    else:
        raise ValueError(f"a table is written as csv or xlsx, not as {form!r}")


class _Sheets:
    """Worksheets that are filled one after another."""

    def __init__(self, book: Any, header: Sequence[str]) -> None:
        self.book = book
        self.header = header
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.digits: dict[int, Any] = {}
        self._begin()

    def _begin(self) -> None:
        self.sheet = self.book.add_worksheet()
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, max(len(self.header) - 1, 0), 18)
        for place, name in enumerate(self.header):
            self.sheet.write_string(0, place, name, self.bold)
        self.line = 0

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            if self.line == MOST_ROWS:
                self._begin()
            self.line += 1
            for place, cell in enumerate(row):
                if isinstance(cell, Decimal) and _is_kept(cell):
                    self.sheet.write_number(self.line, place, cell, self._format(cell))
                elif _is_number(cell):
                    self.sheet.write_number(self.line, place, cell)
                elif text := cell_text(cell):
                    self.sheet.write_string(self.line, place, text[:LONGEST_CELL])

    def _format(self, number: Decimal) -> Any:
        """The format that shows as many digits behind the point as the number has."""
        digits = max(0, -int(number.as_tuple().exponent))
        if digits not in self.digits:
            shown = f"0.{'0' * digits}" if digits else "0"
            self.digits[digits] = self.book.add_format({"num_format": shown})
        return self.digits[digits]


def _is_kept(number: Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of it."""
    return number.is_finite() and len(number.as_tuple().digits) <= len(str(LARGEST_NUMBER))


def _is_number(cell: object) -> bool:
    """Whether a spreadsheet keeps it as the number that it is."""
    return isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) <= LARGEST_NUMBER
