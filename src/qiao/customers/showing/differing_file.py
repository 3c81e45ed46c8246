"""Differing rows of an import as a file in the reader's language: CSV or XLSX."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Actor
from qiao.core.table_files import table_file
from qiao.customers.models import CustomerImport
from qiao.customers.queries.import_differences import all_differing_rows
from qiao.customers.showing.import_words import field_word, value_word


def header() -> list[str]:
    """The names of the columns."""
    return [
        pgettext("refused row", "Row"),
        _("Customer"),
        _("Account number"),
        pgettext("refused row", "Field"),
        pgettext("differing row", "Held here"),
        pgettext("differing row", "In the file"),
        pgettext("differing row", "The same by now"),
    ]


def lines(*, actor: Actor, job: CustomerImport) -> Iterator[list[object]]:
    """A line for every field, in the file's order."""
    for row in all_differing_rows(actor=actor, job=job):
        for told in row.differences:
            yield [
                row.row_number,
                row.customer_name,
                row.account_number,
                field_word(told.field),
                value_word(told.field, told.held),
                value_word(told.field, told.found),
                _("yes") if told.is_settled else "",
            ]


def write_differing(*, actor: Actor, job: CustomerImport, path: Path, form: str) -> None:
    """Write all differing rows of an import; `form` is ``csv`` or ``xlsx``."""
    with table_file(path, form=form, header=header()) as write:
        write(lines(actor=actor, job=job))
