"""Deposits at the counter: taken, used for what is owed; money given out; vouchers on paper."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.forms.vouchers import DepositForm, PayOutForm, UseForm
from qiao.billing.models import BillingAccount, Payment, Voucher
from qiao.billing.operations.vouchers import (
    NewDeposit,
    PayOut,
    ask_pay_out,
    take_deposit,
    use_deposit,
)
from qiao.billing.queries.receipts import VIEW, language_of
from qiao.billing.queries.shifts import CLOSE, TAKE
from qiao.billing.queries.standings import deposit_of, owed
from qiao.billing.queries.vouchers import held_by, paper_of
from qiao.billing.showing import money
from qiao.billing.views.boxes import METHODS
from qiao.billing.views.counter_frame import counter_box, frame
from qiao.core.http import StaffRequest, staff_view
from qiao.customers.queries import NotVisible, account_record


@staff_view(TAKE, methods=METHODS)
def deposit(request: StaffRequest, account_id: int) -> HttpResponse:
    """Take a deposit into one's own drawer."""
    billed = _account(request, account_id, TAKE)
    form = DepositForm(_posted(request), currency=billed.currency, auto_id="dep-%s")

    def act(data: dict[str, Any]) -> str:
        new = NewDeposit(
            account_id=account_id,
            minor=data["amount"],
            means=Payment.Means(data["means"]),
            key=data["key"],
            slip=data["slip"],
            reason=data["reason"],
        )
        made = take_deposit(deposit=new, actor=request.actor, now=request.now)
        return reverse("billing:voucher", args=[made.pk])

    words = {
        "title": _("Take a deposit"),
        "text": _("It stays the customer's money: it pays no bill by itself."),
        "facts": _facts(billed),
        "confirm": _("Take the deposit"),
        "back": _counter(account_id),
    }
    return counter_box(request, form, act, words=words)


@staff_view(CLOSE, methods=METHODS)
def use(request: StaffRequest, account_id: int) -> HttpResponse:
    """Pay what is owed with the deposit."""
    billed = _account(request, account_id, CLOSE)
    form = UseForm(_posted(request), currency=billed.currency, auto_id="use-%s")

    def act(data: dict[str, Any]) -> str:
        used = use_deposit(
            account_id=account_id,
            minor=data["amount"],
            reason=data["reason"],
            key=data["key"],
            actor=request.actor,
            now=request.now,
        )
        words = _("%(amount)s of the deposit was used.") % {"amount": money(used, billed.currency)}
        messages.success(request, words)
        return reverse("billing:account", args=[account_id])

    due = sum(row.minor for row in owed([account_id]).get(account_id, []))
    words = {
        "title": _("Use the deposit for what is owed?"),
        "text": _("What is disputed is left alone."),
        "facts": [*_facts(billed), (pgettext("bill", "Owed"), money(due, billed.currency))],
        "confirm": _("Use the deposit"),
        "back": reverse("billing:account", args=[account_id]),
    }
    return counter_box(request, form, act, words=words)


@staff_view(TAKE, methods=METHODS)
def pay_out(request: StaffRequest, account_id: int) -> HttpResponse:
    """Ask that a deposit, or what was paid ahead, be given out."""
    billed = _account(request, account_id, TAKE)
    held = held_by(account_id)
    if not held:
        raise Http404(str(account_id))
    form = PayOutForm(_posted(request), held=held, currency=billed.currency, auto_id="out-%s")

    def act(data: dict[str, Any]) -> str:
        wanted = PayOut(
            account_id=account_id,
            kind=Voucher.Kind(data["kind"]),
            minor=data["amount"],
            means=Payment.Means(data["means"]),
            reason=data["reason"],
            slip=data["slip"],
        )
        ask_pay_out(wanted=wanted, actor=request.actor, now=request.now)
        messages.success(request, _("It waits for a second person now."))
        return _counter(account_id)

    words = {
        "title": _("Give money out"),
        "text": _(
            "A second person has to agree; then it is booked, and cash is handed out of your"
            " drawer."
        ),
        "facts": [],
        "confirm": _("Ask for it"),
        "back": _counter(account_id),
    }
    return counter_box(request, form, act, words=words)


@staff_view("")
def voucher(request: StaffRequest, voucher_id: int) -> HttpResponse:
    """A voucher in the customer's language, or another that is asked for."""
    if not request.actor.can(TAKE):
        request.actor.require(VIEW)
    found = paper_of(actor=request.actor, voucher_id=voucher_id, rights=(VIEW, TAKE, CLOSE))
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("language", "") or language_of(request.actor, found.line.customer_id)
    language = asked if asked in known else translation.get_language() or "en"
    with translation.override(language):
        paper = render_to_string(
            "billing/counter/_voucher.html", {"paper": found, "voucher": found.voucher}, request
        )
    context = {
        **frame(request),
        "voucher": found.voucher,
        "paper": paper,
        "language": language,
        "languages": list(known.items()),
    }
    return render(request, "billing/counter/voucher.html", context)


def _account(request: StaffRequest, account_id: int, right: str) -> BillingAccount:
    """An account that is billed here, of a unit in which the reader holds a right."""
    try:
        record = account_record(actor=request.actor, account_id=account_id)
    except NotVisible:
        raise Http404 from None
    request.actor.require(right, record.organisation_id)
    billed = BillingAccount.objects.filter(pk=account_id, feed__isnull=True).first()
    if billed is None:
        raise Http404(str(account_id))
    return billed


def _facts(billed: BillingAccount) -> list[tuple[str, str]]:
    held = deposit_of(billed.pk)
    return [(pgettext("bill", "Deposit"), money(held, billed.currency) if held else "–")]


def _posted(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _counter(account_id: int) -> str:
    return reverse("billing:counter_account", args=[account_id])
