"""A place that is served: its page, what held there on a day, and the exchange of a meter."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.places import ExchangeForm
from qiao.customers.operations import (
    BadPeriod,
    CustomerRefusal,
    NewMeter,
    exchange_meter,
    undo_exchange,
)
from qiao.customers.queries import NotVisible, get_premises_for, history_of
from qiao.customers.queries.moves import moves_at
from qiao.customers.rules.history import Scale
from qiao.customers.views.box import METHODS, box, go_to, posted
from qiao.customers.views.changes import EDIT
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import region_names

VIEW = "customers.view"


@staff_view(VIEW)
def place_page(request: StaffRequest, premises_id: int) -> HttpResponse:
    """Who lived there with which account and meter, over time and on one day."""
    premises = get_premises_for(actor=request.actor, premises_id=premises_id)
    history = history_of(actor=request.actor, premises_id=premises.pk)
    today = timezone.localdate(request.now)
    day = read_day(request.GET.get("on", "")) or today
    scale = history.scale(today)
    context: dict[str, Any] = {
        "premises": premises,
        "region": region_names(request.LANGUAGE_CODE).get(premises.region, ""),
        "history": history,
        "lanes": _lanes(history, scale),
        "scale": scale,
        "day": day,
        "today": today,
        "then": history.on(day),
        "now": history.on(today),
        "moves": moves_at(actor=request.actor, premises_id=premises.pk),
        "may_edit": request.actor.can(EDIT),
    }
    part = "customers/places/day.html" if request.htmx else "customers/places/page.html"
    return render(request, part, context)


def read_day(text: str) -> date | None:
    """A day as a date field sends it, None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _lanes(history: Any, scale: Scale) -> list[dict[str, Any]]:
    """Rows of the picture: per account owner, occupants and payers; per point its meters."""
    lanes: list[dict[str, Any]] = []
    for account in history.accounts:
        stays = [stay for stay in history.stays if stay.account_id == account.account_id]
        for role in ("owner", "occupant", "payer", "contact"):
            bars = [
                {"bar": scale.bar(stay), "held": stay, "text": stay.name}
                for stay in stays
                if stay.role == role
            ]
            if bars:
                lanes.append({"account": account, "role": role, "bars": bars})
    for point in history.points:
        meters = [
            {"bar": scale.bar(hung), "held": hung, "text": hung.number}
            for hung in history.meters
            if hung.point_id == point.point_id
        ]
        if meters:
            lanes.append({"point": point, "role": "meter", "bars": meters})
    return lanes


@staff_view(EDIT, methods=METHODS)
def meter_exchange(request: StaffRequest, premises_id: int, point_id: int) -> HttpResponse:
    """Another meter at a point of the place."""
    premises = get_premises_for(actor=request.actor, premises_id=premises_id)
    point = premises.service_points.filter(pk=point_id).first()
    if point is None:
        raise NotVisible(f"service point {point_id}")
    today = timezone.localdate(request.now)
    initial = {"day": today, "size": point.meter_size, "is_remote": point.meter_is_remote}
    form = ExchangeForm(posted(request), initial=initial)

    def apply(_data: dict[str, Any]) -> None:
        hung = _exchange(request, form, point.pk)
        if hung is not None:
            messages.success(
                request,
                _("The new meter hangs; the old one is kept with its period."),
                extra_tags=reverse("customers:exchange_undo", args=[premises.pk, hung]),
            )

    about = " · ".join(filter(None, (point.meter_number, premises.full_text)))
    return box(
        request, form, apply, (_("Exchange the meter"), _("Exchange meter"), ""), about=about,
        back=reverse("customers:place", args=[premises.pk]), more={"full": ()},
    )  # fmt: skip


def _exchange(request: StaffRequest, form: ExchangeForm, point_id: int) -> int | None:
    data = form.cleaned_data
    try:
        hung = exchange_meter(
            actor=request.actor,
            now=request.now,
            service_point_id=point_id,
            day=data["day"],
            meter=NewMeter(data["number"], data["size"], data["is_remote"], data["opening"]),
            closing_reading=data["closing"],
            reason=data["reason"],
        )
    except BadPeriod:
        form.add_error("day", _("The old meter did not hang there yet on that day."))
        return None
    return hung.pk


@staff_view(EDIT, methods=("POST",))
def exchange_undo(request: StaffRequest, premises_id: int, installation_id: int) -> HttpResponse:
    """Take the latest exchange back."""
    premises = get_premises_for(actor=request.actor, premises_id=premises_id)
    try:
        undo_exchange(actor=request.actor, now=request.now, installation_id=installation_id)
    except CustomerRefusal as refusal:
        messages.error(request, refusal_words(refusal))
        return go_to(request, reverse("customers:place", args=[premises.pk]))
    return go_to(request, reverse("customers:place", args=[premises.pk]))
