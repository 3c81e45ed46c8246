"""The counter: an account is found, what is owed is seen, a payment is taken, a receipt given."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from qiao.billing import operations as ops
from qiao.billing.forms.counter import OpenForm, PayForm
from qiao.billing.models import Payment, Voucher
from qiao.billing.queries.asked import pay_out_asked
from qiao.billing.queries.owing import Owing, counter_day, find_to_pay, foretell, owing_of
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.panels import account_money, money_of
from qiao.billing.queries.receipts import VIEW, payment_of_form, receipt_of
from qiao.billing.queries.shifts import TAKE, may_give_back
from qiao.billing.queries.summaries import summary_to_pay
from qiao.billing.queries.vouchers import held_by, vouchers_of
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, refused
from qiao.billing.views.counter_frame import frame, units_of
from qiao.billing.views.invoices import of_payment
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id

MOST_LETTERS = 100


@staff_view(TAKE)
def index(request: StaffRequest) -> HttpResponse:
    """Find the account; one that alone is meant opens at once."""
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    found = find_to_pay(actor=request.actor, text=text, day=_day(request)) if text else []
    context: dict[str, Any] = {"q": text, "found": found}
    summary = None if found or not text else summary_to_pay(actor=request.actor, text=text)
    context["summary"] = summary
    if request.htmx and request.GET.get("part"):
        return render(request, "billing/counter/_found.html", context)
    if summary is not None and "pick" in request.GET:
        return HttpResponseRedirect(reverse("billing:summary_pay", args=[summary.pk]))
    if len(found) == 1 and "pick" in request.GET:
        return HttpResponseRedirect(
            reverse("billing:counter_account", args=[found[0].line.account_id])
        )
    context |= frame(request)
    if context["drawer"] is None:
        context["open_form"] = open_form(request)
    return render(request, "billing/counter/index.html", context)


def open_form(request: StaffRequest, data: Any = None) -> OpenForm:
    """The form that opens a drawer."""
    units, usual = units_of(request, TAKE)
    choices = [(unit.unit_id, unit.name) for unit in units]
    return OpenForm(data, units=choices, usual=usual, auto_id="dr-%s")


@staff_view(TAKE, methods=METHODS)
def account(request: StaffRequest, account_id: int) -> HttpResponse:
    """What an account owes, and a payment for it; with `part` only what the payment would do."""
    if request.method == "POST":
        return _take(request, account_id)
    owing = _owing(request, account_id)
    if request.GET.get("part"):
        form = PayForm(request.GET, owing=owing, auto_id="pay-%s")
        return render(request, "billing/counter/_sum.html", _sum(form) | {"alone": True})
    form = PayForm(owing=owing, auto_id="pay-%s")
    return render(request, "billing/counter/account.html", _page(request, form))


def _day(request: StaffRequest) -> date:
    return counter_day(request.actor, timezone.localdate(request.now))


def _owing(request: StaffRequest, account_id: int) -> Owing:
    return owing_of(actor=request.actor, account_id=account_id, day=_day(request))


def _take(request: StaffRequest, account_id: int) -> HttpResponse:
    key = request.POST.get("key", "")
    known = payment_of_form(actor=request.actor, account_id=account_id, key=key)
    if known is not None:
        return _receipt(known, again=True)
    owing = _owing(request, account_id)
    form = PayForm(request.POST, owing=owing, auto_id="pay-%s")
    taken: list[Payment] = []
    if form.is_valid():
        data = form.cleaned_data
        payment = ops.AtCounter(
            account_id=account_id,
            minor=data["minor"],
            means=Payment.Means(data["means"]),
            key=data["key"],
            seen=data["seen"],
            named=form.chosen,
            slip=data["slip"],
        )
        refusal = refused(form, lambda: taken.append(_taken(request, payment)))
        if isinstance(refusal, ops.OwedChanged):
            return _anew(request, form, account_id)
    if taken:
        return _receipt(taken[0], change=form.cleaned_data["change"])
    return render(
        request, "billing/counter/account.html", _page(request, form), status=UNPROCESSABLE
    )


def _taken(request: StaffRequest, payment: ops.AtCounter) -> Payment:
    return ops.take_at_counter(payment=payment, actor=request.actor, now=request.now)


def _anew(request: StaffRequest, form: PayForm, account_id: int) -> HttpResponse:
    """The page as it stands now, saying why nothing was taken; the form begins anew."""
    owing = _owing(request, account_id)
    fresh = PayForm(owing=owing, auto_id="pay-%s")
    context = _page(request, fresh) | {"refusals": form.non_field_errors(), "changed": True}
    return render(request, "billing/counter/account.html", context, status=UNPROCESSABLE)


def _receipt(payment: Payment, *, change: int = 0, again: bool = False) -> HttpResponse:
    query = "?again=1" if again else f"?change={change}" if change > 0 else ""
    return HttpResponseRedirect(reverse("billing:receipt", args=[payment.pk]) + query)


def _page(request: StaffRequest, form: PayForm) -> dict[str, Any]:
    owing: Owing = form.owing
    today = timezone.localdate(request.now)
    bills = [
        {
            "each": each,
            "is_chosen": each.bill.pk in form.chosen,
            "overdue": (today - each.bill.due_date).days,
        }
        for each in owing.bills
    ]
    row = money_of(actor=request.actor, account_id=owing.account.pk, now=request.now)
    held = held_by(owing.account.pk)
    return {
        **frame(request),
        **_sum(form),
        "form": form,
        "owing": owing,
        "money": account_money(row) if row else None,
        "deposit": held.get(Voucher.Kind.DEPOSIT_RETURNED, 0),
        "held": held,
        "out_asked": pay_out_asked(owing.account.pk),
        "vouchers": vouchers_of(owing.account.pk),
        "bills": bills,
        "owners": owner_names(),
    }


def _sum(form: PayForm) -> dict[str, Any]:
    """What the payment would do as the form stands."""
    is_whole = form.is_valid() or not form.is_bound
    data = form.cleaned_data if form.is_bound else {}
    minor, owing = data.get("minor", form.all_chosen), form.owing
    told = None
    if is_whole and minor > 0:
        told = foretell(account_id=owing.account.pk, minor=minor, named=form.chosen, day=owing.day)
    return {
        "form": form,
        "owing": owing,
        "minor": minor,
        "change": data.get("change", 0),
        "foretold": told,
        "currency": owing.account.currency,
    }


@staff_view("")
def receipt(request: StaffRequest, payment_id: int) -> HttpResponse:
    """A receipt in the customer's language, or another that is asked for."""
    if not request.actor.can(TAKE):
        request.actor.require(VIEW)
    found = receipt_of(actor=request.actor, payment_id=payment_id)
    payment = found.payment
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("language", "") or found.language
    language = asked if asked in known else translation.get_language() or "en"
    with translation.override(language):
        paper = render_to_string(
            "billing/counter/_receipt.html",
            {"receipt": found, "payment": payment, "owners": owner_names()},
            request,
        )
    context = {
        **frame(request),
        "payment": payment,
        "account_id": payment.account_id,
        "paper": paper,
        "invoiced": of_payment(request, [each.bill for each in found.bills]),
        "language": language,
        "languages": [(key, known[key]) for key in known],
        "again": "again" in request.GET,
        "change": read_id(request.GET.get("change", "")) or 0,
        "may_give_back": payment.taken_back_by_id is None
        and may_give_back(request.actor, payment, payment.shift),
    }
    return render(request, "billing/counter/receipt.html", context)
