"""Prices on a day: the list of tariffs, one with its price list, and an example walked through."""

from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qiao.billing import showing
from qiao.billing.forms import ExampleForm
from qiao.billing.queries import TariffMissing, TariffNow, tariff_on, tariffs_on, versions_of
from qiao.billing.queries.tariffs import VIEW
from qiao.billing.rules.tariffs.explaining import Explained, Line, explain
from qiao.billing.rules.tariffs.inputs import CannotRate, Rows
from qiao.billing.rules.tariffs.model import Tariff
from qiao.billing.rules.tariffs.rating import rate
from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names
from qiao.customers.queries import service_names
from qiao.staff.queries import local_days

SHOWN: Final = 3
"""A charge with more prices than these stands in the list with the first and the last of them."""


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """All tariffs as they hold on a day."""
    day = _day(request)
    found = tariffs_on(actor=request.actor, day=day)
    services = service_names()
    context = {
        "day": day,
        "rows": [
            (now, from_names(now.row.names), services.get(now.row.service, ""), _brief(now))
            for now in found
        ],
    }
    return render(request, "billing/tariffs.html", context)


@staff_view(VIEW)
def detail(request: StaffRequest, tariff_id: int) -> HttpResponse:
    """One tariff on a day; with `part` only the example, for the form that asks for it."""
    day = _day(request)
    try:
        now = tariff_on(actor=request.actor, tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise Http404 from None
    context: dict[str, Any] = {"now": now, "day": day, "name": from_names(now.row.names)}
    if now.tariff is not None:
        context |= _example(request, now, now.tariff)
    if request.htmx and request.GET.get("part"):
        return render(request, "billing/_example.html", context)
    context |= {
        "service": service_names().get(now.row.service, ""),
        "charges": _charges(now),
        "unit": showing.UNITS.get(now.tariff.unit, now.tariff.unit) if now.tariff else "",
        "source": from_names(now.version.source) if now.version else "",
        "versions": [
            (version, until, version.pk == (now.version.pk if now.version else None))
            for version, until in versions_of(actor=request.actor, tariff_id=tariff_id)
        ],
    }
    return render(request, "billing/tariff.html", context)


def _day(request: StaffRequest) -> date:
    """The day asked for; today where none is, or one that cannot be meant."""
    today = local_days(request.now)[request.actor.organisation_id]
    try:
        found = date.fromisoformat(request.GET.get("day", "")[:10])
    except ValueError:
        return today
    return found if date(1990, 1, 1) <= found <= date(2100, 1, 1) else today


def _charges(now: TariffNow) -> list[showing.ChargeWords]:
    if now.tariff is None:
        return []
    return [showing.charge_words(now.row, now.tariff, each) for each in now.tariff.charges]


def _brief(now: TariffNow) -> list[showing.Priced]:
    """The prices of a tariff by what they are for; of many the first and the last."""
    found = []
    for charge in _charges(now):
        prices = charge.prices
        if len(prices) > SHOWN:
            span = f"{prices[0].price} – {prices[-1].price}"
            prices = (showing.Priced("", span),)
        for each in prices:
            what = f"{charge.name} · {each.for_what}" if each.for_what else charge.name
            found.append(showing.Priced(what, each.price))
    return found


def _example(request: StaffRequest, now: TariffNow, tariff: Tariff) -> dict[str, Any]:
    form = ExampleForm(request.GET.dict(), now=now, tariff=tariff)
    if not form.is_valid():
        return {"form": form}
    labels, numbers, before = form.known()
    try:
        rated = rate(tariff, Rows.one(labels, numbers, before))
    except CannotRate as refusal:
        return {"form": form, "refusal": str(refusal)}
    explained = explain(tariff, rated, 0)
    return {"form": form, "bill": _bill(now, tariff, explained)}


def _bill(now: TariffNow, tariff: Tariff, explained: Explained) -> dict[str, Any]:
    currency = tariff.currency
    return {
        "lines": [_line(now, line, currency) for line in explained.lines if line.adds],
        "shown": [_line(now, line, currency) for line in explained.lines if not line.adds],
        "total": showing.money(explained.minor, currency),
        "quantities": [
            (showing.input_name(now.row, name), showing.plain(value))
            for name, value in explained.quantities.items()
        ],
    }


def _line(now: TariffNow, line: Line, currency: str) -> dict[str, Any]:
    words = showing.charge_words(now.row, _tariff_of(now), line.charge)
    steps = [
        {
            "place": number,
            "quantity": showing.plain(step.quantity),
            "price": showing.price(step.price),
            "begins": showing.plain(step.begins),
            "ends": "" if step.ends is None else showing.plain(step.ends),
            "amount": showing.money(step.minor, currency),
        }
        for number, step in enumerate(line.steps, 1)
    ]
    return {
        "name": words.name,
        "owner": words.owner,
        "how": words.how,
        "quantity": None if line.quantity is None else showing.plain(line.quantity),
        "price": None if line.price is None else showing.price(line.price),
        "amount": showing.money(line.minor, currency),
        "steps": steps,
    }


def _tariff_of(now: TariffNow) -> Tariff:
    assert now.tariff is not None
    return now.tariff
