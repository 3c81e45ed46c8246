"""A form that is a dialog on a page, or a page by itself."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiao.core.http import StaffRequest, lead_on
from qiao.workforce.models import PlanningGroup
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.queries.groups import groups_for, name_of_group
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.words import REFUSALS, refusal_words

METHODS: Final = ("GET", "HEAD", "POST")


def today_of(group: PlanningGroup, now: datetime) -> date:
    """The day of a moment where the group works."""
    return now.astimezone(ZoneInfo(group.timezone)).date()


def today(request: StaffRequest) -> date:
    """The day of the request."""
    return timezone.localdate(request.now)


def frame(request: StaffRequest, group: PlanningGroup) -> dict[str, Any]:
    """What the frame of a page of a group draws."""
    return {
        "group": group,
        "group_name": name_of_group(group),
        "groups": [(each.pk, name_of_group(each)) for each in groups_for(request.actor)],
        "this_week": monday_of(today_of(group, request.now)).isoformat(),
        "may_plan": request.actor.can_in(PLAN, group.unit_id),
    }


def day_in(text: str) -> date:
    """A day of an address. Raises `Http404`."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404(text) from wrong


def box(
    request: StaffRequest,
    form: forms.Form,
    apply: Callable[[dict[str, Any]], str],
    *,
    title: str,
    confirm: str,
    back: str,
    text: str = "",
) -> HttpResponse:
    """The form, or what comes of it: `apply` gives the address to go on with."""
    if form.is_bound and form.is_valid():
        try:
            target = apply(form.cleaned_data)
        except REFUSALS as refusal:
            field, words = refusal_words(refusal)
            form.add_error(field if field in form.fields else None, words)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        else:
            return lead_on(request, target)
    context = {"form": form, "title": title, "confirm": confirm, "back": back, "text": text}
    name = "workforce/box.html" if request.htmx else "workforce/box_page.html"
    return render(request, name, context, status=422 if form.is_bound else 200)
