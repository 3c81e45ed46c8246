"""Why a table that was uploaded cannot be taken in, in words: one place for every module."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

REFUSALS: Final[dict[str, Any]] = {
    "empty": _("There is nothing in this file."),
    "unknown_format": _("This is neither an Excel workbook nor a CSV file."),
    "too_large": _(
        "This file is too large: a workbook may have 200 MB, a CSV 2 GB. Divide it and take the"
        " parts in one by one."
    ),
    "no_room": _(
        "The server's disk has no room for this file. Nothing of it was kept: tell the"
        " administration, and upload it again."
    ),
    "zip_bomb": _("This workbook unpacks to more than a workbook can hold. It is not opened."),
    "encrypted": _("This workbook is locked with a password. Save it without one."),
    "damaged": _("This file is damaged or was cut off. Save it anew from the program it is from."),
    "no_header": _("There is no row with the names of the columns. Add one above the rows."),
    "encoding": _("The characters of this file are neither UTF-8 nor GB18030. Save it as UTF-8."),
    "no_such_sheet": _("The worksheet is no longer in the file."),
    "gone": _("The file is no longer here. Upload it again."),
    "changed": _("The file on the disk is not the one that was uploaded. Upload it again."),
}


def refusal_word(code: str) -> str:
    """Why a whole file was refused: a code of `core.sheets.Refusal` or of `core.table_uploads`."""
    return str(REFUSALS.get(code, code))
