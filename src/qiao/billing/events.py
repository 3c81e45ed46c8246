"""What is told of bills, a batch at a time, and of how accounts are billed."""

from dataclasses import dataclass
from datetime import date

from qiao.core.events import event_type


@event_type("billing.bills_issued")
@dataclass(frozen=True, slots=True)
class BillsIssued:
    """Bills of a unit were issued together."""

    bill_ids: tuple[int, ...]


@event_type("billing.terms_changed")
@dataclass(frozen=True, slots=True)
class TermsChanged:
    """How an account is billed is another from a day on: it began, changed, or ended."""

    account_id: int
    since: date


@event_type("billing.invoices_wanted")
@dataclass(frozen=True, slots=True)
class InvoicesWanted:
    """Invoices of a unit, blue or red, are to be issued by the tax platform."""

    invoice_ids: tuple[int, ...]


@event_type("billing.invoice_issued")
@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """The tax platform has issued an invoice; `number` is its own."""

    invoice_id: int
    bill_id: int
    kind: str
    number: str


@event_type("billing.invoices_cancelled")
@dataclass(frozen=True, slots=True)
class InvoicesCancelled:
    """Invoices that were wanted are not to be issued any more."""

    invoice_ids: tuple[int, ...]
