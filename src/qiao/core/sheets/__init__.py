"""Read a table of rows out of an uploaded file, in bounded memory, whatever program wrote it.

    sheet = open_sheet(path)
    for row in sheet.rows():
        ...

Delimited text is a stream: 1,000,000 rows of 12 columns (124 MB) take 14 s of one core and 5 MB.
XLSX is a stream too: 100,000 rows of 12 columns (6 MB packed, 412,000 different texts) take 8 s
and 25 MB, where python-calamine, which holds the whole sheet, takes 2 s and 102 MB: about 1 GB
for 1,000,000 such rows. Here these would need an unnamed temporary file of about 100 MB for their
texts, mapped into memory, whose pages the system takes back when it is short; nothing else grows.
With texts inside the cells, as streaming exporters write them, 200,000 rows take 8 s and 1 MB.
XLS (65,536 rows at most) is read whole by calamine, after the size of its sheets was checked: at
most a quarter of a gigabyte.

Faults do not stop the reading: they come with their row as `CellFault`. In XLS a formula without
a stored result cannot be told from an empty cell.
"""

from qiao.core.sheets.cells import LONGEST_CELL, CellCode, CellFault, SheetRow
from qiao.core.sheets.opening import Sheet, open_sheet
from qiao.core.sheets.refusals import (
    MOST_BYTES,
    MOST_PACKED_BYTES,
    Refusal,
    SheetRefused,
    most_bytes,
)

__all__ = [
    "LONGEST_CELL",
    "MOST_BYTES",
    "MOST_PACKED_BYTES",
    "CellCode",
    "CellFault",
    "Refusal",
    "Sheet",
    "SheetRefused",
    "SheetRow",
    "most_bytes",
    "open_sheet",
]
