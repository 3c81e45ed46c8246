"""Cases and the work orders that they cause."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, access_of, actor_of
from qiao.api.views.v1.contacts import Channel
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import (
    PAGE_ROWS,
    Cursor,
    Id,
    Limit,
    PathId,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.cases import operations, queries
from qiao.core.wire import Body, line
from qiao.customers import queries as customers
from qiao.dispatch import queries as dispatch

GROUP = "cases"
ORDERS = "work-orders"
Fact = str | int | float | bool | list[str] | None


class CaseLine(Shown):
    """A case in a list."""

    case_id: int
    number: str
    title: str
    type: str
    step: str
    phase: str
    priority: str
    channel: str
    level: str
    is_paused: bool
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    customer_id: int | None
    team: str


class Cases(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[CaseLine]
    next: str | None


class CaseShown(Shown):
    """A case as a whole; the caller's telephone number is left out."""

    case_id: int
    number: str
    title: str
    type: str
    description: str
    facts: dict[str, Any]
    step: str
    phase: str
    priority: str
    channel: str
    area: str
    place: str
    level: str
    is_paused: bool
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    promise_kept: bool | None
    customer_id: int | None
    account_id: int | None
    team: str
    organisation_id: int


class NewCase(Body):
    """A case to be opened. `type` is a key of the pack such as ``water.small_leak``; `facts` are
    values of its own fields."""

    type: Annotated[str, line(80, 3)]
    channel: Channel
    title: Annotated[str, line(120)] = ""
    description: Annotated[str, line(4000)] = ""
    priority: Literal["", "urgent", "high", "normal", "low"] = ""
    area: Annotated[str, line(40)] = ""
    place: Annotated[str, line(300)] = ""
    facts: Annotated[dict[str, Fact], Field(max_length=60)] = {}
    customer_id: Id | None = None
    account_id: Id | None = None
    caller_name: Annotated[str, line(100)] = ""
    caller_phone: Annotated[str, line(40)] = ""
    organisation_id: Id | None = None


class NewNote(Body):
    """Words for colleagues; the customer does not read them."""

    text: Annotated[str, line(4000, 1)]


class WorkOrderShown(Shown):
    """A work order: which crew does what for which case."""

    work_order_id: int
    number: str
    case_id: int
    state: str
    team: str
    technician: str
    place: str
    due_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class WorkOrders(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[WorkOrderShown]
    next: str | None


def _line(row: queries.CaseRow) -> CaseLine:
    kept = {name: getattr(row, name) for name in CaseLine.model_fields if hasattr(row, name)}
    return CaseLine(**kept, type=row.type_key, team=row.team_name)


@reads(
    "/cases", "listCases", scope="cases:read", answer=Cases, group=GROUP, title=_("List cases"),
    about=_("Open ones by their due time, or all of them, the newest first."),
)  # fmt: skip
def list_cases(
    request: ProgramRequest,
    view: Literal["open", "closed", "all"] = "open",
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> Cases:
    """A page of cases."""
    listed = f"cases.{view}"
    place = read_cursor(listed, after)
    page = queries.list_cases(
        actor=actor_of(request),
        now=request.call.now,
        view=view,
        cursor=queries.read_cursor(place) if place else None,
        limit=limit,
    )
    following = str(page.following) if page.following else None
    return Cases(items=[_line(row) for row in page.rows], next=cursor_for(listed, following))


@reads(
    "/cases/{case_id}", "getCase", scope="cases:read", answer=CaseShown, group=GROUP,
    title=_("Read a case"),
)  # fmt: skip
def get_case(request: ProgramRequest, case_id: PathId) -> CaseShown:
    """One case."""
    return _shown(request, case_id)


def _shown(request: ProgramRequest, case_id: int) -> CaseShown:
    case = queries.get_case_for(actor=actor_of(request), case_id=case_id)
    kept = {name: getattr(case, name) for name in CaseShown.model_fields if hasattr(case, name)}
    own = {"case_id": case.pk, "type": case.case_type.key, "team": case.team.name}
    return CaseShown(**(kept | own))


@changes(
    "/cases", "openCase", scope="cases:write", answer=CaseShown, group=GROUP,
    title=_("Open a case"),
    about=_(
        "Its clocks start, its process begins, and the team that serves the area takes it. The"
        " steward of the key is the first person responsible."
    ),
)  # fmt: skip
def open_case(request: ProgramRequest, body: NewCase) -> Done:
    """Open a case."""
    actor = actor_of(request)
    given = body.model_dump(exclude={"type", "organisation_id"})
    given["customer_id"], given["account_id"] = _whose(request, body)
    opened = operations.open_case(
        request=operations.OpenRequest(
            type_key=body.type,
            organisation_id=body.organisation_id or actor.organisation_id,
            responsible_id=access_of(request).steward_id,
            **given,
        ),
        actor=actor,
        now=request.call.now,
    )
    return Done(_shown(request, opened.pk), f"/api/v1/cases/{opened.pk}")


def _whose(request: ProgramRequest, body: NewCase) -> tuple[int | None, int | None]:
    """The customer and the account that are named, as far as the key may see them."""
    actor, customer_id = actor_of(request), None
    if body.customer_id is not None:
        customer_id = customers.get_customer_for(actor=actor, customer_id=body.customer_id).pk
    if body.account_id is not None:
        customers.account_record(actor=actor, account_id=body.account_id)
    return customer_id, body.account_id


@changes(
    "/cases/{case_id}/notes", "addNote", scope="cases:write", answer=CaseShown, group=GROUP,
    title=_("Add a note to a case"), about=_("For colleagues; the customer does not read it."),
)  # fmt: skip
def add_note(request: ProgramRequest, case_id: PathId, body: NewNote) -> Done:
    """Add a note."""
    actor = actor_of(request)
    case = queries.get_case_for(actor=actor, case_id=case_id)
    operations.add_note(case_id=case.pk, text=body.text, actor=actor, now=request.call.now)
    return Done(_shown(request, case.pk), f"/api/v1/cases/{case.pk}")


def _order(order: Any) -> WorkOrderShown:
    return WorkOrderShown(
        work_order_id=order.pk,
        number=order.number,
        case_id=order.case_id,
        state=order.state,
        team=order.team.name,
        technician=order.technician.name if order.technician else "",
        place=order.place,
        due_at=order.due_at,
        created_at=order.created_at,
        finished_at=order.finished_at,
    )


@reads(
    "/work-orders", "listWorkOrders", scope="jobs:read", answer=WorkOrders, group=ORDERS,
    title=_("List work orders"), about=_("The newest first, page by page."),
)  # fmt: skip
def list_work_orders(
    request: ProgramRequest,
    state: Literal["open", "all"] = "open",
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> WorkOrders:
    """A page of work orders."""
    page = dispatch.list_work_orders(
        actor=actor_of(request),
        after=read_cursor(ORDERS, after),
        limit=limit,
        open_only=state == "open",
    )
    items = [_order(order) for order in page.orders]
    return WorkOrders(items=items, next=cursor_for(ORDERS, page.after))


@reads(
    "/work-orders/{work_order_id}", "getWorkOrder", scope="jobs:read", answer=WorkOrderShown,
    group=ORDERS, title=_("Read a work order"),
)  # fmt: skip
def get_work_order(request: ProgramRequest, work_order_id: PathId) -> WorkOrderShown:
    """One work order."""
    order = dispatch.get_work_order_for(actor=actor_of(request), work_order_id=work_order_id)
    return _order(order)
