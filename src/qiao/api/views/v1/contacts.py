"""Contacts: calls, visits, letters and messages that another system took."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
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
from qiao.contact import operations, queries
from qiao.core.rules.masks import mask_phone
from qiao.core.wire import Body, Moment, line

Channel = Literal[
    "phone", "counter", "letter", "email", "visit", "sms", "wechat", "web", "gov_hotline"
]
GROUP = "contacts"
LISTED = "contacts"
FIRST_YEAR = 1970


class ContactShown(Shown):
    """A contact; the caller's telephone number is masked."""

    contact_id: int
    number: str
    channel: str
    direction: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    subject: str
    reason: str
    outcome: str
    resolved: bool
    summary: str
    customer_id: int | None
    caller_name: str
    caller_phone: str
    place: str


class Contacts(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[ContactShown]
    next: str | None


class NewContact(Body):
    """A contact that is over. Either a customer, a telephone number or a place says who it was.

    `outcome` is a wrap-up result of the pack, such as ``water.answered``.
    """

    channel: Channel
    subject: Annotated[str, line(120, 1)]
    outcome: Annotated[str, line(80, 1)]
    direction: Literal["in", "out"] = "in"
    customer_id: Id | None = None
    account_id: Id | None = None
    caller_name: Annotated[str, line(100)] = ""
    caller_phone: Annotated[str, line(64)] = ""
    place: Annotated[str, line(300)] = ""
    summary: Annotated[str, line(4000)] = ""
    started_at: Moment | None = None
    organisation_id: Id | None = None


def _shown(row: queries.InteractionRow) -> ContactShown:
    return ContactShown(
        contact_id=row.interaction_id,
        number=row.number,
        channel=row.channel,
        direction=row.direction,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        subject=row.subject,
        reason=row.reason,
        outcome=row.outcome,
        resolved=row.resolved,
        summary=row.words,
        customer_id=row.customer_id,
        caller_name=row.caller_name,
        caller_phone=mask_phone(row.caller_phone) if row.caller_phone else "",
        place=row.place,
    )


def _page(page: queries.Page, listed: str) -> Contacts:
    items = [_shown(row) for row in page.rows]
    return Contacts(items=items, next=cursor_for(listed, page.following or None))


@reads(
    "/contacts", "listContacts", scope="contacts:read", answer=Contacts, group=GROUP,
    title=_("List contacts"), about=_("The newest first, page by page."),
)  # fmt: skip
def list_contacts(
    request: ProgramRequest, after: Cursor = "", limit: Limit = PAGE_ROWS
) -> Contacts:
    """A page of contacts."""
    page = queries.list_interactions(
        actor=actor_of(request),
        filters=queries.InteractionFilters(),
        after=read_cursor(LISTED, after) or "",
        limit=limit,
    )
    return _page(page, LISTED)


@reads(
    "/customers/{customer_id}/contacts", "listContactsOfCustomer", scope="contacts:read",
    answer=Contacts, group=GROUP, title=_("List a customer’s contacts"),
)  # fmt: skip
def list_of_customer(
    request: ProgramRequest, customer_id: PathId, after: Cursor = "", limit: Limit = PAGE_ROWS
) -> Contacts:
    """A page of a customer's contacts."""
    page = queries.interactions_of(
        actor=actor_of(request),
        customer_id=customer_id,
        after=read_cursor(f"{LISTED}.{customer_id}", after) or "",
        limit=limit,
    )
    return _page(page, f"{LISTED}.{customer_id}")


@reads(
    "/contacts/{contact_id}", "getContact", scope="contacts:read", answer=ContactShown,
    group=GROUP, title=_("Read a contact"),
)  # fmt: skip
def get_contact(request: ProgramRequest, contact_id: PathId) -> ContactShown:
    """One contact."""
    return _found(request, contact_id)


def _found(request: ProgramRequest, contact_id: int) -> ContactShown:
    row = queries.find_row(actor=actor_of(request), interaction_id=contact_id)
    if row is None:
        raise queries.NotVisible(f"contact {contact_id}")
    return _shown(row)


@changes(
    "/contacts", "recordContact", scope="contacts:write", answer=ContactShown, group=GROUP,
    title=_("Record a contact"),
    about=_("A call, visit, letter or message that took place elsewhere and is over."),
)  # fmt: skip
def record_contact(request: ProgramRequest, body: NewContact) -> Done:
    """Enter a contact after the fact."""
    actor, now = actor_of(request), request.call.now
    if body.started_at is not None and body.started_at.year < FIRST_YEAR:
        raise operations.BadMoment(body.started_at.isoformat())
    contact = operations.start_interaction(
        channel=body.channel,
        actor=actor,
        now=now,
        direction=body.direction,
        phone=body.caller_phone,
        caller_name=body.caller_name,
        place=body.place,
        started_at=body.started_at,
        organisation_id=body.organisation_id,
    )
    about: dict[str, Any] = {"interaction_id": contact.pk, "actor": actor, "now": now}
    if body.customer_id is not None:
        operations.identify_customer(
            customer_id=body.customer_id, account_id=body.account_id, **about
        )
    operations.finish(subject=body.subject, outcome=body.outcome, note=body.summary, **about)
    return Done(_found(request, contact.pk), f"/api/v1/contacts/{contact.pk}")
