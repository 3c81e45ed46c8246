"""Rows of a log that were refused or that differ, as a file in the reader's language."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.models import CaseIntake
from qiao.cases.queries.intake import told_rows
from qiao.cases.showing.intake_words import expected_word, fault_word, field_word, value_word
from qiao.core.actor import Actor
from qiao.core.table_files import table_file


def write_refused(*, actor: Actor, job: CaseIntake, path: Path, form: str) -> None:
    """A line for every fault, in the file's order; `form` is ``csv`` or ``xlsx``."""
    header = [
        pgettext("refused row", "Row"),
        field_word("number"),
        pgettext("refused row", "Field"),
        pgettext("refused row", "What is wrong"),
        pgettext("refused row", "Found"),
        _("Expected"),
    ]
    with table_file(path, form=form, header=header) as write:
        write(_faults(actor, job))


def _faults(actor: Actor, job: CaseIntake) -> Iterator[list[object]]:
    for row, number, faults, _differs in told_rows(actor=actor, job=job, outcome="refused"):
        for fault in faults:
            code = fault["code"]
            yield [
                row, number, field_word(fault["field"]), fault_word(code), fault["found"],
                expected_word(code),
            ]  # fmt: skip


def write_differing(*, actor: Actor, job: CaseIntake, path: Path, form: str) -> None:
    """A line for every difference of rows whose cases were worked on here."""
    header = [
        pgettext("refused row", "Row"),
        field_word("number"),
        pgettext("refused row", "Field"),
        pgettext("differing row", "Held here"),
        pgettext("differing row", "In the file"),
    ]
    zone = job.settings["zone"]
    with table_file(path, form=form, header=header) as write:
        write(
            [row, number, field_word(d["field"]), value_word(d["field"], d["held"], zone),
             value_word(d["field"], d["found"], zone)]
            for row, number, _faults, differs in told_rows(actor=actor, job=job, outcome="differs")
            for d in differs
        )  # fmt: skip
