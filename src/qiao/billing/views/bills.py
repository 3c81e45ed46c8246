"""A bill, and the bills and payments of an account."""

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.forms.bills import ReversalForm, WaiverForm
from qiao.billing.models import Bill
from qiao.billing.operations.asking import ask_reversal, ask_waiver, late_fee_to
from qiao.billing.queries.account_lists import bills_of, payments_of
from qiao.billing.queries.asked import lowering_asked
from qiao.billing.queries.bills import VIEW, BillMissing, bill_for, bill_shown
from qiao.billing.queries.invoices import invoices_of_account
from qiao.billing.queries.panels import account_money, bill_chart, money_of
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.shifts import CLOSE
from qiao.billing.queries.standings import deposit_of
from qiao.billing.queries.summaries import collecting_of
from qiao.billing.queries.terms_shown import held_words, terms_on
from qiao.billing.queries.vouchers import vouchers_of
from qiao.billing.queries.why import why
from qiao.billing.showing import money
from qiao.billing.showing_invoices import short_list
from qiao.billing.views.boxes import METHODS, box, today_in
from qiao.billing.views.invoices import panel_of
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.queries import (
    NotVisible,
    PartyRecord,
    account_record,
    addressees_of,
    parties_of_account,
)

EDIT_ACCOUNT: Final = "customers.edit"


@staff_view(VIEW)
def bill(request: StaffRequest, bill_id: int) -> HttpResponse:
    """One bill: its lines, why it is what it is, and what paid it."""
    try:
        shown = bill_shown(actor=request.actor, bill_id=bill_id, today=_today(request))
    except (BillMissing, NotVisible):
        raise Http404 from None
    parties = parties_of_account(actor=request.actor, account_id=shown.bill.account_id)
    unit = shown.bill.organisation_id
    context = {
        "shown": shown,
        "bill": shown.bill,
        "parties": _now(parties, _today(request)),
        "may_take_back": shown.bill.state == Bill.State.ISSUED
        and shown.bill.kind != Bill.Kind.TAKEN_OVER
        and request.actor.can_in(ISSUE, unit),
        "languages": settings.LANGUAGES,
        "may_waive": shown.late is not None and request.actor.can_in(CLOSE, unit),
        **panel_of(request, shown.bill),
    }
    return render(request, "billing/bill.html", context)


@staff_view(ISSUE, methods=METHODS)
def take_back(request: StaffRequest, bill_id: int) -> HttpResponse:
    """Ask why, then ask a second person that a bill be taken back."""
    found = _of_right(request, bill_id, ISSUE)
    form = ReversalForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> str:
        ask_reversal(bill_id=found.pk, reason=data["reason"], actor=request.actor, now=request.now)
        return _asked(request, found)

    words = {
        "back": _page(found),
        "title": _("Take bill %(number)s back?") % {"number": found.number},
        "text": _(
            "What was paid for it is paid ahead again, and its days are billed anew. A second"
            " person has to agree."
        ),
        "confirm": _("Ask for it"),
    }
    return box(request, form, act, words=words)


@staff_view(CLOSE, methods=METHODS)
def waive(request: StaffRequest, bill_id: int) -> HttpResponse:
    """Ask how much and why, then ask a second person that a late fee be waived."""
    found = _of_right(request, bill_id, CLOSE)
    most = late_fee_to(found, today_in(request, found.organisation_id))
    form = WaiverForm(request.POST if request.method == "POST" else None)
    form.fields["minor"].currency = found.currency  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> str:
        ask_waiver(
            bill_id=found.pk, minor=data["minor"], reason=data["reason"], actor=request.actor,
            now=request.now,
        )  # fmt: skip
        return _asked(request, found)

    words = {
        "back": _page(found),
        "title": _("Waive the late fee of %(number)s?") % {"number": found.number},
        "facts": [(pgettext("owed", "Late fee"), money(most, found.currency))],
        "text": _("A second person has to agree."),
        "confirm": _("Ask for it"),
    }
    return box(request, form, act, words=words)


def _page(found: Bill) -> str:
    return reverse("billing:bill", args=[found.pk])


def _asked(request: StaffRequest, found: Bill) -> str:
    messages.success(request, _("It waits for a second person now."))
    return _page(found)


def _of_right(request: StaffRequest, bill_id: int, permission: str) -> Bill:
    try:
        found = bill_for(actor=request.actor, bill_id=bill_id)
    except BillMissing:
        raise Http404 from None
    request.actor.require(permission, found.organisation_id)
    return found


@staff_view(VIEW)
def reasons(request: StaffRequest, bill_id: int) -> HttpResponse:
    """Why a bill is what it is, in a sentence: for a panel beside the customer, who is talking."""
    try:
        found = bill_for(actor=request.actor, bill_id=bill_id)
    except BillMissing:
        raise Http404 from None
    return render(request, "billing/_why.html", {"why": why(found)})


@staff_view(VIEW)
def account(request: StaffRequest, account_id: int) -> HttpResponse:
    """The bills and payments of an account, the newest first."""
    try:
        record = account_record(actor=request.actor, account_id=account_id)
        parties = parties_of_account(actor=request.actor, account_id=account_id)
    except NotVisible:
        raise Http404 from None
    request.actor.require(VIEW, record.organisation_id)
    (who,) = addressees_of([(account_id, today_in(request, record.organisation_id))])
    collecting = collecting_of(who.customer_id) if who.customer_id else None
    before = parse_date(request.GET.get("before", "")[:10])
    bills = bills_of(
        actor=request.actor, account_id=account_id, today=_today(request), before=before
    )
    row = money_of(actor=request.actor, account_id=account_id, now=request.now)
    lowering, deposit = lowering_asked(account_id), deposit_of(account_id)
    held = terms_on(account_id, today_in(request, record.organisation_id))
    context = {
        "account": record,
        "lowering": lowering,
        "terms": held_words(held) if held else "",
        "deposit": money(deposit, row["currency"]) if row and deposit else "",
        "lowering_to": money(lowering.minor or 0, row["currency"]) if lowering and row else "",
        "parties": _now(parties, _today(request)),
        "money": account_money(row) if row else None,
        "chart": bill_chart(row) if row and not before else None,
        "bills": bills.rows,
        "next": bills.next,
        "before": before,
        "payments": payments_of(actor=request.actor, account_id=account_id) if not before else (),
        "vouchers": [] if before else vouchers_of(account_id),
        "invoices": [] if before else short_list(invoices_of_account(account_id)),
        "addressee": who,
        "collecting": collecting,
        "may_stop": collecting is not None
        and request.actor.can_in(ISSUE, collecting.organisation_id),
        "may_issue": request.actor.can_in(ISSUE, record.organisation_id)
        and (row is None or not row["told"]),
        "may_edit": request.actor.can_in(EDIT_ACCOUNT, record.organisation_id),
    }
    return render(request, "billing/account.html", context)


def _today(request: StaffRequest) -> date:
    return today_in(request, request.actor.organisation_id)


def _now(parties: list[PartyRecord], today: date) -> list[PartyRecord]:
    """Those who play their part today."""
    return [
        each for each in parties
        if each.since <= today and (each.until is None or today < each.until)
    ]  # fmt: skip
