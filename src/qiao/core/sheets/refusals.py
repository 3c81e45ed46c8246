"""Why a file is refused as a whole, and how large it may be.

What is wrong with one row or cell is a `CellFault` on that row instead: the rest is still read.
"""

from enum import StrEnum

MOST_BYTES = 2 * 1024**3
"""The largest delimited text, in bytes."""
MOST_PACKED_BYTES = 200_000_000
"""The largest workbook as it lies on the disk, in bytes."""
WORKBOOKS = (".xlsx", ".xls")
MOST_UNPACKED_BYTES = 4 * 1024**3
"""The most bytes that all parts of a workbook may declare together."""
MOST_RATIO = 250
"""Sheets of real data pack to a tenth or a fiftieth; deflate ends at 1:1032."""
MOST_PARTS = 10_000
MOST_COLUMNS = 16_384
"""As many as a workbook can have (ECMA-376, column XFD)."""
KEPT_COLUMNS = 1_024
"""Cells further right are told as extra: one far cell in each row must not fill the memory."""
MOST_ROW_NUMBER = 1_048_576


class Refusal(StrEnum):
    """The codes of `SheetRefused`: stable identifiers for the caller's translation."""

    EMPTY = "empty"
    """Nothing in it: no byte, no sheet or no filled cell."""
    UNKNOWN_FORMAT = "unknown_format"
    """Neither workbook nor delimited text; the detail names what it looks like."""
    TOO_LARGE = "too_large"
    ZIP_BOMB = "zip_bomb"
    """The parts declare more than a workbook of its size can hold."""
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    """Cut off or broken inside; the detail tells the line or the part."""
    NO_HEADER = "no_header"
    """No row of column names above rows of about the same width."""
    ENCODING = "encoding"
    """Neither UTF-8, UTF-16 with its mark nor GB18030; the detail tells line and byte."""
    NO_SUCH_SHEET = "no_such_sheet"


class SheetRefused(ValueError):  # noqa: N818 - a refusal, not a fault
    """A file that cannot be read as a table.

    Attributes:
        code: a `Refusal`, equal to its text.
        detail: what was found where, in English, for the log and the expert.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code = Refusal(code)
        self.detail = detail
        super().__init__(f"{self.code}: {detail}")


def most_bytes(name: str) -> int:
    """How large a file of this name may be: a workbook is unpacked, text is only read."""
    return MOST_PACKED_BYTES if name.lower().endswith(WORKBOOKS) else MOST_BYTES
