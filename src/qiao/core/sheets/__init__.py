"""Read a table of rows out of an uploaded file, in bounded memory, whatever program wrote it.

    sheet = open_sheet(path)
    for row in sheet.rows():
        ...

XLSX and delimited text are streams: MEMORY_FIGURES
XLS (65,536 rows at most) is read whole by python-calamine.
"""

from qiao.core.sheets.cells import LONGEST_CELL, CellCode, CellFault, SheetRow
from qiao.core.sheets.opening import Sheet, open_sheet
from qiao.core.sheets.refusals import MOST_BYTES, Refusal, SheetRefused

__all__ = [
    "LONGEST_CELL",
    "MOST_BYTES",
    "CellCode",
    "CellFault",
    "Refusal",
    "Sheet",
    "SheetRefused",
    "SheetRow",
    "open_sheet",
]
