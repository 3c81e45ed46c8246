"""Invoices: listed by state, asked for with a title, taken back, and asked for again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.billing.forms.invoices import NAMES, AskForm, TakeBackForm, read_invoice_filters
from qiao.billing.models import Bill, Invoice
from qiao.billing.operations.invoices import ask_again, ask_invoice, take_back_invoice
from qiao.billing.queries.bills import VIEW, BillMissing, bill_for
from qiao.billing.queries.invoices import (
    ASK,
    InvoiceMissing,
    InvoiceRow,
    counts_by_state,
    invoice_for,
    invoices_of_bills,
    list_invoices,
    proposed_buyer,
)
from qiao.billing.queries.units import units_with
from qiao.billing.showing import money
from qiao.billing.showing_invoices import (
    invoices_shown,
    may_be_asked,
    reason_words,
    state_words,
)
from qiao.billing.views.boxes import METHODS, box
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.rules.ids import read_id
from qiao.staff.queries import organisation_names

MOST_PICKED: Final = 500


@staff_view(ASK)
def index(request: StaffRequest) -> HttpResponse:
    """Invoices, the newest first, narrowed by what the address says; states with their counts."""
    actor, filters = request.actor, read_invoice_filters(request.GET)
    page = list_invoices(actor=actor, filters=filters, after=request.GET.get("after", ""))
    kept = [(name, each) for name in NAMES for each in request.GET.getlist(name) if each]
    units = organisation_names({row.organisation_id for row in page.rows})
    context: dict[str, Any] = {
        "rows": [_line(row, units) for row in page.rows],
        "following": urlencode([*kept, ("after", page.following)]) if page.following else "",
        "may_see_bills": actor.can(VIEW),
        "with_ticks": filters.state == Invoice.State.REFUSED,
    }
    if request.htmx:
        return render(request, "billing/invoices/_rows.html", context)
    counts = counts_by_state(actor=actor, filters=filters)
    others = [(name, each) for name, each in kept if name != "state"]
    context |= {
        "chips": [
            (urlencode([*others, ("state", key)] if key else others), label, count, key)
            for key, label, count in _chips(counts)
        ],
        "filters": filters,
        "typed": request.GET.get("q", ""),
        "is_narrowed": bool(kept),
        "units": units_with(actor=actor, permission=ASK, language=request.LANGUAGE_CODE),
    }
    return render(request, "billing/invoices/index.html", context)


def _chips(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    return [
        ("", pgettext("invoices", "All"), sum(counts.values())),
        *((key, str(label), counts.get(key, 0)) for key, label in Invoice.State.choices),
    ]


def _line(row: InvoiceRow, units: Mapping[int, str]) -> dict[str, Any]:
    state, tone = state_words(row.state, row.kind, stands=row.stands)
    return {
        "row": row,
        "is_red": row.kind == Invoice.Kind.RED,
        "state": state,
        "tone": tone,
        "unit": units.get(row.organisation_id, ""),
        "amount": money(row.minor, row.currency),
        "said": row.refusal if row.state == Invoice.State.REFUSED else reason_words(row.reason),
    }


def panel_of(request: StaffRequest, bill: Bill) -> dict[str, Any]:
    """What the page of a bill tells of its invoices."""
    rows = invoices_of_bills([bill]).get(bill.pk, [])
    may = request.actor.can_in(ASK, bill.organisation_id)
    return {
        "invoices": invoices_shown(rows, bill),
        "may_ask_invoice": may and may_be_asked(rows, bill),
        "may_handle_invoices": may,
    }


def of_payment(request: StaffRequest, bills: Sequence[Bill]) -> list[dict[str, Any]]:
    """What a receipt tells of the invoices of the bills that it paid, to who asks for them: the
    latest of each, and whether one may be asked for."""
    mine = [bill for bill in bills if request.actor.can_in(ASK, bill.organisation_id)]
    rows = invoices_of_bills(mine) if mine else {}
    found = []
    for bill in mine:
        blue = [row for row in rows.get(bill.pk, ()) if not row.is_red]
        may_ask = may_be_asked(blue, bill)
        if blue or may_ask:
            shown = next(iter(invoices_shown(blue[:1], bill)), None)
            found.append({"bill": bill, "invoice": shown, "may_ask": may_ask})
    return found


@staff_view(ASK, methods=METHODS)
def ask(request: StaffRequest, bill_id: int) -> HttpResponse:
    """Ask for an invoice of a bill, with the title that its account had before."""
    try:
        bill = bill_for(actor=request.actor, bill_id=bill_id, permission=ASK)
    except BillMissing:
        raise Http404 from None
    refused = next(
        (
            row
            for row in invoices_of_bills([bill]).get(bill_id, ())
            if row.state == Invoice.State.REFUSED and not row.is_red
        ),
        None,
    )
    form = AskForm(request.POST if request.method == "POST" else None, buyer=proposed_buyer(bill))
    back = _back(request, bill_id)

    def act(_data: dict[str, Any]) -> str:
        made = ask_invoice(bill_id=bill_id, buyer=form.buyer, actor=request.actor, now=request.now)
        messages.success(
            request, _("The invoice is asked for: %(number)s.") % {"number": made.number}
        )
        return back

    facts = [(pgettext("bill", "Amount"), money(bill.total_minor, bill.currency))]
    if refused is not None:
        facts.append((_("The provider said"), refused.refusal))
    words = {
        "back": back,
        "title": _("Invoice of bill %(number)s") % {"number": bill.number},
        "facts": facts,
        "confirm": pgettext("invoice", "Ask for it"),
    }
    return box(request, form, act, words=words)


def _back(request: StaffRequest, bill_id: int) -> str:
    """The receipt from which it was asked for, else the page of the bill."""
    payment_id = read_id(request.GET.get("payment", ""))
    if payment_id:
        return reverse("billing:receipt", args=[payment_id])
    return reverse("billing:bill", args=[bill_id])


@staff_view(ASK, methods=METHODS)
def take_back(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Ask why, then give an invoice up, or have it cancelled by a red one."""
    try:
        found = invoice_for(actor=request.actor, invoice_id=invoice_id)
    except InvoiceMissing:
        raise Http404 from None
    back = reverse("billing:bill", args=[found.bill_id])
    form = TakeBackForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> str:
        row = take_back_invoice(
            invoice_id=invoice_id, reason=data["reason"], actor=request.actor, now=request.now
        )
        is_issued = row.state == Invoice.State.ISSUED
        said = _("A red invoice is wanted now.") if is_issued else _("It is given up.")
        messages.success(request, said)
        return back

    is_issued = found.state == Invoice.State.ISSUED
    words = {
        "back": back,
        "title": _("Take invoice %(number)s back?")
        % {"number": found.invoice_number or found.number},
        "text": _("A red invoice is wanted that cancels it. Another one may be asked for then.")
        if is_issued
        else _("It is not issued, unless the provider was faster: then it is cancelled."),
        "confirm": pgettext("invoice", "Take back"),
        "focus_cancel": True,
    }
    return box(request, form, act, words=words)


@staff_view(ASK, methods=("POST",))
def again(request: StaffRequest) -> HttpResponse:
    """Ask once more for invoices that were refused, as they were."""
    picked = [read_id(text) for text in request.POST.getlist("invoice")[:MOST_PICKED]]
    seen = set(request.actor.organisations(ASK))
    rows = Invoice.objects.filter(pk__in=[pk for pk in picked if pk], organisation__in=seen)
    made = ask_again(
        invoice_ids=list(rows.values_list("pk", flat=True)), actor=request.actor, now=request.now
    )
    said = ngettext(
        "%(n)s invoice is asked for again.", "%(n)s invoices are asked for again.", len(made)
    )
    messages.success(request, said % {"n": len(made)})
    bill_id = read_id(request.POST.get("bill", ""))
    if bill_id:
        return lead_on(request, reverse("billing:bill", args=[bill_id]))
    return lead_on(request, f"{reverse('billing:invoices')}?state={Invoice.State.REFUSED}")
