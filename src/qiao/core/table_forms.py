"""Forms by which a table is uploaded: its unit and file, and why it was not taken, at its field.

A module's own form has the fields ``organisation`` and ``file``, in its own words.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from qiao.core.rules.text import BadText
from qiao.core.sheets import MOST_BYTES, MOST_PACKED_BYTES, SheetRefused
from qiao.core.table_uploads import FileTooLarge
from qiao.core.table_words import refusal_word
from qiao.core.uploads import NoRoom, had_no_room

T = TypeVar("T")


def set_up(form: forms.Form, *, units: Mapping[int, str], usual: int) -> None:
    """Let a form offer these units, by id, and tell the browser how large a file may be."""
    field = form.fields["organisation"]
    assert isinstance(field, forms.TypedChoiceField)
    field.choices = list(units.items())
    if usual in units:
        field.initial = usual
    form.fields["file"].widget.attrs |= {
        "data-most-bytes": MOST_BYTES,
        "data-most-workbook": MOST_PACKED_BYTES,
        "data-too-large": refusal_word("too_large"),
    }


def received(request: HttpRequest, form: forms.Form, receive: Callable[[], T]) -> T | None:
    """What `receive` made of the file of a form; None where the form or the file is refused, with
    the reason at its field."""
    if not form.is_valid():
        if had_no_room(request):
            del form.errors["file"]
            form.add_error("file", refusal_word("no_room"))
        return None
    try:
        return receive()
    except FileTooLarge:
        form.add_error("file", refusal_word("too_large"))
    except NoRoom:
        form.add_error("file", refusal_word("no_room"))
    except SheetRefused as refusal:
        form.add_error("file", f"{refusal_word(refusal.code)} ({refusal.detail})")
    except BadText as refusal:
        name = refusal.field if refusal.field in form.fields else "file"
        form.add_error(name, _(refusal.message) % refusal.params)
    return None
