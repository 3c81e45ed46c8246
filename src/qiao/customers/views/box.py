"""The dialog in which something is changed: over the page it was opened on, or a page alone."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest
from qiao.customers.operations import BadPeriod, BadPhone, BadText, CustomerRefusal
from qiao.customers.queries import NotVisible
from qiao.customers.views.words import refusal_words

METHODS: Final = ("GET", "HEAD", "POST")
UNPROCESSABLE: Final = 422
_REFUSALS: Final = (
    CustomerRefusal, BadText, BadPeriod, BadPhone, NotVisible, Forbidden, AlreadyPending,
)  # fmt: skip


def box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str | None],
    texts: tuple[str, str, str],
    *,
    about: str,
    back: str,
    words: Callable[[Exception], str] = refusal_words,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the form; apply it when posted; then to the address that `apply` gives, or back.

    `texts` are the title, the button, and what is said afterwards (empty: `apply` says it). Back
    is where the dialog was opened, or `back` without one. What is refused stands in the form in
    the `words` of its area, or on the field where `apply` put it. `more` goes to the template:
    `full` names the fields of a whole line (all, if it is missing), `wide` and `notice` what they
    say.
    """
    title, confirm, done = texts
    if form.is_bound and form.is_valid():
        try:
            url = apply(form.cleaned_data)
        except _REFUSALS as refusal:
            form.add_error(None, words(refusal))
        if not form.errors:
            if done:
                messages.success(request, done)
            return go_to(request, url or came_from(request) or back)
    context = {
        "form": form,
        "title": title,
        "confirm": confirm,
        "about": about,
        "back": back,
        "full": tuple(form.fields),
        **(more or {}),
    }
    template = "customers/box.html" if request.htmx else "customers/box_page.html"
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, context, status=status)


def posted(request: StaffRequest) -> Any:
    """What a form is bound to: what was posted, be it empty, or nothing."""
    return request.POST if request.method == "POST" else None


def came_from(request: StaffRequest) -> str:
    """The page of this module below the dialog with its tab, as htmx tells; empty without it."""
    below = urlsplit(request.headers.get("HX-Current-URL", ""))
    if not request.htmx or not below.path.startswith(reverse("customers:list")):
        return ""
    return f"{below.path}?{below.query}" if below.query else below.path


def go_to(request: StaffRequest, url: str) -> HttpResponse:
    """Lead the whole page elsewhere, also out of a fragment; on the same page to the same tab."""
    if not request.htmx:
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    here = came_from(request)
    response["HX-Redirect"] = here if here.partition("?")[0] == url else url
    return response
