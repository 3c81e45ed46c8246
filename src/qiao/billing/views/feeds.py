"""Feeds of other billing systems: which there are, what they delivered, what differs."""

from typing import Any, Final

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.billing.forms.feeds import DeliveryForm, FeedForm, ReasonForm
from qiao.billing.models import Delivery
from qiao.billing.models.feeds import MANAGE
from qiao.billing.operations import feeds as ops
from qiao.billing.operations.feeds import deliveries
from qiao.billing.queries import feeds as queries
from qiao.billing.queries.bills import VIEW, BillMissing
from qiao.billing.queries.fed_bills import fed_bill_for, fed_bill_shown, fed_why
from qiao.billing.rules.feeds.kinds import TABLES
from qiao.billing.showing_feeds import (
    KIND_WORDS,
    fault_word,
    field_word,
    wanted_word,
    write_aside,
)
from qiao.billing.views.boxes import METHODS, UNPROCESSABLE, box, refused, today_in
from qiao.billing.views.counter_frame import units_of
from qiao.core import table_pages
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.table_forms import received
from qiao.customers.queries import NotVisible, parties_of_account
from qiao.staff.queries import organisation_names

POST: Final = ("POST",)
State = Delivery.State
SHOWN: Final = 50


@staff_view(MANAGE)
def index(request: StaffRequest) -> HttpResponse:
    """All feeds of the reader's units."""
    lines = queries.feed_lines(actor=request.actor)
    names = organisation_names({line.feed.organisation_id for line in lines})
    rows = [(line, names.get(line.feed.organisation_id, "")) for line in lines]
    return render(request, "billing/feeds/index.html", {"rows": rows})


@staff_view(MANAGE, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """A feed is named."""
    units, usual = units_of(request, MANAGE)
    data = request.POST if request.method == "POST" else None
    form = FeedForm(data, units=[(each.unit_id, each.name) for each in units], usual=usual)
    made: list[Any] = []
    if form.is_valid():
        told = form.cleaned_data
        added = ops.NewFeed(told["unit"], told["key"], told["name"], told["currency"])
        refused(
            form,
            lambda: made.append(ops.add_feed(added, actor=request.actor, now=request.now)),
        )
    if made:
        return redirect("billing:feed", made[0].pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "billing/feeds/new.html", {"form": form}, status=status)


@staff_view(MANAGE)
def feed(request: StaffRequest, feed_id: int) -> HttpResponse:
    """A feed: its deliveries, what differs, what is missing."""
    found = queries.feed_for(actor=request.actor, feed_id=feed_id)
    page = queries.deliveries_of(found, after=_number(request, "after"))
    differing, more = queries.differences_of(found, after=_number(request, "differing"))
    context = {
        "feed": found,
        "unit": organisation_names([found.organisation_id]).get(found.organisation_id, ""),
        "deliveries": [
            (each, str(KIND_WORDS.get(each.kind, "")), queries.totals_of(_with(each, found)))
            for each in page.rows
        ],
        "after": page.after,
        "differing": differing,
        "more": more,
        "missing": queries.not_delivered(found),
    }
    return render(request, "billing/feeds/feed.html", context)


def _with(delivery: Delivery, found: Any) -> Delivery:
    delivery.feed = found  # so that it is not asked for row by row
    return delivery


def _number(request: StaffRequest, name: str) -> int:
    return read_id(request.GET.get(name, "")) or 0


@staff_view(MANAGE, methods=METHODS, opens=False)
def deliver(request: StaffRequest, feed_id: int) -> HttpResponse:
    """A file is uploaded; it is kept and its columns are read."""
    found = queries.feed_for(actor=request.actor, feed_id=feed_id)
    if request.method != "POST":
        local = timezone.localtime(request.now).replace(second=0, microsecond=0)
        return _ask(request, DeliveryForm(feed=found, initial={"as_of": local}))
    form = DeliveryForm(request.POST, request.FILES, feed=found)
    try:
        delivery = received(request, form, lambda: _receive(request, form))
    except ops.DeliveryKnown as known:
        form.add_error("key", _("The delivery of this number is known already."))
        return _ask(request, form, UNPROCESSABLE, known.delivery_id)
    if delivery is not None:
        return redirect("billing:delivery", delivery.pk)
    return _ask(request, form, UNPROCESSABLE)


def _receive(request: StaffRequest, form: DeliveryForm) -> Delivery:
    told = form.cleaned_data
    return ops.receive_file(
        ops.NewDelivery(
            feed_id=form.feed.pk,
            key=told["key"],
            as_of=told["as_of"],
            stated={told["kind"]: ops.Stated(told["count"], told["total"])},
        ),
        kind=told["kind"],
        upload=told["file"],
        actor=request.actor,
        now=request.now,
    )


def _ask(
    request: StaffRequest, form: DeliveryForm, status: int = 200, known: int | None = None
) -> HttpResponse:
    fields = [
        (label, [field_word(each.key) for each in TABLES[kind].fields])
        for kind, label in KIND_WORDS.items()
    ]
    context = {"form": form, "feed": form.feed, "fields": fields, "known": known}
    return render(request, "billing/feeds/deliver.html", context, status=status)


@staff_view(MANAGE)
def delivery(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Where a delivery stands; asked for by htmx, only the part that asks again while it works."""
    job = queries.delivery_for(actor=request.actor, delivery_id=delivery_id)
    return table_pages.is_over(request, job) or _show(request, job)


def _show(
    request: StaffRequest, job: Delivery, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    aside = list(queries.aside_of(job, after=_number(request, "after"), limit=SHOWN + 1))
    fields = TABLES[job.kind].fields if job.kind else ()
    stands = table_pages.standing(ops.DELIVERIES, job)
    context: dict[str, Any] = {
        "job": job,
        "kind": str(KIND_WORDS.get(job.kind, "")),
        "errors": errors or [],
        "columns": table_pages.columns_of(job),
        "fields": [(each.key, field_word(each.key)) for each in fields],
        **stands,
        "totals": queries.totals_of(job),
        "faults": [_told(each) for each in queries.faults_of(job)]
        if not stands["working"]
        else [],
        "aside": aside[:SHOWN],
        "after": aside[SHOWN - 1].pk if len(aside) > SHOWN else None,
        "is_done": job.state == State.DONE,
    }
    name = "billing/feeds/_delivery.html" if request.htmx else "billing/feeds/delivery.html"
    return render(request, name, context, status=status)


def _told(fault: dict[str, Any]) -> dict[str, Any]:
    (first, *_others) = fault["rows"]
    return {
        "field": field_word(fault["field"]),
        "what": fault_word(fault["code"]),
        "count": fault["count"],
        "rows": fault["rows"],
        "expected": wanted_word(fault["code"], first["expected"]),
    }


@staff_view(MANAGE, methods=POST)
def columns(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Take the columns as they were named, and begin the check."""
    job = queries.delivery_for(actor=request.actor, delivery_id=delivery_id)
    errors = table_pages.name_columns(
        request, ops.DELIVERIES, job, field_word, else_say=_moved_on()
    )
    if errors:
        return _show(request, job, errors, UNPROCESSABLE)
    return redirect("billing:delivery", job.pk)


def _moved_on() -> str:
    return _("Somebody went on with this delivery meanwhile.")


@staff_view(MANAGE, methods=POST)
def act(request: StaffRequest, delivery_id: int, action: str) -> HttpResponse:
    """Back to the columns, take in, go on, or throw away."""
    job = queries.delivery_for(actor=request.actor, delivery_id=delivery_id)
    table_pages.move_by(request, ops.DELIVERIES, job, action, else_say=_moved_on())
    if action == "discard":
        return redirect("billing:feed", job.feed_id)
    return redirect("billing:delivery", job.pk)


@staff_view(MANAGE, methods=METHODS)
def accept(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Ask why, then count a delivery as whole."""
    words = {
        "title": _("Count this delivery as complete?"),
        "text": _(
            "Its figures differ from what its sender stated. Figures of the feed are shown as of"
            " its moment from then on."
        ),
        "confirm": _("Count it as complete"),
    }
    return _decide(request, delivery_id, deliveries.accept, words)


@staff_view(MANAGE, methods=METHODS)
def take_back(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Ask why, then take a delivery back."""
    words = {
        "title": _("Take this delivery back?"),
        "text": _(
            "What other deliveries say of its bills, payments and balances holds again; what only"
            " this one told is gone."
        ),
        "confirm": _("Take it back"),
        "focus_cancel": True,
    }
    return _decide(request, delivery_id, deliveries.take_back, words)


def _decide(
    request: StaffRequest, delivery_id: int, operation: Any, words: dict[str, Any]
) -> HttpResponse:
    job = queries.delivery_for(actor=request.actor, delivery_id=delivery_id)
    back = _page(job)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def do(data: dict[str, Any]) -> str:
        table_pages.move(
            request,
            lambda: operation(
                actor=request.actor, delivery_id=job.pk, reason=data["reason"], now=request.now
            ),
            else_say=_moved_on(),
        )
        return back

    return box(request, form, do, words={"back": back, **words})


def _page(job: Delivery) -> str:
    return reverse("billing:delivery", args=[job.pk])


@staff_view(MANAGE, methods=POST, opens=False)
def aside_file(request: StaffRequest, delivery_id: int, form: str) -> StreamingHttpResponse:
    """The rows that were set aside as a file, in the reader's language; that it was taken is
    recorded."""
    job = queries.delivery_for(actor=request.actor, delivery_id=delivery_id)
    return table_pages.send_rows(
        request,
        form,
        name=f"{job.feed.key}-{job.pk}-{_('rows set aside')}",
        write=lambda path: write_aside(queries.aside_of(job), path=path, form=form),
        record=lambda: ops.DELIVERIES.record_rows(
            job, actor=request.actor, form=form, now=request.now, row_count=job.refused_count,
            what="rows set aside",
        ),
    )  # fmt: skip


@staff_view(VIEW)
def bill(request: StaffRequest, bill_id: int) -> HttpResponse:
    """A bill of another system: what it says, what it said before, what paid it."""
    try:
        today = today_in(request, request.actor.organisation_id)
        shown = fed_bill_shown(actor=request.actor, bill_id=bill_id, today=today)
        parties = parties_of_account(actor=request.actor, account_id=shown.bill.account_id)
    except (BillMissing, NotVisible):
        raise Http404 from None
    now = [
        each for each in parties
        if each.since <= today and (each.until is None or today < each.until)
    ]  # fmt: skip
    context = {"shown": shown, "bill": shown.bill, "parties": now}
    return render(request, "billing/feeds/bill.html", context)


@staff_view(VIEW)
def reasons(request: StaffRequest, bill_id: int) -> HttpResponse:
    """Why a bill of another system is what it is, for a panel beside the customer."""
    try:
        found = fed_bill_for(actor=request.actor, bill_id=bill_id)
    except BillMissing:
        raise Http404 from None
    return render(request, "billing/feeds/_why.html", {"why": fed_why(found)})
