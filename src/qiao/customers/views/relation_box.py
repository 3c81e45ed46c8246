"""The dialog that changes households, groups, contact persons and acting."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse

from qiao.core.http import StaffRequest
from qiao.customers.views.box import box
from qiao.customers.views.picking import picked
from qiao.customers.views.relation_words import relation_words


def relation_box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str | None],
    texts: tuple[str, str, str],
    *,
    about: str,
    back: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A box in which somebody may be picked."""
    shown = {
        "full": ("members", "scope", "side", "proof", "note"),
        "wide": True,
        "picked": picked(request, form["person"]) if "person" in form.fields else None,
        **(more or {}),
    }
    return box(
        request, form, apply, texts, about=about, back=back, words=relation_words, more=shown
    )
