"""Invoices in words: how one stands, who asked for it, what the provider said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.billing import showing
from qiao.billing.models import Bill, Invoice
from qiao.billing.operations.invoices import ASKED_AGAIN, LATE, OTHER_RED
from qiao.billing.queries.invoices import is_invoiced

TONES: Final[Mapping[str, str]] = {
    Invoice.State.WANTED: "info",
    Invoice.State.ISSUED: "ok",
    Invoice.State.REFUSED: "bad",
    Invoice.State.CANCELLED: "line",
}
_REASONS: Final[Mapping[str, Promise]] = {
    LATE: gettext_lazy("It was issued when it was not wanted any more."),
    OTHER_RED: gettext_lazy("Another red invoice was issued."),
    ASKED_AGAIN: gettext_lazy("It was asked for again."),
}
_CANCELLED: Final = pgettext_lazy("invoice", "Cancelled by a red one")


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice as a page tells it; `who` is empty where it was wanted by itself. `may_take_back`
    and `may_ask_again` say what its state allows, not whether the reader may."""

    invoice_id: int
    number: str
    is_red: bool
    kind: str
    state: str
    tone: str
    title: str
    tax_number: str
    goes_to: str
    amount: str
    tax: str
    asked_at: datetime
    who: str
    ended_at: datetime | None
    ended_as: str
    by: str
    invoice_number: str
    issued_date: date | None
    url: str
    reason: str
    refusal: str
    original: str
    may_take_back: bool
    may_ask_again: bool


def reason_words(reason: str) -> str:
    """Why an invoice was given up, or a red one is wanted: people's own words stay as they are."""
    return str(_REASONS.get(reason, reason))


def state_words(state: str, kind: str, *, stands: bool) -> tuple[str, str]:
    """How an invoice stands, in words, and the tone of its badge."""
    if state == Invoice.State.ISSUED and kind == Invoice.Kind.BLUE and not stands:
        return str(_CANCELLED), "warn"
    return str(Invoice.State(state).label), TONES[state]


def invoices_shown(rows: Iterable[Invoice], bill: Bill) -> list[InvoiceShown]:
    """The invoices of a bill, in their order: the latest first. Of refused ones the last may be
    asked for again, where nothing stands in its place."""
    kept = list(rows)
    standing = {row.original_id for row in kept if row.stands}
    again: set[int | None] = set()
    found = []
    for row in kept:
        is_free = row.original_id not in standing | again and (row.is_red or is_invoiced(bill))
        may = row.state == Invoice.State.REFUSED and is_free
        if may:
            again.add(row.original_id)
        found.append(_shown(row, may_ask_again=may))
    return found


def _shown(row: Invoice, *, may_ask_again: bool) -> InvoiceShown:
    state, tone = state_words(row.state, row.kind, stands=row.stands)
    return InvoiceShown(
        invoice_id=row.pk,
        number=row.number,
        is_red=row.is_red,
        kind=str(row.get_kind_display()),
        state=state,
        tone=tone,
        title=row.title,
        tax_number=row.tax_number,
        goes_to=pgettext("between items of a list", ", ").join(
            each for each in (row.email, row.address) if each
        ),
        amount=showing.money(row.minor, row.currency),
        tax=showing.money(row.tax_minor, row.currency) if row.tax_minor else "",
        asked_at=row.asked_at,
        who=row.asked_by.name if row.asked_by else "",
        ended_at=row.ended_at,
        ended_as=pgettext("invoice", "Answered")
        if row.invoice_number or row.refusal
        else pgettext("invoice", "Given up"),
        by=row.ended_by.name if row.ended_by else "",
        invoice_number=row.invoice_number,
        issued_date=row.issued_date,
        url=row.url,
        reason=reason_words(row.reason),
        refusal=row.refusal,
        original=row.original.number if row.original else "",
        may_take_back=row.stands and not row.is_red,
        may_ask_again=may_ask_again,
    )


def short_list(rows: Iterable[Invoice]) -> list[dict[str, Any]]:
    """Invoices of an account in short, in their order."""
    found = []
    for row in rows:
        state, tone = state_words(row.state, row.kind, stands=row.stands)
        found.append(
            {
                "bill_id": row.bill_id,
                "number": row.number,
                "invoice_number": row.invoice_number,
                "title": row.title,
                "state": state,
                "tone": tone,
                "amount": showing.money(row.minor, row.currency),
            }
        )
    return found


def may_be_asked(rows: Iterable[Invoice], bill: Bill) -> bool:
    """Whether an invoice of a bill may be asked for: none stands."""
    return is_invoiced(bill) and not any(row.stands and not row.is_red for row in rows)
