"""Refused rows of an import as a file in the reader's language: CSV or XLSX."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.table_files import table_file
from qiao.customers.models import CustomerImport
from qiao.customers.queries.imports import refused_rows
from qiao.customers.showing.import_words import expected_word, fault_word, field_word


def header() -> list[str]:
    """The names of the columns."""
    return [
        pgettext("refused row", "Row"),
        pgettext("refused row", "Field"),
        pgettext("refused row", "What is wrong"),
        pgettext("refused row", "Found"),
        _("Expected"),
    ]


def lines(job: CustomerImport) -> Iterator[list[object]]:
    """A line for every fault, in the file's order."""
    return fault_lines(refused_rows(job))


def fault_lines(
    refused: Iterable[tuple[int, list[dict[str, str]]]],
) -> Iterator[list[object]]:
    """The same for rows given with their faults: field, code and what was found."""
    for number, faults in refused:
        for fault in faults:
            field, code = fault["field"], fault["code"]
            yield [
                number,
                field_word(field),
                fault_word(field, code),
                fault.get("found", ""),
                expected_word(field, code),
            ]


def write_refused(job: CustomerImport, path: Path, *, form: str) -> None:
    """Write all refused rows of an import; `form` is ``csv`` or ``xlsx``."""
    with table_file(path, form=form, header=header()) as write:
        write(lines(job))
