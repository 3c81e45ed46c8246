"""All payments: found by receipt, reference or payer, or by days, service and channel."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qiao.billing.forms.all_payments import NAMES, read_payment_filters
from qiao.billing.models import Payment
from qiao.billing.queries.all_payments import PaymentRow, list_payments, taken_in
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.sources import feeds_seen
from qiao.billing.queries.units import units_with
from qiao.billing.showing import money
from qiao.billing.showing_bills import channel_name
from qiao.billing.showing_feeds import told_words
from qiao.billing.views.boxes import today_asked
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.queries import service_names
from qiao.staff.queries import organisation_names


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Payments, the newest first, narrowed by what the address says."""
    actor, filters = request.actor, read_payment_filters(request.GET)
    page = list_payments(
        actor=actor,
        filters=filters,
        channels=tuple(Payment.Channel.values),
        after=request.GET.get("after", ""),
    )
    kept = [(name, each) for name in NAMES for each in request.GET.getlist(name) if each]
    units = organisation_names({row.organisation_id for row in page.rows})
    names = service_names()
    context: dict[str, Any] = {
        "rows": [_line(row, units, names) for row in page.rows],
        "following": urlencode([*kept, ("after", page.following)]) if page.following else "",
    }
    if request.htmx:
        return render(request, "billing/payments/_rows.html", context)
    taken = taken_in(
        actor=actor,
        filters=filters,
        today=today_asked(request, filters.unit_id),
    )
    context |= {
        "taken": taken,
        "sums": [money(minor, currency) for currency, minor in sorted(taken.minor.items())],
        "filters": filters,
        "typed": request.GET.get("q", ""),
        "is_narrowed": bool(kept),
        "units": units_with(actor=actor, permission=VIEW, language=request.LANGUAGE_CODE),
        "services": names.items(),
        "channels": Payment.Channel.choices,
        "feeds": [(str(feed.pk), feed.name) for feed in feeds_seen(actor, VIEW)],
    }
    return render(request, "billing/payments/index.html", context)


def _line(row: PaymentRow, units: Mapping[int, str], names: Mapping[str, Any]) -> dict[str, Any]:
    is_fed = row.feed_id is not None
    return {
        "row": row,
        "href": reverse("billing:account", args=[row.account_id])
        if is_fed
        else reverse("billing:receipt", args=[row.payment_id]),
        "unit": units.get(row.organisation_id, ""),
        "service": names.get(row.service, row.service),
        "channel": channel_name(row.channel),
        "means": "" if is_fed else Payment.Means(row.means).label,
        "amount": money(row.minor, row.currency),
        "told": told_words(row.told) if row.told else "",
    }
