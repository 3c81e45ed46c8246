"""Bills, as an accounting system or a payment channel reads them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

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
LISTED = "bills"


class BillLine(Shown):
    """A bill in a list. Amounts are minor units of `currency`; `owed_minor` is what is open of it
    now. It is for the days from `start_date` to the day before `end_date`."""

    bill_id: int
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
    """A bill with its lines."""

    lines: list[Charge]


Text = Annotated[str, Query(max_length=40)]
State = Annotated[Literal["", "issued", "reversed"], Query()]
Age = Annotated[Literal["", "all", "late", "due", "30", "90", "365", "old"], Query()]
OnDay = Annotated[Day | None, Query()]


@reads(
    "/bills", "listBills", scope="bills:read", answer=Bills, group=GROUP, title=_("List bills"),
    about=_(
        "Those issued from `since` to before `until`, by number of a bill or an account, state and"
        " what is owed: `all` that is open, `late`, `due` for not due yet, or late by up to 30, 90"
        " or 365 days, `old` for longer."
    ),
)  # fmt: skip
def list_bills(
    request: ProgramRequest,
    number: Text = "",
    since: OnDay = None,
    until: OnDay = None,
    state: State = "",
    age: Age = "",
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> Bills:
    """A page of bills."""
    page = queries.list_bills(
        actor=actor_of(request),
        filters=queries.BillFilters(
            text=number.strip().upper(), since=since, until=until, state=state, age=age
        ),
        today=timezone.localdate(request.call.now),
        after=str(read_cursor(LISTED, after) or ""),
        limit=limit,
    )
    return Bills(
        items=[BillLine.model_validate(row) for row in page.rows],
        next=cursor_for(LISTED, page.following or None),
    )


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
    own = BillLine.model_validate(row).model_dump()
    return BillShown(**own, lines=[Charge.model_validate(each) for each in lines])
