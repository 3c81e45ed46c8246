"""Figures as files: CSV for one, XLSX for one or all. What a spreadsheet would run stays text."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.figures import Cell, Grid
from qiao.core.rules.cells import safe_cell

SHEET_NAME: Final = 31  # what Excel takes
BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else
Value = str | float | int | None


def header(grid: Grid) -> list[str]:
    """Names of the columns; a percentage is followed by its interval and its number."""
    names = [str(grid.head)]
    for place, column in enumerate(grid.columns):
        names.append(str(column.label) + (" %" if column.axis == "percent" else ""))
        if _has_shares(grid, place):
            names += [
                pgettext("column of figures", "from %"),
                pgettext("column of figures", "to %"),
                "n",
            ]
    return names


def records(grid: Grid) -> Iterator[list[Value]]:
    """One list a row, as long as the header."""
    for row in grid.rows:
        yield [str(row.label), *_values(grid, row.cells)]


def _values(grid: Grid, cells: Sequence[Cell]) -> Iterator[Value]:
    for place, cell in enumerate(cells):
        yield _number(cell.value)
        if _has_shares(grid, place):
            interval = cell.share.interval if cell.share else None
            yield _number(interval.low) if interval else None
            yield _number(interval.high) if interval else None
            yield cell.share.whole if cell.share else None


def _number(value: float | None) -> float | int | None:
    if value is None or isinstance(value, int) or value.is_integer():
        return None if value is None else int(value)
    return round(value, 2)


def _has_shares(grid: Grid, place: int) -> bool:
    return any(row.cells[place].share for row in grid.rows)


def as_csv(grid: Grid) -> bytes:
    """The figure as comma-separated values in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header(grid)])
    for record in records(grid):
        writer.writerow([safe_cell(v) if isinstance(v, str) else v for v in record])
    return (BOM + out.getvalue()).encode()


def as_xlsx(sheets: Sequence[tuple[str, Grid]], *, about: Sequence[tuple[str, str]]) -> bytes:
    """One sheet a figure behind a first one that says what was chosen, by whom and when."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "count": book.add_format({"num_format": "#,##0"}),
            "rate": book.add_format({"num_format": "0.0"}),
            "plain": book.add_format(),
        }
        first = book.add_worksheet(_sheet_name(_("About"), set()))
        first.set_column(0, 1, 32)
        for place, (name, value) in enumerate(about):
            first.write_string(place, 0, name, styles["head"])
            first.write_string(place, 1, value)
        taken = {first.get_name().lower()}
        for title, grid in sheets:
            sheet = book.add_worksheet(_sheet_name(title, taken))
            taken.add(sheet.get_name().lower())
            _write(sheet, grid, styles)
    return out.getvalue()


def _write(sheet: Any, grid: Grid, styles: dict[str, Any]) -> None:
    for place, name in enumerate(header(grid)):
        sheet.write_string(0, place, name, styles["head"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(header(grid)), 13)
    sheet.freeze_panes(1, 1)
    for line, record in enumerate(records(grid), start=1):
        for place, value in enumerate(record):
            if isinstance(value, str):
                sheet.write_string(line, place, value, styles["plain"])
            elif value is not None:
                style = styles["count" if isinstance(value, int) else "rate"]
                sheet.write_number(line, place, value, style)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes: short, without its reserved signs, unlike the others."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_NAME] or "1"
    name, count = plain, 1
    while name.lower() in taken:
        count += 1
        name = f"{plain[: SHEET_NAME - 3]} {count}"
    return name
