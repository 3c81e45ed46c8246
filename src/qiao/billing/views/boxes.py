"""What is asked in a box: a form as a dialog or a page by itself, refusals at its fields."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from qiao.billing.operations.refusal_words import REFUSALS, refusal_words
from qiao.core.http import StaffRequest, lead_on
from qiao.staff.queries import local_days

METHODS: Final = ("GET", "HEAD", "POST")
UNPROCESSABLE: Final = 422


def today_in(request: StaffRequest, organisation_id: int) -> date:
    """The day of the request where a unit is."""
    return local_days(request.now)[organisation_id]


def today_asked(request: StaffRequest, organisation_id: int | None) -> date:
    """The day of the request where a unit is that an address names; where it names none, or none
    that there is, in the reader's own."""
    days = local_days(request.now)
    return days.get(organisation_id or 0) or days[request.actor.organisation_id]


def refused(form: forms.Form, act: Callable[[], Any]) -> Exception | None:
    """Do something within a savepoint; a refusal stands at its field, and is given back."""
    try:
        with transaction.atomic():
            act()
    except REFUSALS as refusal:
        field, words = refusal_words(refusal)
        form.add_error(field if field in form.fields else None, words)
        return refusal
    return None


def box(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    words: Mapping[str, Any],
    page: str = "billing/box.html",
) -> HttpResponse:
    """A form as a dialog, or as a `page` by itself: `act` gives the address to go on with.

    `words`: title, confirm, back (an address), and facts, lines of a name and what is said.
    """
    done: list[str] = []
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        refused(form, lambda: done.append(act(data)))
        if done:
            return lead_on(request, done[0])
    name = "billing/_box.html" if request.htmx else page
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, name, {"form": form, **words}, status=status)
