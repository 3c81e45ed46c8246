"""Equal instalments of an account: a preview of the year, begun, changed and ended."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.billing.forms.budget import ChangeForm, EndForm, StartForm
from qiao.billing.models import BillingAccount, BudgetPlan
from qiao.billing.operations.asking import change_or_ask, start_or_ask
from qiao.billing.operations.budget import end_budget
from qiao.billing.queries.budget import (
    Year,
    balance_of,
    foreseen,
    running_plan,
    suggested,
    year_of,
)
from qiao.billing.queries.runs import ISSUE
from qiao.billing.rules.money.budget import Foreseen
from qiao.billing.showing import money, plain
from qiao.billing.showing_budget import balance_words
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, box, refused
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Approval
from qiao.core.rules.money import to_decimal
from qiao.customers.queries import NotVisible, account_record


@dataclass(frozen=True, slots=True)
class Row:
    """A bill of the year ahead in words."""

    start: date
    last: date
    expected: str
    asked: str
    balance: str


@staff_view(ISSUE, methods=METHODS)
def start(request: StaffRequest, account_id: int) -> HttpResponse:
    """What a year comes to and each bill would ask; begun where it is posted."""
    billed, record = _account(request, account_id)
    if running_plan(account_id) is not None:
        return HttpResponseRedirect(_page(account_id))
    year = year_of(billed)
    usual = suggested(billed, year)
    form = _form(request, billed, usual)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done: list[BudgetPlan | Approval] = []
        refused(
            form,
            lambda: done.append(
                start_or_ask(account_id=account_id, actor=request.actor, now=request.now, **data)
            ),
        )
        if done:
            _tell(request, done[0], _("From the next bill on equal instalments are asked."))
            return HttpResponseRedirect(_page(account_id))
    asked = form.cleaned_data.get("minor") or usual if form.is_bound and form.is_valid() else usual
    rows = foreseen(billed, asked=asked, year=year) if asked else []
    context = {
        "account": record,
        "form": form,
        "basis": _basis(year, billed.currency),
        "rows": [_row(each, billed.currency) for each in rows],
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "billing/budget/start.html", context, status=status)


def _form(request: StaffRequest, billed: BillingAccount, usual: int) -> StartForm:
    """What was posted, or asked to be shown; at first what a year says."""
    initial = {"minor": plain(to_decimal(usual, billed.currency)) if usual else ""}
    given: QueryDict | None = request.POST if request.method == "POST" else None
    if given is None and "minor" in request.GET:
        given = request.GET
    form = StartForm(given, initial=initial)
    form.fields["minor"].currency = billed.currency  # type: ignore[attr-defined]
    return form


@staff_view(ISSUE, methods=METHODS)
def change(request: StaffRequest, account_id: int) -> HttpResponse:
    """Ask another instalment from the next bill on."""
    billed, _record, plan = _running(request, account_id)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    form.fields["minor"].currency = billed.currency  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> str:
        done = change_or_ask(account_id=account_id, actor=request.actor, now=request.now, **data)
        _tell(request, done, _("From the next bill on the other instalment is asked."))
        return _page(account_id)

    words = {
        "back": _page(account_id),
        "title": _("Change the instalment"),
        "text": _("A lower one puts off what is due: a second person has to agree."),
        "facts": [
            (_("Asked now"), money(plan.instalment_minor, billed.currency)),
            (
                pgettext("equal instalments", "So far"),
                balance_words(balance_of(account_id), billed.currency),
            ),
        ],
        "confirm": pgettext("equal instalments", "Change it"),
    }
    return box(request, form, act, words=words)


@staff_view(ISSUE, methods=METHODS)
def end(request: StaffRequest, account_id: int) -> HttpResponse:
    """Ask no instalments any more."""
    billed, _record, _plan = _running(request, account_id)
    form = EndForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> str:
        end_budget(account_id=account_id, actor=request.actor, now=request.now, **data)
        messages.success(request, _("No instalments are asked any more."))
        return _page(account_id)

    words = {
        "back": _page(account_id),
        "title": _("End the equal instalments?"),
        "text": _("The next bill asks what it comes to, and settles what stands."),
        "facts": [
            (
                pgettext("equal instalments", "So far"),
                balance_words(balance_of(account_id), billed.currency),
            )
        ],
        "confirm": pgettext("equal instalments", "End them"),
    }
    return box(request, form, act, words=words)


def _tell(request: StaffRequest, done: BudgetPlan | Approval, words: str) -> None:
    waits = isinstance(done, Approval)
    messages.success(request, _("It waits for a second person now.") if waits else words)


def _account(request: StaffRequest, account_id: int) -> tuple[BillingAccount, Any]:
    """An account that is billed here, for whoever issues its bills."""
    try:
        record = account_record(actor=request.actor, account_id=account_id)
    except NotVisible:
        raise Http404 from None
    request.actor.require(ISSUE, record.organisation_id)
    billed = BillingAccount.objects.filter(pk=account_id, feed__isnull=True).first()
    if billed is None:
        raise Http404(str(account_id))
    return billed, record


def _running(request: StaffRequest, account_id: int) -> tuple[BillingAccount, Any, BudgetPlan]:
    billed, record = _account(request, account_id)
    plan = running_plan(account_id)
    if plan is None:
        raise Http404(str(account_id))
    return billed, record, plan


def _page(account_id: int) -> str:
    return reverse("billing:account", args=[account_id])


def _row(each: Foreseen, currency: str) -> Row:
    end_day = each.period.end or each.period.start
    return Row(
        each.period.start,
        end_day - timedelta(days=1),
        money(each.expected, currency),
        money(each.asked, currency),
        balance_words(each.balance, currency),
    )


def _basis(year: Year, currency: str) -> str:
    """By what a year was reckoned, and why by that."""
    amount = money(year.minor, currency)
    if year.basis == BudgetPlan.Basis.OWN:
        return _("By its own bills of the last twelve months: %(amount)s.") % {"amount": amount}
    known = ngettext(
        "It has bills of %(n)d day only, and a year is needed.",
        "It has bills of %(n)d days only, and a year is needed.",
        year.days,
    ) % {"n": year.days}
    if year.basis == BudgetPlan.Basis.NEIGHBOURS:
        return _(
            "%(known)s By the middle of %(n)d neighbours under the same tariff a year comes to"
            " %(amount)s."
        ) % {"known": known, "n": year.neighbours, "amount": amount}
    return _(
        "Nothing tells what a year comes to: its own bills are of %(days)d days, and %(n)d"
        " neighbours have a year. Give an amount."
    ) % {"days": year.days, "n": year.neighbours}
