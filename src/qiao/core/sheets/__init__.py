"""Read a table of rows out of an uploaded file, in bounded memory, whatever program wrote it.

    sheet = open_sheet(path)
    for row in sheet.rows():
        ...

Delimited text is a stream: 200,000 rows of 12 columns take 2 s of one core and 4 MB. XLSX is a
stream too: 100,000 rows of 12 columns (6 MB packed, 412,000 different texts) take 7 s and 23 MB,
where python-calamine, which holds the whole sheet, takes 102 MB. For 1,000,000 such rows that is
about 1 GB with calamine; here the texts lie in an unnamed temporary file of about 100 MB, whose
pages the system takes back when memory is short, and everything else stays as it is. The folder
for temporary files needs room for the unpacked texts. XLS (65,536 rows at most) is read whole by
calamine, after the size of its sheets was checked: at most a quarter of a gigabyte.

Faults do not stop the reading: they come with their row as `CellFault`. In XLS a formula without
a stored result cannot be told from an empty cell.
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
