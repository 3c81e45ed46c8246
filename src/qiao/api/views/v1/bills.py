"""Bills, as an accounting system or a payment channel reads them."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query

from qiao.api.views.v1.calls import ProgramRequest, actor_of
from qiao.api.views.v1.service import reads
from qiao.api.views.v1.shapes import (
    PAGE_ROWS,
    Cursor,
    Limit,
    PathId,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.billing import queries
from qiao.core.wire import Day

GROUP = "billing"
LISTED, COLLECTED = "bills", "summaries"


class BillLine(Shown):
    """A bill in a list. Amounts are minor units of `currency`: `minor` is what it comes to,
    `asked_minor` what was to be paid of it by `due_date`, `owed_minor` what is open of that now.
    Where equal instalments run, another amount is asked, and `budget_minor` is what then stood to
    be settled by a later bill; it is null for all others. `summary_id` and `summary_number` are
    the document in which it came with others. It is for the days from `start_date` to the day
    before `end_date`.

    One that was owed in a former billing system and taken over `is_taken_over`, under its number
    there: what is told is what was open then, and where both days are the same, it was for days
    before them. One that another system bills is told by it: `billed_by` is its name, `as_of`
    the moment up to which it told all, and `bill_id` is null. Of one that is billed here those two
    are null."""

    bill_id: int | None
    number: str
    account_id: int
    account_number: str
    service: str
    organisation_id: int
    state: str
    start_date: date
    end_date: date
    issued_date: date
    due_date: date
    currency: str
    minor: int
    owed_minor: int
    usage: Decimal | None
    unit: str
    is_estimated: bool
    asked_minor: int
    budget_minor: int | None
    summary_id: int | None
    summary_number: str | None
    is_taken_over: bool
    billed_by: str | None
    as_of: datetime | None


class Bills(Shown):
    """A page, the newest first: `next` goes on, null at the end."""

    items: list[BillLine]
    next: str | None


class Charge(Shown):
    """A line of a bill in minor units, and whose money it is. One that does not add is contained
    in others, as a tax in a price."""

    charge: str
    owner: str
    quantity: Decimal | None
    price: Decimal | None
    minor: int
    adds: bool


class BillShown(BillLine):
    """A bill with its lines. `addressee_id` is the customer to whom it goes; where somebody else
    pays than who uses the supply, `is_paid_by_other` says so."""

    addressee_id: int | None
    is_paid_by_other: bool
    lines: list[Charge]


Text = Annotated[str, Query(max_length=40)]
State = Annotated[Literal["", "issued", "reversed"], Query()]
Age = Annotated[Literal["", "all", "late", "due", "30", "90", "365", "old"], Query()]
BilledBy = Annotated[Literal["here", "all"], Query()]
OnDay = Annotated[Day | None, Query()]


@reads(
    "/bills", "listBills", scope="bills:read", answer=Bills, group=GROUP, title=_("List bills"),
    about=_(
        "Those issued from `since` to before `until`, by number of a bill or an account, state and"
        " what is owed: `all` that is open, `late`, `due` for not due yet, or late by up to 30, 90"
        " or 365 days, `old` for longer. Without `billed_by`, or by `here`, those of this system,"
        " such as were taken over from a former one among them; by `all` also those that other"
        " systems feed, with whose they are and as of when."
    ),
)  # fmt: skip
def list_bills(
    request: ProgramRequest,
    number: Text = "",
    since: OnDay = None,
    until: OnDay = None,
    state: State = "",
    age: Age = "",
    billed_by: BilledBy = "here",
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> Bills:
    """A page of bills."""
    page = queries.list_bills(
        actor=actor_of(request),
        filters=queries.BillFilters(
            text=number.strip().upper(),
            since=since,
            until=until,
            state=state,
            age=age,
            source="own" if billed_by == "here" else "",
        ),
        today=timezone.localdate(request.call.now),
        after=str(read_cursor(LISTED, after) or ""),
        limit=limit,
    )
    return Bills(
        items=[_line(row) for row in page.rows],
        next=cursor_for(LISTED, page.following or None),
    )


def _line(row: queries.BillRow) -> BillLine:
    told = row.told or {}
    source = {
        "bill_id": None if row.feed_id else row.bill_id,
        "billed_by": told.get("name"),
        "as_of": told.get("as_of"),
    }
    return BillLine.model_validate({**asdict(row), **source})


@reads(
    "/bills/{bill_id}", "getBill", scope="bills:read", answer=BillShown, group=GROUP,
    title=_("Read a bill"),
)  # fmt: skip
def get_bill(request: ProgramRequest, bill_id: PathId) -> BillShown:
    """One bill with its lines."""
    try:
        row, lines = queries.bill_with_lines(actor=actor_of(request), bill_id=bill_id)
    except queries.BillMissing as missing:
        raise Http404(f"bill {bill_id}") from missing
    own = _line(row).model_dump()
    who = queries.addressee_of(bill_id)
    return BillShown(
        **own,
        addressee_id=who.customer_id or None,
        is_paid_by_other=bool(who.user_name),
        lines=[Charge.model_validate(each) for each in lines],
    )


class SummaryLine(Shown):
    """A summary bill in a list: the bills of one customer's accounts that were issued on a day,
    as one document. Amounts are minor units of `currency`: `minor` is what its bills ask in all,
    `owed_minor` what is open of them now, the first of them due on `due_date`."""

    summary_id: int
    number: str
    customer_id: int
    organisation_id: int
    issued_date: date
    due_date: date
    currency: str
    minor: int
    owed_minor: int
    bill_count: int


class Summaries(Shown):
    """A page, the newest first: `next` goes on, null at the end."""

    items: list[SummaryLine]
    next: str | None


class SummaryOf(Shown):
    """A bill in a summary. Amounts are minor units: `minor` is what it comes to, `asked_minor`
    what is asked of it, `owed_minor` what is open of that; one that was taken back `holds` no
    more, and counts for nothing."""

    bill_id: int
    number: str
    account_id: int
    account_number: str
    service: str
    minor: int
    asked_minor: int
    owed_minor: int
    due_date: date
    holds: bool


class SummaryShown(SummaryLine):
    """A summary bill with its bills."""

    bills: list[SummaryOf]


@reads(
    "/summaries", "listSummaries", scope="bills:read", answer=Summaries, group=GROUP,
    title=_("List summary bills"),
    about=_("The newest first; `number` is that of one, or of one of its bills or accounts."),
)  # fmt: skip
def list_summaries(
    request: ProgramRequest, number: Text = "", after: Cursor = "", limit: Limit = PAGE_ROWS
) -> Summaries:
    """A page of summary bills."""
    place = read_cursor(COLLECTED, after)
    page = queries.list_summaries(
        actor=actor_of(request), text=number.strip().upper(), after=place, limit=limit
    )
    return Summaries(
        items=[SummaryLine(**_summary(each)) for each in page.rows],
        next=cursor_for(COLLECTED, page.following),
    )


@reads(
    "/summaries/{summary_id}", "getSummary", scope="bills:read", answer=SummaryShown, group=GROUP,
    title=_("Read a summary bill"),
)  # fmt: skip
def get_summary(request: ProgramRequest, summary_id: PathId) -> SummaryShown:
    """One summary bill with its bills."""
    try:
        found = queries.summary_for(actor=actor_of(request), summary_id=summary_id)
    except queries.SummaryMissing as missing:
        raise Http404(f"summary {summary_id}") from missing
    bills = [
        SummaryOf(
            bill_id=each.bill_id, number=each.number, account_id=each.account_id,
            account_number=each.account_number, service=each.service, minor=each.total_minor,
            asked_minor=each.asked_minor, owed_minor=max(each.open_minor, 0),
            due_date=each.due_date, holds=each.holds,
        )
        for each in found.bills
    ]  # fmt: skip
    return SummaryShown(**_summary(found), bills=bills)


def _summary(found: queries.Summary) -> dict[str, Any]:
    row = found.row
    return {
        "summary_id": row.pk,
        "number": row.number,
        "customer_id": row.customer_id,
        "organisation_id": row.organisation_id,
        "issued_date": row.issued_date,
        "due_date": found.due_date,
        "currency": row.currency,
        "minor": found.minor,
        "owed_minor": found.open_minor,
        "bill_count": len(found.holding),
    }
