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
