"""Refused rows of a file of readings, as a file in the reader's language."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.table_files import table_file
from qiao.metering.models import ReadingFile
from qiao.metering.queries.files import refused_rows
from qiao.metering.showing.words import fault_word, field_word, wanted_word


def write_refused(*, file: ReadingFile, path: Path, form: str) -> None:
    """A line for every fault, in the file's order; `form` is ``csv`` or ``xlsx``."""
    header = [
        pgettext("file of readings", "Row"),
        field_word("meter"),
        pgettext("file of readings", "Column"),
        pgettext("file of readings", "What is wrong"),
        pgettext("file of readings", "Found"),
        _("Expected"),
    ]
    with table_file(path, form=form, header=header) as write:
        write(_lines(file))


def _lines(file: ReadingFile) -> Iterator[list[object]]:
    for number, meter, faults in refused_rows(file):
        for fault in faults:
            yield [
                number,
                meter,
                field_word(fault["field"]),
                fault_word(fault["code"]),
                fault["found"],
                wanted_word(fault["code"], fault["expected"]),
            ]
