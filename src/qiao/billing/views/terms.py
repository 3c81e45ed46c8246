"""How an account is billed: by which tariff, with what said of the customer, since when and why;
begun, changed with a look at what the last year would have come to, and ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.forms.terms import EndForm, GoOnForm, TermsForm
from qiao.billing.models import BillingAccount
from qiao.billing.operations.accounts import end_billing
from qiao.billing.operations.terms import NewTerms
from qiao.billing.operations.terms_asking import (
    begin_or_ask,
    change_or_ask_terms,
    go_on_or_ask,
)
from qiao.billing.queries.asked import terms_asked
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.tariffs import day_of
from qiao.billing.queries.terms_shown import (
    TERMS,
    TermsLine,
    input_names,
    tariffs_for,
    terms_lines,
    terms_on,
)
from qiao.billing.queries.terms_trial import year_under
from qiao.billing.rules.account_rows import ANSWER
from qiao.billing.showing_terms import YearShown, year_words
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, box, refused, today_in
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Approval
from qiao.customers.queries import AccountRecord, NotVisible, account_record
from qiao.metering.queries import last_read

USUAL_MONTHS: Final = 2


@dataclass(frozen=True, slots=True)
class _Seen:
    """The account of the page, and how it is billed; None where it is not."""

    record: AccountRecord
    billed: BillingAccount | None
    today: date

    @property
    def runs(self) -> bool:
        """Whether it is billed here, and on."""
        return self.billed is not None and (
            self.billed.closed_date is None or self.billed.billed_until < self.billed.closed_date
        )


@staff_view(VIEW)
def index(request: StaffRequest, account_id: int) -> HttpResponse:
    """The terms of an account, the latest first."""
    seen = _seen(request, account_id, VIEW)
    may = request.actor.can_in(TERMS, seen.record.organisation_id)
    context = {
        "account": seen.record,
        "billed": seen.billed,
        "fed": seen.billed is not None and seen.billed.feed_id is not None,
        "runs": seen.runs,
        "lines": terms_lines(account_id, today=seen.today),
        "asked": terms_asked(account_id),
        "may": may and (seen.billed is None or seen.billed.feed_id is None),
        "ends": seen.runs and seen.billed is not None and seen.billed.closed_date is not None,
    }
    return render(request, "billing/terms/index.html", context)


@staff_view(TERMS, methods=METHODS)
def edit(request: StaffRequest, account_id: int) -> HttpResponse:
    """Begin to bill an account, or let other terms hold; beside the form stands what the last
    year would have come to."""
    seen = _seen(request, account_id, TERMS)
    if seen.billed is not None and seen.billed.feed_id is not None:
        raise Http404(str(account_id))
    form = _form(request, seen)
    status = 200
    if request.method == "POST":
        done: list[Any] = []
        if form.is_valid():
            refused(form, lambda: done.append(_act(request, seen, form)))
        if done:
            _tell(request, done[0])
            return HttpResponseRedirect(_page(account_id))
        status = UNPROCESSABLE
    context = {
        "account": seen.record,
        "form": form,
        "begins": not seen.runs,
        "begins_first": seen.billed is None,
        "held": _held(seen) if seen.runs else None,
        "year": _year(seen, form),
        "billed": seen.billed,
    }
    return render(request, "billing/terms/edit.html", context, status=status)


@staff_view(TERMS, methods=METHODS)
def end(request: StaffRequest, account_id: int) -> HttpResponse:
    """Bill an account no more from a day on."""
    seen = _running(request, account_id)
    assert seen.billed is not None
    first = max(seen.billed.billed_until, seen.today)
    form = EndForm(request.POST if request.method == "POST" else None, day=first)

    def act(data: dict[str, Any]) -> str:
        end_billing(account_id=account_id, actor=request.actor, now=request.now, **data)
        messages.success(request, _("The bill up to that day is the last one."))
        return _page(account_id)

    words = {
        "back": _page(account_id),
        "title": _("Bill this account no more?"),
        "text": _(
            "Its meter is read up to that day, and the bill up to then is the last one. Once that"
            " is issued, the account is closed with that day; what is owed is owed on."
        ),
        "facts": [(_("Billed up to"), seen.billed.billed_until.isoformat())],
        "confirm": pgettext("billing", "End it"),
    }
    return box(request, form, act, words=words)


@staff_view(TERMS, methods=METHODS)
def go_on(request: StaffRequest, account_id: int) -> HttpResponse:
    """Bill an account on whose last day was said."""
    seen = _running(request, account_id)
    assert seen.billed is not None
    form = GoOnForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> str:
        del data
        done = go_on_or_ask(account_id=account_id, actor=request.actor, now=request.now)
        if isinstance(done, Approval):
            _tell(request, done)
        else:
            messages.success(request, _("It is billed on."))
        return _page(account_id)

    words = {
        "back": _page(account_id),
        "title": _("Bill this account on?"),
        "text": _("The terms that held up to its last day hold on."),
        "confirm": pgettext("billing", "Bill it on"),
    }
    return box(request, form, act, words=words)


def _act(request: StaffRequest, seen: _Seen, form: TermsForm) -> Any:
    data = form.cleaned_data
    new = NewTerms(
        account_id=seen.record.account_id,
        since=data["since"],
        tariff_id=int(data["tariff"]),
        given=form.given(),
        reason=data["reason"],
    )
    if seen.runs:
        return change_or_ask_terms(new, actor=request.actor, now=request.now)
    return begin_or_ask(new, months=data["months"], actor=request.actor, now=request.now)


def _tell(request: StaffRequest, done: Any) -> None:
    if isinstance(done, Approval):
        words = _("Less would have been asked under these terms: a second person has to agree.")
    elif isinstance(done, BillingAccount):
        words = _("It is billed from that day on.")
    else:
        words = _("From that day on it is billed like this.")
    messages.success(request, words)


def _form(request: StaffRequest, seen: _Seen) -> TermsForm:
    """What was sent, or asked to be shown; at first how it is billed now."""
    given: QueryDict | None = request.POST if request.method == "POST" else None
    if given is None and "tariff" in request.GET:
        given = request.GET
    initial = _initial(seen)
    day = day_of(str(given.get("since", "")) if given else "", initial["since"])
    choices = tariffs_for(seen.record.service, day=day)
    if "tariff" not in initial and choices:
        initial["tariff"] = str(choices[0].tariff_id)
    months = None if seen.runs else (seen.billed.months if seen.billed else USUAL_MONTHS)
    form = TermsForm(choices, given, initial=initial, months=months)
    if request.method != "POST" and form.is_bound:
        form.tell_typed()
    return form


def _initial(seen: _Seen) -> dict[str, Any]:
    """How it is billed on the first day that no bill covers; the day on which its meter was read
    last, or today, where nothing was billed yet."""
    if not seen.runs or seen.billed is None:
        ended = seen.billed.closed_date if seen.billed else None
        read = last_read(seen.record.account_id)
        return {"since": max(filter(None, (seen.record.opened_date, ended, read or seen.today)))}
    day = seen.billed.billed_until
    initial: dict[str, Any] = {"since": day}
    held = terms_on(seen.billed.pk, day)
    if held is not None:
        initial["tariff"] = str(held.tariff_id)
        initial |= {ANSWER + name: value for name, value in held.labels.items()}
        initial |= {ANSWER + name: value for name, value in held.numbers.items()}
    return initial


def _year(seen: _Seen, form: TermsForm) -> YearShown | None:
    """What the last year would have come to under what is in the form, also that before billing
    ended; None where nothing is billed yet, or the form is no answer yet."""
    answer = form.said()
    if seen.billed is None or form.chosen is None or not answer or answer[1]:
        return None
    found = year_under(seen.billed, tariff_id=form.chosen.tariff_id, said=answer[0])
    names = input_names(form.chosen.tariff_id, found.uncounted)
    return year_words(found, currency=seen.billed.currency, uncounted=names)


def _held(seen: _Seen) -> TermsLine | None:
    lines = terms_lines(seen.record.account_id, today=seen.today)
    return next((each for each in lines if each.holds), None)


def _seen(request: StaffRequest, account_id: int, permission: str) -> _Seen:
    try:
        record = account_record(actor=request.actor, account_id=account_id)
    except NotVisible:
        raise Http404 from None
    request.actor.require(permission, record.organisation_id)
    billed = BillingAccount.objects.select_related("feed").filter(pk=account_id).first()
    return _Seen(record, billed, today_in(request, record.organisation_id))


def _running(request: StaffRequest, account_id: int) -> _Seen:
    seen = _seen(request, account_id, TERMS)
    if not seen.runs or (seen.billed is not None and seen.billed.feed_id is not None):
        raise Http404(str(account_id))
    return seen


def _page(account_id: int) -> str:
    return reverse("billing:terms", args=[account_id])
