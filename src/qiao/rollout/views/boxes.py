"""A form that is a dialog on a page, or a page by itself; and the words of refusals."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import features
from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyPending
from qiao.core.attachments import FileRefused
from qiao.core.http import StaffRequest, lead_on
from qiao.core.rules.text import BadText
from qiao.rollout.operations.pilots import PilotRefused
from qiao.rollout.operations.remarks import NobodyTakes
from qiao.rollout.operations.steps import NoUnits
from qiao.staff.queries import Unit

METHODS: Final = ("GET", "HEAD", "POST")
REFUSALS: Final = (
    Forbidden,
    BadText,
    AlreadyPending,
    FileRefused,
    PilotRefused,
    NobodyTakes,
    NoUnits,
    ObjectDoesNotExist,
    features.UnknownFeature,
    features.ReasonMissing,
    features.BadDays,
)


def today(request: StaffRequest) -> date:
    """The day of the request."""
    return timezone.localdate(request.now)


def language() -> str:
    """The reader's language."""
    return get_language() or "en"


def unit_choices(units: list[Unit]) -> list[tuple[int, str]]:
    """Units in the order of the tree."""
    return [(unit.unit_id, unit.name) for unit in units]


def box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str],
    *,
    title: str,
    confirm: str,
    back: str,
    text: str = "",
    more: dict[str, Any] | None = None,
    template: str = "box",
    is_page: bool = False,
) -> HttpResponse:
    """The form, or what comes of it: `apply` gives the address to go on with.

    It is drawn by a template of its own and, where it `is_page`, never as a dialog.
    """
    if form.is_bound and form.is_valid():
        try:
            target = apply(form.cleaned_data)
        except REFUSALS as refusal:
            field, words = refusal_words(refusal)
            form.add_error(field if field in form.fields else None, words)
        else:
            return lead_on(request, target)
    context = {"form": form, "title": title, "confirm": confirm, "back": back, "text": text}
    as_dialog = request.htmx and not is_page
    name = f"rollout/{template}.html" if as_dialog else f"rollout/{template}_page.html"
    status = 422 if form.is_bound else 200
    return render(request, name, context | (more or {}), status=status)


def refusal_words(refusal: Exception) -> tuple[str | None, str]:
    """The field that a refusal is about, and why."""
    if isinstance(refusal, BadText):
        return refusal.field, _(refusal.message) % refusal.params
    if isinstance(refusal, features.BadDays):
        words = {
            "since": _("Days that are over keep what was in force. Choose today or later."),
            "until": _("The last day lies before the first."),
        }
        return {"since": "since", "until": "last"}[refusal.field], words[refusal.field]
    if isinstance(refusal, FileRefused):
        return "picture", _("This is not a picture that can be kept.")
    if isinstance(refusal, PilotRefused):
        return _of_pilot(refusal)
    return None, _plain(refusal)


def _of_pilot(refusal: PilotRefused) -> tuple[str | None, str]:
    words = {
        "units": ("units", _("Choose at least one unit.")),
        "features": ("features", _("Choose at least one feature.")),
        "helpers": ("helpers", _("Choose at least one helper.")),
        "days": ("last", _("The last day lies before the first.")),
        "evaluation": (None, _("Write down first what the pilot showed.")),
        "widen": ("units", _("Choose the units that it is widened to.")),
        "decided": (None, _("It was decided on already.")),
    }
    return words.get(refusal.reason, (None, _("There is no such pilot.")))


def _plain(refusal: Exception) -> str:
    if isinstance(refusal, Forbidden):
        return _("You may not do this in this unit.")
    if isinstance(refusal, AlreadyPending):
        return _("A decision already waits for a second person.")
    if isinstance(refusal, NobodyTakes):
        return _("No pack of this installation takes remarks.")
    if isinstance(refusal, NoUnits):
        return _("Choose at least one unit.")
    if isinstance(refusal, features.ReasonMissing):
        return _("Please give a reason.")
    return _("This is not possible any more.")
