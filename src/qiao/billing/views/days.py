"""Days of a unit: what is booked, whose drawers are open, closing, the file for the ledger."""

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.billing import operations as ops
from qiao.billing.forms.counter import LedgerForm
from qiao.billing.ledger_export import KIND
from qiao.billing.queries import day_of
from qiao.billing.queries.days import closed_days, day_of_unit
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.shifts import CLOSE
from qiao.billing.showing import money
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, today_in
from qiao.billing.views.counter_frame import counter_box, frame, unit_asked
from qiao.core.exports import NoReason, request_export
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.months import month_of
from qiao.core.rules.text import BadText


@staff_view(CLOSE)
def index(request: StaffRequest) -> HttpResponse:
    """A day of a unit and the days that were closed."""
    return render(request, "billing/counter/day.html", _context(request, _ledger_form()))


def _ledger_form(data: Any = None) -> LedgerForm:
    return LedgerForm(data, auto_id="gl-%s")


def _context(request: StaffRequest, form: LedgerForm) -> dict[str, Any]:
    units, unit_id = unit_asked(request)
    today = today_in(request, unit_id)
    day = day_of(request.GET.get("day", ""), today)
    return {
        **frame(request),
        "units": units,
        "unit_id": unit_id,
        "here": f"?unit={unit_id}&day={day.isoformat()}",
        "today": today,
        "is_ahead": day > today,
        "each": day_of_unit(organisation_id=unit_id, day=day),
        "closed": closed_days(organisation_id=unit_id),
        "owners": owner_names(),
        "ledger_form": form,
    }


@staff_view(CLOSE, methods=METHODS)
def close(request: StaffRequest) -> HttpResponse:
    """Ask once more, then close a day: nothing is booked into it, or any before it, afterwards."""
    _units, unit_id = unit_asked(request)
    today = today_in(request, unit_id)
    day = day_of(request.GET.get("day", ""), today)
    form = forms.Form(request.POST if request.method == "POST" else None)
    here = f"{reverse('billing:days')}?unit={unit_id}&day={day.isoformat()}"

    def act(_data: dict[str, Any]) -> str:
        ops.close_day(
            organisation_id=unit_id, day=day, today=today, actor=request.actor, now=request.now
        )
        return here

    words = {
        "title": _("Close %(day)s?") % {"day": day.isoformat()},
        "confirm": pgettext("day", "Close the day"),
        "back": here,
        "facts": _sums(unit_id, day),
        "text": _(
            "Nothing can be booked into this day, or any day before it, afterwards. This cannot be"
            " undone."
        ),
        "focus_cancel": True,
    }
    return counter_box(request, form, act, words=words)


def _sums(unit_id: int, day: date) -> list[tuple[str, str]]:
    each = day_of_unit(organisation_id=unit_id, day=day)
    facts = []
    for currency, (debit, credit) in each.sums.items():
        facts += [
            (pgettext("ledger", "Debits"), money(debit, currency)),
            (pgettext("ledger", "Credits"), money(credit, currency)),
        ]
    return facts


@staff_view(CLOSE, methods=("POST",))
def take_away(request: StaffRequest) -> HttpResponse:
    """Ask for the day, or its month, as a file; why is kept."""
    form = _ledger_form(request.POST)
    context = _context(request, form)
    day = context["each"].day
    if form.is_valid():
        data = form.cleaned_data
        since, until = day, day
        if data["span"] == LedgerForm.MONTH:
            since, until = month_of(day).start, month_of(day).last
        try:
            with transaction.atomic():
                request_export(
                    kind=KIND,
                    terms={
                        "unit": context["unit_id"],
                        "since": since.isoformat(),
                        "until": until.isoformat(),
                    },
                    form=data["format"],
                    reason=data["reason"],
                    language=get_language() or "en",
                    actor=request.actor,
                    now=request.now,
                    organisation_id=context["unit_id"],
                )
        except (NoReason, BadText):
            form.add_error("reason", _("Say why."))
        else:
            return HttpResponseRedirect(reverse("staff:files"))
    return render(request, "billing/counter/day.html", context, status=UNPROCESSABLE)
