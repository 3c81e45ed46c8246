"""A report as a file: the same rows and numbers as on the screen, and what they mean."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.showing.filter_words import filter_words
from qiao.cases.showing.reports import PERIOD_NAMES, Cell, Report, ShownRow
from qiao.core.actor import Actor
from qiao.core.rules.cells import safe_cell

BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else
Number = float | int | str | None


def header(report: Report) -> list[str]:
    """The names of the file's columns, in the order of `records`."""
    found = [report.by_name]
    for head in report.heads:
        found.append(head.label)
        if head.is_share:
            found += [
                pgettext("column of figures", "from %"),
                pgettext("column of figures", "to %"),
                "n",
                _("Against chance"),
            ]
        found += [pgettext("report", "Before"), pgettext("report", "Change")]
    return found


def records(report: Report) -> Iterator[list[Number]]:
    """One list a row as on the screen, the total last."""
    for row in (*report.rows, report.total):
        yield [row.label, *_values(report, row)]


def _values(report: Report, row: ShownRow) -> Iterator[Number]:
    for head, cell in zip(report.heads, row.cells, strict=True):
        yield cell.number
        if head.is_share:
            yield from _sureness(cell)
        yield cell.before
        yield cell.change


def _sureness(cell: Cell) -> list[Number]:
    found = cell.share.interval if cell.share else None
    if found is None or cell.share is None:
        return [None, None, None, ""]
    return [round(found.low, 1), round(found.high, 1), cell.share.whole, cell.standing_words]


def about(report: Report, *, actor: Actor, now: datetime, link: str) -> list[tuple[str, str]]:
    """What was chosen, by whom and when."""
    span, before = report.choice.span, report.choice.before
    return [
        (_("Days"), f"{span.since} – {span.until} ({PERIOD_NAMES[report.choice.period]})"),
        (_("Compared with"), f"{before.since} – {before.until}"),
        (pgettext("report", "Rows"), report.by_name),
        (_("Filters"), filter_words(report.choice.filters) or _("No filter")),
        (pgettext("report", "Taken by"), f"{actor.name} {actor.number}".strip()),
        (_("Taken at"), f"{timezone.localtime(now):%Y-%m-%d %H:%M}"),
        (_("Address"), link),
    ]


def as_csv(report: Report) -> bytes:
    """The rows as comma-separated values in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header(report)])
    for record in records(report):
        writer.writerow([safe_cell(v) if isinstance(v, str) else v for v in record])
    return (BOM + out.getvalue()).encode()


def as_xlsx(report: Report, *, title: str, told: Sequence[tuple[str, str]]) -> bytes:
    """Three sheets: the rows, what was chosen by whom, what each figure means."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "bold": book.add_format({"bold": True, "top": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "0": book.add_format({"num_format": "#,##0"}),
            "1": book.add_format({"num_format": "#,##0.0"}),
            "2": book.add_format({"num_format": "#,##0.00"}),
        }
        _rows(book.add_worksheet(_sheet_name(title)), report, styles)
        pairs = book.add_worksheet(_("About"))
        pairs.set_column(0, 0, 24)
        pairs.set_column(1, 1, 90, styles["wrap"])
        for line, (name, value) in enumerate(told):
            pairs.write_string(line, 0, name, styles["head"])
            pairs.write_string(line, 1, value)
        _definitions(book.add_worksheet(_("Definitions")), report, styles)
    return out.getvalue()


def _rows(sheet: Any, report: Report, styles: dict[str, Any]) -> None:
    names = header(report)
    digits = _digits(report)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, styles["head"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(names), 13)
    sheet.freeze_panes(1, 1)
    for line, record in enumerate(records(report), start=1):
        for place, value in enumerate(record):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write_number(line, place, value, styles[digits[place]])


def _digits(report: Report) -> list[str]:
    """Digits after the point of each column, as on the screen, in the order of `header`."""
    found = ["0"]
    for head in report.heads:
        own = str(head.decimals)
        found += [own, *(("1", "1", "0", "0") if head.is_share else ()), own, own]
    return found


def _definitions(sheet: Any, report: Report, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 34, styles["wrap"])
    sheet.set_column(1, 1, 100, styles["wrap"])
    sheet.set_column(2, 2, 14)
    for place, name in enumerate((_("Figure"), _("What it means"), _("Target"))):
        sheet.write_string(0, place, name, styles["head"])
    for line, head in enumerate(report.heads, start=1):
        sheet.write_string(line, 0, head.label)
        sheet.write_string(line, 1, head.about)
        if head.target is not None:
            sheet.write_number(line, 2, head.target)
    _few(sheet, len(report.heads) + 2)


def _few(sheet: Any, line: int) -> None:
    sheet.write_string(
        line,
        0,
        _(
            "Intervals of percentages are Wilson's with 95 percent. A group differs from all by"
            " more than chance only outside the limits of 99.8 percent for its size; below 30"
            " cases nothing is said."
        ),
    )


def _sheet_name(title: str) -> str:
    """A name that Excel takes."""
    plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)
    return plain.strip()[:31] or "1"
