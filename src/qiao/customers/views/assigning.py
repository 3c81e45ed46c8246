"""Giving a list of customers to a manager: a tier, a segment, key customers, or chosen ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.customers.forms.managers import AssignManyForm
from qiao.customers.models import Customer
from qiao.customers.operations import CustomerRefusal
from qiao.customers.operations.managing import assign_manager, manager_actor
from qiao.customers.queries.manager_candidates import (
    Foreseen,
    candidates,
    foresee,
    picked_candidates,
)
from qiao.customers.queries.managers import ASSIGN, OWN, possible_managers
from qiao.customers.queries.people import CustomerLine, picked_lines
from qiao.customers.queries.value import value_periods
from qiao.customers.views.box import METHODS, UNPROCESSABLE
from qiao.customers.views.ids import read_picked
from qiao.customers.views.manager_words import left_words, manager_words
from qiao.customers.views.managers import said
from qiao.customers.views.pages import named_segments

PICKED = "picked"
MOST_NAMED = 10
Left = list[tuple[CustomerLine, str]]


@staff_view(ASSIGN, methods=METHODS)
def assign_many(request: StaffRequest) -> HttpResponse:
    """Give a list of customers to a manager: first what would become of them, then do it.

    ``?customer=`` names those who were chosen in the list of customers, and only they are meant.
    """
    today = timezone.localdate(request.now)
    picked = picked_lines(
        actor=request.actor, customer_ids=read_picked(request.GET.getlist("customer"))
    )
    form = _form(request, picked, today)
    foreseen: Foreseen | None = None
    left: Left = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ids = _asked(request, picked, data)
        try:
            foreseen = _foresee(ids, data, today, apart=max(0, len(picked) - len(ids)))
            left = _left(picked, foreseen.kinds, replaces=data["replace"] == "yes")
            if request.POST.get("do") == "assign":
                return _assign(request, ids, data, left)
        except (CustomerRefusal, BadText) as refusal:
            form.add_error(None, manager_words(refusal))
    context = {
        "form": form,
        "foreseen": foreseen,
        "replaces": form.is_bound and form.data.get("replace") == "yes",
        "picked": picked,
        "left": left,
    }
    return render(
        request, "customers/managers/assign.html", context,
        status=UNPROCESSABLE if form.errors else 200,
    )  # fmt: skip


def _form(request: StaffRequest, picked: list[CustomerLine], today: date) -> AssignManyForm:
    n = len(picked)
    chosen = ngettext("{n} selected customer", "{n} selected customers", n).format(n=n)
    form = AssignManyForm(
        request.POST if request.method == "POST" else None,
        people=possible_managers(actor=request.actor, day=today),
        sources=[(PICKED, chosen)] if picked else _sources(request),
        initial={"since": today, "source": PICKED if picked else request.GET.get("source", "key")},
    )
    if picked:
        del form.fields["most"]
    return form


def _sources(request: StaffRequest) -> list[tuple[str, Any]]:
    """Lists that can be given away, in groups."""
    found: list[tuple[str, Any]] = []
    if value_periods():
        found.append(("key", _("Key customers: four fifths of the value")))
    tiers = [(f"tier:{key}", f"{key} {label}") for key, label in Customer.Tier.choices]
    segments = [(f"segment:{pk}", name) for pk, name in named_segments(request.actor)]
    return [*found, (_("Tier"), tiers), (_("Segments"), segments)]


def _asked(
    request: StaffRequest, picked: list[CustomerLine], data: Mapping[str, Any]
) -> list[int]:
    if picked:
        ids = [line.customer_id for line in picked]
        return picked_candidates(actor=request.actor, customer_ids=ids)
    return candidates(actor=request.actor, source=data["source"], limit=data["most"])


def _foresee(ids: list[int], data: Mapping[str, Any], today: date, *, apart: int) -> Foreseen:
    """The counts; `apart` are those of the chosen ones whom the person may not give away."""
    manager = manager_actor(manager_id=data["manager_id"], day=today)
    found = foresee(
        customer_ids=ids, manager=manager, since=data["since"], today=today, permission=OWN
    )
    return replace(found, unseen=found.unseen + apart)


def _left(picked: list[CustomerLine], kinds: Mapping[int, str], *, replaces: bool) -> Left:
    """Of those who were chosen one by one who would stay as they are, and why."""
    gone = {"free", "taken"} if replaces else {"free"}
    told = [(line, kinds.get(line.customer_id, "unseen")) for line in picked]
    return [(line, left_words(kind)) for line, kind in told if kind not in gone]


def _assign(
    request: StaffRequest, ids: list[int], data: Mapping[str, Any], left: Left
) -> HttpResponse:
    done = assign_manager(
        actor=request.actor,
        now=request.now,
        customer_ids=ids,
        manager_id=data["manager_id"],
        since=data["since"],
        reason=data["reason"],
        replace=data["replace"] == "yes",
    )
    messages.success(request, said(done))
    if left:
        names = [f"{line.name} ({line.number})" for line, _why in left[:MOST_NAMED]]
        rest = ["…"] if len(left) > MOST_NAMED else []
        text = _("Left as they were: {names}").format(names=", ".join(names + rest))
        messages.warning(request, text)
    return HttpResponseRedirect(reverse("customers:managers"))
