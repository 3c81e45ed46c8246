"""Invoices, as a provider's connector takes them up and tells what became of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes, reads
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
from qiao.billing.operations import invoices
from qiao.billing.queries import invoices as rows
from qiao.billing.queries.invoice_lines import lines_of_invoice
from qiao.core.wire import Body, Day, line

GROUP = "billing"
LISTED = "invoices"


class InvoiceLine(Shown):
    """An invoice in a list. `number` is the key of the request: give it to the tax platform as the
    serial number, so that a request sent twice is one. Amounts are minor units of `currency`,
    below nothing for a `red` one, which cancels `original_id`; `tax_minor` is contained in
    `minor`. `invoice_number`, `issued_date` and `url` are what was told of an issued one;
    `stands` is false once it was refused, given up, or a red one is wanted for it. `reason` is why
    it was given up, or why a red one is wanted, `refusal` what the provider said."""

    invoice_id: int
    number: str
    kind: str
    state: str
    stands: bool
    bill_id: int
    bill_number: str
    account_id: int
    account_number: str
    organisation_id: int
    original_id: int | None
    title: str
    tax_number: str
    address: str
    email: str
    currency: str
    minor: int
    tax_minor: int
    asked_at: datetime
    invoice_number: str
    issued_date: date | None
    url: str
    reason: str
    refusal: str


class Invoices(Shown):
    """A page, the newest first: `next` goes on, null at the end."""

    items: list[InvoiceLine]
    next: str | None


class InvoicedCharge(Shown):
    """A charge with its `name` in the language that is asked for, and whose money it is, with
    `owner_name` where that is not the company's. `minor` has its tax in it, `tax_minor`, at
    `tax_rate` where that is one figure. `unit` is that of `quantity` where that is what was used;
    of a red invoice quantities and amounts are below nothing."""

    charge: str
    name: str
    owner: str
    owner_name: str
    unit: str
    quantity: Decimal | None
    price: Decimal | None
    minor: int
    tax_minor: int
    tax_rate: Decimal | None


class InvoiceOriginal(Shown):
    """What a red invoice cancels: our own number, and that of the tax platform with its day."""

    invoice_id: int
    number: str
    invoice_number: str
    issued_date: date | None


class InvoiceShown(InvoiceLine):
    """An invoice with the days that its bill is for, up to the day before `end_date`, its lines,
    and of a red one the `original`."""

    start_date: date
    end_date: date
    lines: list[InvoicedCharge]
    original: InvoiceOriginal | None


class BuyerSent(Body):
    """Whose name an invoice has: its title, the taxpayer number where there is one (15 to 20
    letters and digits; of 18 a unified social credit code), and where it goes."""

    title: Annotated[str, line(invoices.TITLE_LENGTH, 1)]
    tax_number: Annotated[str, line(40)] = ""
    address: Annotated[str, line(invoices.ADDRESS_LENGTH)] = ""
    email: Annotated[str, line(invoices.EMAIL_LENGTH)] = ""


class IssuedSent(Body):
    """What the tax platform says of an issued invoice: its number of 20 digits (8 and more of an
    older kind), its day, and the https address of its file where that is known."""

    invoice_number: Annotated[str, Field(pattern=r"^[0-9]{8,20}$")]
    issued_date: Day
    url: Annotated[str, line(invoices.URL_LENGTH)] = ""


class RefusedSent(Body):
    """Why the provider refuses an invoice, in words that people read."""

    reason: Annotated[str, line(invoices.REASON_LENGTH, 1)]


Text = Annotated[str, Query(max_length=40)]
State = Annotated[Literal["", "wanted", "issued", "refused", "cancelled"], Query()]
OnDay = Annotated[Day | None, Query()]


@reads(
    "/invoices", "listInvoices", scope="invoices:read", answer=Invoices, group=GROUP,
    title=_("List invoices"),
    about=_(
        "Those asked for from `since` to before `until`, by state and by the number of an invoice,"
        " a bill or an account. A connector takes up what is `wanted`, again and again from the"
        " beginning: what it tells of leaves this state."
    ),
)  # fmt: skip
def list_invoices(
    request: ProgramRequest,
    number: Text = "",
    since: OnDay = None,
    until: OnDay = None,
    state: State = "",
    after: Cursor = "",
    limit: Limit = PAGE_ROWS,
) -> Invoices:
    """A page of invoices."""
    page = rows.list_invoices(
        actor=actor_of(request),
        filters=rows.InvoiceFilters(
            text="".join(number.split()).upper(), since=since, until=until, state=state
        ),
        after=str(read_cursor(LISTED, after) or ""),
        limit=limit,
    )
    return Invoices(
        items=[InvoiceLine.model_validate(row) for row in page.rows],
        next=cursor_for(LISTED, page.following or None),
    )


@reads(
    "/invoices/{invoice_id}", "getInvoice", scope="invoices:read", answer=InvoiceShown,
    group=GROUP, title=_("Read an invoice with its lines"),
)  # fmt: skip
def get_invoice(request: ProgramRequest, invoice_id: PathId) -> InvoiceShown:
    """One invoice with its lines."""
    return _shown(request, invoice_id)


@changes(
    "/bills/{bill_id}/invoice", "askInvoice", scope="invoices:ask", answer=InvoiceShown,
    group=GROUP, title=_("Ask for an invoice of a bill"),
    about=_(
        "Where one is wanted or issued with the same buyer, it is that one. One with another buyer"
        " answers 409."
    ),
)  # fmt: skip
def ask_invoice(request: ProgramRequest, bill_id: PathId, body: BuyerSent) -> Done:
    """Ask for an invoice."""
    actor = actor_of(request)
    try:
        bill = queries.bill_for(actor=actor, bill_id=bill_id, permission=rows.ASK)
    except queries.BillMissing as missing:
        raise Http404(f"bill {bill_id}") from missing
    made = invoices.ask_invoice(
        bill_id=bill.pk,
        buyer=invoices.Buyer(body.title, body.tax_number, body.address, body.email),
        actor=actor,
        now=request.call.now,
    )
    return _told(request, made.pk)


@changes(
    "/invoices/{invoice_id}/issued", "tellInvoiceIssued", scope="invoices:tell",
    answer=InvoiceShown, group=GROUP, title=_("Tell that an invoice was issued"),
    about=_(
        "The same told again changes nothing, and may add the address of the file. Another number"
        " or day answers 409 with what stands. One that was given up meanwhile is kept, and a red"
        " one is wanted at once."
    ),
)  # fmt: skip
def tell_invoice_issued(request: ProgramRequest, invoice_id: PathId, body: IssuedSent) -> Done:
    """Keep that an invoice was issued."""
    _seen(request, invoice_id)
    invoices.tell_issued(
        invoice_id=invoice_id,
        issued=invoices.Issued(body.invoice_number, body.issued_date, body.url),
        actor=actor_of(request),
        now=request.call.now,
    )
    return _told(request, invoice_id)


@changes(
    "/invoices/{invoice_id}/refused", "tellInvoiceRefused", scope="invoices:tell",
    answer=InvoiceShown, group=GROUP, title=_("Tell that an invoice was refused"),
    about=_(
        "People read the reason and ask again, under another number. One that was issued answers"
        " 409 with what stands."
    ),
)  # fmt: skip
def tell_invoice_refused(request: ProgramRequest, invoice_id: PathId, body: RefusedSent) -> Done:
    """Keep that an invoice was refused."""
    _seen(request, invoice_id)
    invoices.tell_refused(
        invoice_id=invoice_id, reason=body.reason, actor=actor_of(request), now=request.call.now
    )
    return _told(request, invoice_id)


def _told(request: ProgramRequest, invoice_id: int) -> Done:
    return Done(_shown(request, invoice_id), f"/api/v1/invoices/{invoice_id}")


def _seen(request: ProgramRequest, invoice_id: int) -> Any:
    try:
        return rows.invoice_for(actor=actor_of(request), invoice_id=invoice_id)
    except rows.InvoiceMissing as missing:
        raise Http404(f"invoice {invoice_id}") from missing


def _shown(request: ProgramRequest, invoice_id: int) -> InvoiceShown:
    found = _seen(request, invoice_id)
    own = InvoiceLine.model_validate(rows.row_of(found)).model_dump()
    original = found.original
    return InvoiceShown(
        **own,
        start_date=found.bill.start_date,
        end_date=found.bill.end_date,
        lines=[InvoicedCharge.model_validate(each) for each in lines_of_invoice(found)],
        original=None
        if original is None
        else InvoiceOriginal(
            invoice_id=original.pk,
            number=original.number,
            invoice_number=original.invoice_number,
            issued_date=original.issued_date,
        ),
    )
