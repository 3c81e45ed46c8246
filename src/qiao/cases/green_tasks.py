"""What becomes of open cases when their customer comes under a rule of the green channel."""

from typing import Any

from django.utils import timezone

from qiao.cases.operations.green import weigh_green_of
from qiao.customers.events import ProtectionClaimed, TagsChanged, TierSet


def on_customer_changed(
    *, event: ProtectionClaimed | TierSet | TagsChanged, envelope: Any
) -> None:
    """Weigh the customer's open cases anew."""
    del envelope
    weigh_green_of(customer_id=event.customer_id, now=timezone.now())
