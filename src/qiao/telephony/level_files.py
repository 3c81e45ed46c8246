"""The service level as a file: the same rows and numbers as on the screen, times in seconds."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.rules.cells import safe_cell
from qiao.telephony import words
from qiao.telephony.forms.periods import DIVISIONS
from qiao.telephony.levels import LevelReport
from qiao.telephony.queries import level_terms, queue_name

BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else
UNITS: Final = {"percent": "%", "time": "s"}
Value = float | int | str | None


def header(report: LevelReport) -> list[str]:
    """The names of the columns with their units."""
    names = [str(DIVISIONS[report.choice.by])]
    for head in report.heads:
        unit = UNITS.get(head.kind)
        names.append(f"{head.label} ({unit})" if unit else str(head.label))
    return names


def records(report: LevelReport) -> Iterator[list[Value]]:
    """One list a row as on the screen, the total last."""
    for row in (*report.rows, report.total):
        numbers = (cell.value for cell in row.cells)
        yield [row.label, *(None if value is None else round(value, 1) for value in numbers)]


def as_csv(report: LevelReport) -> bytes:
    """Comma-separated values in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header(report)])
    for record in records(report):
        writer.writerow([safe_cell(v) if isinstance(v, str) else v for v in record])
    return (BOM + out.getvalue()).encode()


def as_xlsx(report: LevelReport, *, title: str, link: str, now: datetime) -> bytes:
    """A sheet of figures behind one that says what they are of and how the level is counted."""
    span = report.choice.span
    told = [
        (_("Days"), f"{span.since} – {span.until}"),
        (_("Written"), f"{timezone.localtime(now):%Y-%m-%d %H:%M}"),
        (pgettext("web", "Address"), link),
        *((queue_name(key), words.level_words(t)) for key, t in level_terms().items()),
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        about = book.add_worksheet(_("About"))
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 80)
        for place, (name, value) in enumerate(told):
            about.write_string(place, 0, name, bold)
            about.write_string(place, 1, value)
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(report.heads), 13)
        for place, name in enumerate(header(report)):
            sheet.write_string(0, place, name, bold)
        for line, record in enumerate(records(report), start=1):
            for place, held in enumerate(record):
                if isinstance(held, str):
                    sheet.write_string(line, place, held)
                elif held is not None:
                    sheet.write_number(line, place, held)
    return out.getvalue()
