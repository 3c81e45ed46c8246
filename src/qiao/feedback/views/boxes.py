"""Forms as dialogs, or as pages of their own where no script runs: what all of them share."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest
from qiao.core.rules.text import BadText


def posted(request: StaffRequest) -> Any:
    """What a form is bound to."""
    return request.POST if request.method == "POST" else None


def blame(form: forms.Form, bad: BadText) -> None:
    """Say beside its field that a text cannot be kept."""
    told = _(bad.message) % bad.params
    form.add_error(bad.field if bad.field in form.fields else None, told)


def show_form(
    request: StaffRequest,
    folder: str,
    form: forms.Form,
    *,
    title: str,
    confirm: str,
    back: str,
    text: str = "",
) -> HttpResponse:
    """The form, with what is wrong in it: as a dialog for htmx, else as a page that leads back.

    `folder` holds the templates ``dialog`` and ``form_page``.
    """
    context = {"form": form, "title": title, "confirm": confirm, "back": back, "text": text}
    template = "dialog" if request.htmx else "form_page"
    status = 422 if form.is_bound else 200
    return render(request, f"feedback/{folder}/{template}.html", context, status=status)
