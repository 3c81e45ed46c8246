"""All bills: found by number, or by days, service, state and how late they are."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext, pgettext_lazy

from qiao.billing.forms.all_bills import NAMES, read_bill_filters
from qiao.billing.models import Bill
from qiao.billing.queries.all_bills import BillRow, list_bills
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.figures import AGE_NAMES
from qiao.billing.queries.invoices import ASK
from qiao.billing.queries.panels import bill_address
from qiao.billing.queries.sources import feeds_seen
from qiao.billing.queries.units import units_with
from qiao.billing.rules.money.ageing import age_of
from qiao.billing.showing import money
from qiao.billing.showing_feeds import told_words
from qiao.billing.views.boxes import today_asked
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.queries import service_names
from qiao.staff.queries import organisation_names

AGE_CHOICES: Final = {
    "all": pgettext_lazy("bills", "Owed"),
    "late": pgettext_lazy("bills", "Late"),
    **AGE_NAMES,
}

LATE_TONES: Final = {"90": "warn", "365": "bad", "old": "bad"}


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Bills, the newest first, narrowed by what the address says."""
    actor, filters = request.actor, read_bill_filters(request.GET)
    today = today_asked(request, filters.unit_id)
    page = list_bills(
        actor=actor, filters=filters, today=today, after=request.GET.get("after", "")
    )
    kept = [(name, each) for name in NAMES for each in request.GET.getlist(name) if each]
    units = organisation_names({row.organisation_id for row in page.rows})
    names = service_names()
    context = {
        "rows": [_line(row, units, names, today) for row in page.rows],
        "following": urlencode([*kept, ("after", page.following)]) if page.following else "",
        "filters": filters,
        "typed": request.GET.get("q", ""),
        "is_narrowed": bool(kept),
        "units": units_with(actor=actor, permission=VIEW, language=request.LANGUAGE_CODE),
        "services": names.items(),
        "states": Bill.State.choices,
        "ages": AGE_CHOICES.items(),
        "may_see_invoices": actor.can(ASK),
        "feeds": [(str(feed.pk), feed.name) for feed in feeds_seen(actor, VIEW)],
    }
    template = "billing/_all_rows.html" if request.htmx else "billing/all.html"
    return render(request, template, context)


def _line(
    row: BillRow, units: Mapping[int, str], names: Mapping[str, Any], today: date
) -> dict[str, Any]:
    age = age_of(row.due_date, today) if row.owed_minor > 0 else ""
    is_reversed = row.state == Bill.State.REVERSED
    mark = (
        Bill.State.REVERSED.label
        if is_reversed
        else pgettext("bill", "Estimated")
        if row.is_estimated
        else ""
    )
    return {
        "row": row,
        "href": bill_address({"id": row.bill_id, "fed": row.feed_id is not None}),
        "told": told_words(row.told) if row.told else "",
        "asked": money(row.asked_minor, row.currency) if row.asked_minor != row.minor else "",
        "unit": units.get(row.organisation_id, ""),
        "service": names.get(row.service, row.service),
        "amount": money(row.minor, row.currency),
        "owed": money(row.owed_minor, row.currency) if row.owed_minor else "",
        "age": AGE_NAMES.get(age, ""),
        "tone": LATE_TONES.get(age, "t3"),
        "mark": mark,
        "mark_tone": "line" if is_reversed else "info",
    }
