"""Summary bills: found, looked at, printed, paid at the counter; whose bills are collected."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.forms.summaries import CollectForm, PaySummaryForm, StopForm
from qiao.billing.models import Collecting, Payment
from qiao.billing.operations.summaries import (
    SummaryAtCounter,
    pay_summary_at_counter,
    start_collecting,
    stop_collecting,
)
from qiao.billing.paper import summary_pdf
from qiao.billing.paper.enclosed import summary_on_paper
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.owing import counter_day
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.shifts import TAKE, open_shift_of
from qiao.billing.queries.summaries import (
    Summary,
    SummaryMissing,
    list_summaries,
    open_bills,
    payments_for,
    seen_of,
    summary_for,
)
from qiao.billing.queries.units import units_with
from qiao.billing.showing import money
from qiao.billing.showing_summaries import (
    due_of,
    heads,
    money_of,
    row_of,
    total_words,
)
from qiao.billing.views.boxes import METHODS, box, today_in
from qiao.billing.views.papers import asked_language, keep_taken, no_font
from qiao.core.downloads import pdf_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.typesetting import NoFont
from qiao.customers.queries import NotVisible, account_record, addressees_of
from qiao.staff.queries import chain_of

LONGEST: Final = 40


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Summaries, the newest first, or those that a number means."""
    text = "".join(request.GET.get("q", "")[:LONGEST].split()).upper()
    page = list_summaries(
        actor=request.actor, text=text, after=read_id(request.GET.get("after", ""))
    )
    context = {
        "rows": [(each, money_of(each, each.minor), _open(each)) for each in page.rows],
        "following": page.following,
        "typed": request.GET.get("q", ""),
    }
    return render(request, "billing/summaries/index.html", context)


@staff_view(VIEW)
def summary(request: StaffRequest, summary_id: int) -> HttpResponse:
    """One summary: a line a bill, what it comes to, what was paid for it."""
    found = _found(request, summary_id, VIEW)
    currency = found.row.currency
    context = {
        "found": found,
        "row": found.row,
        "total": money_of(found, found.minor),
        "open": _open(found),
        "due": due_of(found),
        "heads": heads(),
        "total_words": total_words(found),
        "lines": [
            (
                each,
                row_of(each, currency),
                money(each.open_minor, currency) if each.open_minor > 0 and each.holds else "",
            )
            for each in found.bills
        ],
        "payments": [
            (each, money(each.minor, currency), [part.payment for part in each.parts.all()])
            for each in payments_for(found.row.pk)
        ],
        "languages": settings.LANGUAGES,
        "may_take": request.actor.can_in(TAKE, found.row.organisation_id) and found.open_minor > 0,
    }
    return render(request, "billing/summaries/summary.html", context)


@staff_view(VIEW, methods=("POST",), opens=False)
def paper(request: StaffRequest, summary_id: int) -> HttpResponse:
    """A summary as a PDF, in its customer's language or in another that is asked for."""
    found = _found(request, summary_id, VIEW)
    try:
        content = summary_pdf(summary_on_paper(found, asked_language(request)))
    except NoFont:
        return no_font(request, _page(found))
    keep_taken(request, "billing.summary", found.row.pk, found.row.organisation_id)
    return pdf_file(content, name=found.row.number)


@staff_view(TAKE, methods=METHODS)
def pay(request: StaffRequest, summary_id: int) -> HttpResponse:
    """Take a payment for all bills of a summary into one's own drawer."""
    found = _found(request, summary_id, TAKE)
    day = counter_day(request.actor, today_in(request, found.row.organisation_id))
    owed = sum(each.minor for each in open_bills(summary_id, day=day))
    now_stands, seen = seen_of(summary_id, day=day), request.POST.get("seen", "")
    given = None
    if request.method == "POST":
        given = request.POST.copy()
        given["seen"] = now_stands  # who is refused since it changed sees how it stands now
    form = PaySummaryForm(given, currency=found.row.currency, owed=owed, seen=now_stands)

    def act(data: dict[str, Any]) -> str:
        pay_summary_at_counter(
            payment=SummaryAtCounter(
                summary_id,
                data["minor"] or owed,
                Payment.Means(data["means"]),
                data["key"],
                seen,
                data["slip"],
            ),
            actor=request.actor,
            now=request.now,
        )
        messages.success(request, _("The payment was taken and shared out over the bills."))
        return _page(found)

    drawer = open_shift_of(request.actor.person_id)
    words = {
        "back": _page(found),
        "title": _("Payment for %(number)s") % {"number": found.row.number},
        "facts": [(_("Owed in all"), money(owed, found.row.currency))],
        "text": ""
        if drawer
        else _("You have no drawer open here. Money goes into a drawer and comes out of one."),
        "confirm": _("Take the payment"),
    }
    return box(request, form, act, words=words)


@staff_view(ISSUE, methods=METHODS)
def collect(request: StaffRequest, account_id: int) -> HttpResponse:
    """Have the bills of whoever an account's bills go to come as one document."""
    try:
        record = account_record(actor=request.actor, account_id=account_id)
    except NotVisible:
        raise Http404 from None
    request.actor.require(ISSUE, record.organisation_id)
    (who,) = addressees_of([(account_id, today_in(request, record.organisation_id))])
    if not who.customer_id:
        raise Http404(str(account_id))
    above = set(chain_of(record.organisation_id))
    units = [
        (unit.unit_id, unit.name)
        for unit in units_with(
            actor=request.actor, permission=ISSUE, language=request.LANGUAGE_CODE
        )
        if unit.unit_id in above
    ]
    form = CollectForm(request.POST if request.method == "POST" else None, units=units)

    def act(data: dict[str, Any]) -> str:
        start_collecting(
            customer_id=who.customer_id, organisation_id=data["unit"], actor=request.actor,
            now=request.now,
        )  # fmt: skip
        messages.success(request, _("From today on their bills come as one document a day."))
        return reverse("billing:account", args=[account_id])

    words = {
        "back": reverse("billing:account", args=[account_id]),
        "title": _("One document for all bills of %(name)s?") % {"name": who.name},
        "text": _(
            "All bills that go to them and are issued on one day come as one document with a"
            " number of its own; each bill stays what it is. A payment that names the number"
            " pays them all."
        ),
        "confirm": _("Collect them"),
    }
    return box(request, form, act, words=words)


@staff_view(ISSUE, methods=METHODS)
def stop(request: StaffRequest, collecting_id: int) -> HttpResponse:
    """Have a customer's bills come each by itself again."""
    found = (
        Collecting.objects.select_related("customer")
        .filter(
            pk=collecting_id, until__isnull=True,
            organisation__in=list(request.actor.organisations(ISSUE)),
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404(str(collecting_id))
    back = reverse("billing:summaries")

    def act(_data: dict[str, Any]) -> str:
        stop_collecting(collecting_id=found.pk, actor=request.actor, now=request.now)
        messages.success(request, _("From today on their bills come each by itself."))
        return back

    words = {
        "back": back,
        "title": _("Bills of %(name)s each by itself?") % {"name": found.customer.name},
        "text": _("Summaries that were made stay."),
        "confirm": pgettext("summary bills", "Stop collecting"),
    }
    form = StopForm(request.POST if request.method == "POST" else None)
    return box(request, form, act, words=words)


def _open(found: Summary) -> str:
    return money_of(found, found.open_minor) if found.open_minor else ""


def _page(found: Summary) -> str:
    return reverse("billing:summary", args=[found.row.pk])


def _found(request: StaffRequest, summary_id: int, permission: str) -> Summary:
    try:
        return summary_for(actor=request.actor, summary_id=summary_id, permission=permission)
    except SummaryMissing:
        raise Http404 from None
