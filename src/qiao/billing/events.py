"""What is told of bills: a batch at a time."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("billing.bills_issued")
@dataclass(frozen=True, slots=True)
class BillsIssued:
    """Bills of a unit were issued together."""

    bill_ids: tuple[int, ...]
